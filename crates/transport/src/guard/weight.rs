//! How much is given to fields and directives: in values, with each variable wherever it is used.
//!
//! A variable is copied wherever it is used, first to be checked there, then by each field that gets it. So a long list in a
//! variable costs little by itself, and minutes if it is used a thousand times.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value as ConstValue, Variables,
    parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet},
};
use async_graphql_value::Value;

use super::Refusal;

/// How many bytes of text weigh as much as another value does.
const BYTES_OF_A_VALUE: usize = 1_000;

/// The weights of a request's variables.
#[derive(Debug)]
pub(super) struct Weights<'a>(HashMap<&'a Name, usize>);

impl<'a> Weights<'a> {
    /// Weighs each variable once.
    pub(super) fn of(variables: &'a Variables) -> Self {
        Self(
            variables
                .iter()
                .map(|(name, value)| (name, weigh_const(value)))
                .collect(),
        )
    }

    /// What a field is given by its own arguments, and those of its directives.
    pub(super) fn field(&self, field: &Field) -> usize {
        let arguments = field.arguments.iter().map(|(_, value)| self.weigh(&value.node));
        arguments.fold(self.directives(&field.directives), usize::saturating_add)
    }

    /// What directives are given.
    pub(super) fn directives(&self, directives: &[Positioned<Directive>]) -> usize {
        directives
            .iter()
            .flat_map(|directive| &directive.node.arguments)
            .map(|(_, value)| self.weigh(&value.node))
            .fold(0, usize::saturating_add)
    }

    fn weigh(&self, value: &Value) -> usize {
        match value {
            Value::Variable(name) => self.0.get(name).copied().unwrap_or(1),
            Value::String(text) => weigh_text(text),
            Value::List(values) => total(values.iter().map(|value| self.weigh(value))),
            Value::Object(values) => total(values.values().map(|value| self.weigh(value))),
            Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) => 1,
        }
    }

    /// All that is given in a selection set, with its fragments left out.
    fn selection_set(&self, set: &SelectionSet) -> usize {
        set.items
            .iter()
            .map(|item| match &item.node {
                Selection::Field(field) => self
                    .field(&field.node)
                    .saturating_add(self.selection_set(&field.node.selection_set.node)),
                Selection::InlineFragment(fragment) => self
                    .directives(&fragment.node.directives)
                    .saturating_add(self.selection_set(&fragment.node.selection_set.node)),
                Selection::FragmentSpread(spread) => self.directives(&spread.node.directives),
            })
            .fold(0, usize::saturating_add)
    }
}

/// Checks all that is given in the document, as it stands there.
///
/// # Errors
/// If it comes to more than `limit` values.
pub(super) fn check(
    document: &ExecutableDocument,
    weights: &Weights<'_>,
    limit: usize,
) -> Result<(), Refusal> {
    let operations = document.operations.iter().map(|(_, operation)| {
        let operation = &operation.node;
        weights
            .directives(&operation.directives)
            .saturating_add(weights.selection_set(&operation.selection_set.node))
    });
    let fragments = document.fragments.values().map(|fragment| {
        let fragment = &fragment.node;
        weights
            .directives(&fragment.directives)
            .saturating_add(weights.selection_set(&fragment.selection_set.node))
    });
    if operations.chain(fragments).fold(0, usize::saturating_add) > limit {
        return Err(Refusal::Values(limit));
    }
    Ok(())
}

fn weigh_const(value: &ConstValue) -> usize {
    match value {
        ConstValue::String(text) => weigh_text(text),
        ConstValue::List(values) => total(values.iter().map(weigh_const)),
        ConstValue::Object(values) => total(values.values().map(weigh_const)),
        ConstValue::Null
        | ConstValue::Number(_)
        | ConstValue::Boolean(_)
        | ConstValue::Binary(_)
        | ConstValue::Enum(_) => 1,
    }
}

fn weigh_text(text: &str) -> usize {
    1 + text.len() / BYTES_OF_A_VALUE
}

/// What a list or an object weighs with what is in it.
fn total(values: impl Iterator<Item = usize>) -> usize {
    values.fold(1, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use async_graphql::{parser::parse_query, value};

    use super::*;

    fn checked(text: &str, variables: ConstValue, limit: usize) -> Result<(), Refusal> {
        let variables = Variables::from_value(variables);
        check(&parse_query(text).unwrap(), &Weights::of(&variables), limit)
    }

    #[test]
    fn variables_weigh_wherever_they_are_used() {
        let variables = value!({ "v": [1, { "a": 2, "b": "c" }] });
        for (text, weight) in [
            ("{ a }", 0),
            ("{ a(x: 1, y: [2]) }", 3),
            ("query ($v: X) { a(x: $v) }", 5),
            ("query ($v: X) { a(x: { y: $v }) b { c(x: $v) } }", 11),
            (
                "query ($v: X) @d(x: $v) { ... @d(x: $v) { a @d(x: $v) } ...f @d(x: $v) }",
                20,
            ),
            (
                "query ($v: X) { ...f ...f } fragment f on Query @d(x: $v) { a(x: $v) }",
                10,
            ),
            ("query a($v: X) { a(x: $v) } query b($v: X) { a(x: $v) }", 10),
            ("query ($w: X) { a(x: $w) }", 1),
        ] {
            assert_eq!(checked(text, variables.clone(), weight), Ok(()), "{text}");
            if weight > 0 {
                let refused = Err(Refusal::Values(weight - 1));
                assert_eq!(checked(text, variables.clone(), weight - 1), refused, "{text}");
            }
        }
    }

    #[test]
    fn long_texts_weigh_more() {
        let text = "query ($v: String) { a(x: $v) }";
        let variables = |bytes: usize| value!({ "v": ("x".repeat(bytes)) });
        assert_eq!(checked(text, variables(999), 1), Ok(()));
        assert_eq!(checked(text, variables(1_000), 1), Err(Refusal::Values(1)));
    }
}
