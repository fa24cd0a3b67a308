//! Ten thousand campaigns at once: one transaction, whose statements grow by chunk and not by campaign.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::harness::{World, email};

const MANY: u32 = 10_000;

/// What a bulk command cost, in SQL statements, and its payload.
async fn bulk(world: &World, command: &str, selection: Value, options: Value) -> (u64, Value) {
    let before = world.app.statements();
    let payload = world.bulk(command, selection, options).await;
    (world.app.statements() - before, payload)
}

/// The ids of the events after a sequence, and that they have no gap.
async fn told(world: &World, after: i64, kind: &str) -> Vec<String> {
    let events = world.events_after(after).await;
    for (sequence, event) in (after + 1..).zip(&events) {
        assert_eq!(event["sequence"], sequence);
        assert_eq!(event["kind"], kind);
    }
    let id = |event: &Value| event["campaignId"].as_str().unwrap().to_owned();
    events.iter().map(id).collect()
}

#[tokio::test]
async fn statements_grow_by_chunk_and_not_by_campaign() {
    let world = World::new().await;
    let original = world.active(email("One of many")).await;
    let ids = world.copies(&original, MANY).await;
    let few = json!({ "ids": ids[..1_000] });
    for command in [
        "stopCampaigns",
        "archiveCampaigns",
        "unarchiveCampaigns",
        "resumeCampaigns",
    ] {
        let end = world.log_end().await;
        let (_, payload) = bulk(&world, command, json!({ "ids": [ids[0]] }), Value::Null).await;
        assert_eq!(payload["changedCount"], 1, "{command}");
        let (cost_of_few, payload) = bulk(&world, command, few.clone(), Value::Null).await;
        assert_eq!(payload["changedCount"], 999, "{command}");
        let (cost, payload) = bulk(&world, command, json!({ "ids": ids }), Value::Null).await;
        assert_eq!(payload["changedCount"], MANY - 1_000, "{command}");
        assert_eq!(payload["unchangedCount"], 1_000, "{command}");
        assert!(cost < u64::from(MANY) / 10, "{command} took {cost} statements");
        assert!(
            cost_of_few < 100,
            "{command} took {cost_of_few} statements for 1,000"
        );
        assert_eq!(world.log_end().await, end + i64::from(MANY), "an event for each");
    }
    assert_eq!(world.campaign(&original).await["status"], "ACTIVE");
}

#[tokio::test]
async fn ten_thousand_are_foretold_done_and_told_in_the_order_of_the_ids() {
    let world = World::new().await;
    let original = world.active(email("One of many")).await;
    let mut ids = world.copies(&original, MANY).await;
    ids.reverse();
    ids.rotate_left(1_234);
    let end = world.log_end().await;
    let dry = json!({ "dryRun": true });
    let (foretelling, foretold) = bulk(&world, "archiveCampaigns", json!({ "ids": ids }), dry).await;
    assert_eq!(foretold["changedCount"], MANY);
    assert_eq!(world.log_end().await, end);

    let (doing, done) = bulk(&world, "archiveCampaigns", json!({ "ids": ids }), Value::Null).await;
    assert!(
        foretelling < doing,
        "{foretelling} statements change nothing, {doing} change all"
    );
    assert_eq!(told(&world, end, "ARCHIVED").await, ids);
    let results = done["results"].as_array().unwrap();
    for (result, id) in results.iter().zip(&ids) {
        assert_eq!(result["id"], json!(id));
        assert_eq!(result["outcome"], "CHANGED");
        assert_eq!(
            result["campaign"],
            json!({ "id": id, "status": "ARCHIVED", "version": 3 })
        );
    }
}

/// Others write and read all the while: no change of theirs comes between, and they see all of it or nothing.
#[tokio::test]
async fn a_bulk_command_is_one_transaction() {
    let world = World::new().await;
    let original = world.active(email("One of many")).await;
    let ids = world.copies(&original, 2_000).await;
    let end = world.log_end().await;
    let is_done = AtomicBool::new(false);
    let bulk = async {
        let payload = world
            .bulk("stopCampaigns", json!({ "ids": ids }), Value::Null)
            .await;
        is_done.store(true, Ordering::Relaxed);
        payload
    };
    let write = async {
        let mut writes = 0_i64;
        while !is_done.load(Ordering::Relaxed) {
            let patch = json!({ "description": format!("{writes}") });
            assert!(world.update(&original, patch).await.changed());
            writes += 1;
        }
        writes
    };
    let read = async {
        let query = "{ campaigns(filter: { status: [STOPPED] }) { totalCount } }";
        while !is_done.load(Ordering::Relaxed) {
            let data = world.ask(query, Value::Null).await;
            let stopped = data["campaigns"]["totalCount"].as_u64().unwrap();
            assert!(stopped == 0 || stopped == 2_000, "{stopped} of them are stopped");
        }
    };
    let (payload, writes, ()) = tokio::join!(bulk, write, read);
    assert_eq!(payload["changedCount"], 2_000);
    let events = world.events_after(end).await;
    assert_eq!(i64::try_from(events.len()).unwrap(), 2_000 + writes);
    let first = events
        .iter()
        .position(|event| event["kind"] == "STOPPED")
        .unwrap();
    let told: Vec<&str> = events[first..first + 2_000]
        .iter()
        .map(|event| event["campaignId"].as_str().unwrap())
        .collect();
    assert_eq!(told, ids);
}
