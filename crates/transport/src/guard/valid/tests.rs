//! Each rule, by documents that keep it and documents that do not.

mod inputs;
mod merging;
mod selections;

use async_graphql::parser::parse_query;

use super::*;

const SDL: &str = "
    schema { query: Query mutation: Change subscription: Watch }
    type Query {
      thing(id: ID!): Thing, things(first: Int, ids: [ID!], kinds: [Kind!]): [Thing!]!, node(id: ID!): Node, any: Any
      find(filter: Filter, way: Way, json: Json, even: Even, grid: [[Int!]!], ratio: Float, first: Int! = 3): Int
    }
    type Change { make(name: String!, way: Way): Thing, drop(id: ID!): Boolean }
    type Watch { ticks(after: Int): Tick!, other: Tick! }
    type Tick { number: Int! }
    interface Node { id: ID! }
    interface Named { name: String }
    type Thing implements Node & Named { id: ID!, name: String, text: String!, size: Int, parts: [Thing!]!, part: Thing, kind: Kind! }
    type Other implements Node { id: ID!, name: String!, size: Float, other: Other }
    union Any = Thing | Other
    enum Kind { A B }
    input Filter { kinds: [Kind!], min: Int! = 0, size: Int!, inner: Filter }
    input Way @oneOf { one: Int, ids: [ID!], filter: Filter }
    scalar Json
    scalar Even
    directive @often repeatable on FIELD
    directive @here(if: Boolean!, level: Int) on QUERY | VARIABLE_DEFINITION | FRAGMENT_DEFINITION
";

fn types() -> TypeSystem {
    let is_even = |value: &async_graphql::Value| value.to_string().ends_with('2');
    TypeSystem::parse(SDL).unwrap().with_scalar("Even", is_even)
}

/// The messages for a document.
fn told(document: &str) -> Vec<String> {
    let parsed = parse_query(document).unwrap_or_else(|error| panic!("{document}: {error}"));
    let checked = check(&parsed, &types(), &Limits::default(), Introspection::On);
    checked.map_or_else(
        |errors| errors.into_iter().map(|error| error.message).collect(),
        |_| vec![],
    )
}

/// Asserts that documents are valid.
fn assert_valid<const N: usize>(documents: [&str; N]) {
    for document in documents {
        assert_eq!(told(document), [""; 0], "{document}");
    }
}

/// Asserts that documents are not valid, for this reason alone.
fn assert_told<const N: usize>(documents: [(&str, &str); N]) {
    for (document, message) in documents {
        assert_eq!(told(document), [message], "{document}");
    }
}

#[test]
fn a_subscription_selects_one_field() {
    assert_valid([
        "subscription { ticks { number } }",
        "subscription { ticks { number } ticks { __typename } }",
        "subscription { ...f ... on Watch { ticks { number } } } fragment f on Watch { ticks { number } }",
        "subscription { ticks { number } other @skip(if: true) { number } }",
    ]);
    let one = "A subscription selects one field; send one subscription for each.";
    assert_told([
        ("subscription { ticks { number } other { number } }", one),
        ("subscription { ticks { number } again: ticks { number } }", one),
        (
            "subscription { ticks { number } ...f } fragment f on Watch { other { number } }",
            one,
        ),
        ("subscription { ticks @skip(if: true) { number } }", one),
        (
            "subscription { __typename }",
            "The field `__typename` cannot be subscribed to.",
        ),
        (
            "subscription { a: __typename }",
            "The field `__typename` cannot be subscribed to.",
        ),
        (
            "subscription ($v: Boolean!) { ticks @skip(if: $v) { number } }",
            "What a subscription selects cannot depend on a variable.",
        ),
    ]);
}

#[test]
fn there_are_only_operations_that_the_schema_has() {
    let types = TypeSystem::parse("type Query { a: Int }").unwrap();
    for (document, expected) in [
        ("{ a }", None),
        ("mutation { a }", Some("There are no mutations.")),
        ("subscription { a }", Some("There are no subscriptions.")),
    ] {
        let document = parse_query(document).unwrap();
        let errors = check(&document, &types, &Limits::default(), Introspection::On)
            .err()
            .unwrap_or_default();
        assert_eq!(errors.first().map(|error| error.message.as_str()), expected);
    }
}

#[test]
fn errors_say_where_in_the_order_of_the_document() {
    let document =
        parse_query("{\n  ...f\n  nothing\n}\nfragment f on Query {\n  find(first: A)\n}").unwrap();
    let errors = check(&document, &types(), &Limits::default(), Introspection::Off).unwrap_err();
    let told: Vec<_> = errors
        .iter()
        .map(|error| (error.locations[0].line, error.message.as_str()))
        .collect();
    let expected = [
        (3, "The type `Query` has no field `nothing`."),
        (
            6,
            "The argument `first` of the field `find` must be of the type `Int!`.",
        ),
    ];
    assert_eq!(told, expected);
}

#[test]
fn nothing_is_suggested_where_nobody_may_ask() {
    let document = parse_query("{ thin }").unwrap();
    let errors = check(&document, &types(), &Limits::default(), Introspection::Off).unwrap_err();
    assert_eq!(errors[0].message, "The type `Query` has no field `thin`.");
}
