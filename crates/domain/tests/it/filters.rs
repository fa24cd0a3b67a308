//! Filters: whom they hold, and what is told of wrong ones.

mod limits;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use understudy_domain::{Filter, FilterError, Recipient, RecipientId, Timestamp};
use uuid::Uuid;

fn object(attributes: Value) -> Map<String, Value> {
    match attributes {
        Value::Object(attributes) => attributes,
        other => panic!("not an object: {other}"),
    }
}

/// Somebody with these attributes, and an address.
fn with(attributes: Value) -> Recipient {
    Recipient {
        id: RecipientId::from_uuid(Uuid::nil()),
        external_id: "ada".to_owned(),
        email: Some("ada@example.com".to_owned()),
        attributes: object(attributes),
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

fn ada() -> Recipient {
    with(json!({
        "plan": "pro", "visits": 3, "ratio": 2.5, "whole": 3.0, "large": u64::MAX, "none": null, "isMember": true,
        "interests": ["camping", "climbing"], "orders": [{ "total": 7 }, { "total": 70 }], "odd key": "odd",
        "since": "2026-02-03T04:05:06Z", "näme": "Ünal", "empty": [],
    }))
}

fn holds(filter: &str) -> bool {
    let filter = Filter::compile(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    filter.ask(&ada()).holds
}

fn wrong(filter: &str) -> FilterError {
    match Filter::compile(filter) {
        Ok(_) => panic!("{filter:?} is let in"),
        Err(error) => error,
    }
}

#[test]
fn a_filter_holds_whom_it_says() {
    for filter in [
        "true",
        "recipient.externalId == 'ada'",
        "recipient.email.endsWith(\"@example.com\")",
        "recipient.email != null",
        "recipient.attributes.plan == 'pro' && recipient.attributes.visits > 2",
        "recipient.attributes.plan in ['pro', 'team']",
        "recipient.attributes['odd key'] == 'odd'",
        "recipient.attributes['näme'].startsWith('Ü')",
        "recipient.attributes.isMember",
        "recipient.attributes.none == null",
        "has(recipient.attributes.plan) && !has(recipient.attributes.city)",
        "size(recipient.attributes.interests) == 2 && recipient.attributes.empty.size() == 0",
        "'camping' in recipient.attributes.interests",
        "recipient.attributes.interests.exists(i, i.startsWith('cl'))",
        "recipient.attributes.interests.all(i, i.contains('i')) && recipient.attributes.empty.all(i, false)",
        "recipient.attributes.orders.exists_one(o, o.total >= 70)",
        "recipient.attributes.orders.filter(o, o.total > 10).size() == 1",
        "recipient.attributes.orders.map(o, o.total * 2) == [14, 140]",
        "recipient.attributes.orders[1].total == 70",
        "recipient.attributes.exists(name, name == 'plan')",
        // Loops over names go in their order, each time.
        "{'c': 1, 'a': 1, 'b': 1}.map(name, name) == ['a', 'b', 'c']",
        "recipient.attributes.filter(name, name.startsWith('i')) == ['interests', 'isMember']",
        "timestamp(recipient.attributes.since) < timestamp('2026-03-01T00:00:00Z')",
        "timestamp(recipient.attributes.since) + duration('24h') > timestamp('2026-02-04T00:00:00Z')",
        "timestamp(recipient.attributes.since).getFullYear() == 2026",
        "recipient.attributes.visits > 2 ? recipient.attributes.isMember : false",
        "int('3') == recipient.attributes.visits && string(recipient.attributes.visits) == '3'",
        "double(recipient.attributes.visits) * 1.5 == 4.5 && uint(3) == 3u && dyn(3) == 3.0",
        // Whole and broken numbers compare with each other.
        "recipient.attributes.visits == 3.0 && recipient.attributes.whole == 3",
        "recipient.attributes.visits > 2.5 && recipient.attributes.ratio < 3",
        "recipient.attributes.large > 1 && recipient.attributes.large > 1.5",
        "// a comment\n true",
    ] {
        assert!(holds(filter), "{filter}");
    }
}

#[test]
fn whoever_lacks_what_a_filter_asks_for_is_not_held() {
    for filter in [
        "false",
        "recipient.attributes.city == 'Kiel'",
        "recipient.attributes.city != 'Kiel'",
        "!(recipient.attributes.city == 'Kiel')",
        "recipient.attributes.plan > 3",
        "recipient.attributes.plan",
        "recipient.attributes.visits / 0 == 1",
        "recipient.attributes.interests[7] == 'x'",
        "timestamp(recipient.attributes.plan) > timestamp('2026-01-01T00:00:00Z')",
        // What no calendar has.
        "timestamp(recipient.attributes.since) + duration('2562047h') * 1 == timestamp('2026-01-01T00:00:00Z')",
        "recipient.attributes.large + 1 > 0",
        "9223372036854775807 + recipient.attributes.visits > 0",
    ] {
        assert!(!holds(filter), "{filter}");
    }
    // What one side does not know, the other may.
    assert!(holds(
        "recipient.attributes.city == 'Kiel' || recipient.attributes.plan == 'pro'"
    ));
    let nobody = Filter::compile("recipient.email == null && recipient.attributes == {}").unwrap();
    let nothing = Recipient {
        email: None,
        ..with(json!({}))
    };
    assert!(nobody.ask(&nothing).holds);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (filter, line, column, message) in [
        ("", 1, 1, "it ends where more is expected"),
        ("recipient.email ==", 1, 19, "it ends where more is expected"),
        (
            "recipient.attributes.plan ==\n  'pro' &&",
            2,
            11,
            "it ends where more is expected",
        ),
        ("'ü' == 'é' == )", 1, 15, "unexpected token"),
        ("1 + 1", 1, 1, "it is neither true nor false"),
        ("'true'", 1, 1, "it is neither true nor false"),
        ("recipient.email", 1, 1, "it is neither true nor false"),
        (
            "recipient.attributes.tags.map(t, t)",
            1,
            1,
            "it is neither true nor false",
        ),
        ("true ? 1 : 'a'", 1, 1, "it is neither true nor false"),
        (
            "'é' == 'é' && plan == 'pro'",
            1,
            15,
            "there is no \"plan\"; what is known stands in recipient",
        ),
        (
            "true &&\n\"plan\" == plan",
            2,
            11,
            "there is no \"plan\"; what is known stands in recipient",
        ),
        (
            "'it\\'s plan' == plan",
            1,
            17,
            "there is no \"plan\"; what is known stands in recipient",
        ),
        (
            "recipient.attributes.tags.exists(t, u == 1)",
            1,
            37,
            "there is no \"u\"; what is known stands in recipient",
        ),
        (
            "t == 1 || recipient.attributes.tags.exists(t, true)",
            1,
            1,
            "there is no \"t\"; what is known stands in recipient",
        ),
        (
            "recipient.name == 'Ada'",
            1,
            11,
            "a recipient has no \"name\"; there are externalId, email and attributes, e.g. recipient.attributes.name",
        ),
        (
            "recipient == 1",
            1,
            1,
            "name what of the recipient is meant: recipient.externalId, recipient.email or recipient.attributes",
        ),
        (
            "recipient.email.lowerAscii() == 'a'",
            1,
            17,
            "there is no function \"lowerAscii\"",
        ),
        ("now() > 1", 1, 1, "there is no function \"now\""),
        (
            "type(recipient.email) == string",
            1,
            1,
            "there is no function \"type\"",
        ),
        ("Person{name: 'Ada'} == 1", 1, 1, "there is no type \"Person\""),
    ] {
        let expected = FilterError {
            line,
            column,
            message: message.to_owned(),
        };
        assert_eq!(wrong(filter), expected, "{filter}");
    }
}

#[test]
fn whatever_is_wrong_is_told_in_a_line() {
    for filter in [
        ")",
        "a b",
        "recipient.email = 1",
        "'",
        "\"\n\"",
        "1..2",
        "@weigh(1) == 1",
        "`a` == 1",
        "a.?b",
        "[?1] == 1",
        "\0",
        "🙂",
    ] {
        let error = wrong(filter);
        assert!(
            error.line == 1 && error.column >= 1 && !error.message.is_empty(),
            "{filter}: {error}"
        );
        assert!(!error.message.contains(['\n', '\0']), "{filter}: {error}");
    }
}

/// Pieces of expressions, put together in any way.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "recipient.attributes",
        "recipient.email",
        "recipient",
        ".a",
        ".b",
        "[0]",
        "['a']",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "?",
        "&&",
        "||",
        "!",
        "==",
        "!=",
        "<",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "%",
        "in",
        "x",
        "1",
        "2.5",
        "3u",
        "'a'",
        "\"é\"",
        "b'a'",
        "r'\\'",
        "null",
        "true",
        ".exists(x,",
        ".all(x,",
        ".map(x,",
        ".filter(x,",
        "has(",
        ".size()",
        "size(",
        "timestamp(",
        "duration(",
        "'2026-01-01T00:00:00Z'",
        "'99999999h'",
        ".startsWith(",
        "int(",
        "-9223372036854775808",
        "double(",
        "string(",
        "uint(",
        "dyn(",
        ".getFullYear()",
        "\n",
        "//",
    ]);
    prop::collection::vec(piece, 0..25).prop_map(|pieces| pieces.join(" "))
}

fn attributes() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    prop::collection::btree_map("[abé ]", value, 0..4).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_brings_a_panic(text in prop_oneof![pieces(), ".{0,60}"], attributes in attributes()) {
        match Filter::compile(&text) {
            Ok(filter) => {
                let somebody = with(Value::Object(attributes));
                prop_assert_eq!(filter.ask(&somebody), filter.ask(&somebody));
            }
            Err(error) => {
                let lines: Vec<&str> = text.split('\n').collect();
                prop_assert!(error.line <= lines.len(), "{}", error);
                let length = lines[error.line - 1].chars().count();
                prop_assert!(error.column <= length + 1, "{:?}: {}", text, error);
            }
        }
    }
}
