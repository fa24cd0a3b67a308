//! Requests that cost little to send and would cost much to answer. Each gets an error, soon, and nobody else notices.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::{CREATE, Stage};
use crate::harness::exchange;

/// Unguarded, some of these would take minutes; guarded, milliseconds.
const SOON: Duration = Duration::from_secs(10);

/// The code of the error that a document gets.
async fn code(stage: &Stage, query: &str) -> String {
    let body = json!({ "query": query }).to_string();
    let answer = timeout(SOON, stage.post("application/json", body)).await;
    let response = answer.expect("it takes too long");
    assert_eq!(response.status(), 400);
    let body: Value = response.json().await.unwrap();
    let text = body.to_string();
    assert!(text.len() < 1_000, "it gets more back than an error: {text}");
    body["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn brackets_in_brackets_are_refused() {
    let stage = Stage::new();
    for depth in [500, 100_000] {
        for (open, close) in [("[", "]"), ("{a:", "}")] {
            let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            for query in [
                format!("{{ campaign(id: {value}) {{ id }} }}"),
                format!("query ($a: Int = {value}) {{ __typename }}"),
                format!("{{ __typename @skip(if: {value}) }}"),
                // Without ever closing them.
                format!("{{ campaign(id: {}", open.repeat(depth)),
            ] {
                assert_eq!(code(&stage, &query).await, "QUERY_TOO_COMPLEX");
            }
        }
        let types = format!(
            "query ($a: {}Int{}) {{ __typename }}",
            "[".repeat(depth),
            "]".repeat(depth)
        );
        assert_eq!(code(&stage, &types).await, "QUERY_TOO_COMPLEX");
        let fields = format!("{}id{}", "{a".repeat(depth), "}".repeat(depth));
        assert_eq!(code(&stage, &fields).await, "QUERY_TOO_COMPLEX");
    }
    stage.is_unharmed().await;
}

#[tokio::test]
async fn strings_that_do_not_end_are_refused() {
    let stage = Stage::new();
    let brackets = "[".repeat(500);
    for query in [
        "{ campaign(id: \"".to_owned(),
        format!("{{ campaign(id: \"{brackets}"),
        format!("{{ campaign(id: \"\\\"{brackets}"),
        format!("{{ campaign(id: \"\n{brackets}"),
        "{ campaign(id: \"\"\"".to_owned(),
        format!("{{ campaign(id: \"\"\"{brackets}"),
        format!("{{ campaign(id: \"\"\" \\\"\"\" {brackets}"),
        format!("{{ campaign(id: \"\"\"\" {brackets}"),
    ] {
        let code = code(&stage, &query).await;
        assert!(
            code == "GRAPHQL_PARSE_FAILED" || code == "QUERY_TOO_COMPLEX",
            "{query}: {code}"
        );
    }
    stage.is_unharmed().await;
}

#[tokio::test]
async fn brackets_in_strings_and_comments_are_only_text() {
    let stage = Stage::new();
    let brackets = "[{(".repeat(10_000);
    let block = format!("\"\"\"{brackets} \\\"\"\" {brackets}\"\"\"");
    for query in [
        format!("{{ __typename }} # {brackets}"),
        format!("{{ __typename a: __type(name: \"{brackets}\") {{ name }} }}"),
        format!("{{ __typename a: __type(name: {block}) {{ name }} }}"),
    ] {
        let data = stage.server.ask(&query, json!({})).await;
        assert_eq!(data["__typename"], "Query");
    }
}

#[tokio::test]
async fn fragments_that_multiply_are_refused() {
    let stage = Stage::new();
    let spreading = |levels: usize, times: usize| {
        let definitions = (0..levels).map(|level| {
            let spreads = format!("...f{} ", level + 1).repeat(times);
            format!("fragment f{level} on Query {{ {spreads} }} ")
        });
        definitions.collect::<String>() + &format!("fragment f{levels} on Query {{ __typename }}")
    };
    for (levels, times) in [(24, 2), (60, 2), (6, 50)] {
        for start in ["{ ...f0 }", "{ __typename }"] {
            let query = format!("{start} {}", spreading(levels, times));
            assert_eq!(code(&stage, &query).await, "QUERY_TOO_COMPLEX");
        }
    }
    let cycle = "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }";
    assert_eq!(code(&stage, cycle).await, "GRAPHQL_VALIDATION_FAILED");
    stage.is_unharmed().await;
}

#[tokio::test]
async fn aliases_and_introspection_that_multiply_are_refused() {
    let stage = Stage::new();
    let aliases: Vec<_> = (0..15_000)
        .map(|number| format!("a{number}: __typename "))
        .collect();
    let aliases = aliases.concat();
    assert_eq!(
        code(&stage, &format!("{{ {aliases} }}")).await,
        "QUERY_TOO_COMPLEX"
    );
    let circle = ("fields { type { ".repeat(10), "} }".repeat(10));
    let introspection = format!("{{ __schema {{ types {{ {} name {} }} }} }}", circle.0, circle.1);
    assert_eq!(code(&stage, &introspection).await, "QUERY_TOO_COMPLEX");
    stage.is_unharmed().await;
}

#[tokio::test]
async fn json_that_nests_or_counts_too_much_is_refused() {
    let stage = Stage::new();
    let nested = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let many = format!("[{}1]", "1,".repeat(100_000));
    for value in [nested, many] {
        let body = format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{value}}}}}");
        let response = timeout(SOON, stage.post("application/json", body)).await.unwrap();
        assert_eq!(response.status(), 400);
        let body: Value = response.json().await.unwrap();
        assert!(body["errors"][0]["extensions"]["code"].is_string(), "{body}");
    }
    stage.is_unharmed().await;
}

#[tokio::test]
async fn names_of_any_length_are_not_told_again() {
    let stage = Stage::new();
    let name = "x".repeat(500_000);
    let segment = "mutation ($input: SegmentInput!) { createSegment(input: $input) { changed } }";
    for body in [
        json!({ "query": format!("{{ {name} }}") }),
        json!({ "query": format!("{{ segment(id: 1) {{ ...{name} }} }}") }),
        json!({ "query": "query a { __typename }", "operationName": name }),
        json!({ "query": segment, "variables": { "input": { (name.as_str()): 1 } } }),
    ] {
        let response = stage.post("application/json", body.to_string()).await;
        assert_eq!(response.status(), 400);
        assert!(response.text().await.unwrap().len() < 1_000);
    }
    stage.is_unharmed().await;
}

/// The longest answer to a request that is none, in bytes.
const REFUSAL: usize = 2_000;

#[tokio::test]
async fn texts_of_any_length_are_not_told_again() {
    let stage = Stage::new();
    // Escaped twice, it is seven times as long.
    let text = "\u{7f}".repeat(1_040_000);
    let query = "{ __typename }";
    for body in [
        json!({ "query": { "a": text } }),
        json!({ "query": [text] }),
        json!({ "query": query, "variables": text }),
        json!({ "query": query, "extensions": text }),
        json!({ "query": query, "operationName": { (text.as_str()): 1 } }),
        json!({ "query": query, "operationName": [text] }),
        json!({ "documentId": [text] }),
        json!(text),
    ] {
        let response = stage.post("application/json", body.to_string()).await;
        assert_eq!(response.status(), 400);
        let told = response.bytes().await.unwrap();
        assert!(told.len() < REFUSAL, "{} bytes", told.len());
    }
    // Three times as long in the URL, of which there are at most 64 KiB.
    let text = json!("\u{7f}".repeat(20_000)).to_string();
    for name in ["variables", "extensions"] {
        let response = stage.get(&[("query", query), (name, &text)]).await;
        assert_eq!(response.status(), 400);
        let told = response.bytes().await.unwrap();
        assert!(told.len() < REFUSAL, "{name}: {} bytes", told.len());
    }
    stage.is_unharmed().await;
}

#[tokio::test]
async fn who_never_sends_the_body_is_not_waited_for() {
    let stage = Stage::with(&["--request-timeout", "1"]);
    let mut slow = tokio::net::TcpStream::connect(&stage.server.address)
        .await
        .unwrap();
    let head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![];
    let read = slow.read_to_end(&mut answer);
    timeout(SOON, read).await.expect("it is waited for").unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("REQUEST_TIMEOUT"), "{answer}");
    stage.is_unharmed().await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_carried_out() {
    let stage = Stage::new();
    let head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    let whole = json!({ "query": CREATE }).to_string();
    let chunk = format!("{:x}\r\n{whole}\r\n", whole.len());
    for (rest, status) in [("no chunk\r\n", 400), ("0\r\n\r\n", 200)] {
        let answer = exchange(&stage.server, head, format!("{chunk}{rest}").as_bytes()).await;
        assert_eq!(answer.status, status, "{answer:?}");
        if status == 400 {
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_REQUEST");
            stage.is_unharmed().await;
        }
    }
}
