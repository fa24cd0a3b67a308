//! Fields that stand more than once where an operation begins.

use serde_json::json;

use super::Stage;
use crate::harness::Socket;

#[tokio::test]
async fn a_command_that_stands_twice_is_carried_out_once() {
    let stage = Stage::new();
    let create = "createSegment(input: { name: \"Everyone\" })";
    let query = format!(
        "mutation ($dry: Boolean!) {{
            {create} {{ changed }}
            ...f
            ... on Mutation @skip(if: $dry) {{ again: {create} {{ changed }} }}
        }}
        fragment f on Mutation {{ {create} {{ segment {{ name }} }} }}"
    );
    let done = stage.server.ask(&query, json!({ "dry": true })).await;
    assert_eq!(
        done,
        json!({ "createSegment": { "changed": true, "segment": { "name": "Everyone" } } })
    );
    let segments = stage.server.ask("{ segments { totalCount } }", json!({})).await;
    assert_eq!(segments["segments"]["totalCount"], 1);
}

#[tokio::test]
async fn a_subscription_may_select_its_field_by_fragments() {
    let stage = Stage::new();
    let create = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";
    stage.server.ask(create, json!({})).await;
    let mut socket = Socket::open(&stage.server).await;
    let query = "subscription { ...f campaignEvents(after: 0) { kind } }
        fragment f on Subscription { campaignEvents(after: 0) { sequence } }";
    socket.subscribe("a", query, json!({})).await;
    let told = socket.message().await;
    let event = json!({ "sequence": 1, "kind": "CREATED" });
    assert_eq!(told["payload"]["data"]["campaignEvents"], event, "{told}");
}
