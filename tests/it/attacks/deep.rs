//! Selections as deep as they may be, of the schema that is served: whatever executes them has a stack, and a stack that
//! overflows ends the process.

use reqwest::header::ACCEPT;
use serde_json::{Value, json};

use crate::harness::{Database, Server, Socket, client, email};

/// A campaign that has a draft.
async fn pair(server: &Server) -> String {
    let content = json!({ "content": email("Spring") });
    let segment = "mutation { createSegment(input: { name: \"Everyone\" }) { segment { id } } }";
    let segment = server.ask(segment, json!({})).await["createSegment"]["segment"]["id"].clone();
    let create = "mutation ($content: CampaignContentInput!) {
        createCampaign(content: $content) { campaign { id } } }";
    let created = server.ask(create, content).await;
    let id = created["createCampaign"]["campaign"]["id"].clone();
    let launch = "mutation ($id: ID!, $segment: ID!) {
        updateCampaign(id: $id, content: { segmentIds: [$segment] }) { userErrors { message } }
        launchCampaign(id: $id) { userErrors { message } }
        saveDraft(campaignId: $id, content: { description: \"New\" }) { changed } }";
    let launched = server.ask(launch, json!({ "id": id, "segment": segment })).await;
    assert_eq!(launched["saveDraft"]["changed"], true, "{launched}");
    id.as_str().unwrap().to_owned()
}

/// So many `levels` of a selection around one another, and a field in the last one.
fn nested(open: &str, levels: usize) -> String {
    let brackets = open.matches('{').count();
    format!("{} id {}", open.repeat(levels), "} ".repeat(brackets * levels))
}

/// How deep an answer goes in objects, lists left out.
fn depth(value: &Value) -> usize {
    match value {
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        Value::Array(items) => items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[tokio::test]
async fn selections_as_deep_as_they_may_be_are_answered_in_every_way() {
    let database = Database::new();
    let server = Server::start(&database);
    let id = pair(&server).await;
    let (pairs, history) = ("draft { campaign { ", "history(first: 1) { nodes { campaign { ");
    let queries = [
        format!("{{ campaign(id: \"{id}\") {{ {} }} }}", nested(pairs, 15)),
        // Written anew, since a field stands twice.
        format!("{{ campaign(id: \"{id}\") {{ id {} }} }}", nested(pairs, 15)),
        format!(
            "{{ campaigns {{ edges {{ node {{ {} }} }} }} }}",
            nested(pairs, 14)
        ),
        format!("{{ campaign(id: \"{id}\") {{ {} }} }}", nested(history, 10)),
        format!(
            "mutation {{ saveDraft(campaignId: \"{id}\", content: {{}}) {{ campaign {{ {} }} }} }}",
            nested(pairs, 14)
        ),
    ];
    let subscription = format!(
        "subscription {{ campaignEvents(after: 0) {{ campaign {{ {} }} }} }}",
        nested(pairs, 14)
    );

    let mut socket = Socket::open(&server).await;
    for query in &queries {
        let answer = server.ask(query, json!({})).await;
        assert!(depth(&answer) >= 31, "{query}\n{answer}");
        socket.subscribe("a", query, json!({})).await;
        let told = socket.message().await;
        assert_eq!(told["payload"]["data"], answer, "{told}");
        assert_eq!(socket.message().await["type"], "complete");
    }
    socket.subscribe("b", &subscription, json!({})).await;
    let told = socket.message().await;
    assert!(depth(&told["payload"]["data"]) >= 31, "{told}");

    for query in queries.iter().chain([&subscription]) {
        let mut response = client()
            .post(server.url("/graphql"))
            .header(ACCEPT, "text/event-stream")
            .json(&json!({ "query": query }))
            .send()
            .await
            .unwrap();
        let mut text = String::new();
        while !text.contains("\"data\"") || !text.ends_with("\n\n") {
            let chunk = response.chunk().await.unwrap().unwrap();
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        assert!(!text.contains("\"errors\""), "{text}");
    }
}
