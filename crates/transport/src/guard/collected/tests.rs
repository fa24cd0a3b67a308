//! Operations, and what is left to be executed of them.

use async_graphql::{parser::parse_query, value};

use super::*;
use crate::{Introspection, Limits, guard::valid};

const SDL: &str = "
    schema { query: Query mutation: Change subscription: Watch }
    type Query { one: One!, any: Any, node(id: ID): Node, many(first: Int! = 3, of: [Int]): [Any!]! }
    type Change { x: One, y: One }
    type Watch { x: One }
    interface Node { id: ID!, node: Node }
    type One implements Node { id: ID!, node: Node, one: One, text: String }
    type Other implements Node { id: ID!, node: Node, any: Any }
    type Lone { any: Any }
    union Any = One | Other | Lone
    union Nodes = One | Other
";

fn types() -> TypeSystem {
    TypeSystem::parse(SDL).unwrap()
}

/// What is executed of the operation `a`, or of the only one; none if it is executed as it stands there.
fn try_collect(text: &str, limit: usize) -> Result<Option<String>, Refusal> {
    let (document, types) = (parse_query(text).unwrap(), types());
    let variables = Variables::from_value(value!({ "yes": true, "no": false, "null": null }));
    let checked = valid::check(&document, &types, &Limits::default(), Introspection::On);
    let has_repeats = checked.unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    let mut operations = document.operations.iter();
    let (name, operation) = operations
        .find(|(name, _)| name.is_none_or(|name| name == "a"))
        .unwrap();
    let asked = Asked {
        document: &document,
        name: name.map(Name::as_str),
        operation: &operation.node,
        variables: &variables,
    };
    let collected = collect(asked, &types, limit, has_repeats)?;
    Ok(collected.map(|collected| {
        assert!(collected.document.fragments.is_empty());
        let operations: Vec<_> = collected.document.operations.iter().collect();
        let [(found, operation)] = operations.as_slice() else {
            panic!("{operations:?}");
        };
        assert_eq!(*found, name);
        printed(&operation.node.selection_set.node)
    }))
}

fn collected(text: &str) -> Option<String> {
    try_collect(text, 1_000).unwrap()
}

fn printed(set: &SelectionSet) -> String {
    let items = set.items.iter().map(|item| {
        let (mut text, set) = match &item.node {
            Selection::Field(field) => {
                let field = &field.node;
                assert!(field.directives.is_empty());
                let alias = field.alias.as_ref().map(|alias| format!("{alias}: "));
                let arguments: Vec<_> = field
                    .arguments
                    .iter()
                    .map(|(name, value)| format!("{name}: {value}"))
                    .collect();
                let mut text = format!("{}{}", alias.unwrap_or_default(), field.name);
                if !arguments.is_empty() {
                    text = format!("{text}({})", arguments.join(", "));
                }
                (text, &field.selection_set.node)
            }
            Selection::InlineFragment(fragment) => {
                assert!(fragment.node.directives.is_empty());
                let condition = fragment.node.type_condition.as_ref().unwrap();
                (
                    format!("... on {}", condition.node.on),
                    &fragment.node.selection_set.node,
                )
            }
            Selection::FragmentSpread(_) => panic!("there are no fragments"),
        };
        if !set.items.is_empty() {
            text = format!("{text} {{ {} }}", printed(set));
        }
        text
    });
    items.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_clear_stays_as_it_is() {
    for text in [
        "{ one { id } other: one { id } }",
        "query a { one { id text } } query b { one { id id } } query c { one { id } }",
        "{ ...f } fragment f on Query { one { id @skip(if: true) } }",
        "{ node { id ... on Other { any { __typename } } } }",
        "{ any { ... on One { id } ... on Other { id } } }",
        "query a($yes: Boolean!) { one { id @include(if: $yes) } }",
        "mutation a { x { id } y { text } z: y { ...f } } fragment f on One { id }",
        "subscription { x { ...f } } fragment f on One { id }",
        "{ __schema { types { ...t } } } fragment t on __Type { name ofType { name } }",
    ] {
        // Of two operations the second one has repeats, and the first is collected for its sake.
        let expected = text.contains("query b").then(|| "one { id text }".to_owned());
        assert_eq!(collected(text), expected, "{text}");
    }
}

#[test]
fn each_response_key_stands_once() {
    for (text, expected) in [
        ("{ one { id } one { id text } }", "one { id text }"),
        (
            "{ one { id } ...f any { __typename } } fragment f on Query { any { __typename } one { text id } }",
            "one { id text } any { __typename }",
        ),
        (
            "{ one { one { id } } one { one { one { text } id } } }",
            "one { one { id one { text } } }",
        ),
        (
            "{ one { a: id b: id a: id } one { ...f ...f } } fragment f on One { b: id text }",
            "one { a: id b: id text }",
        ),
        (
            "{ many(first: 2, of: [1]) { __typename } many(of: [1], first: 2) { __typename } }",
            "many(first: 2, of: [1]) { __typename }",
        ),
        (
            "mutation { x { id } y { id } ...f x { text } } fragment f on Change { y { text } }",
            "x { id text } y { id text }",
        ),
        ("mutation { ...f } fragment f on Change { x { id } }", "x { id }"),
        (
            "subscription { ...f } fragment f on Watch { x { id } x { text } }",
            "x { id text }",
        ),
        (
            "{ __schema { types { name } } ...f } fragment f on Query { __schema { types { kind } } }",
            "__schema { types { name kind } }",
        ),
    ] {
        assert_eq!(collected(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn objects_of_several_types_have_each_their_own() {
    for (text, expected) in [
        (
            "{ node { id ... on One { id text } } }",
            "node { ... on One { id text } ... on Other { id } }",
        ),
        (
            "{ node { id id node { id } ... on Node { node { id } } } }",
            "node { id node { id } }",
        ),
        // Fields of an interface, in a union of its objects.
        (
            "{ any { ... on Nodes { __typename ... on Node { id } } } }",
            "any { ... on One { __typename id } ... on Other { __typename id } }",
        ),
        (
            "{ one { ... on Any { ... on Other { id } ... on One { text } } } }",
            "one { text }",
        ),
        (
            "{ any { ...f } } fragment f on Any { ... on Lone { any { ...g } } ... on Node { ...g } }
             fragment g on Any { __typename ... on Lone { any { __typename } } }",
            "any { ... on Lone { any { ... on Lone { __typename any { __typename } } \
             ... on One { __typename } ... on Other { __typename } } } \
             ... on One { __typename } ... on Other { __typename } }",
        ),
        (
            "{ node { ... on One { node { id } } node { node { id } } ... on Other { any { __typename } } } }",
            "node { ... on One { node { id node { id } } } \
             ... on Other { node { node { id } } any { __typename } } }",
        ),
    ] {
        assert_eq!(collected(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_skipped_is_not_there() {
    for (text, expected) in [
        (
            "query a($yes: Boolean!) { one { id id @skip(if: $yes) } }",
            "one { id }",
        ),
        (
            "query a($yes: Boolean!, $no: Boolean!) {
               one { ...f @include(if: $no) ...f @skip(if: $yes) ...f @skip(if: $no) text id }
             } fragment f on One { id }",
            "one { id text }",
        ),
        (
            "query a($no: Boolean!) { one { id } one @include(if: $no) { text } ... @skip(if: true) { one { one { id } } } }",
            "one { id }",
        ),
        ("{ one { id @skip(if: true) id @include(if: false) } }", "one"),
        (
            "mutation a($yes: Boolean!) { ... { x @skip(if: $yes) { id } y { id @include(if: $yes) } } }",
            "y { id }",
        ),
    ] {
        assert_eq!(collected(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn arguments_that_are_given_nothing_are_not_there() {
    for (text, expected) in [
        (
            "query a($first: Int, $null: ID) { many(first: $first) { __typename } node(id: $null) { id } }",
            "many { __typename } node(id: $null) { id }",
        ),
        (
            "query a($item: Int) { ...f } fragment f on Query { many(of: [$item]) { __typename } }",
            "many(of: [$item]) { __typename }",
        ),
    ] {
        assert_eq!(collected(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_multiplies_is_refused_in_time() {
    let levels = |levels: usize| {
        let (open, close) = ("node { ... on One { id } ".repeat(levels), "}".repeat(levels));
        format!("{{ {open} id {close} node {{ id }} }}")
    };
    assert!(try_collect(&levels(4), 1_000).is_ok());
    assert_eq!(try_collect(&levels(20), 1_000), Err(Refusal::Objects(1_000)));
}

#[test]
fn what_a_field_is_given_counts_where_it_is_copied() {
    let given = |count: usize| {
        let list = "1 ".repeat(count);
        format!("{{ many(of: [{list}]) {{ ... on One {{ id }} ... on One {{ id }} }} }}")
    };
    // Four times as much as may be selected: the fields, the list and what is in it.
    assert!(try_collect(&given(37), 10).is_ok());
    assert_eq!(try_collect(&given(38), 10), Err(Refusal::Objects(10)));
}
