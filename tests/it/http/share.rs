//! Large operations beside small ones.

use std::pin::pin;

use futures_util::future::{self, Either};
use serde_json::json;

use super::Stage;

#[tokio::test]
async fn an_operation_of_very_many_reads_keeps_nobody_else_waiting() {
    let stage = Stage::new();
    let mut segments = vec![];
    for index in 0..100 {
        let query =
            "mutation ($name: String!) { made: createSegment(input: { name: $name }) { segment { id } } }";
        let made = stage
            .server
            .ask(query, json!({ "name": index.to_string() }))
            .await;
        segments.push(made["made"]["segment"]["id"].clone());
    }
    let content = json!({ "content": { "name": "many", "segmentIds": segments } });
    for _ in 0..20 {
        let query =
            "mutation ($content: CampaignContentInput!) { createCampaign(content: $content) { changed } }";
        stage.server.ask(query, content.clone()).await;
    }

    let many = "{ campaigns { nodes { segments { campaigns(first: 1) { nodes { name } } } } } }";
    let many = pin!(stage.server.ask(many, json!({})));
    // Without a share the two thousand lists would all be read between one small operation and the next.
    let few = async {
        for _ in 0..200 {
            stage
                .server
                .ask("{ campaigns(first: 1) { nodes { name } } }", json!({}))
                .await;
        }
    };
    match future::select(pin!(few), many).await {
        Either::Left(((), many)) => drop(many.await),
        Either::Right(_) => panic!("the small operations had to wait for the large one"),
    }
}
