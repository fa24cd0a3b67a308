// Sends small requests, made at random from the server's schema and some of them with a mistake, and prints each that
// the server takes where graphql-js refuses it, or refuses where graphql-js takes it, or answers otherwise than graphql-js
// would with the same objects: a line of JSON each; at the end, how many were sent, how many of them graphql-js takes,
// how many of these are too large for the server, and how many answers had data.
// Usage: node valid.mjs URL SEED COUNT TOKEN
import {
  TypeInfo, ValidationContext, getNullableType, getOperationAST, getVariableValues, isNonNullType, parse, print, validate,
} from "graphql";
import { expected, tagged } from "./random/answers.mjs";
import { chance } from "./random/dice.mjs";
import { request } from "./random/requests.mjs";
import { post, schema } from "./random/schema.mjs";

const count = Number(process.argv[4]);

// What graphql-js says: whether it takes the request; nothing, where only carrying it out would tell.
const verdict = ({ query, operationName, variables }) => {
  let document;
  try {
    document = parse(query);
    const errors = validate(schema, document);
    // The server takes one list of introspection more in one another.
    if (errors.length) return errors.every(({ message }) => message.startsWith("Maximum introspection")) ? undefined : false;
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

const told = { sent: 0, taken: 0, tooLarge: 0, answered: 0 };
for (let made = 0; told.sent < count && made < 50 * count; made++) {
  const asked = request();
  const isTaken = verdict(asked);
  if (asked.query.length > 8000 || isTaken === undefined) continue;
  told.sent++;
  told.taken += isTaken ? 1 : 0;
  const { operationName, variables } = asked;
  // What tells its types is another document, which may need less to be done about it than the first one.
  const isTagged = isTaken && chance(0.5);
  const query = isTagged ? print(tagged(asked.query)) : asked.query;
  const name = operationName ? `,"operationName":${JSON.stringify(operationName)}` : "";
  const { status, body } = await post(`{"query":${JSON.stringify(query)},"variables":${variables}${name}}`);
  // What asks for too much is not small.
  if (isTaken && body.errors?.[0].extensions?.code === "QUERY_TOO_COMPLEX") {
    told.tooLarge++;
    continue;
  }
  // Arguments that fit do so when their field gets them, too.
  const isMisread = body.errors?.some(({ message }) => /^(Expected input|Failed to parse|Unknown)/.test(message));
  if ((status === 200) !== isTaken || (isTaken && isMisread)) {
    console.log(JSON.stringify({ isTaken, status, query, variables, errors: body.errors }));
  }
  // About the schema they have different things to say.
  if (!isTaken || !body.data || /__(schema|type)\b/.test(query)) continue;
  told.answered++;
  // Without the types of objects, nobody knows what fragments on them select.
  const right = expected({ query, operationName, variables }, body.data);
  const isUnknown = !isTagged && right.errors?.some((message) => message.includes("must resolve to an Object type"));
  if (!isUnknown && JSON.stringify(right) !== JSON.stringify(body.data)) {
    console.log(JSON.stringify({ right, data: body.data, query, variables }));
  }
}
console.log(JSON.stringify(told));
