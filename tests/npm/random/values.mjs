// Values of the schema's types, made at random, and some of another.
import {
  getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredInputField,
} from "graphql";
import { chance, pick, slip, some } from "./dice.mjs";
import { ids, inputs, schema } from "./schema.mjs";

// What may stand between any two tokens.
const comment = " # a comment, with { brackets ( in it\n";
export const space = () => pick([" ", " ", " ", "\n", "\t", ", ", "\r\n", comment, "\uFEFF "]);
export const join = (...parts) => parts.flat(Infinity).join(space());

const words = [
  "Spring", "", "Grüße", "\u{1F3AD}", "a\u0000b", "\u2028", '"', "\\", "{", "#", "...", '"""', "\u00e9\n\t",
];
// As GraphQL writes a string, in each of the ways there are.
export const string = (text) => pick([
  () => JSON.stringify(text),
  () => '"' + [...text].map((letter) => [...Array(letter.length)].map((_, unit) =>
    "\\u" + letter.charCodeAt(unit).toString(16).padStart(4, "0")).join("")).join("") + '"',
  () => '"' + [...text].map((letter) => `\\u{${letter.codePointAt(0).toString(16)}}`).join("") + '"',
  () => /[\u0000-\u0008\u000b\u000c\u000e-\u001f]|["\\]$/.test(text) ? JSON.stringify(text)
    : `"""${text.replaceAll('"""', '\\"""')}"""`,
])();
const scalars = {
  Int: () => pick(["0", "-0", "1", "3", "-7", "2147483647"]),
  Float: () => pick(["0.5", "-1e3", "1E-2", "7"]),
  Boolean: () => pick(["true", "false"]),
  String: () => string(pick(words)),
  ID: () => pick([...ids, '"cmp_01m817ggyzekdax44q2qmeg1tc"', '"x"', "7"]),
  DateTime: () => '"2026-11-22T10:00:00.000Z"',
  JSON: () => pick(["{ a: [1, { b: null }] }", '"x"', "[]", "true"]),
};
export const odd = [
  "null", "1", "1.0", "2147483648", '"A"', "A", "true", "[]", "[null]", "{}", "{ a: 1 }", "$nowhere", '"2026-11-22"',
];

// A value of a type, as a document has it; with variables in it, if there may be some.
export const value = (type, depth = 0, variable) => {
  if (slip(4)) return chance(0.8) ? pick(odd) : value(schema.getType(pick(inputs)), 3, variable);
  if (variable && depth > 0 && chance(0.2)) return variable(type);
  if (isNonNullType(type)) return value(type.ofType, depth, variable);
  if (isListType(type)) {
    if (chance(0.2)) return value(type.ofType, depth + 1, variable);
    return join("[", some([1, 2, 3], 2).map(() => value(type.ofType, depth + 1, variable)), "]");
  }
  if (isEnumType(type)) return slip(16) ? JSON.stringify(pick(type.getValues()).name) : pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const chosen = type.isOneOf && !slip(8) ? [pick(fields)]
      : fields.filter((field) => (isRequiredInputField(field) && !slip(4)) || (depth < 3 && chance(0.4)));
    return join("{", chosen.map((field) => {
      // Of an input of which one is given, the field is nullable, and its value not null.
      const taken = type.isOneOf ? getNullableType(field.type) : field.type;
      return [slip() ? "nothing" : field.name, ":", value(taken, depth + 1, variable)];
    }), "}");
  }
  return (scalars[type.name] ?? (() => string("x")))();
};

// The same as JSON, which has other numbers.
export const json = (type, depth = 0) => {
  if (slip(4)) return pick(["null", "1", "1.5", "1e0", "3000000000", '"A"', "true", "[]", "[null]", "{}", '{"a":1}']);
  if (isNonNullType(type)) return json(type.ofType, depth);
  if (depth > 0 && chance(0.05)) return "null";
  if (isListType(type)) {
    if (chance(0.2)) return json(type.ofType, depth + 1);
    const item = () => isNonNullType(type.ofType) ? json(type.ofType.ofType, -9) : json(type.ofType, depth + 1);
    return `[${some([1, 2, 3], 2).map(item)}]`;
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
    ID: [...ids, '"x"', "7", "7.0", "1e2", "-3"],
    DateTime: ['"2026-11-22T10:00:00+01:00"'],
    JSON: ['{"a":[1,{"b":null}]}', "1.5", "[]"],
  }[type.name] ?? words.map((word) => JSON.stringify(word)));
};
