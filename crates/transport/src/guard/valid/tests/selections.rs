//! What is selected, with its directives and fragments.

use super::{assert_told, assert_valid};

#[test]
fn fields_are_those_of_their_types() {
    assert_valid([
        "{ thing(id: 1) { id name parts { id } } any { __typename ... on Thing { id } } node(id: 1) { id } }",
        "{ __typename __schema { types { name fields { type { kind ofType { name } } } } } __type(name: \"A\") { isOneOf } }",
        "mutation { __typename drop(id: \"a\") }",
    ]);
    assert_told([
        (
            "{ thin(id: 1) { id } }",
            "The type `Query` has no field `thin`. Did you mean `thing`?",
        ),
        (
            "{ nonsense { whatever(x: 1) } }",
            "The type `Query` has no field `nonsense`.",
        ),
        ("{ any { id } }", "The type `Any` has no field `id`."),
        ("{ node(id: 1) { name } }", "The type `Node` has no field `name`."),
        (
            "mutation { __schema { description } }",
            "The type `Change` has no field `__schema`.",
        ),
        (
            "{ __schema { nothing } }",
            "The type `__Schema` has no field `nothing`.",
        ),
    ]);
}

#[test]
fn something_is_selected_of_what_has_fields() {
    assert_told([
        (
            "{ thing(id: 1) }",
            "Something must be selected of the field `thing`, which is of the type `Thing`.",
        ),
        (
            "{ any }",
            "Something must be selected of the field `any`, which is of the type `Any`.",
        ),
        (
            "{ __schema }",
            "Something must be selected of the field `__schema`, which is of the type `__Schema!`.",
        ),
        (
            "{ find { a } }",
            "Nothing can be selected of the field `find`, which is of the type `Int`.",
        ),
        (
            "{ __typename { a } }",
            "Nothing can be selected of the field `__typename`, which is of the type `String!`.",
        ),
    ]);
}

#[test]
fn directives_are_known_and_in_their_place() {
    assert_valid([
        "query @here(if: true) { find @often @often @skip(if: false) ...f @include(if: true) ... @skip(if: true) { find } }
         fragment f on Query @here(if: false, level: 1) { find }",
    ]);
    assert_told([
        ("{ find @never }", "There is no directive `@never`."),
        ("{ __typename @never }", "There is no directive `@never`."),
        (
            "query @skip(if: true) { find }",
            "The directive `@skip` may not stand here.",
        ),
        ("{ find @oneOf }", "There is no directive `@oneOf`."),
        (
            "{ find @here(if: true) }",
            "The directive `@here` may not stand here.",
        ),
        (
            "{ ...f } fragment f on Query @include(if: true) { find }",
            "The directive `@include` may not stand here.",
        ),
        (
            "{ __typename @skip(if: true) @skip(if: true) }",
            "The directive `@skip` stands here twice.",
        ),
    ]);
}

#[test]
fn fragments_are_known_used_and_of_types_that_meet() {
    assert_valid([
        "{ any { ...f ... on Node { id } } } fragment f on Named { name }",
        "{ thing(id: 1) { ... on Any { ... on Thing { id } } ... @skip(if: true) { id } } }",
    ]);
    assert_told([
        ("{ ...f }", "There is no fragment `f`."),
        (
            "{ find ...g } fragment f on Query { ...g } fragment g on Query { find }",
            "The fragment `f` is never used.",
        ),
        ("{ ... on Zilch { a } }", "There is no type `Zilch`."),
        (
            "{ ... on Kind { a } }",
            "Nothing can be selected of the type `Kind`.",
        ),
        (
            "{ ... on Filter { a } }",
            "Nothing can be selected of the type `Filter`.",
        ),
        (
            "{ ... on Thing { id } }",
            "The fragment is never used, since nothing of the type `Query` is a `Thing`.",
        ),
        (
            "{ any { ... on Other { ...f } } } fragment f on Named { name }",
            "The fragment is never used, since nothing of the type `Other` is a `Named`.",
        ),
    ]);
}
