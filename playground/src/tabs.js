// The tabs with which a newcomer begins, in the order of their files: an operation, and its variables beside it.
const files = import.meta.glob("./tabs/*", { eager: true, query: "?raw", import: "default" });

const queries = Object.keys(files)
  .filter((path) => path.endsWith(".graphql"))
  .sort();

export const tabs = queries.map((path) => ({
  query: files[path],
  variables: files[path.replace(/graphql$/, "json")] ?? null,
}));
