//! What is answered to whom, by `Accept`, and with which status.

use reqwest::Response;
use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use serde_json::{Value, json};

use super::{GRAPHQL, Stage};

const JSON: &str = "application/json";

async fn post(stage: &Stage, accept: Option<&str>, query: &str) -> Response {
    let mut post = stage
        .http
        .post(stage.server.url("/graphql"))
        .json(&json!({ "query": query }));
    if let Some(accept) = accept {
        post = post.header(ACCEPT, accept);
    }
    post.send().await.unwrap()
}

fn content_type(response: &Response) -> String {
    let value = response.headers()[CONTENT_TYPE].to_str().unwrap();
    assert!(value.ends_with("; charset=utf-8"), "{value}");
    value.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn everybody_is_answered_in_what_they_take_best() {
    let stage = Stage::new();
    for (accept, expected) in [
        (None, JSON),
        (Some("*/*"), JSON),
        (Some(JSON), JSON),
        (Some(GRAPHQL), GRAPHQL),
        (
            Some("application/graphql-response+json, application/json;q=0.9"),
            GRAPHQL,
        ),
        (
            Some("application/graphql-response+json;q=0.1, application/json"),
            JSON,
        ),
    ] {
        let response = post(&stage, accept, "{ __typename }").await;
        assert_eq!(response.status(), 200, "{accept:?}");
        assert_eq!(content_type(&response), expected, "{accept:?}");
        assert!(response.headers()[VARY].to_str().unwrap().starts_with("accept"));
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body, json!({ "data": { "__typename": "Query" } }));
    }
}

#[tokio::test]
async fn who_takes_nothing_that_there_is_gets_no_answer() {
    let stage = Stage::new();
    for accept in ["text/html", "application/json;q=0", "image/*"] {
        let response = post(&stage, Some(accept), super::CREATE).await;
        assert_eq!(response.status(), 406, "{accept}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["errors"][0]["extensions"]["code"], "NOT_ACCEPTABLE");
    }
    stage.is_unharmed().await;
}

#[tokio::test]
async fn a_request_that_cannot_be_executed_has_no_data_and_the_status_that_the_media_type_has_for_it() {
    let stage = Stage::new();
    let deep = format!("{{ f(x: {}1{}) }}", "[".repeat(100), "]".repeat(100));
    for query in [
        "{",
        "{ nonsense }",
        "query ($id: ID!) { campaign(id: $id) { id } }",
        "{ ...f } fragment f on Query { ...f }",
        &deep,
    ] {
        for (accept, status) in [(GRAPHQL, 400), (JSON, 200)] {
            let response = post(&stage, Some(accept), query).await;
            assert_eq!(response.status(), status, "{accept} {query}");
            assert_eq!(content_type(&response), accept);
            let body: Value = response.json().await.unwrap();
            assert!(body.get("data").is_none(), "{body}");
            assert!(body["errors"][0]["extensions"]["code"].is_string(), "{body}");
        }
    }
    // A field that fails is another thing: the rest was executed.
    let query = "{ __typename campaigns(first: 1000) { totalCount } }";
    let response = post(&stage, Some(GRAPHQL), query).await;
    assert_eq!(response.status(), 200);
    let body: Value = response.json().await.unwrap();
    assert!(body.get("data").is_some(), "{body}");
}
