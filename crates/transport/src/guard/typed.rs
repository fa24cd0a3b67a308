//! The pass over the chosen operation by the types of its fields: how much the answer may hold, and whether what the
//! fields are given fits with the values that the variables have.
//!
//! The document is known to be valid, and small once its fragments are expanded, so that it can be walked as it is. A
//! null may still be where none can be: in a variable whose default is something else.

use std::cell::Cell;

use async_graphql::{
    Name, Number, Positioned, Value as ConstValue, Variables,
    parser::types::{
        BaseType, Directive, ExecutableDocument, Field, FieldDefinition, InputValueDefinition,
        OperationDefinition, Selection, SelectionSet, TypeDefinition,
    },
};
use async_graphql_value::Value;

use super::{Refusal, input, weight::Weights};
use crate::{TypeSystem, type_system};

/// The arguments that say how many items a page has.
const PAGE_SIZES: [&str; 2] = ["first", "last"];

/// How many items a page is taken to have, where nobody says.
const USUAL_PAGE: usize = 20;

/// How many values the reading of a page counts for, besides what is on it.
const PAGE_READING: usize = 20;

/// How many items a list without pages is taken to have.
const USUAL_LIST: usize = 10;

/// What the pass goes by.
pub(super) struct Pass<'a> {
    pub(super) document: &'a ExecutableDocument,
    pub(super) variables: &'a Variables,
    pub(super) weights: &'a Weights<'a>,
    pub(super) types: &'a TypeSystem,
    /// How many values may be asked for.
    pub(super) limit: usize,
    /// What fields have been given so far, wherever they stand. A field is looked at no further beyond the limit, since
    /// each copy of a long value takes its time.
    pub(super) given: Cell<usize>,
}

impl<'a> Pass<'a> {
    /// Checks what `operation` asks for: no more values than the limit, if every page is full. A value is a field of an
    /// object, an object in a list, or something that a field is given; and each page counts for some more. What
    /// introspection tells counts as one object for each of its fields.
    ///
    /// # Errors
    /// If it asks for more, or gives an argument what does not fit it.
    pub(super) fn check(&self, operation: &'a OperationDefinition) -> Result<(), Refusal> {
        let limit = self.limit;
        let root = self.types.root(operation.ty);
        let values = self.selection_set(&operation.selection_set.node, root, None)?;
        if values > limit {
            return Err(Refusal::Complexity { values, limit });
        }
        Ok(())
    }

    /// What is selected of one object. The lists in it have `page` items, if it is itself a page of so many.
    fn selection_set(
        &self,
        set: &'a SelectionSet,
        parent: Option<&'a TypeDefinition>,
        page: Option<usize>,
    ) -> Result<usize, Refusal> {
        set.items.iter().try_fold(0_usize, |sum, item| {
            self.directives(item.node.directives())?;
            let values = match &item.node {
                Selection::Field(field) => self.field(&field.node, parent, page)?,
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let parent =
                        condition.map_or(parent, |condition| self.types.get(&condition.node.on.node));
                    self.selection_set(&fragment.node.selection_set.node, parent, page)?
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, page)?,
            };
            Ok(sum.saturating_add(values))
        })
    }

    fn fragment(&self, name: &Name, page: Option<usize>) -> Result<usize, Refusal> {
        let Some(Positioned { node, .. }) = self.document.fragments.get(name) else {
            return Ok(0);
        };
        let parent = self.types.get(&node.type_condition.node.on.node);
        self.selection_set(&node.selection_set.node, parent, page)
    }

    fn field(
        &self,
        field: &'a Field,
        parent: Option<&'a TypeDefinition>,
        page: Option<usize>,
    ) -> Result<usize, Refusal> {
        let set = &field.selection_set.node;
        let given = self.weights.field(field).saturating_add(1);
        let values = self.given.get().saturating_add(given);
        self.given.set(values);
        if values > self.limit {
            return Err(Refusal::Complexity {
                values,
                limit: self.limit,
            });
        }
        let definition = parent.and_then(|parent| type_system::field(parent, &field.name.node));
        let Some(definition) = definition else {
            return Ok(self.selection_set(set, None, None)?.saturating_add(given));
        };
        let size = self.arguments(field, definition)?;
        let reading = if is_paged(definition) { PAGE_READING } else { 0 };
        let ty = &definition.ty.node;
        let object = self.types.get(type_system::named(ty));
        let values = if matches!(ty.base, BaseType::List(_)) && self.types.is_composite(ty) {
            let items = size.or(page).unwrap_or(USUAL_LIST);
            let item = self.selection_set(set, object, None)?.saturating_add(1);
            item.saturating_mul(items)
        } else {
            let page = size.or_else(|| is_paged(definition).then_some(USUAL_PAGE));
            self.selection_set(set, object, page)?
        };
        Ok(values.saturating_add(given).saturating_add(reading))
    }

    /// Checks what a field is given; with how many items it is asked for by that: by the size of a page, or by a list of
    /// what is wanted.
    fn arguments(&self, field: &Field, definition: &FieldDefinition) -> Result<Option<usize>, Refusal> {
        let mut size: Option<usize> = None;
        for argument in &definition.arguments {
            let name = argument.node.name.node.as_str();
            let Some(given) = field.get_argument(name) else {
                continue;
            };
            let of = || format!("the field `{}`", field.name);
            let Some(value) = self.argument(&argument.node, given, of)? else {
                continue;
            };
            let items = match &value {
                ConstValue::Number(number) if PAGE_SIZES.contains(&name) => Some(page_size(number)),
                ConstValue::List(values) => Some(values.len()),
                _ => None,
            };
            size = size.max(items);
        }
        Ok(size)
    }

    /// Checks what directives are given.
    fn directives(&self, directives: &[Positioned<Directive>]) -> Result<(), Refusal> {
        for Positioned { node, .. } in directives {
            let definition = self.types.directive(&node.name.node);
            for argument in definition.iter().flat_map(|definition| &definition.arguments) {
                if let Some(given) = node.get_argument(&argument.node.name.node) {
                    self.argument(&argument.node, given, || {
                        format!("the directive `@{}`", node.name)
                    })?;
                }
            }
        }
        Ok(())
    }

    /// The value of an argument; none if it is a variable that was left out.
    fn argument(
        &self,
        definition: &InputValueDefinition,
        given: &Positioned<Value>,
        of: impl Fn() -> String,
    ) -> Result<Option<ConstValue>, Refusal> {
        let Some(mut value) = self.value(&given.node) else {
            return Ok(None);
        };
        input::coerce(self.types, &definition.ty.node, &mut value).map_err(|misfit| Refusal::Argument {
            of: of(),
            at: format!("{}{}", definition.name.node, misfit.at),
            must: misfit.must,
            position: given.pos,
        })?;
        Ok(Some(value))
    }

    /// The value that stands in a document, with its variables. Those that were left out are as if nothing stood there, or
    /// in a list as if it were null; none if the value is such a variable itself.
    fn value(&self, value: &Value) -> Option<ConstValue> {
        Some(match value {
            Value::Variable(name) => return self.variables.get(name).cloned(),
            Value::List(values) => {
                let values = values.iter().map(|value| self.value(value).unwrap_or_default());
                ConstValue::List(values.collect())
            }
            Value::Object(fields) => {
                let fields = fields
                    .iter()
                    .filter_map(|(name, value)| Some((name.clone(), self.value(value)?)));
                ConstValue::Object(fields.collect())
            }
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => return value.clone().into_const(),
        })
    }
}

/// How many items a number asks for. Less than none is for the field itself to refuse.
fn page_size(number: &Number) -> usize {
    let size = number.as_u64().unwrap_or(0);
    usize::try_from(size).unwrap_or(usize::MAX)
}

/// Whether a field has pages.
fn is_paged(definition: &FieldDefinition) -> bool {
    definition
        .arguments
        .iter()
        .any(|argument| PAGE_SIZES.contains(&argument.node.name.node.as_str()))
}

#[cfg(test)]
mod tests {
    use async_graphql::{parser::parse_query, value};

    use super::*;
    use crate::{Limits, guard::document};

    const SDL: &str = "
        type Query { things(first: Int, last: Int, kinds: [Kind!]): Things!, all(ids: [ID!]): [Thing!]!, tags: [Int!]!, it: Any }
        type Things { nodes: [Thing!]!, edges: [Edge!], total: Int!, info: Info }
        type Edge { node: Thing! }
        type Info { more: Boolean! }
        type Thing { name: String, parts: [Thing], things(first: Int = 3): Things! }
        union Any = Thing | Info
        enum Kind { A B }
        input Way { to: Int! }
        type Mutation { go(way: Way!, far: Int): Thing! }
    ";

    /// Whether an operation asks for `limit` values at most.
    fn checked(text: &str, variables: ConstValue, limit: usize) -> Result<(), Refusal> {
        let document = parse_query(text).unwrap();
        document::check(&document, &Limits::default(), crate::Introspection::On).unwrap();
        let variables = Variables::from_value(variables);
        let (_, operation) = document.operations.iter().next().unwrap();
        Pass {
            document: &document,
            variables: &variables,
            weights: &Weights::of(&variables),
            types: &TypeSystem::parse(SDL).unwrap(),
            limit,
            given: Cell::default(),
        }
        .check(&operation.node)
    }

    fn assert_values(text: &str, variables: ConstValue, values: usize) {
        assert_eq!(checked(text, variables.clone(), values), Ok(()), "{text}");
        let limit = values - 1;
        let refused = Err(Refusal::Complexity { values, limit });
        assert_eq!(checked(text, variables, limit), refused, "{text}");
    }

    #[test]
    fn an_answer_has_a_value_for_each_field_and_each_object_in_a_list() {
        for (text, values) in [
            ("{ tags }", 1),
            ("{ tags tags again: tags }", 3),
            (
                "{ it { __typename ... on Thing { name } ... on Info { more } } }",
                4,
            ),
            ("{ __schema { types { name } } }", 3),
            ("{ unknown { things(first: 9) { nodes { name } } } }", 5),
            // The list itself, and for each of its ten objects the object and its field.
            ("{ all { name } }", 1 + 10 * 2),
            ("{ all(ids: [1, 2]) { name } }", 4 + 2 * 2),
            ("{ all { parts { name } } }", 1 + 10 * (1 + 1 + 10 * 2)),
            ("mutation { go(way: { to: 1 }) { name } }", 1 + 2 + 1),
        ] {
            assert_values(text, value!({}), values);
        }
    }

    #[test]
    fn a_page_multiplies_what_its_objects_hold() {
        for (text, values) in [
            (
                "{ things(first: 100) { total info { more } } }",
                PAGE_READING + 2 + 3,
            ),
            (
                "{ things(first: 100) { nodes { name } } }",
                PAGE_READING + 2 + 1 + 100 * 2,
            ),
            (
                "{ things(last: 7) { edges { node { name } } } }",
                PAGE_READING + 2 + 1 + 7 * 3,
            ),
            ("{ things { nodes { name } } }", PAGE_READING + 1 + 1 + 20 * 2),
            (
                "{ things(first: null) { nodes { name } } }",
                PAGE_READING + 2 + 1 + 20 * 2,
            ),
            ("{ things(first: -1) { nodes { name } } }", PAGE_READING + 2 + 1),
            (
                "{ things(first: 3, last: 4) { nodes { name } } }",
                PAGE_READING + 3 + 1 + 4 * 2,
            ),
            (
                "{ things(first: 5) { ...page } } fragment page on Things { nodes { name } }",
                PAGE_READING + 2 + 1 + 5 * 2,
            ),
            (
                "{ things(first: 5) { ... on Things { nodes { name } } } }",
                PAGE_READING + 2 + 1 + 5 * 2,
            ),
            // Of the inner lists only those of a page are as long as that page.
            (
                "{ things(first: 5) { nodes { parts { name } } } }",
                PAGE_READING + 2 + 1 + 5 * (1 + 1 + 10 * 2),
            ),
            (
                "{ things(first: 100) { nodes { things(first: 100) { nodes { name } } } } }",
                PAGE_READING + 2 + 1 + 100 * (1 + PAGE_READING + 2 + 1 + 100 * 2),
            ),
        ] {
            assert_values(text, value!({}), values);
        }
    }

    #[test]
    fn the_size_of_a_page_may_be_a_variable() {
        let text = "query ($first: Int, $kinds: [Kind!]) { things(first: $first, kinds: $kinds) { nodes { name } } }";
        assert_values(
            text,
            value!({ "first": 50, "kinds": "A" }),
            PAGE_READING + 3 + 1 + 50 * 2,
        );
        // What is given counts as well, and a list that is given may be what the page is made of.
        assert_values(
            text,
            value!({ "first": 1, "kinds": ["A", "B"] }),
            PAGE_READING + 5 + 1 + 2 * 2,
        );
        assert_values(text, value!({}), PAGE_READING + 3 + 1 + 20 * 2);
    }

    #[test]
    fn what_grows_beyond_all_numbers_is_refused() {
        let most = "9223372036854775807";
        let mut text = "name".to_owned();
        for _ in 0..5 {
            text = format!("things(first: {most}) {{ nodes {{ {text} }} }}");
        }
        // `Int` ends far before that, where its argument is known.
        let refused = checked(&format!("{{ {text} }}"), value!({}), 1_000);
        assert!(matches!(refused, Err(Refusal::Argument { .. })), "{refused:?}");
        let text = text.replace(most, "2147483647");
        let refused = checked(&format!("{{ {text} }}"), value!({}), 1_000);
        assert!(matches!(refused, Err(Refusal::Complexity { .. })), "{refused:?}");
    }

    #[test]
    fn arguments_that_do_not_fit_are_refused_with_their_place() {
        for (text, of_what, at) in [
            (
                "mutation { go(way: { to: 1 }, far: 2147483648) { name } }",
                "the field `go`",
                "far",
            ),
            ("mutation { go(way: 7) { name } }", "the field `go`", "way"),
            (
                "mutation { go(way: { to: \"a\" }) { name } }",
                "the field `go`",
                "way.to",
            ),
            // Left out is the one variable, and the other value is there.
            (
                "mutation ($to: Int) { go(way: { to: $to, too: 1 }) { name } }",
                "the field `go`",
                "way",
            ),
            (
                "query ($kind: Kind) { things(kinds: [$kind, A]) { total } }",
                "the field `things`",
                "kinds[0]",
            ),
            (
                "query ($more: Boolean = true) { things @skip(if: $more) { total } }",
                "the directive `@skip`",
                "if",
            ),
            (
                "{ ...f } fragment f on Query { things(kinds: [A, C]) { total } }",
                "the field `things`",
                "kinds[1]",
            ),
        ] {
            let Err(Refusal::Argument { of, at: there, .. }) = checked(text, value!({ "more": null }), 1_000)
            else {
                panic!("{text} passes")
            };
            assert_eq!((of.as_str(), there.as_str()), (of_what, at), "{text}");
        }
    }
}
