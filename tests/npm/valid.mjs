// Sends small requests, made at random from the server's schema and some of them with a mistake, and prints each that
// the server takes where graphql-js refuses it, or refuses where graphql-js takes it: a line of JSON each; at the end,
// how many were sent, and how many of them graphql-js takes.
// Usage: node valid.mjs URL SEED COUNT
import {
  TypeInfo, ValidationContext, getNullableType, getOperationAST, getVariableValues, isNonNullType, parse, validate,
} from "graphql";
import { request } from "./random/requests.mjs";
import { post, schema } from "./random/schema.mjs";

const count = Number(process.argv[4]);

// What graphql-js says: whether it takes the request; nothing, where only carrying it out would tell.
const verdict = ({ query, operationName, variables }) => {
  let document;
  try {
    document = parse(query);
    if (validate(schema, document).length) return false;
  } catch {
    return false;
  }
  const operation = getOperationAST(document, operationName);
  if (!operation) return false;
  const context = new ValidationContext(schema, document, new TypeInfo(schema), () => {});
  const operations = document.definitions.filter(({ kind }) => kind === "OperationDefinition");
  if (operations.some((one) => context.getRecursiveVariableUsages(one).some((use) => isMissed(one, use)))) return false;
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], JSON.parse(variables));
  if (errors) return false;
  // A null in a variable that has another default is found when it gets to a field that takes none.
  const uses = context.getRecursiveVariableUsages(operation);
  return uses.some(({ node, type }) => isNonNullType(type) && coerced[node.name.value] === null) ? undefined : true;
};

// Where exactly one value must be given, no variable may be null. graphql-js 16.15 overlooks that if the object around
// must be there.
const isMissed = (operation, { node, parentType }) => {
  const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === node.name.value);
  return getNullableType(parentType)?.isOneOf === true && definition?.type.kind !== "NonNullType";
};

const told = { sent: 0, taken: 0 };
for (let made = 0; told.sent < count && made < 50 * count; made++) {
  const asked = request();
  const isTaken = verdict(asked);
  if (asked.query.length > 8000 || isTaken === undefined) continue;
  told.sent++;
  told.taken += isTaken ? 1 : 0;
  const { query, operationName, variables } = asked;
  const name = operationName ? `,"operationName":${JSON.stringify(operationName)}` : "";
  const { status, body } = await post(`{"query":${JSON.stringify(query)},"variables":${variables}${name}}`);
  // What asks for too much is not small.
  if (isTaken && body.errors?.[0].extensions?.code === "QUERY_TOO_COMPLEX") continue;
  if ((status === 200) !== isTaken) {
    console.log(JSON.stringify({ isTaken, status, query, variables, errors: body.errors }));
  }
}
console.log(JSON.stringify(told));
