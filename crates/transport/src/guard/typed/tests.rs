//! How much operations ask for, and what does not fit.

use async_graphql::{parser::parse_query, value};

use super::*;
use crate::{Limits, guard::document};

const SDL: &str = "
    type Query { things(first: Int, last: Int, kinds: [Kind!]): Things!, all(ids: [ID!]): [Thing!]!, tags: [Int!]!, it: Any }
    type Things { nodes: [Thing!]!, edges: [Edge!], total: Int!, info: Info }
    type Edge { node: Thing! }
    type Info { more: Boolean! }
    type Thing { name: String, slow: Int, parts: [Thing], things(first: Int = 3): Things! }
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
        types: &TypeSystem::parse(SDL).unwrap().with_weight("Thing", "slow", 50),
        limit,
        given: Cell::default(),
    }
    .check(&operation.node)
    .map(drop)
}

fn assert_values(text: &str, variables: ConstValue, values: usize) {
    assert_eq!(checked(text, variables.clone(), values), Ok(()), "{text}");
    let limit = values - 1;
    let refused = Err(Refusal::Complexity { values, limit });
    assert_eq!(checked(text, variables, limit), refused, "{text}");
}

#[test]
fn what_takes_long_counts_for_more_wherever_it_stands() {
    for (text, values) in [
        ("{ it { ... on Thing { slow } } }", 1 + 51),
        (
            "{ things(first: 3) { nodes { slow } } }",
            1 + 1 + 20 + 1 + 3 * (1 + 51),
        ),
        (
            "{ things(first: 1) { nodes { slow again: slow ...f } } } fragment f on Thing { slow name }",
            1 + 1 + 20 + 1 + (1 + 3 * 51 + 1),
        ),
        ("{ it { ... on Thing { slow } ... on Info { more } } }", 1 + 51),
    ] {
        assert_values(text, value!({}), values);
    }
}

#[test]
fn an_answer_has_a_value_for_each_field_and_each_object_in_a_list() {
    for (text, values) in [
        ("{ tags }", 1),
        ("{ tags tags again: tags }", 3),
        (
            "{ it { __typename ... on Thing { name } ... on Info { more } } }",
            2,
        ),
        // What is of one type is not of another; what is of several is of each.
        (
            "{ it { ... on Thing { name again: name } ... on Info { more } ...f ...g } }
             fragment f on Any { ... on Info { a: more b: more } }
             fragment g on Info { c: more }",
            1 + 2 + 1 + 1,
        ),
        ("{ all { __typename } }", 1 + 10 * 2),
        ("{ all { __typename kind: __typename name } }", 1 + 10 * 2),
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
    let text =
        "query ($first: Int, $kinds: [Kind!]) { things(first: $first, kinds: $kinds) { nodes { name } } }";
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
