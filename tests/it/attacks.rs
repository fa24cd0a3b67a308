//! Attack by attack: the process stays up, its memory stays bounded, others are served meanwhile, and whoever attacks is
//! told what is wrong.

mod answers;
mod connections;
mod deep;
mod unfinished;

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::harness::{Database, SET_TIME, Server, client, post_raw};

/// How many of each attack come at once, and how often.
const ATTACKERS: usize = 8;
const ROUNDS: usize = 3;

/// How much memory all of it may take, in bytes. A body may have a megabyte, and most of these have almost that.
const MEMORY: u64 = 400 * 1024 * 1024;

/// The longest answer that an attacker may get, in bytes, so that nobody is flooded by way of the server.
const ANSWER: usize = 100 * 1024;

/// A body that costs little to send, and what it gets: a status, and the code of its first error.
struct Attack {
    name: &'static str,
    body: Vec<u8>,
    status: u16,
    code: &'static str,
}

fn raw(name: &'static str, body: impl Into<Vec<u8>>, code: &'static str) -> Attack {
    Attack {
        name,
        body: body.into(),
        status: 400,
        code,
    }
}

fn document(name: &'static str, query: &str, code: &'static str) -> Attack {
    raw(name, json!({ "query": query }).to_string(), code)
}

/// `count` times what `one` makes of each number.
fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

/// Documents that have one thing very often.
fn repetitions() -> Vec<Attack> {
    let too_complex = "QUERY_TOO_COMPLEX";
    let nested = |times: usize, open: &str, close: &str| {
        format!(
            "{{ campaign(id: {}1{}) {{ id }} }}",
            open.repeat(times),
            close.repeat(times)
        )
    };
    vec![
        // The former are few enough to be parsed, and more than a stack holds.
        document("lists in lists", &nested(2_000, "[", "]"), too_complex),
        document("objects in objects", &nested(2_000, "{a:", "}"), too_complex),
        document("very many lists in lists", &nested(50_000, "[", "]"), too_complex),
        document(
            "very many objects in objects",
            &nested(50_000, "{a:", "}"),
            too_complex,
        ),
        document("brackets that never end", &"{a(b:[".repeat(50_000), too_complex),
        document(
            "10,000 aliases",
            &format!("{{ {} }}", many(10_000, |index| format!("a{index}:__typename "))),
            too_complex,
        ),
        document(
            "aliases within the tokens",
            &format!("{{ {} }}", many(5_000, |index| format!("a{index}:__typename "))),
            too_complex,
        ),
        document(
            "directives",
            &format!("{{ __typename {} }}", "@skip(if: false)".repeat(5_000)),
            too_complex,
        ),
    ]
}

/// Other documents.
fn documents() -> Vec<Attack> {
    let too_complex = "QUERY_TOO_COMPLEX";
    let invalid = "GRAPHQL_VALIDATION_FAILED";
    let spreads = many(2_000, |index| {
        format!("fragment f{index} on Query {{ ...f{} }} ", index + 1)
    });
    let doubling = many(30, |index| {
        format!("fragment f{index} on Query {{ ...f{0} ...f{0} }} ", index + 1)
    });
    vec![
        Attack {
            status: 413,
            ..document(
                "100,000 fragments",
                &many(100_000, |index| format!("fragment f{index} on A{{b}}")),
                "PAYLOAD_TOO_LARGE",
            )
        },
        document(
            "as many fragments as a body holds",
            &many(35_000, |index| format!("fragment f{index} on A{{b}}")),
            too_complex,
        ),
        document(
            "a chain of fragments",
            &format!("{{ ...f0 }} {spreads}"),
            too_complex,
        ),
        document(
            "fragments that double",
            &format!("{{ ...f0 }} {doubling}"),
            too_complex,
        ),
        document(
            "fragments in a circle",
            "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
            invalid,
        ),
        document(
            "a hundred of a hundred",
            "{ segments(first: 100) { nodes { campaigns(first: 100) { nodes { id } } } } }",
            too_complex,
        ),
        document(
            "a page beyond all numbers",
            "{ campaigns(first: 2147483647) { nodes { id } } }",
            too_complex,
        ),
        document(
            "a number that is too large for any type",
            &format!("{{ campaigns(first: {}) {{ totalCount }} }}", "9".repeat(10_000)),
            "GRAPHQL_PARSE_FAILED",
        ),
        document(
            "a power that is too large",
            "{ campaigns(first: 1e999999999) { totalCount } }",
            "GRAPHQL_PARSE_FAILED",
        ),
        document(
            "fields that do not exist",
            &format!("{{ {} }}", many(9_000, |index| format!("campaign{index} "))),
            invalid,
        ),
        document(
            "introspection in circles",
            &format!(
                "{{ __schema {{ types {{ {}name{} }} }} }}",
                "fields { type { ".repeat(10),
                " } }".repeat(10)
            ),
            too_complex,
        ),
        document(
            "a string without an end",
            "{ campaign(id: \"\"\"",
            "GRAPHQL_PARSE_FAILED",
        ),
        document(
            "escapes without an end",
            &format!("{{ campaign(id: \"{}\") {{ id }} }}", "\\u{".repeat(240_000)),
            "GRAPHQL_PARSE_FAILED",
        ),
        document("a megabyte of blanks", &" ".repeat(1_000_000), "BAD_REQUEST"),
    ]
}

/// Those that are bodies.
fn bodies() -> Vec<Attack> {
    let too_complex = "QUERY_TOO_COMPLEX";
    let variables =
        |value: &str| format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{value}}}}}");
    let ids = json!({
        "query": format!("query ($ids: [ID!]!) {{ {} }}", "nodes(ids: $ids) { id } ".repeat(1_000)),
        "variables": { "ids": vec!["x"; 90_000] },
    });
    let fragment = "fragment f on Query { nodes(ids: $ids) { id } }";
    let spread = json!({
        "query": format!("query ($ids: [ID!]!) {{ {} }} {fragment}", "...f ".repeat(3_000)),
        "variables": { "ids": vec!["x"; 80_000] },
    });
    vec![
        raw(
            "variables in one another",
            variables(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
            too_complex,
        ),
        raw(
            "very many variables",
            variables(&format!("[{}1]", "1,".repeat(400_000))),
            too_complex,
        ),
        raw("a long variable, used often", ids.to_string(), too_complex),
        raw("a long variable, spread often", spread.to_string(), too_complex),
        raw(
            "a variable beyond all numbers",
            variables(&"9".repeat(900_000)),
            "BAD_REQUEST",
        ),
        raw(
            "keys that stand twice",
            "{\"query\":\"{ a }\",\"query\":\"{ b }\"}",
            "BAD_REQUEST",
        ),
        raw(
            "bytes that are no UTF-8",
            b"{\"query\":\"{ __typename } # \xff\xfe\xc0\"}".as_slice(),
            "BAD_REQUEST",
        ),
        raw(
            "bytes that are no UTF-8, where nobody reads them",
            b"{\"query\":\"{ __typename }\",\"x\":\"\xff\xfe\"}".as_slice(),
            "BAD_REQUEST",
        ),
        raw("a batch", format!("[{}1]", "1,".repeat(400_000)), "BAD_REQUEST"),
        raw("zeros", vec![0; 1_000_000], "BAD_REQUEST"),
        Attack {
            status: 413,
            ..raw("more than a megabyte", vec![b' '; 1_100_000], "PAYLOAD_TOO_LARGE")
        },
    ]
}

/// Sends an attack from many sides, and checks what each gets.
async fn attack(server: &Server, attack: &Attack) {
    let one = || async {
        let answer = post_raw(server, &attack.body).await;
        assert_eq!(answer.status, attack.status, "{}", attack.name);
        let length = answer.body.len();
        assert!(length < ANSWER, "{}: {length} bytes", attack.name);
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            body["errors"][0]["extensions"]["code"], attack.code,
            "{}",
            attack.name
        );
        assert!(body.get("data").is_none(), "{}", attack.name);
    };
    for _ in 0..ROUNDS {
        join_all((0..ATTACKERS).map(|_| one())).await;
    }
}

/// Checks that somebody else is served.
async fn is_served(server: &Server) {
    is_told_the_count(server, 0).await;
}

/// Checks that somebody else is served, and told how many campaigns there are.
async fn is_told_the_count(server: &Server, count: usize) {
    let data = server
        .ask("{ campaigns(first: 1) { totalCount } }", json!({}))
        .await;
    assert_eq!(data, json!({ "campaigns": { "totalCount": count } }));
}

async fn survives(attacks: Vec<Attack>) {
    let database = Database::new();
    let server = Server::start(&database);
    for one in attacks {
        let both = async { tokio::join!(attack(&server, &one), is_served(&server)) };
        assert!(
            timeout(SET_TIME, both).await.is_ok(),
            "{} takes too long",
            one.name
        );
    }
    is_served(&server).await;
    if let Some(peak) = server.peak_memory() {
        assert!(peak < MEMORY, "{} MB", peak / 1024 / 1024);
    }
}

#[tokio::test]
async fn documents_that_cost_more_than_they_look_like_are_refused() {
    survives(repetitions()).await;
    survives(documents()).await;
}

#[tokio::test]
async fn bodies_that_cost_more_than_they_look_like_are_refused() {
    survives(bodies()).await;
}

#[tokio::test]
async fn a_bomb_that_is_compressed_is_not_unpacked() {
    let database = Database::new();
    let server = Server::start(&database);
    let before = server.peak_memory();
    let http = client();
    for encoding in ["gzip", "deflate", "br", "zstd"] {
        let post = http
            .post(server.url("/graphql"))
            .header(CONTENT_ENCODING, encoding);
        let post = post
            .header(CONTENT_TYPE, "application/json")
            .body(vec![0x1f; 500_000]);
        let response = post.send().await.unwrap();
        assert_eq!(response.status(), 415, "{encoding}");
    }
    is_served(&server).await;
    let grown = server
        .peak_memory()
        .zip(before)
        .map(|(peak, before)| peak - before);
    assert!(grown.is_none_or(|grown| grown < 50 * 1024 * 1024), "{grown:?}");
}

/// How long what happens at once may take at most on a slow machine.
const AT_ONCE: Duration = Duration::from_secs(10);
