//! What an operator may limit: all that the limit says gets through, and nothing beyond it.

use reqwest::Response;
use reqwest::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{CREATE, GRAPHQL, Stage, refused};
use crate::harness::{SET_TIME, Socket, exchange, post_raw};

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
    let counted = |first: usize| format!("{{ segments(first: {first}) {{ nodes {{ recipientCount }} }} }}");
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
        // The same, and for each segment that everybody is asked.
        ("--max-complexity", "231", counted(4), counted(5)),
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
        let response = stage.post("application/json", fails.clone()).await;
        assert_eq!(refused(response, 400).await, "QUERY_TOO_COMPLEX", "{option}");
        // It is no request, in whatever the client takes.
        let post = stage.http.post(stage.server.url("/graphql"));
        let post = post.header(CONTENT_TYPE, "application/json").body(fails);
        assert_eq!(post.send().await.unwrap().status(), 400, "{option}");
    }
}

#[tokio::test]
async fn json_in_a_url_has_the_same_limits() {
    let lists = |depth: usize| format!("{{\"a\":{}1{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    // The list, and what is in it.
    let values = |count: usize| json!({ "a": vec![1; count - 1] }).to_string();
    for (option, passes, fails) in [
        ("--max-json-nesting", lists(5), lists(6)),
        ("--max-json-values", values(5), values(6)),
    ] {
        let stage = Stage::with(&[option, "5"]);
        for name in ["variables", "extensions"] {
            let get = async |json| stage.get(&[("query", "{ __typename }"), (name, json)]).await;
            let response = get(&passes).await;
            assert_eq!(response.status(), 200, "{option} {name}");
            let refused = refused(get(&fails).await, 400).await;
            assert_eq!(refused, "QUERY_TOO_COMPLEX", "{option} {name}");
        }
    }
}

#[tokio::test]
async fn of_very_many_mistakes_the_first_hundred_are_told() {
    let stage = Stage::new();
    for count in [100, 101] {
        let fields: Vec<_> = (0..count).map(|number| format!("f{number}x")).collect();
        let response = post(&stage, &format!("{{ {} }}", fields.join(" "))).await;
        let body: Value = response.json().await.unwrap();
        let errors = body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 100, "{count}");
        for (error, field) in errors.iter().zip(&fields) {
            assert!(error["message"].as_str().unwrap().contains(field), "{error}");
        }
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
        stage.until_a_mutation_runs().await;
        let response = post(&stage, "{ __typename }").await;
        assert_eq!(response.headers()[RETRY_AFTER], "1");
        assert_eq!(refused(response, 503).await, "OVERLOADED");
        // However it is sent.
        let mut socket = Socket::open(&stage.server).await;
        socket.subscribe("a", "{ __typename }", json!({})).await;
        let message = socket.message().await;
        assert_eq!(message["type"], "error");
        assert_eq!(message["payload"][0]["extensions"]["code"], "OVERLOADED");
        let post = stage.http.post(stage.server.url("/graphql"));
        let post = post.header(ACCEPT, "text/event-stream");
        let post = post.json(&json!({ "query": "{ __typename }" }));
        let events = post.send().await.unwrap().text().await.unwrap();
        assert!(events.contains("\"code\":\"OVERLOADED\""), "{events}");
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

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit_and_who_sends_more_is_told_so() {
    const LARGEST: usize = 1024 * 1024;
    let stage = Stage::new();
    let post = async |length: usize| {
        let mut body = json!({ "query": CREATE }).to_string().into_bytes();
        body.resize(length, b' ');
        post_raw(&stage.server, &body).await
    };
    for length in [LARGEST + 1, 16 * LARGEST] {
        let answer = post(length).await;
        assert_eq!(answer.status, 413, "{length}");
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "PAYLOAD_TOO_LARGE");
        let message = body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(&LARGEST.to_string()), "{message}");
    }
    stage.is_unharmed().await;
    assert_eq!(post(LARGEST).await.status, 200);
}

#[tokio::test]
async fn a_body_takes_room_until_it_is_answered() {
    // For one such body, beside the eighth that is kept for small ones; not for two.
    let stage = Stage::with(&["--max-receiving-bytes", "1500000"]);
    let mut body = json!({ "query": CREATE }).to_string().into_bytes();
    body.resize(900_000, b' ');
    let post = || stage.post("application/json", body.clone());
    let lock = stage.database.hold_writes().await;
    let beyond = async {
        stage.until_a_mutation_runs().await;
        let response = post().await;
        assert_eq!(response.headers()[RETRY_AFTER], "1");
        assert_eq!(refused(response, 503).await, "OVERLOADED");
        lock.rollback().await.unwrap();
    };
    let both = async { tokio::join!(post(), beyond) };
    let (waiting, ()) = timeout(SET_TIME, both).await.unwrap();
    assert_eq!(waiting.status(), 200);
    assert_eq!(post().await.status(), 200);
}

#[tokio::test]
async fn a_head_has_so_long_a_url_and_so_many_headers_and_no_more() {
    let stage = Stage::new();
    let get = |path: &str, headers: &[&str]| {
        // Two are there anyway.
        let headers = headers.concat();
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n")
    };
    let path = |length: usize| format!("/livez?{}", "x".repeat(length - "/livez?".len()));
    let longest = 64 * 1024 - 2;
    let long = format!("X-Long: {}\r\n", "y".repeat(30_000));
    for (head, status) in [
        (get(&path(longest), &[]), 200),
        (get(&path(longest + 1), &[]), 400),
        (get("/livez", &["X-More: y\r\n"; 94]), 200),
        (get("/livez", &["X-More: y\r\n"; 95]), 431),
        (get("/livez", &[long.as_str(); 4]), 200),
        ("no HTTP\r\n\r\n".to_owned(), 400),
    ] {
        let answer = exchange(&stage.server, &head, &[]).await;
        assert_eq!(answer.status, status, "{}", head.len());
        let is_known = answer.head.contains("\r\nx-request-id: ");
        assert_eq!(is_known, status == 200, "{}", answer.head);
        assert_eq!(answer.body.is_empty(), status != 200, "{}", answer.body);
    }
}
