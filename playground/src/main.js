// GraphiQL over the API that is beside this page, with tabs of operations that are ready to run.
import "graphiql/setup-workers/vite";
import "graphiql/style.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

import { tabs } from "./tabs.js";

const url = new URL("graphql", document.baseURI);
const subscriptionUrl = new URL(url);
subscriptionUrl.protocol = url.protocol.replace("http", "ws");

const fetch = createGraphiQLFetcher({
  url: url.href,
  subscriptionUrl: subscriptionUrl.href,
  // The server answers in one piece, so nothing else is asked for.
  enableIncrementalDelivery: false,
});

/** The headers that were there when the page was left. */
const keptHeaders = () => {
  try {
    return JSON.parse(localStorage.getItem("graphiql:headers")) ?? {};
  } catch {
    return {};
  }
};
// GraphiQL asks for the schema before the editor of the headers is there, and a closed server tells nobody without.
const fetcher = (parameters, options) =>
  fetch(parameters, parameters.operationName === "IntrospectionQuery" ? { headers: keptHeaders(), ...options } : options);

const graphiql = createElement(GraphiQL, {
  fetcher,
  defaultTabs: tabs,
  defaultEditorToolsVisibility: "variables",
  // An Authorization header that was set is there after a reload too. It stays in this browser.
  shouldPersistHeaders: true,
});
createRoot(document.getElementById("graphiql")).render(graphiql);
