//! A client that stops reading while others write.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Stage, after};
use crate::harness::{Socket, email, sequence, sequences, together};

/// How much an event says, so that the buffers on the way are soon full: all in all some 40 MB.
const BODY: usize = 100_000;
const EVENTS: usize = 400;

const QUERY: &str = "subscription ($after: Int) { event: campaignEvents(after: $after) {
    sequence campaign { message { ... on EmailMessage { body } } } } }";

fn check(event: &Value, expected: usize) {
    assert_eq!(event["sequence"], expected);
    assert_eq!(event["campaign"]["message"]["body"].as_str().unwrap().len(), BODY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_stops_reading_holds_nobody_up_and_loses_nothing() {
    let stage = Stage::new();
    let mut slow = Socket::open_narrow(&stage.server).await;
    slow.subscribe("slow", QUERY, after(0)).await;
    let mut quick = Socket::open(&stage.server).await;
    let few = "subscription { event: campaignEvents(after: 0) { sequence } }";
    quick.subscribe("quick", few, json!({})).await;

    // Everybody else gets on: the writers, and the one who reads.
    let write = |server: Arc<crate::harness::Server>| async move {
        let create =
            "mutation ($content: CampaignContentInput!) { createCampaign(content: $content) { changed } }";
        let mut content = email("Much to say");
        content["message"]["email"]["body"] = json!("x".repeat(BODY));
        for _ in 0..EVENTS / 8 {
            let data = server.ask(create, json!({ "content": content })).await;
            assert_eq!(data["createCampaign"]["changed"], true);
        }
    };
    let mut seen = vec![];
    tokio::join!(
        together((0..8).map(|_| write(Arc::clone(&stage.server)))),
        async {
            while seen.len() < EVENTS {
                seen.push(quick.event("quick").await);
            }
        }
    );
    let all = 1..=i64::try_from(EVENTS).unwrap();
    assert_eq!(sequences(&seen), all.collect::<Vec<_>>());

    for expected in 1..=EVENTS {
        check(&slow.event("slow").await, expected);
    }
    stage.create("One more").await;
    assert_eq!(
        sequence(&quick.event("quick").await),
        i64::try_from(EVENTS).unwrap() + 1
    );
}
