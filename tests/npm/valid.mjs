// Sends small documents that graphql-js considers valid, made at random from the server's schema, and prints each that
// the server does not carry out, a line of JSON each; at the end, how many were sent.
// Usage: node valid.mjs URL SEED COUNT
import {
  buildClientSchema, getIntrospectionQuery, getNamedType, getNullableType, isAbstractType, isCompositeType,
  isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredArgument, isRequiredInputField, parse, validate,
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

const post = async (body) => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
};

const schema = buildClientSchema((await post({ query: getIntrospectionQuery({ oneOf: true }) })).body.data);

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
const scalars = {
  Int: () => pick(["0", "-0", "1", "3", "-7", "2147483647"]),
  Float: () => pick(["0.5", "-1e3", "1E-2", "7"]),
  Boolean: () => pick(["true", "false"]),
  String: () => string(pick(words)),
  ID: () => pick(['"cmp_01m817ggyzekdax44q2qmeg1tc"', '"x"', "7"]),
  DateTime: () => '"2026-11-22T10:00:00.000Z"',
  JSON: () => pick(['{ a: [1, { b: null }] }', '"x"', "[]", "true"]),
};

// A value of a type, as a document has it.
const value = (type, depth = 0) => {
  if (isNonNullType(type)) return value(type.ofType, depth);
  if (isListType(type)) {
    if (chance(0.2)) return value(type.ofType, depth + 1);
    return join("[", some([1, 2, 3], 2).map(() => value(type.ofType, depth + 1)), "]");
  }
  if (isEnumType(type)) return pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const chosen = type.isOneOf ? [pick(fields)]
      : fields.filter((field) => isRequiredInputField(field) || (depth < 3 && chance(0.4)));
    return join("{", chosen.map((field) => [field.name, ":", value(getNullableType(field.type), depth + 1)]), "}");
  }
  return (scalars[type.name] ?? (() => string("x")))();
};

// The arguments of a field; those that are not written out become variables.
const argumentsOf = (field, variables) => {
  const chosen = field.args.filter((argument) => isRequiredArgument(argument) || chance(0.4));
  if (!chosen.length) return "";
  return join("(", chosen.map((argument) => {
    const written = ["first", "last"].includes(argument.name) ? pick(["0", "1", "2"]) : value(argument.type);
    if (!chance(0.4)) return [argument.name, ":", written];
    const name = pick(["a", "_", "on", "query", "A1"]) + variables.length;
    // In a default, a value is written out as well.
    const type = getNullableType(argument.type);
    variables.push(join(`$${name}`, ":", String(type) + (chance(0.3) ? "!" : ""), "=", written));
    return [argument.name, ":", `$${name}`];
  }), ")");
};

let aliases = 0;
const condition = () => (chance(0.1) ? pick(["@skip(if: false)", "@include(if: true)"]) : "");

// Something to select of a type.
const selections = (type, depth, variables, fragments) => {
  const parts = [];
  if (chance(0.3)) parts.push("__typename");
  if (isAbstractType(type)) {
    for (const possible of some(schema.getPossibleTypes(type), 2)) {
      parts.push(join("...", "on", possible.name, condition(), selections(possible, depth + 1, variables, fragments)));
    }
  }
  const fields = type.getFields ? Object.values(type.getFields()) : [];
  const leaves = fields.filter((field) => !isCompositeType(getNamedType(field.type)));
  const inner = fields.filter((field) => isCompositeType(getNamedType(field.type)));
  const chosen = [...(leaves.length ? some(leaves, 4) : []), ...(depth < 4 && inner.length ? some(inner, 2) : [])];
  for (const field of chosen) {
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? selections(named, depth + 1, variables, fragments) : "";
    // An alias of its own keeps fields with other arguments from meeting.
    parts.push(join(`f${aliases++}`, ":", field.name, argumentsOf(field, variables), condition(), below));
  }
  if (!parts.length) parts.push("__typename");
  if (chance(0.15)) {
    const name = `F${fragments.length}`;
    fragments.push(join("fragment", name, "on", type.name, "{", parts, "}"));
    return join("{", "...", name, "}");
  }
  return join("{", chance(0.1) ? ["...", condition(), "{", parts, "}"] : parts, "}");
};

const operation = () => {
  const [variables, fragments] = [[], []];
  aliases = 0;
  const [word, root] = pick([["query", schema.getQueryType()], ["query", schema.getQueryType()], ["mutation", schema.getMutationType()]]);
  const body = selections(root, root === schema.getMutationType() ? 1 : 0, variables, fragments);
  const name = pick(["Name", "query", "on_", "_1"]);
  const head = variables.length ? join(word, name, "(", variables, ")") : word === "mutation" || chance(0.5) ? join(word, name) : "";
  const parts = [join(head, body), ...fragments];
  if (chance(0.3)) parts.reverse();
  return parts.join(space());
};

let sent = 0;
for (let made = 0; sent < Number(count) && made < 50 * Number(count); made++) {
  const query = operation();
  let document;
  try {
    document = parse(query);
  } catch {
    continue;
  }
  // What the generator does not get right is not ours to judge.
  if (query.length > 4000 || validate(schema, document).length) continue;
  sent++;
  const { status, body } = await post({ query });
  if (status !== 200) console.log(JSON.stringify({ status, query, errors: body.errors }));
}
console.log(JSON.stringify({ sent }));
