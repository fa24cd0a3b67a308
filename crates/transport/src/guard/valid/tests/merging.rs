//! Fields of one response key.

use async_graphql::parser::parse_query;

use super::{assert_valid, told};
use crate::{
    Introspection, Limits, TypeSystem,
    guard::valid::{Refusal, check},
};

#[test]
fn fields_of_one_key_can_be_one() {
    assert_valid([
        "{ thing(id: 1) { id } thing(id: 1) { name } ...f } fragment f on Query { thing(id: 1) { id size } }",
        "{ find(filter: { size: 1, min: 2 }) ... { find(filter: { min: 2, size: 1 }) } }",
        // Never of one object, and of one shape.
        "{ any { ... on Thing { a: id } ... on Other { a: id } } }",
        "{ any { ... on Thing { x: text } ... on Other { x: name } } }",
        "{ any { ... on Thing { x: text } ... on Other { x: __typename } } }",
        "{ any { ... on Thing { ... { x: text } } ... on Other { ... { x: name } } } }",
        "{ any { ... on Thing { x: part { id } } ... on Other { x: other { id } } } }",
    ]);
    let cannot = |key: &str, why: &str| {
        format!("The fields `{key}` cannot be one, since they are {why}; give one of them another alias.")
    };
    for (document, key, why) in [
        (
            "{ x: thing(id: 1) { id } x: node(id: 1) { id } }",
            "x",
            "different fields",
        ),
        ("{ thing(id: 1) { x: id x: text } }", "x", "of different types"),
        (
            "{ thing(id: 1) { a: name } ...f } fragment f on Query { thing(id: 1) { a: text } }",
            "a",
            "of different types",
        ),
        (
            "{ thing(id: 1) { id } thing(id: 2) { id } }",
            "thing",
            "given different arguments",
        ),
        ("{ find find(first: 1) }", "find", "given different arguments"),
        ("{ a: __typename a: find }", "a", "of different types"),
        // Of one object, if what is of the interface is one.
        (
            "{ any { ... on Thing { x: text } ... on Node { x: __typename } } }",
            "x",
            "different fields",
        ),
        (
            "{ any { ... on Node { x: id } ... on Thing { x: __typename } } }",
            "x",
            "of different types",
        ),
        (
            "{ any { ... on Thing { x: size } ... on Other { x: size } } }",
            "x",
            "of different types",
        ),
        (
            "{ any { ... on Thing { x: part { y: text } } ... on Other { x: other { y: id } } } }",
            "y",
            "of different types",
        ),
        (
            "{ any { ... on Thing { parts { id } } ... on Other { parts: other { id } } } }",
            "parts",
            "of different types",
        ),
    ] {
        let messages = told(document);
        assert!(messages.contains(&cannot(key, why)), "{document}: {messages:?}");
    }
}

#[test]
fn what_is_compared_again_and_again_is_refused() {
    // With each level, a field of the interface meets those of each object.
    let sdl =
        "type Query { n: N } interface N { n: N } type A implements N { n: N } type B implements N { n: N }";
    let levels = |count: usize| {
        (0..count).fold("__typename".to_owned(), |inner, _| {
            format!("n {{ {inner} }} ... on A {{ n {{ __typename }} }} ... on B {{ n {{ __typename }} }}")
        })
    };
    let refused = |count| {
        let document = parse_query(format!("{{ n {{ {} }} }}", levels(count))).unwrap();
        let types = TypeSystem::parse(sdl).unwrap();
        check(&document, &types, &Limits::default(), Introspection::On)
            .err()
            .map(|errors| errors[0].message.clone())
    };
    assert_eq!(refused(5), None);
    assert_eq!(refused(25), Some(Refusal::Meetings.to_string()));
}
