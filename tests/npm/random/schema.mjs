// The server's schema, as its clients know it.
import { buildClientSchema, getIntrospectionQuery, isCompositeType } from "graphql";

const [url, , , token] = process.argv.slice(2);

export const post = async (text) => {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/graphql-response+json",
    },
    body: text,
  });
  return { status: response.status, body: await response.json() };
};

const introspection = JSON.stringify({ query: getIntrospectionQuery({ oneOf: true }) });
export const schema = buildClientSchema((await post(introspection)).body.data);
// What graphql-js tells of directives, and the server does not know.
const { __Directive, __Schema } = schema.getTypeMap();
delete __Directive.getFields().isDeprecated;
delete __Directive.getFields().deprecationReason;
__Schema.getFields().directives.args = [];

// Something that there is, if there is anything.
const some = JSON.stringify({ query: "{ campaigns(first: 5) { nodes { id } } segments(first: 2) { nodes { id } } }" });
export const ids = Object.values((await post(some)).body.data).flatMap(({ nodes }) => nodes.map(({ id }) => `"${id}"`));

export const types = Object.keys(schema.getTypeMap());
export const composites = types.filter((name) => isCompositeType(schema.getType(name)));
export const inputs = types.filter((name) => !composites.includes(name) && !name.startsWith("__"));

// A client's schema takes anything for the scalars that GraphQL does not bring along.
const moment = (value) => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)) throw new TypeError("no moment");
  return value;
};
schema.getType("DateTime").parseValue = (value) => moment(typeof value === "string" ? value : "");
schema.getType("DateTime").parseLiteral = (node) => moment(node.kind === "StringValue" ? node.value : "");

