//! What is given: arguments, values, variables.

use super::{assert_told, assert_valid};

#[test]
fn arguments_are_those_of_their_field_each_once() {
    assert_valid(["{ find(first: 1) things { id } }"]);
    assert_told([
        (
            "{ find(frist: 1) }",
            "There is no argument `frist` of the field `find`. Did you mean `first`?",
        ),
        (
            "{ __typename(a: 1) }",
            "There is no argument `a` of the field `__typename`.",
        ),
        (
            "{ find(first: 1, first: 1) }",
            "The argument `first` of the field `find` stands there twice.",
        ),
        (
            "{ thing { id } }",
            "The argument `id` of the field `thing` must be given.",
        ),
        (
            "{ __type { name } }",
            "The argument `name` of the field `__type` must be given.",
        ),
        (
            "{ find @skip }",
            "The argument `if` of the directive `@skip` must be given.",
        ),
        (
            "{ find @skip(if: true, unless: 1) }",
            "There is no argument `unless` of the directive `@skip`.",
        ),
    ]);
}

#[test]
fn values_are_written_as_their_types_have_them() {
    assert_valid([
        "{ things(first: 2147483647, ids: [1, \"a\"], kinds: [A]) { id } }",
        "{ things(first: null, ids: \"a\", kinds: B) { id } }",
        "{ find(filter: { size: 1, kinds: A, inner: { size: 2, min: 3 } }, grid: [[1], [2]], ratio: 1) }",
        "{ find(json: { a: [1, B, { c: null }] }, even: 12, grid: 1, ratio: 1.5e3, way: { ids: [] }) }",
    ]);
    for (argument, told) in [
        (
            "first: 1.0",
            "first` of the field `find` must be of the type `Int!`",
        ),
        (
            "first: 2147483648",
            "first` of the field `find` must be of the type `Int!`",
        ),
        (
            "first: \"1\"",
            "first` of the field `find` must be of the type `Int!`",
        ),
        (
            "first: null",
            "first` of the field `find` must be of the type `Int!`",
        ),
        (
            "ratio: \"1\"",
            "ratio` of the field `find` must be of the type `Float`",
        ),
        ("even: 13", "even` of the field `find` must be of the type `Even`"),
        (
            "grid: [[1, null]]",
            "grid[0][1]` of the field `find` must be of the type `Int!`",
        ),
        (
            "filter: 1",
            "filter` of the field `find` must be of the type `Filter`",
        ),
        (
            "filter: { }",
            "filter` of the field `find` must have the field `size`",
        ),
        (
            "filter: { size: 1, sizes: 1 }",
            "filter` of the field `find` must not have a field `sizes`",
        ),
        (
            "filter: { size: 1, kinds: [\"A\"] }",
            "filter.kinds[0]` of the field `find` must be of the type `Kind!`",
        ),
        (
            "filter: { size: 1, kinds: C }",
            "filter.kinds` of the field `find` must be of the type `Kind!`",
        ),
        (
            "way: { }",
            "way` of the field `find` must have exactly one field, and not null",
        ),
        (
            "way: { one: null }",
            "way` of the field `find` must have exactly one field, and not null",
        ),
        (
            "way: { one: 1, ids: [] }",
            "way` of the field `find` must have exactly one field, and not null",
        ),
    ] {
        let document = format!("{{ find({argument}) }}");
        assert_told([(document.as_str(), format!("The argument `{told}.").as_str())]);
    }
    assert_told([
        (
            "{ thing(id: 1.5) { id } }",
            "The argument `id` of the field `thing` must be of the type `ID!`.",
        ),
        (
            "mutation { make(name: A) { id } }",
            "The argument `name` of the field `make` must be of the type `String!`.",
        ),
        (
            "{ find @include(if: \"true\") }",
            "The argument `if` of the directive `@include` must be of the type `Boolean!`.",
        ),
    ]);
}

#[test]
fn variables_are_defined_once_of_types_of_inputs_and_used() {
    assert_valid([
        "query ($a: ID!, $b: Int = 1) { thing(id: $a) { id } ...f } fragment f on Query { find(first: $b) }",
        "query a($x: ID!) { ...f } query b($x: ID!) { ...f } fragment f on Query { thing(id: $x) { id } }",
        "query ($x: Boolean!) { __typename @skip(if: $x) }",
        "query ($x: [Kind!]! @here(if: true) = [A, B]) { things(kinds: $x) { id } }",
    ]);
    assert_told([
        (
            "query ($a: ID!, $a: ID!) { thing(id: $a) { id } }",
            "The variable `$a` is defined twice.",
        ),
        (
            "query ($a: Kinds) { find(json: { b: $a }) }",
            "There is no type `Kinds`. Did you mean `Kind`?",
        ),
        (
            "query ($a: [Zilch] = [1]) { find(json: { b: $a }) }",
            "There is no type `Zilch`.",
        ),
        (
            "query ($a: Thing) { find(json: { b: $a }) }",
            "The variable `$a` cannot be of the type `Thing`, which is none of inputs.",
        ),
        ("query ($a: Int) { find }", "The variable `$a` is never used."),
        ("{ find(first: $a) }", "There is no variable `$a`."),
        ("{ find(json: [{ a: $a }]) }", "There is no variable `$a`."),
        (
            "{ ...f } fragment f on Query { __typename @skip(if: $a) }",
            "There is no variable `$a`.",
        ),
        (
            "query ($a: Kind = \"A\") { things(kinds: [$a]) { id } }",
            "The default of the variable `$a` must be of the type `Kind`.",
        ),
        (
            "query ($a: [Int!] = [1, null]) { find(grid: [$a]) }",
            "The default of the variable `$a[1]` must be of the type `Int!`.",
        ),
        (
            "query ($a: Int @often = 1) { find(first: $a) }",
            "The directive `@often` may not stand here.",
        ),
        (
            "query ($a: Int @never = 1) { find(first: $a) }",
            "There is no directive `@never`.",
        ),
    ]);
}

#[test]
fn variables_stand_where_all_of_their_values_fit() {
    for (variable, field) in [
        ("ID!", "thing(id: $v) { id }"),
        ("ID = 1", "thing(id: $v) { id }"),
        ("Int", "things(first: $v) { id }"),
        ("Int!", "things(first: $v) { id }"),
        ("[ID!]!", "things(ids: $v) { id }"),
        ("ID!", "things(ids: [$v]) { id }"),
        // The place has a default.
        ("Int", "find(first: $v)"),
        ("Int", "find(filter: { size: 1, min: $v })"),
        ("[Int!]!", "find(grid: [$v])"),
        ("[[Int!]!]!", "find(grid: $v)"),
        ("Json", "find(json: $v)"),
        ("Json", "find(json: [$v])"),
        ("Int", "find(json: { anything: $v })"),
        ("Int!", "find(way: { one: $v })"),
        ("ID!", "find(way: { ids: [$v] })"),
        ("Boolean! = true", "find @skip(if: $v)"),
        ("Boolean = true", "find @skip(if: $v)"),
    ] {
        assert_valid([format!("query ($v: {variable}) {{ {field} }}").as_str()]);
    }
    for (variable, field, place) in [
        ("String!", "thing(id: $v) { id }", "ID!"),
        ("ID", "thing(id: $v) { id }", "ID!"),
        ("ID = null", "thing(id: $v) { id }", "ID!"),
        ("ID!", "things(ids: $v) { id }", "[ID!]"),
        ("[ID]", "things(ids: $v) { id }", "[ID!]"),
        ("ID", "things(ids: [$v]) { id }", "ID!"),
        ("ID = 1", "things(ids: $v) { id }", "[ID!]"),
        ("[Int]", "find(first: $v)", "Int!"),
        ("Kind!", "find(filter: { size: $v })", "Int!"),
        ("Int", "find(filter: { size: $v })", "Int!"),
        ("Int", "find(filter: { size: 1, inner: { size: $v } })", "Int!"),
        ("Int!", "find(json: $v)", "Json"),
        ("Int!", "find(json: [$v])", "Json"),
        ("Boolean", "find @skip(if: $v)", "Boolean!"),
        ("Boolean", "... @include(if: $v) { find }", "Boolean!"),
        ("Boolean", "__typename @include(if: $v)", "Boolean!"),
    ] {
        let document = format!("query ($v: {variable}) {{ ...f }} fragment f on Query {{ {field} }}");
        let ty = variable.split(" =").next().unwrap();
        let message = format!(
            "The variable `$v` of the type `{ty}` stands where a value of the type `{place}` must be."
        );
        assert_told([(document.as_str(), message.as_str())]);
    }
    assert_told([(
        "query ($v: Int = 1) { find(way: { one: $v }) }",
        "The variable `$v` stands where exactly one value must be given, so its type must be `Int!`.",
    )]);
}
