//! Fragments on unions, which stand in objects, in interfaces, in other unions, and in one another.

use serde_json::{Value, json};

use crate::harness::{Database, Server, email};

/// The answer to a query about a campaign.
async fn ask(server: &Server, query: &str, id: &Value) -> Value {
    server.ask(query, json!({ "id": id })).await
}

#[tokio::test]
async fn what_is_selected_by_a_fragment_on_a_union_is_answered() {
    let database = Database::new();
    let server = Server::start(&database);
    let create = "mutation ($content: CampaignContentInput!) {
        createCampaign(content: $content) {
            campaign { ... on InAppSource { ... on Campaign { id } ... on Canvas { archivedAt } } }
        }
    }";
    let made = server.ask(create, json!({ "content": email("Union") })).await;
    let id = &made["createCampaign"]["campaign"]["id"];
    assert!(id.is_string(), "{made}");

    for (selected, expected) in [
        (
            "campaign(id: $id) { message { ...m } } } fragment m on EmailMessage { ...u }
             fragment u on Message { __typename ... on EmailMessage { subject }",
            json!({ "campaign": { "message": { "__typename": "EmailMessage", "subject": "Hello" } } }),
        ),
        (
            "campaign(id: $id) { ... on InAppSource { __typename ... on Campaign { name } } }",
            json!({ "campaign": { "__typename": "Campaign", "name": "Union" } }),
        ),
        (
            "node(id: $id) { id ... on InAppSource { __typename ... on Campaign { name } } }",
            json!({ "node": { "id": id, "__typename": "Campaign", "name": "Union" } }),
        ),
        (
            "node(id: $id) { ...a } } fragment a on InAppSource { ...b }
             fragment b on InAppSource { ... on Node { id } ... on Canvas { id }",
            json!({ "node": { "id": id } }),
        ),
        (
            "campaign(id: $id) { message { ... on Message { ... on Message { ... on EmailMessage { body } } } } }",
            json!({ "campaign": { "message": { "body": "<p>Hello</p>" } } }),
        ),
        (
            "campaign(id: $id) { ... on InAppSource @skip(if: true) { __typename } name }",
            json!({ "campaign": { "name": "Union" } }),
        ),
    ] {
        let answer = ask(&server, &format!("query ($id: ID!) {{ {selected} }}"), id).await;
        assert_eq!(answer, expected, "{selected}");
    }
}

#[tokio::test]
async fn fragments_on_unions_do_not_multiply_without_end() {
    let database = Database::new();
    let server = Server::start(&database);
    // Each level would stand in each object of the union, and what is in it again.
    let level = "... on Node { ... on InAppSource { ";
    let nested = |inner: &str| {
        let (open, close) = (level.repeat(12), "} ".repeat(24));
        format!("{{ campaigns(first: 1) {{ nodes {{ {open} {inner} {close} }} }} }}")
    };
    let response = server
        .try_execute(&nested("__typename"), json!({}))
        .await
        .unwrap();
    assert_eq!(response["data"], json!({ "campaigns": { "nodes": [] } }));
    let before = server.peak_memory();
    let long = format!(
        "... on Campaign {{ history(first: 0, after: \"{}\") {{ totalCount }} }}",
        "x".repeat(900_000)
    );
    for query in [
        nested(&long),
        format!(
            "{{ campaigns(first: 0) {{ nodes {{ {} }} }} }} fragment f on InAppSource {{ {long} }}",
            "...f ".repeat(2_000)
        ),
    ] {
        let response = server.try_execute(&query, json!({})).await.unwrap();
        assert!(
            response["data"] == json!({ "campaigns": { "nodes": [] } })
                || response["errors"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX",
            "{response}"
        );
    }
    let grown = server
        .peak_memory()
        .zip(before)
        .map(|(peak, before)| peak - before);
    assert!(grown.is_none_or(|grown| grown < 150 * 1024 * 1024), "{grown:?}");
}
