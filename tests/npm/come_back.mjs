// Follows the feed of a server with graphql-ws, and comes back after whatever has come before the connection was lost. Prints
// each event and the code of each close, a line of JSON each, until there have been as many events as are wanted.
// Usage: node come_back.mjs HOST:PORT COUNT
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [address, wanted] = process.argv.slice(2);
const print = (line) => console.log(JSON.stringify(line));

const client = createClient({
  url: `ws://${address}/graphql`,
  webSocketImpl: WebSocket,
  on: { closed: ({ code }) => print({ closed: code }) },
});
// The client sends this again, as it is then, when it connects again.
const payload = {
  query: "subscription ($after: Int!) { event: campaignEvents(after: $after) { sequence } }",
  variables: { after: 0 },
};
let count = 0;
client.subscribe(payload, {
  next: ({ data, errors }) => {
    if (errors) {
      throw new Error(JSON.stringify(errors));
    }
    payload.variables.after = data.event.sequence;
    print(data.event);
    count += 1;
    if (count === Number(wanted)) {
      process.exit(0);
    }
  },
  error: (error) => {
    throw new Error(`the feed has ended for good: ${error.code ?? error}`);
  },
  complete: () => {
    throw new Error("the feed has ended");
  },
});
