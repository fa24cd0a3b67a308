// Runs all audits of GraphQL over HTTP against a server, and prints what came of each, a line of JSON each.
// Usage: node audits.mjs URL
import { auditServer } from "graphql-http";

const [url] = process.argv.slice(2);
for (const { id, name, status, reason } of await auditServer({ url })) {
  console.log(JSON.stringify({ id, name, status, reason }));
}
