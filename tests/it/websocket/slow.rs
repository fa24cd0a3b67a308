//! A client that stops reading while others write.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Stage, after};
use crate::harness::{Received, Socket, email, sequence, sequences, together};

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

#[tokio::test]
async fn who_reads_nothing_for_too_long_is_closed_and_goes_on_where_it_was() {
    let stage = Stage::with(&["--socket-timeout", "2"]);
    let create =
        "mutation ($content: CampaignContentInput!) { createCampaign(content: $content) { changed } }";
    let mut content = email("Much to say");
    content["message"]["email"]["body"] = json!("x".repeat(BODY));
    // More than the buffers on the way hold.
    for _ in 0..EVENTS / 4 {
        stage.server.ask(create, json!({ "content": content })).await;
    }
    let mut slow = Socket::open_narrow(&stage.server).await;
    slow.subscribe("slow", QUERY, after(0)).await;
    stage.server.until_no_socket_is_open().await;

    // What was on its way comes, and then the end: without a code, where there was no room for one any more.
    let mut seen = 0;
    let end = loop {
        match slow.receive().await {
            Received::Message(message) => {
                seen += 1;
                check(&message["payload"]["data"]["event"], seen);
            }
            Received::End(end) => break end,
            other @ Received::Pong(_) => panic!("{other:?}"),
        }
    };
    assert!(matches!(end, None | Some((1013, _))), "{end:?}");
    assert!(seen < EVENTS / 4, "all of it was on its way");
    let mut again = Socket::open(&stage.server).await;
    again
        .subscribe("a", QUERY, after(i64::try_from(seen).unwrap()))
        .await;
    check(&again.event("a").await, seen + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn queries_of_who_stops_reading_hold_nobody_up() {
    let stage = Stage::new();
    let create = "mutation ($content: CampaignContentInput!) { createCampaign(content: $content) { campaign { id } } }";
    let mut content = email("Much to say");
    content["message"]["email"]["body"] = json!("x".repeat(BODY));
    let made = stage.server.ask(create, json!({ "content": content })).await;
    let id = made["createCampaign"]["campaign"]["id"].as_str().unwrap();
    let campaign = format!("campaign(id: \"{id}\") {{ message {{ ... on EmailMessage {{ body }} }} }}");
    let aliases: Vec<_> = (0..8).map(|alias| format!("a{alias}: {campaign}")).collect();
    let query = format!("{{ {} }}", aliases.join(" "));

    let mut slow = Socket::open_narrow(&stage.server).await;
    for id in 0..100 {
        slow.subscribe(&id.to_string(), &query, json!({})).await;
    }
    // As many as would take every reader of the database, if each waited for the one before to be read.
    for _ in 0..50 {
        stage
            .server
            .ask("{ campaigns(first: 1) { nodes { id } } }", json!({}))
            .await;
    }
    // And whoever begins to read again has lost nothing.
    let mut told = vec![];
    while told.len() < 100 {
        let message = slow.message().await;
        if message["type"] == "next" {
            let answer = &message["payload"];
            assert!(answer.get("errors").is_none(), "{}", answer["errors"]);
            let body = &answer["data"]["a7"]["message"]["body"];
            assert_eq!(body.as_str().unwrap().len(), BODY);
            told.push(message["id"].clone());
        }
    }
}
