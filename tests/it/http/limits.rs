//! What an operator may limit: all that the limit says gets through, and nothing beyond it.

use reqwest::Response;
use serde_json::{Value, json};

use super::{Stage, refused};

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
}
