//! Whatever passes the guard is parsed, validated and carried out on the stack of an ordinary thread.
//!
//! A stack that overflows ends the whole process, so that a failure here is one that nobody catches.

use std::fmt::Write as _;
use std::thread;

use async_graphql::{Request, Variables};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{fuzzing, testing::carry_out};

/// What threads get from Rust, and tokio's and actix's with them, in bytes.
const STACK: usize = 2 * 1024 * 1024;

/// Signs and words that mean something, and some that do not.
const TOKENS: [&str; 46] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "!",
    "$",
    "@",
    "&",
    "|",
    "=",
    "...",
    "\"",
    "\"\"\"",
    "#",
    "\n",
    ",",
    "\\",
    "\\u{1F600}",
    "\u{feff}",
    "\0",
    "query",
    "mutation",
    "subscription",
    "fragment",
    "on",
    "true",
    "null",
    "-0",
    "1e9",
    "999999999999999999999999",
    "@skip(if: true)",
    "__schema",
    "__typename",
    "again",
    "agains",
    "take",
    "things",
    "a",
    "$a",
    "...f",
    "Query",
    "Int",
    "é",
];

/// What stands around a value, as far as it goes in one direction.
const AROUND_VALUES: [(&str, &str); 3] = [("[", "]"), ("{ inner: ", "}"), ("{ list: [", "]}")];

/// What stands around a selection.
const AROUND_SELECTIONS: [(&str, &str); 5] = [
    ("again { ", "}"),
    ("agains { ", "}"),
    ("... { ", "}"),
    ("... on Query { ", "}"),
    ("a: again @skip(if: false) { ", "}"),
];

/// `core` with things around it.
fn wrapped(around: &[(&str, &str)], core: &str) -> String {
    let open: String = around.iter().map(|(open, _)| *open).collect();
    let close: String = around.iter().rev().map(|(_, close)| *close).collect();
    format!("{open}{core}{close}")
}

/// Things around one another: as many as may just pass, or so many that no stack would hold them.
fn around(
    what: &'static [(&'static str, &'static str)],
) -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let times = prop_oneof![4 => 0..20_usize, 1 => 500..1_000_usize];
    (vec(select(what), 1..3), times).prop_map(|(around, times)| around.repeat(times))
}

/// A value that goes deep.
fn value() -> impl Strategy<Value = String> {
    let around = around(&AROUND_VALUES);
    (around, select(vec!["1", "null", "{}", "\"x\"", "$a"])).prop_map(|(around, core)| wrapped(&around, core))
}

/// A selection that goes deep; what is deepest in it is a field that takes a value, or the next fragment.
fn selection() -> impl Strategy<Value = (String, bool)> {
    let around = around(&AROUND_SELECTIONS);
    (
        around,
        value(),
        any::<bool>(),
        select(vec!["nest", "lists", "json"]),
    )
        .prop_map(|(around, value, goes_on, argument)| {
            let core = if goes_on {
                "...next ".to_owned()
            } else {
                format!("take({argument}: {value})")
            };
            (wrapped(&around, &core), goes_on)
        })
}

/// A document of selections, each in a fragment that the one before may spread, with a variable of a deep type and a
/// deep default.
fn document() -> impl Strategy<Value = String> {
    let lists = prop_oneof![4 => 0..70_usize, 1 => 2_000..4_000_usize];
    (vec(selection(), 1..6), lists, value()).prop_map(|(selections, lists, default)| {
        let ty = format!("{}Int{}", "[".repeat(lists), "]".repeat(lists));
        let mut text = format!("query ($a: {ty} = {default}) @d(x: {default}) ");
        for (index, (selection, _)) in selections.iter().enumerate() {
            let selection = selection.replace("...next", &format!("...f{}", index + 1));
            if index > 0 {
                let _ = write!(text, " fragment f{index} on Query ");
            }
            let _ = write!(text, "{{ {selection} }}");
        }
        let _ = write!(text, " fragment f{} on Query {{ __typename }}", selections.len());
        text
    })
}

/// Any tokens in any order.
fn soup() -> impl Strategy<Value = String> {
    vec(select(&TOKENS[..]), 0..200).prop_map(|tokens| tokens.join(" "))
}

/// A text and its variable, which is JSON.
fn survives(text: &str, variable: &str) {
    let variable: serde_json::Value = serde_json::from_str(variable).unwrap_or_default();
    let text = text.to_owned();
    let request = move || {
        let variables = Variables::from_json(serde_json::json!({ "a": variable }));
        Request::new(text.clone()).variables(variables)
    };
    let thread = thread::Builder::new().stack_size(STACK);
    let ended = thread.spawn(move || carry_out(request)).unwrap().join();
    assert!(ended.is_ok());
}

proptest! {
    #[test]
    fn documents_that_go_deep_survive(text in document(), depth in 0..60_usize) {
        survives(&text, &format!("{}1{}", "[".repeat(depth), "]".repeat(depth)));
    }

    #[test]
    fn tokens_in_any_order_survive(text in soup()) {
        survives(&text, "1");
    }

    #[test]
    fn any_text_survives(text in ".{0,200}") {
        fuzzing::document(&text);
    }

    #[test]
    fn any_bytes_survive(bytes in vec(any::<u8>(), 0..200)) {
        fuzzing::body(&bytes);
    }

    #[test]
    fn bodies_with_any_document_and_variables_survive(text in soup(), variables in "[\\[\\]{}:,\"a0-]{0,20}") {
        let query = serde_json::Value::from(text);
        fuzzing::body(format!("{{ \"query\": {query}, \"variables\": {variables} }}").as_bytes());
    }
}

#[test]
fn what_is_as_deep_as_the_limits_let_it_be_survives() {
    for (selection, _) in AROUND_SELECTIONS.iter().enumerate() {
        for (value, _) in AROUND_VALUES.iter().enumerate() {
            for levels in 25..33 {
                let value = wrapped(&[AROUND_VALUES[value]; 31], "1");
                let core = format!("take(json: {value})");
                survives(
                    &format!(
                        "{{ {} }}",
                        wrapped(&vec![AROUND_SELECTIONS[selection]; levels], &core)
                    ),
                    "1",
                );
            }
        }
    }
}
