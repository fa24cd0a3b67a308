//! What an operator may limit: all that the limit says gets through, and nothing beyond it.

use reqwest::Response;
use reqwest::header::{ACCEPT, RETRY_AFTER};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{CREATE, GRAPHQL, Stage, refused};
use crate::harness::SET_TIME;

/// What a request comes to that asks for `query`.
async fn post(stage: &Stage, query: &str) -> Response {
    stage
        .post("application/json", json!({ "query": query }).to_string())
        .await
}

#[tokio::test]
async fn a_document_at_the_limit_passes_and_one_above_does_not() {
    let names = |count: usize| "__typename ".repeat(count);
    let spread = |count: usize| {
        format!(
            "{{ ...f {} }} fragment f on Query {{ {} }}",
            names(1),
            names(count - 2)
        )
    };
    let aliases = |count: usize| {
        let fields: Vec<_> = (0..count).map(|index| format!("a{index}: __typename")).collect();
        format!("{{ {} }}", fields.join(" "))
    };
    let directives = |count: usize| {
        let fields = "__typename @include(if: true) ".repeat(count);
        format!("{{ {fields} }}")
    };
    let deep = |depth: usize| {
        format!(
            "{{ {} __typename {} }}",
            "... { ".repeat(depth - 1),
            "} ".repeat(depth - 1)
        )
    };
    let page = |first: usize| format!("{{ segments(first: {first}) {{ nodes {{ id }} }} }}");
    for (option, limit, passes, fails) in [
        (
            "--max-tokens",
            "10",
            format!("{{ {} }}", names(8)),
            format!("{{ {} }}", names(9)),
        ),
        (
            "--max-nesting",
            "3",
            "{ segments(first: 1) { nodes { id } } }".to_owned(),
            "{ segments(first: 1) { nodes { campaigns { totalCount } } } }".to_owned(),
        ),
        ("--max-directives", "2", directives(2), directives(3)),
        ("--max-selections", "6", spread(6), spread(7)),
        ("--max-aliases", "3", aliases(3), aliases(4)),
        (
            "--max-depth",
            "3",
            "{ segments { nodes { id } } }".to_owned(),
            "{ segments { ... { nodes { id } } } }".to_owned(),
        ),
        // As deep as it may be let.
        ("--max-depth", "60", deep(60), deep(61)),
        (
            "--max-introspection-lists",
            "1",
            "{ __type(name: \"Query\") { fields { name type { name } } } }".to_owned(),
            "{ __type(name: \"Query\") { fields { type { fields { name } } } } }".to_owned(),
        ),
        // The page, how long it shall be, that it is read, its list, and for each segment itself and its id.
        ("--max-complexity", "203", page(90), page(91)),
    ] {
        let stage = Stage::with(&[option, limit]);
        let response = post(&stage, &passes).await;
        assert_eq!(response.status(), 200, "{option}");
        let body: Value = response.json().await.unwrap();
        assert!(body.get("errors").is_none(), "{option}: {body}");
        let response = post(&stage, &fails).await;
        assert_eq!(response.status(), 400, "{option}");
        assert_eq!(refused(response, 400).await, "QUERY_TOO_COMPLEX", "{option}");
    }
}

#[tokio::test]
async fn json_at_the_limit_passes_and_one_above_does_not() {
    let request = |variables: Value| json!({ "query": "{ __typename }", "variables": variables }).to_string();
    // The parts of the request, the list, and what is in it.
    let values = |count: usize| request(json!({ "a": vec![1; count - 3] }));
    let nested = |depth: usize| {
        let value = format!("{}1{}", "[".repeat(depth - 2), "]".repeat(depth - 2));
        request(json!({ "a": serde_json::from_str::<Value>(&value).unwrap() }))
    };
    for (option, limit, passes, fails) in [
        ("--max-json-values", "20", values(20), values(21)),
        ("--max-json-nesting", "5", nested(5), nested(6)),
    ] {
        let stage = Stage::with(&[option, limit]);
        assert_eq!(
            stage.post("application/json", passes).await.status(),
            200,
            "{option}"
        );
        let response = stage.post("application/json", fails).await;
        assert_eq!(refused(response, 400).await, "QUERY_TOO_COMPLEX", "{option}");
    }
}

#[tokio::test]
async fn a_variable_counts_wherever_it_is_used() {
    let stage = Stage::with(&["--max-json-values", "100"]);
    let ids = vec!["seg_01m817ggyzekdax44q2qmeg1tc"; 20];
    let query = |times: usize| {
        let fields = "nodes(ids: $ids) { id } ".repeat(times);
        json!({ "query": format!("query ($ids: [ID!]!) {{ {fields} }}"), "variables": { "ids": ids } })
            .to_string()
    };
    // The list counts as one more.
    assert_eq!(stage.post("application/json", query(4)).await.status(), 200);
    let response = stage.post("application/json", query(5)).await;
    assert_eq!(refused(response, 400).await, "QUERY_TOO_COMPLEX");
}

#[tokio::test]
async fn pages_in_pages_are_refused_and_a_page_of_pairs_is_not() {
    let stage = Stage::new();
    let segments = "segments(first: 100) { nodes { campaigns(first: 100) { nodes { id } } } }";
    for query in [
        format!("{{ {segments} }}"),
        format!("{{ ...f }} fragment f on Query {{ {segments} }}"),
        "{ campaigns(last: 100) { edges { node { history(last: 100) { edges { cursor } } } } } }".to_owned(),
    ] {
        assert_eq!(
            refused(post(&stage, &query).await, 400).await,
            "QUERY_TOO_COMPLEX",
            "{query}"
        );
    }
    let sized = json!({
        "query": "query ($first: Int) { segments(first: $first) { nodes { campaigns(first: $first) { nodes { id } } } } }",
        "variables": { "first": 100 },
    });
    let response = stage.post("application/json", sized.to_string()).await;
    assert_eq!(refused(response, 400).await, "QUERY_TOO_COMPLEX");

    let pairs = include_str!("../../../playground/src/tabs/1-pairs.graphql");
    let pairs = pairs.replace("first: 20", "first: 100");
    let response = post(&stage, &pairs).await;
    assert_eq!(response.status(), 200);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["data"]["campaigns"]["totalCount"], 0, "{body}");

    // All that a campaign and its draft say, with the types that clients ask for by themselves.
    let content =
        "name description tags schedule { kind startAt endAt __typename } segments { id name __typename }
        message {
            __typename
            ... on EmailMessage { subject body from replyTo __typename }
            ... on InAppMessage { title body trigger __typename }
            ... on WebhookMessage { url body headers { name value __typename } __typename }
        }";
    let whole = format!(
        "{{ campaigns(first: 100) {{
            nodes {{ id status version __typename {content} draft {{ id basedOnVersion __typename {content} }} }}
        }} }}"
    );
    assert_eq!(post(&stage, &whole).await.status(), 200);
}

#[tokio::test]
async fn so_many_requests_at_once_as_the_option_says() {
    let stage = Stage::with(&["--max-requests", "1"]);
    let lock = stage.database.hold_writes().await;
    let waiting = async {
        let response = post(&stage, CREATE).await;
        assert_eq!(response.status(), 200);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["data"]["createSegment"]["changed"], true, "{body}");
    };
    let beyond = async {
        let running = "understudy_graphql_operations_running{type=\"mutation\"} 1\n";
        let metrics = async || {
            let metrics = stage.http.get(stage.server.url("/metrics"));
            metrics.send().await.unwrap().text().await.unwrap()
        };
        while !metrics().await.contains(running) {}
        let response = post(&stage, "{ __typename }").await;
        assert_eq!(response.headers()[RETRY_AFTER], "1");
        assert_eq!(refused(response, 503).await, "OVERLOADED");
        lock.rollback().await.unwrap();
    };
    let both = async { tokio::join!(waiting, beyond) };
    timeout(SET_TIME, both).await.unwrap();
    assert_eq!(post(&stage, "{ __typename }").await.status(), 200);
}

#[tokio::test]
async fn the_query_string_of_a_get_may_be_as_long_as_a_body() {
    let query = "query={__typename}";
    let limit = query.len() + 10;
    let stage = Stage::with(&["--max-request-bytes", &limit.to_string()]);
    for (more, status) in [(10, 200), (11, 413)] {
        let url = format!("/graphql?{query}{}", "&".repeat(more));
        let get = stage.http.get(stage.server.url(&url));
        let response = get.header(ACCEPT, GRAPHQL).send().await.unwrap();
        if status == 200 {
            assert_eq!(response.status(), status);
        } else {
            assert_eq!(refused(response, status).await, "PAYLOAD_TOO_LARGE");
        }
    }
}

/// What a request is answered with, all of which must come; `rest` is sent while the answer is read.
async fn exchange(stage: &Stage, head: &str, rest: &[u8]) -> String {
    let stream = TcpStream::connect(&stage.server.address).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let send = async {
        writing.write_all(head.as_bytes()).await.unwrap();
        // The server need not take all of it.
        let _ = writing.write_all(rest).await;
    };
    let mut answer = vec![];
    let both = async { tokio::join!(send, reading.read_to_end(&mut answer)) };
    let ((), read) = timeout(SET_TIME, both).await.unwrap();
    read.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn who_sends_too_large_a_body_is_told_so_all_the_same() {
    let stage = Stage::new();
    for length in [1024 * 1024 + 1, 16 * 1024 * 1024] {
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        let answer = exchange(&stage, &head, &vec![b' '; length]).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{length}: {answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "PAYLOAD_TOO_LARGE");
    }
}

#[tokio::test]
async fn a_head_has_so_long_a_url_and_so_many_headers_and_no_more() {
    let stage = Stage::new();
    let get = |path: &str, headers: usize| {
        // Two are there anyway.
        let headers = "X-More: y\r\n".repeat(headers - 2);
        format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n")
    };
    let path = |length: usize| format!("/livez?{}", "x".repeat(length - "/livez?".len()));
    let longest = 64 * 1024 - 2;
    for (head, status) in [
        (get(&path(longest), 2), 200),
        (get(&path(longest + 1), 2), 400),
        (get("/livez", 96), 200),
        (get("/livez", 97), 431),
    ] {
        let answer = exchange(&stage, &head, &[]).await;
        let begin = &answer[..answer.len().min(12)];
        assert_eq!(begin, format!("HTTP/1.1 {status}"), "{}", head.len());
    }
}
