// Whether an answer is made as GraphQL makes it: each response key once, in its order, and nothing else.
import { defaultTypeResolver, execute, parse, visit } from "graphql";
import { schema } from "./schema.mjs";

// The same query, which tells the type of every object that it selects something of by a field.
export const tagged = (query) => {
  const tag = parse("{ typeOf: __typename }").definitions[0].selectionSet.selections[0];
  return visit(parse(query), {
    Field: {
      leave: (field) => field.selectionSet && {
        ...field,
        selectionSet: { ...field.selectionSet, selections: [tag, ...field.selectionSet.selections] },
      },
    },
  });
};

// What graphql-js makes of the same objects; the answer is right if it is the same text.
export const expected = ({ query, operationName, variables }, data) => {
  const result = execute({
    schema,
    document: parse(query),
    operationName,
    variableValues: JSON.parse(variables),
    rootValue: data,
    fieldResolver: (source, _, __, { path }) => source[path.key],
    typeResolver: (value, ...rest) => value.typeOf ?? defaultTypeResolver(value, ...rest),
  });
  return result.errors ? { errors: result.errors.map(({ message }) => message) } : result.data;
};
