//! What an operation begins with, where it is not a query: one field of a subscription, and each field of a mutation once.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned, Value as ConstValue, Variables,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition,
        OperationType, Selection, SelectionSet,
    },
};
use async_graphql_value::Value;

use super::Walk;

impl<'a> Walk<'a> {
    /// Checks that a subscription selects one field of its own, whatever its variables are.
    pub(super) fn subscription(&mut self, operation: &'a Positioned<OperationDefinition>) {
        let mut fields = vec![];
        self.root_fields(
            &operation.node.selection_set.node,
            &mut HashSet::new(),
            &mut fields,
        );
        let key = fields.first().map(|field| &field.node.response_key().node);
        let others = fields
            .iter()
            .find(|field| Some(&field.node.response_key().node) != key);
        if key.is_none() || others.is_some() {
            let position = others.map_or(operation.pos, |field| field.pos);
            self.tell(
                &[position],
                format_args!("A subscription selects one field; send one subscription for each."),
            );
        }
        for field in fields
            .iter()
            .filter(|field| field.node.name.node.starts_with("__"))
        {
            let name = &field.node.name;
            self.tell(
                &[field.pos],
                format_args!("The field `{name}` cannot be subscribed to."),
            );
        }
    }

    fn root_fields(
        &mut self,
        set: &'a SelectionSet,
        spread: &mut HashSet<&'a Name>,
        fields: &mut Vec<&'a Positioned<Field>>,
    ) {
        for item in &set.items {
            let conditions = item.node.directives().iter().filter_map(condition);
            if conditions
                .into_iter()
                .any(|(_, value)| matches!(value, Value::Variable(_)))
            {
                self.tell(
                    &[item.pos],
                    format_args!("What a subscription selects cannot depend on a variable."),
                );
            }
            if !is_selected(item.node.directives(), None) {
                continue;
            }
            if let Selection::Field(field) = &item.node {
                fields.push(field);
            } else if let Some(set) = set_of_fragment(&self.document.fragments, &item.node, spread) {
                self.root_fields(set, spread, fields);
            }
        }
    }
}

/// The document, with the fields that the chosen operation begins with merged into one for each response key; none if
/// they stand there like that already. The document must be valid, and the variables those of the operation.
///
/// async-graphql would carry out a command as often as it stands in a mutation, and does not look into fragments for
/// what is subscribed to.
pub(in crate::guard) fn merge(
    document: &ExecutableDocument,
    name: Option<&str>,
    variables: &Variables,
) -> Option<ExecutableDocument> {
    let operation = match &document.operations {
        DocumentOperations::Single(operation) => operation,
        DocumentOperations::Multiple(operations) => operations.get(name?)?,
    };
    let set = &operation.node.selection_set.node;
    if operation.node.ty == OperationType::Query || are_single_fields(set) {
        return None;
    }
    let mut items = vec![];
    gather(
        &document.fragments,
        set,
        variables,
        &mut HashSet::new(),
        &mut items,
    );
    let mut merged = document.clone();
    let operation = match &mut merged.operations {
        DocumentOperations::Single(operation) => operation,
        DocumentOperations::Multiple(operations) => operations.get_mut(name?)?,
    };
    operation.node.selection_set.node.items = items;
    Some(merged)
}

/// Whether only fields are selected, each response key once.
fn are_single_fields(set: &SelectionSet) -> bool {
    let mut keys = HashSet::new();
    set.items.iter().all(|item| match &item.node {
        Selection::Field(field) => keys.insert(&field.node.response_key().node),
        Selection::InlineFragment(_) | Selection::FragmentSpread(_) => false,
    })
}

/// Gathers fields, each with all that is selected in those of its response key.
fn gather<'a>(
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    set: &'a SelectionSet,
    variables: &Variables,
    spread: &mut HashSet<&'a Name>,
    merged: &mut Vec<Positioned<Selection>>,
) {
    for item in &set.items {
        if !is_selected(item.node.directives(), Some(variables)) {
            continue;
        }
        if let Selection::Field(field) = &item.node {
            let key = &field.node.response_key().node;
            let same = merged.iter_mut().find_map(|item| match &mut item.node {
                Selection::Field(other) => Some(other).filter(|other| other.node.response_key().node == *key),
                Selection::InlineFragment(_) | Selection::FragmentSpread(_) => None,
            });
            match same {
                Some(same) => {
                    let inner = field.node.selection_set.node.items.iter().cloned();
                    same.node.selection_set.node.items.extend(inner);
                }
                None => merged.push(item.clone()),
            }
        } else if let Some(set) = set_of_fragment(fragments, &item.node, spread) {
            gather(fragments, set, variables, spread, merged);
        }
    }
}

/// What is selected by a fragment; none where it is spread for the second time, or is a field.
fn set_of_fragment<'a>(
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    selection: &'a Selection,
    spread: &mut HashSet<&'a Name>,
) -> Option<&'a SelectionSet> {
    match selection {
        Selection::Field(_) => None,
        Selection::InlineFragment(fragment) => Some(&fragment.node.selection_set.node),
        Selection::FragmentSpread(fragment) => {
            let name = &fragment.node.fragment_name.node;
            let fragment = fragments.get(name).filter(|_| spread.insert(name))?;
            Some(&fragment.node.selection_set.node)
        }
    }
}

/// Whether what has these directives is selected. Of variables that are not known, it is taken to be.
fn is_selected(directives: &[Positioned<Directive>], variables: Option<&Variables>) -> bool {
    directives
        .iter()
        .filter_map(condition)
        .all(|(wanted, value)| match value {
            Value::Boolean(value) => *value == wanted,
            Value::Variable(name) => {
                variables.is_none_or(|variables| variables.get(name) == Some(&ConstValue::Boolean(wanted)))
            }
            _ => true,
        })
}

/// What a directive's condition must be for anything to be selected, and what it is.
fn condition(directive: &Positioned<Directive>) -> Option<(bool, &Value)> {
    let wanted = match directive.node.name.node.as_str() {
        "include" => true,
        "skip" => false,
        _ => return None,
    };
    Some((wanted, &directive.node.get_argument("if")?.node))
}

#[cfg(test)]
mod tests {
    use async_graphql::{parser::parse_query, value};

    use super::*;

    /// The fields that the operation `a` begins with once they are merged, each with those in it; none if nothing is.
    fn merged(text: &str) -> Option<Vec<String>> {
        let variables = Variables::from_value(value!({ "yes": true, "no": false }));
        let document = merge(&parse_query(text).unwrap(), Some("a"), &variables)?;
        let (_, operation) = document
            .operations
            .iter()
            .find(|(name, _)| *name == Some(&Name::new("a")))?;
        let fields = |set: &SelectionSet| -> Vec<String> {
            let field = |item: &Positioned<Selection>| match &item.node {
                Selection::Field(field) => field.node.response_key().node.to_string(),
                other => panic!("{other:?}"),
            };
            set.items.iter().map(field).collect()
        };
        let items = operation.node.selection_set.node.items.iter();
        Some(
            items
                .map(|item| match &item.node {
                    Selection::Field(field) => {
                        let inner = fields(&field.node.selection_set.node).join(" ");
                        format!("{} {inner}", field.node.response_key()).trim().to_owned()
                    }
                    other => panic!("{other:?}"),
                })
                .collect(),
        )
    }

    #[test]
    fn each_field_of_a_mutation_stands_once() {
        for (text, expected) in [
            ("mutation a { x { a } x { b } }", vec!["x a b"]),
            (
                "mutation a { x { a } y x { a } x: x { b } }",
                vec!["x a a b", "y"],
            ),
            (
                "mutation a { ...f ...f ... { x { b } } } fragment f on M { x { a } }",
                vec!["x a b"],
            ),
            (
                "mutation a { x ...f @skip(if: $yes) } fragment f on M { y }",
                vec!["x"],
            ),
            (
                "mutation a { x ...f @skip(if: $yes) ...f } fragment f on M { y }",
                vec!["x", "y"],
            ),
            (
                "mutation a { ... @include(if: $no) { x } x y @include(if: true) }",
                vec!["x", "y"],
            ),
            (
                "mutation a { ... { x @skip(if: $no) z @include(if: $unknown) } }",
                vec!["x"],
            ),
            (
                "subscription a { ...f } fragment f on S { x { a } ... { x { b } } }",
                vec!["x a b"],
            ),
            ("mutation b { x x } mutation a { x x }", vec!["x"]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(merged(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_stands_once_stays_as_it_is() {
        for text in [
            "query a { x x }",
            "mutation a { x { a } y: x { b } z @skip(if: $yes) }",
            "subscription a { x { ...f } } fragment f on S { y }",
            "mutation b { x x }",
        ] {
            assert_eq!(merged(text), None, "{text}");
        }
    }
}
