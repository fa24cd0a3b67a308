// Follows the feed of a server with a client that others use, and prints each event, a line of JSON each, until there
// have been as many as are wanted.
// Usage: node follow.mjs CLIENT HOST:PORT COUNT
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient as createEventClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import WebSocket from "ws";

const [name, address, wanted] = process.argv.slice(2);
const query = "subscription { event: campaignEvents(after: 0) { sequence kind campaign { id name } } }";
const socketUrl = `ws://${address}/graphql`;
const url = `http://${address}/graphql`;

/** Follows with what is called `iterate` in the clients of the protocols themselves. */
async function* iterate(client) {
  for await (const result of client.iterate({ query })) {
    yield result;
  }
}

/** Follows with Apollo Client, after a query by which it shows that it can be asked as well. */
async function* apollo() {
  const socket = createSocketClient({ url: socketUrl, webSocketImpl: WebSocket });
  const isSubscription = ({ operationType }) => operationType === "subscription";
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(isSubscription, new GraphQLWsLink(socket), new HttpLink({ uri: url })),
  });
  const page = await client.query({ query: gql`{ campaigns(first: 1) { nodes { id name } } }` });
  if (page.data.campaigns.nodes.length !== 1) {
    throw new Error(JSON.stringify(page));
  }
  const results = [];
  let wake;
  client.subscribe({ query: gql(query) }).subscribe({
    next: (result) => {
      results.push(result);
      wake?.();
    },
    error: (error) => {
      throw error;
    },
  });
  for (;;) {
    while (results.length > 0) {
      yield results.shift();
    }
    await new Promise((resolve) => (wake = resolve));
  }
}

const follow = {
  "graphql-ws": () => iterate(createSocketClient({ url: socketUrl, webSocketImpl: WebSocket })),
  "graphql-sse": () => iterate(createEventClient({ url })),
  "@apollo/client": apollo,
}[name];

let count = 0;
for await (const { data, errors, error } of follow()) {
  if (errors || error) {
    throw new Error(JSON.stringify(errors ?? error));
  }
  console.log(JSON.stringify(data.event));
  count += 1;
  if (count === Number(wanted)) {
    process.exit(0);
  }
}
