// Sends small documents, made at random from the server's schema and some of them spoilt, with variables that fit or do
// not, and prints each that the server takes where graphql-js refuses it, or refuses where graphql-js takes it: a line of
// JSON each; at the end, how many were sent, and how many of them graphql-js takes.
// Usage: node valid.mjs URL SEED COUNT
import {
  TypeInfo, ValidationContext, buildClientSchema, getIntrospectionQuery, getNamedType, getNullableType, getOperationAST,
  getVariableValues, isAbstractType, isCompositeType, isEnumType, isInputObjectType, isListType, isNonNullType,
  isRequiredArgument, isRequiredInputField, parse, validate,
} from "graphql";

const [url, seed, count] = process.argv.slice(2);

// mulberry32: any sequence that the seed alone decides.
let state = Number(seed) >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
const chance = (probability) => random() < probability;
const pick = (items) => items[Math.floor(random() * items.length)];
const some = (items, most) => {
  const chosen = items.filter(() => chance(Math.min(1, most / items.length)));
  return chosen.length ? chosen : [pick(items)];
};

const post = async (text) => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: text,
  });
  return { status: response.status, body: await response.json() };
};

const introspection = JSON.stringify({ query: getIntrospectionQuery({ oneOf: true }) });
const schema = buildClientSchema((await post(introspection)).body.data);
const types = Object.keys(schema.getTypeMap());

// A client's schema takes anything for the scalars that GraphQL does not bring along.
const moment = (value) => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)) throw new TypeError("no moment");
  return value;
};
schema.getType("DateTime").parseValue = (value) => moment(typeof value === "string" ? value : "");
schema.getType("DateTime").parseLiteral = (node) => moment(node.kind === "StringValue" ? node.value : "");

// How often something goes wrong, in the document that is being made.
let slips = 0;
const slip = () => chance(slips);

// What may stand between any two tokens.
const space = () => pick([" ", " ", " ", "\n", "\t", ", ", "\r\n", " # a comment, with { brackets ( in it\n", "\uFEFF "]);
const join = (...parts) => parts.flat(Infinity).join(space());

const words = ["Spring", "", "Grüße", "\u{1F3AD}", "a\u0000b", "\u2028", '"', "\\", "{", "#", "...", '"""', "\u00e9\n\t"];
// As GraphQL writes a string, in each of the ways there are.
const string = (text) => pick([
  () => JSON.stringify(text),
  () => '"' + [...text].map((letter) => [...Array(letter.length)].map((_, unit) =>
    "\\u" + letter.charCodeAt(unit).toString(16).padStart(4, "0")).join("")).join("") + '"',
  () => '"' + [...text].map((letter) => `\\u{${letter.codePointAt(0).toString(16)}}`).join("") + '"',
  () => /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text) || text.endsWith('"') || text.endsWith("\\") ? JSON.stringify(text)
    : `"""${text.replaceAll('"""', '\\"""')}"""`,
])();
const id = '"cmp_01m817ggyzekdax44q2qmeg1tc"';
const scalars = {
  Int: () => pick(["0", "-0", "1", "3", "-7", "2147483647"]),
  Float: () => pick(["0.5", "-1e3", "1E-2", "7"]),
  Boolean: () => pick(["true", "false"]),
  String: () => string(pick(words)),
  ID: () => pick([id, '"x"', "7"]),
  DateTime: () => '"2026-11-22T10:00:00.000Z"',
  JSON: () => pick(["{ a: [1, { b: null }] }", '"x"', "[]", "true"]),
};
const odd = ["null", "1", "1.0", "2147483648", '"A"', "A", "true", "[]", "[null]", "{}", "{ a: 1 }", "$nowhere", '"2026-11-22"'];

// A value of a type, as a document has it; with the variables that stand in it, if there may be some.
const value = (type, depth = 0, variables) => {
  if (slip()) return pick([...odd, () => string(pick(words)), () => value(schema.getType(pick(inputs)), 3, variables)].map((one) => typeof one === "string" ? one : one()));
  if (variables && depth > 0 && chance(0.1)) return variable(type, variables);
  if (isNonNullType(type)) return value(type.ofType, depth, variables);
  if (isListType(type)) {
    if (chance(0.2)) return value(type.ofType, depth + 1, variables);
    return join("[", some([1, 2, 3], 2).map(() => value(type.ofType, depth + 1, variables)), "]");
  }
  if (isEnumType(type)) return slip() ? JSON.stringify(pick(type.getValues()).name) : pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const chosen = type.isOneOf && !slip() ? [pick(fields)]
      : fields.filter((field) => (isRequiredInputField(field) && !slip()) || (depth < 3 && chance(0.4)));
    return join("{", chosen.map((field) => {
      // Of an input of which one is given, the field is nullable, and its value not null.
      return [slip() ? "nothing" : field.name, ":", value(type.isOneOf ? getNullableType(field.type) : field.type, depth + 1, variables)];
    }), "}");
  }
  return (scalars[type.name] ?? (() => string("x")))();
};
const inputs = types.filter((name) => !isCompositeType(schema.getType(name)) && !name.startsWith("__"));

// The same as JSON, which has other numbers.
const json = (type, depth = 0) => {
  if (slip()) return pick(["null", "1", "1.5", "1e0", "3000000000", '"A"', "true", "[]", "[null]", "{}", '{ "a": 1 }']);
  if (isNonNullType(type)) return json(type.ofType, depth);
  if (depth > 0 && chance(0.05)) return "null";
  if (isListType(type)) {
    if (chance(0.2)) return json(type.ofType, depth + 1);
    return `[${some([1, 2, 3], 2).map(() => isNonNullType(type.ofType) ? json(type.ofType.ofType, -9) : json(type.ofType, depth + 1))}]`;
  }
  if (isEnumType(type)) return JSON.stringify(pick(type.getValues()).name);
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const chosen = type.isOneOf ? [pick(fields)]
      : fields.filter((field) => isRequiredInputField(field) || (depth < 3 && chance(0.4)));
    const of = (field) => json(getNullableType(field.type), isNonNullType(field.type) || type.isOneOf ? -9 : depth + 1);
    return `{${chosen.map((field) => `${JSON.stringify(field.name)}:${of(field)}`)}}`;
  }
  return pick({
    Int: ["0", "-0", "3", "3.0", "1e0", "-7.00", "2147483647"],
    Float: ["0.5", "1", "1e3"],
    Boolean: ["true", "false"],
    ID: [id, '"x"', "7", "7.0", "1e2", "-3"],
    DateTime: ['"2026-11-22T10:00:00+01:00"'],
    JSON: ['{"a":[1,{"b":null}]}', "1.5", "[]"],
  }[type.name] ?? words.map((word) => JSON.stringify(word)));
};

// A type that a variable of a place may have, or with a slip another.
const typeFor = (type) => {
  if (slip()) return pick([pick(types), `[${type}]`, `${type}!`.replace("!!", "!"), String(getNullableType(type)), String(getNamedType(type))]);
  if (isNonNullType(type)) return String(type);
  const stricter = isListType(type) && chance(0.5) ? `[${typeFor(type.ofType)}]` : String(type);
  return stricter + (chance(0.5) ? "!" : "");
};

// A variable for a place, and what it is given.
const variable = (type, variables, hasDefault) => {
  const name = pick(["a", "_", "on", "query", "A1"]) + variables.length;
  let declared = typeFor(type);
  let written = "";
  if (chance(0.4)) {
    // With a default, a variable may be null where its place may not.
    if (chance(0.5)) declared = String(getNullableType(type));
    written = join("=", value(getNullableType(type)));
  } else if (hasDefault && chance(0.5)) {
    declared = String(getNullableType(type));
  }
  const isNull = !declared.endsWith("!") && !isNonNullType(type) && chance(0.1);
  const given = written || !declared.endsWith("!") ? chance(0.6) : !slip();
  variables.push({ name, text: join(`$${name}`, ":", declared, written), json: given ? (isNull ? "null" : json(getNullableType(type))) : null });
  return `$${name}`;
};

// The arguments of a field; some of them become variables.
const argumentsOf = (field, variables) => {
  const chosen = field.args.filter((argument) => (isRequiredArgument(argument) && !slip()) || chance(0.4));
  if (slip()) chosen.push({ ...(field.args[0] ?? { type: schema.getType("String") }), name: "nothing" });
  if (!chosen.length) return "";
  return join("(", chosen.map((argument) => {
    const given = chance(0.4) ? variable(argument.type, variables, argument.defaultValue !== undefined)
      : ["first", "last"].includes(argument.name) && !slip() ? pick(["0", "1", "2"]) : value(argument.type, 0, variables);
    return [argument.name, ":", given];
  }), ")");
};

let aliases = 0;
const condition = (variables) => {
  if (slip()) return pick(["@skip", "@include(if: null)", "@nothing", "@skip(if: true, unless: 1)", "@deprecated", "@include(if: true) @include(if: true)"]);
  if (!chance(0.1)) return "";
  const name = pick(["skip", "include"]);
  if (!chance(0.3)) return `@${name}(if: ${name === "include"})`;
  return join(`@${name}`, "(", "if", ":", variable(schema.getDirective(name).args[0].type, variables), ")");
};

// Something to select of a type.
const selections = (type, depth, variables, fragments, isSubscription) => {
  const parts = [];
  if (chance(isSubscription ? 0.02 : 0.3)) {
    parts.push(join("__typename", isSubscription ? "" : condition(variables), slip() ? pick(["(a: 1)", "{ a }", "@nothing"]) : ""));
  }
  if (isAbstractType(type)) {
    for (const possible of some(schema.getPossibleTypes(type), 2)) {
      parts.push(join("...", "on", slip() ? pick(types) : possible.name, condition(variables), selections(possible, depth + 1, variables, fragments)));
    }
  }
  const fields = type.getFields ? Object.values(type.getFields()) : [];
  const leaves = fields.filter((field) => !isCompositeType(getNamedType(field.type)));
  const inner = fields.filter((field) => isCompositeType(getNamedType(field.type)));
  const chosen = [...(leaves.length ? some(leaves, 4) : []), ...(depth < 4 && inner.length ? some(inner, 2) : [])];
  for (const field of isSubscription ? [pick(chosen)] : chosen) {
    const named = getNamedType(field.type);
    const below = isCompositeType(named) !== slip() ? selections(named, depth + 1, variables, fragments) : "";
    // An alias of its own keeps fields with other arguments from meeting.
    const alias = chance(0.7) ? [`f${aliases++}`, ":"] : chance(0.1) ? ["f0", ":"] : [];
    const part = join(...alias, slip() ? "nothing" : field.name, argumentsOf(field, variables), isSubscription ? "" : condition(variables), below);
    parts.push(part);
    // Twice the same is the same.
    if (chance(0.1)) parts.push(part);
  }
  if (!parts.length) parts.push("__typename");
  if (chance(0.15)) {
    const name = `F${fragments.length}`;
    fragments.push(join("fragment", name, "on", slip() ? pick(types) : type.name, "{", parts, "}"));
    return join("{", "...", name, chance(0.2) ? ["...", slip() ? "F9" : name] : [], "}");
  }
  return join("{", chance(0.1) ? ["...", isSubscription ? "" : condition(variables), "{", parts, "}"] : parts, "}");
};

// A document, the operation in it that is chosen, and its variables as JSON.
const request = () => {
  const [variables, fragments] = [[], []];
  aliases = 0;
  slips = chance(0.5) ? 0 : 0.03;
  const [word, root] = pick([
    ["query", schema.getQueryType()], ["query", schema.getQueryType()], ["mutation", schema.getMutationType()],
    ["subscription", schema.getSubscriptionType()],
  ]);
  const isSubscription = word === "subscription";
  const body = selections(root, word === "mutation" ? 1 : 0, variables, fragments, isSubscription);
  const name = isSubscription ? "Follow" : pick(["Name", "query", "on_", "_1"]);
  const definitions = variables.map(({ text }) => text);
  const head = variables.length ? join(word, name, "(", definitions, ")")
    : isSubscription || word === "mutation" || chance(0.5) ? join(word, name) : "";
  const parts = [join(head, body), ...fragments];
  // A subscription is only validated: another operation is chosen.
  if (isSubscription) parts.push("query Chosen { __typename }");
  if (chance(0.3)) parts.reverse();
  const given = isSubscription ? [] : variables.filter(({ json }) => json !== null);
  return {
    query: spoilt(parts.join(space())),
    operationName: isSubscription ? "Chosen" : undefined,
    variables: `{${given.map(({ name, json }) => `${JSON.stringify(name)}:${json}`)}}`,
  };
};

// A document with some of its words and signs left out, exchanged or in another order, now and then.
const tokens = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n\r]*|\.\.\.|[A-Za-z_]\w*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[^]/gu;
const spoilt = (query) => {
  if (!chance(0.25)) return query;
  const parts = query.match(tokens);
  const solid = parts.flatMap((part, index) => (/^[\s,#\uFEFF]/.test(part) ? [] : [index]));
  for (let times = pick([1, 1, 2]); times > 0; times--) {
    const [at, other] = [pick(solid), pick(solid)];
    pick([
      () => (parts[at] = ""),
      () => (parts[at] += ` ${parts[at]}`),
      () => ([parts[at], parts[other]] = [parts[other], parts[at]]),
      () => (parts[at] = parts[other]),
      () => (parts[at] = pick([...odd, ...types, "on", "007", "trueish", "()", "!", "@skip(if: true)", "query", "...", "x: id", "__typename"])),
    ])();
  }
  return parts.join("");
};

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
for (let made = 0; told.sent < Number(count) && made < 50 * Number(count); made++) {
  const asked = request();
  const isTaken = verdict(asked);
  if (asked.query.length > 4000 || isTaken === undefined) continue;
  told.sent++;
  told.taken += isTaken ? 1 : 0;
  const { query, operationName, variables } = asked;
  const name = operationName ? `,"operationName":${JSON.stringify(operationName)}` : "";
  const { status, body } = await post(`{"query":${JSON.stringify(query)},"variables":${variables}${name}}`);
  // What asks for too much is not small.
  if (isTaken && body.errors?.[0].extensions?.code === "QUERY_TOO_COMPLEX") continue;
  if ((status === 200) !== isTaken) console.log(JSON.stringify({ isTaken, status, query, variables, errors: body.errors }));
}
console.log(JSON.stringify(told));
