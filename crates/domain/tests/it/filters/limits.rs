//! What filters may cost.

use std::thread;

use serde_json::json;
use understudy_domain::Filter;
use understudy_domain::filter::LIMIT;

use super::{ada, with};

/// Expressions without end, each of as many bytes as there may be.
fn endless() -> Vec<String> {
    let filled = |start: &str, part: &str, end: &str| {
        let count = (LIMIT - start.len()) / (part.len() + end.len());
        format!("{start}{}{}", part.repeat(count), end.repeat(count))
    };
    let chain = |part: &str| filled("recipient.attributes.a", part, "");
    [
        filled("", "(", ""),
        filled("true", "(", ")"),
        filled("", "(", ")"),
        filled("", "[", "]"),
        filled("", "!", ""),
        filled("", "-", ""),
        filled("", "- ", ""),
        filled("", "{1:", "}"),
        filled("", "f(", ")"),
        filled("", "true?true:", ""),
        filled("", "[1].all(x,", ")"),
        filled("[1]", ".map(x,x)", ""),
        filled("", "\"", ""),
        filled("", "'''", ""),
        filled("", "//", ""),
        filled("", ",", ""),
        filled("", "9", ""),
        chain(".b"),
        chain("+1"),
        chain("==1"),
        chain("<1"),
        chain("[0]"),
        chain(".size()"),
        chain("&&true"),
        chain("||true&&true"),
        chain(" in recipient.attributes"),
    ]
    .into()
}

/// A thread of a server has so much of the stack.
#[test]
fn no_text_takes_more_of_the_stack_than_a_thread_has() {
    let looked = thread::Builder::new().stack_size(2 << 20).spawn(|| {
        for text in endless() {
            if let Ok(filter) = Filter::compile(&text) {
                let _ = filter.ask(&ada()).holds;
            }
        }
        let nested = |depth: usize| format!("{}true{}", "[1].all(x, ".repeat(depth), ")".repeat(depth));
        let deepest = (1..120)
            .rev()
            .find_map(|depth| Filter::compile(&nested(depth)).ok());
        assert!(deepest.is_some_and(|filter| filter.ask(&ada()).holds));
        let error = Filter::compile(&nested(120)).map(drop).unwrap_err();
        assert!(error.message.starts_with("it is nested deeper than"), "{error}");
    });
    looked.unwrap().join().unwrap();
    assert!(Filter::compile(&format!("{:LIMIT$}", "true")).is_ok());
    assert!(Filter::compile(&format!("{:length$}", "true", length = LIMIT + 1)).is_err());
}

/// What doubles, and doubles again.
fn doubling(times: usize) -> String {
    format!("[1]{}.size() > 0", ".map(a, [a, a])".repeat(times))
}

#[test]
fn what_would_never_end_ends_without_an_answer() {
    let many = with(json!({ "n": vec![1; 8_000], "long": "x".repeat(16_000), "pair": ["a", "b"] }));
    let steps = |filter: &str| {
        let filter = Filter::compile(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
        let answer = filter.ask(&many);
        (answer.holds, answer.steps)
    };
    // All that attributes can hold may be looked at, more than once.
    for filter in [
        "recipient.attributes.n.all(n, n > 0)",
        "recipient.attributes.n.exists(n, n == 2 || n == 1)",
        "recipient.attributes.n.map(n, n + 1).size() == 8000",
        "recipient.attributes.n.all(n, n >= 0 && n < 10 && n != 7 && n != 8 && n != 9 && n + 1 == 2)",
        "recipient.attributes.n.all(n, recipient.attributes.n[n] == 1 && 'long' in recipient.attributes)",
        "recipient.attributes.long.contains('xxx') && recipient.attributes.n == recipient.attributes.n",
    ] {
        let (held, steps) = steps(filter);
        assert!(held, "{filter} in {steps} steps");
        assert!(steps > 1_000, "{filter} in {steps} steps");
    }
    // Whatever else they say of it, nobody is held by an answer that was not paid for.
    for filter in [
        "recipient.attributes.n.all(a, recipient.attributes.n.all(b, a == b))",
        "recipient.attributes.n.all(a, recipient.attributes.n.all(b, true)) || true",
        "true || recipient.attributes.n.all(a, true) ? recipient.attributes.n.all(a, recipient.attributes.n.all(b, true)) || true : false",
        &doubling(25),
        &format!("{} || true", doubling(25)),
        &format!("['x']{}.size() > 0", ".map(a, a + a)".repeat(25)),
        "recipient.attributes.n.map(a, recipient.attributes.n).size() > 0",
        "recipient.attributes.n.map(a, recipient.attributes.long + recipient.attributes.long).size() > 0",
        "recipient.attributes.n.map(a, {'a': recipient.attributes}).size() > 0",
        "recipient.attributes.n.all(a, recipient.attributes == recipient.attributes)",
        "recipient.attributes.n.all(a, [recipient.attributes.n] != [])",
        "recipient.attributes.n.all(a, {'a': recipient.attributes.n} != {})",
        "recipient.attributes.n.all(a, recipient.attributes.long.contains('y') || true)",
    ] {
        let (held, steps) = steps(filter);
        assert!(!held, "{filter} in {steps} steps");
    }
    assert!(steps(&doubling(9)).0);
}

#[test]
fn whoever_is_cut_off_is_told_apart_from_who_is_not_held() {
    let ada = ada();
    let ask = |filter: &str| Filter::compile(filter).unwrap().ask(&ada);
    assert!(!ask("recipient.attributes.visits > 100").cut_off);
    assert!(!ask("recipient.attributes.nothing > 100").cut_off);
    assert!(ask(&doubling(25)).cut_off);
    assert!(ask(&format!("{} || true", doubling(25))).cut_off);
}

/// A list of so many numbers, written out.
fn list(length: usize) -> String {
    format!("[{}]", vec!["1"; length].join(","))
}

/// What stands in the text costs as much as what stands in attributes: it is looked at in each turn.
#[test]
fn literals_are_paid_for() {
    let long = "1ns".repeat(800);
    let digits = "0".repeat(2_400) + "1";
    let text = "a".repeat(2_400);
    // What is read as a time takes longer than what is copied.
    let read = format!("duration('{long}') > duration('0s')");
    let read = Filter::compile(&read).unwrap().ask(&ada());
    assert!(read.holds && read.steps > 2 * long.len(), "{} steps", read.steps);
    let (outer, inner) = (list(120), list(190));
    for question in [
        format!("duration('{long}') > duration('0s')"),
        format!("int('{digits}') == 1"),
        format!("double('{digits}') == 1.0"),
        format!("recipient.externalId.contains('{text}') || true"),
        format!("'{text}'.size() > 0"),
        format!("{{'{text}': 1}} != {{}}"),
        format!("timestamp('2026-01-01T00:00:00Z').getHours('{text}') == 1 || true"),
    ] {
        let filter = format!("{outer}.all(x, {inner}.all(y, {question}))");
        let answer = Filter::compile(&filter).unwrap().ask(&ada());
        assert!(answer.cut_off, "{question:.40} takes {} steps", answer.steps);
    }
}

#[test]
fn names_are_paid_for_as_values_are() {
    let name = "k".repeat(16_000);
    let somebody = with(json!({ "m": { name.as_str(): 1 } }));
    let (outer, inner) = (list(200), list(200));
    for filter in [
        format!("{outer}.map(x, {inner}.map(y, recipient.attributes.m)).size() > 0"),
        format!("{outer}.all(x, {inner}.all(y, recipient.attributes.m == recipient.attributes.m))"),
        format!("{outer}.all(x, {inner}.all(y, recipient.attributes.m.all(k, k != '')))"),
    ] {
        let answer = Filter::compile(&filter).unwrap().ask(&somebody);
        assert!(answer.cut_off, "{:.60} takes {} steps", filter, answer.steps);
    }
}
