//! Who asks what the schema has, and who is told.

use serde_json::{Value, json};

use super::{Stage, refused};
use crate::harness::Socket;

/// A field that does not exist, but almost.
const ALMOST: &str = "{ campaign(id: \"x\") { statu } }";

async fn ask(stage: &Stage, query: &str) -> reqwest::Response {
    stage
        .post("application/json", json!({ "query": query }).to_string())
        .await
}

#[tokio::test]
async fn it_can_be_switched_off_and_suggestions_with_it() {
    let stage = Stage::with(&["--no-introspection"]);
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Campaign\") { name } }",
        "{ ...f } fragment f on Query { a: __schema { queryType { name } } }",
        "mutation { __schema { types { name } } }",
        "query a { __typename } query b { __schema { types { name } } }",
    ] {
        let response = ask(&stage, query).await;
        assert_eq!(refused(response, 400).await, "INTROSPECTION_DISABLED", "{query}");
    }
    let mut socket = Socket::open(&stage.server).await;
    socket
        .subscribe("a", "{ __schema { types { name } } }", json!({}))
        .await;
    let told = socket.message().await;
    assert_eq!(told["payload"][0]["extensions"]["code"], "INTROSPECTION_DISABLED");

    let body: Value = ask(&stage, ALMOST).await.json().await.unwrap();
    let message = body["errors"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("statu") && !message.contains("status"),
        "{message}"
    );
    // Of an object of which one field is to be given, the others are not told.
    for content in ["{}", "{ email: null }"] {
        let query = format!(
            "mutation {{ createCampaign(content: {{ name: \"a\", message: {content} }}) {{ changed }} }}"
        );
        let body: Value = ask(&stage, &query).await.json().await.unwrap();
        let message = body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("exactly one field"), "{message}");
        for name in ["webhook", "inApp"] {
            assert!(!message.contains(name), "{message}");
        }
    }
    // What a client needs to tell types apart stays.
    let body: Value = ask(&stage, "{ __typename }").await.json().await.unwrap();
    assert_eq!(body, json!({ "data": { "__typename": "Query" } }));
}

#[tokio::test]
async fn it_is_on_and_suggests_names_unless_told_otherwise() {
    let stage = Stage::new();
    let asked = include_str!("../../../crates/transport/src/guard/introspection.graphql");
    let response = ask(&stage, asked).await;
    assert_eq!(response.status(), 200);
    let body: Value = response.json().await.unwrap();
    assert!(body["data"]["__schema"]["types"].as_array().unwrap().len() > 50);
    let body: Value = ask(&stage, ALMOST).await.json().await.unwrap();
    let message = body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("`status`"), "{message}");
}
