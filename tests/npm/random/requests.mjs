// Requests made at random from the schema, some with a mistake in them.
import {
  SchemaMetaFieldDef, TypeMetaFieldDef, getNamedType, getNullableType, isAbstractType, isCompositeType, isListType, isNonNullType, isRequiredArgument,
} from "graphql";
import { chance, pick, random, slip, slipWithin, some } from "./dice.mjs";
import { composites, schema, types } from "./schema.mjs";
import { join, json, odd, space, string, value } from "./values.mjs";

// A type that a variable of a place may have, or with a slip another.
const typeFor = (type) => {
  if (slip(8)) return String(pick([pick(types), `[${type}]`, getNullableType(type), getNamedType(type)]));
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
  const text = join(chance(0.1) ? string("What?") : "", `$${name}`, ":", declared, written, slip(0.3) ? "@nothing" : "");
  variables.push({ name, text, json: !given ? null : isNull ? "null" : json(getNullableType(type)) });
  return `$${name}`;
};

// The arguments of a field; some of them become variables.
const argumentsOf = (field, variables) => {
  const chosen = field.args.filter((argument) => (isRequiredArgument(argument) && !slip(4)) || chance(0.4));
  if (slip(0.3)) chosen.push({ ...(field.args[0] ?? { type: schema.getType("String") }), name: "nothing" });
  if (!chosen.length) return "";
  return join("(", chosen.map((argument) => {
    const given = chance(0.4) ? variable(argument.type, variables, argument.defaultValue !== undefined)
      : ["first", "last"].includes(argument.name) && !slip() ? pick(["0", "1", "2"])
        : value(argument.type, 0, (type) => variable(type, variables));
    return [argument.name, ":", given];
  }), ")");
};

let aliases = 0;
const condition = (variables) => {
  if (slip(0.3)) {
    const twice = "@include(if: true) @include(if: true)";
    return pick(["@skip", "@include(if: null)", "@nothing", "@skip(if: true, unless: 1)", "@deprecated", twice]);
  }
  if (!chance(0.1)) return "";
  const name = pick(["skip", "include"]);
  if (!chance(0.3)) return `@${name}(if: ${name === "include"})`;
  return join(`@${name}`, "(", "if", ":", variable(schema.getDirective(name).args[0].type, variables), ")");
};

// The name of a type that objects of another are hardly of.
const elsewhere = () => pick(chance(0.8) ? composites : types);

// Something to select of a type.
const selections = (type, depth, variables, fragments, isSubscription) => {
  const parts = [];
  if (chance(isSubscription ? 0.02 : 0.3)) {
    const wrong = slip(2) ? pick(["(a: 1)", "{ a }", "@nothing"]) : "";
    parts.push(join("__typename", isSubscription ? "" : condition(variables), wrong));
  }
  if (isAbstractType(type)) {
    for (const possible of some(schema.getPossibleTypes(type), 2)) {
      const name = slip(4) ? elsewhere() : possible.name;
      const below = selections(possible, depth + 1, variables, fragments);
      parts.push(join("...", "on", name, condition(variables), below));
    }
  }
  const fields = type.getFields ? Object.values(type.getFields()) : [];
  if (type === schema.getQueryType() && chance(0.2)) fields.push(chance(0.5) ? SchemaMetaFieldDef : TypeMetaFieldDef);
  const leaves = fields.filter((field) => !isCompositeType(getNamedType(field.type)));
  const inner = fields.filter((field) => isCompositeType(getNamedType(field.type)));
  const chosen = [...(leaves.length ? some(leaves, 4) : []), ...(depth < 4 && inner.length ? some(inner, 2) : [])];
  for (const field of isSubscription && !slip(8) ? [pick(chosen)] : chosen) {
    const named = getNamedType(field.type);
    const below = isCompositeType(named) !== slip(0.3) ? selections(named, depth + 1, variables, fragments) : "";
    // An alias of its own keeps fields with other arguments from meeting.
    const alias = chance(0.7) ? [`f${aliases++}`, ":"] : chance(0.03) ? ["f0", ":"] : [];
    const name = slip(0.3) ? "nothing" : field.name;
    const directives = isSubscription ? "" : condition(variables);
    const part = join(...alias, name, argumentsOf(field, variables), directives, below);
    parts.push(part);
    // Twice the same is the same.
    if (chance(0.1)) parts.push(part);
  }
  if (!parts.length) parts.push("__typename");
  if (chance(0.15)) {
    const name = `F${fragments.length}`;
    fragments.push(join("fragment", name, "on", slip(4) ? elsewhere() : type.name, "{", parts, "}"));
    return join("{", "...", name, chance(0.2) ? ["...", slip() ? "F9" : name] : [], "}");
  }
  return join("{", chance(0.1) ? ["...", isSubscription ? "" : condition(variables), "{", parts, "}"] : parts, "}");
};

// A document, the operation in it that is chosen, and its variables as JSON.
export const request = () => {
  const [variables, fragments] = [[], []];
  aliases = 0;
  const mistake = pick(["none", "none", "slip", "slip", "spoilt"]);
  slipWithin(mistake === "slip" ? 60 : Infinity);
  const [word, root] = pick([
    ["query", schema.getQueryType()], ["query", schema.getQueryType()], ["mutation", schema.getMutationType()],
    ["subscription", schema.getSubscriptionType()],
  ]);
  const isSubscription = word === "subscription";
  const body = selections(root, word === "mutation" ? 1 : 0, variables, fragments, isSubscription);
  if (slip(2)) variable(schema.getType("Int"), variables);
  const name = isSubscription ? "Follow" : pick(["Name", "query", "on_", "_1"]);
  const definitions = variables.map(({ text }) => text);
  const head = variables.length ? join(word, name, "(", definitions, ")")
    : isSubscription || word === "mutation" || chance(0.5) ? join(word, name) : "";
  if (slip(2)) fragments.push("fragment Unused on Query { __typename }");
  const parts = [join(head, body), ...fragments].map((part) => (
    /^[{]/.test(part) || !chance(0.1) ? part : join(string("What?"), part)
  ));
  // A subscription is only validated: another operation is chosen.
  if (isSubscription) parts.push("query Chosen { __typename }");
  if (chance(0.3)) parts.reverse();
  const given = isSubscription ? [] : variables.filter(({ json }) => json !== null);
  return {
    query: mistake === "spoilt" ? spoilt(parts.join(space())) : parts.join(space()),
    operationName: isSubscription ? "Chosen" : undefined,
    variables: `{${given.map(({ name, json }) => `${JSON.stringify(name)}:${json}`)}}`,
  };
};

// A document with some of its words and signs left out, exchanged or in another order.
const tokens = new RegExp([
  /"""(?:\\"""|[^])*?"""/, /"(?:\\.|[^"\\\n])*"/, /#[^\n\r]*/, /\.\.\./, /[A-Za-z_]\w*/,
  /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/, /[^]/,
].map(({ source }) => source).join("|"), "gu");
const strange = ["on", "007", "trueish", "()", "!", "@skip(if: true)", "query", "...", "x: id", "__typename"];
const spoilt = (query) => {
  const parts = query.match(tokens);
  const solid = parts.flatMap((part, index) => (/^[\s,#\uFEFF]/.test(part) ? [] : [index]));
  for (let times = pick([1, 1, 2]); times > 0; times--) {
    const index = Math.floor(random() * solid.length);
    const [at, other] = [solid[index], pick(solid)];
    // Without anything between it and the next one; at the beginning, where words matter most, more often.
    const glue = (from) => parts.fill("", solid[from] + 1, solid[from + 1]);
    pick([
      () => glue(index),
      () => glue(0),
      () => (parts[at] = ""),
      () => (parts[at] += ` ${parts[at]}`),
      () => ([parts[at], parts[other]] = [parts[other], parts[at]]),
      () => (parts[at] = parts[other]),
      () => (parts[at] = pick([...odd, ...types, ...strange])),
    ])();
  }
  return parts.join("");
};
