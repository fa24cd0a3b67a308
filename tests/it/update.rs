//! Changing the live content directly, which a draft locks.

use serde_json::{Value, json};

use crate::harness::{World, email, in_app, webhook};

const UNLOCKED: [&str; 3] = ["UNLAUNCHED", "ACTIVE", "STOPPED"];

#[tokio::test]
async fn the_live_content_is_changed_in_every_status_in_use() {
    let world = World::new().await;
    for status in UNLOCKED {
        let id = world.standing((status, false)).await;
        let before = world.campaign(&id).await;
        let patch = json!({ "name": " New name ", "tags": ["a", "b"] });
        let step = world.observe(&id, world.update(&id, patch)).await;
        let campaign = step.changed("UPDATED", status, status);
        assert_eq!(campaign["name"], "New name", "a name is trimmed");
        assert_eq!(campaign["tags"], json!(["a", "b"]));
        for field in [
            "description",
            "message",
            "segments",
            "schedule",
            "draft",
            "launchedAt",
        ] {
            assert_eq!(campaign[field], before[field], "what is left out stays: {field}");
        }
    }
}

#[tokio::test]
async fn every_field_is_changed_and_each_list_keeps_its_order() {
    let world = World::new().await;
    let id = world.standing(("UNLAUNCHED", false)).await;
    let (one, two) = (world.segment("One").await, world.segment("Two").await);
    let patch = json!({
        "name": "Whole",
        "description": "All of it\nin two lines",
        "tags": ["z", "a", "m"],
        "message": webhook("")["message"],
        "segmentIds": [two, one],
        "schedule": { "kind": "AT_TIME", "startAt": "2030-01-01T00:00:00Z", "endAt": "2030-02-01T00:00:00Z" },
    });
    let step = world.observe(&id, world.update(&id, patch)).await;
    let campaign = step.changed("UPDATED", "UNLAUNCHED", "UNLAUNCHED");
    assert_eq!(campaign["description"], "All of it\nin two lines");
    assert_eq!(campaign["tags"], json!(["z", "a", "m"]));
    assert_eq!(campaign["message"]["__typename"], "WebhookMessage");
    assert_eq!(campaign["message"]["url"], "https://example.com/hook");
    assert_eq!(campaign["segments"][0]["id"], json!(two));
    assert_eq!(campaign["segments"][1]["id"], json!(one));
    assert_eq!(campaign["schedule"]["kind"], "AT_TIME");
    let order = world.update(&id, json!({ "segmentIds": [one, two] })).await;
    assert!(order.changed(), "another order is another list");
}

#[tokio::test]
async fn null_clears_the_message_and_nothing_else() {
    let world = World::new().await;
    let id = world.standing(("UNLAUNCHED", false)).await;
    let step = world
        .observe(&id, world.update(&id, json!({ "message": null })))
        .await;
    let campaign = step.changed("UPDATED", "UNLAUNCHED", "UNLAUNCHED");
    assert_eq!(campaign["message"], Value::Null);
    for field in ["name", "description", "tags", "segmentIds", "schedule"] {
        let patch = json!({ (field): null });
        let step = world.observe(&id, world.update(&id, patch)).await;
        assert_eq!(step.refused("INVALID")[0]["field"], json!(["content", field]));
    }
}

#[tokio::test]
async fn what_stands_there_already_changes_nothing() {
    let world = World::new().await;
    for status in UNLOCKED {
        let id = world.standing((status, false)).await;
        let step = world.observe(&id, world.update(&id, json!({}))).await;
        step.unchanged();
        let step = world.observe(&id, world.update(&id, email("  Standing"))).await;
        step.unchanged();
    }
}

#[tokio::test]
async fn a_draft_locks_the_live_content_until_it_is_gone() {
    let world = World::new().await;
    let patch = json!({ "description": "directly" });
    for (status, unlock) in [("ACTIVE", "discardDraft"), ("STOPPED", "launchDraft")] {
        let id = world.standing((status, true)).await;
        let step = world.observe(&id, world.update(&id, patch.clone())).await;
        assert_eq!(step.refused("DRAFT_EXISTS")[0]["field"], Value::Null);
        let step = world.observe(&id, world.update(&id, json!({}))).await;
        step.refused("DRAFT_EXISTS");

        world.run(unlock, &id).await;
        let step = world.observe(&id, world.update(&id, patch.clone())).await;
        step.changed("UPDATED", status, status);
    }
}

#[tokio::test]
async fn a_wrong_patch_changes_nothing_and_all_its_problems_are_told() {
    let world = World::new().await;
    let id = world.standing(("ACTIVE", false)).await;
    let patch = json!({ "name": " ", "tags": ["a", " a"], "description": "right" });
    let end = world.log_end().await;
    let before = world.campaign(&id).await;
    let payload = world.update(&id, patch).await;
    assert_eq!(payload.codes(), ["INVALID", "INVALID"]);
    assert_eq!(payload.0["userErrors"][0]["field"], json!(["content", "name"]));
    assert_eq!(
        payload.0["userErrors"][1]["field"],
        json!(["content", "tags", "1"])
    );
    assert_eq!(world.campaign(&id).await, before);
    assert_eq!(world.log_end().await, end);
}

#[tokio::test]
async fn an_archived_segment_cannot_be_added_but_may_stay() {
    let world = World::new().await;
    let (gone, there) = (world.segment("Gone").await, world.segment("There").await);
    let mut content = email("With it");
    content["segmentIds"] = json!([gone]);
    let with = world.unlaunched(content).await;
    let without = world.unlaunched(in_app("Without it")).await;
    world.archive_segment(&gone, false).await;
    world.run("unarchiveCampaign", &with).await;

    let patch = json!({ "segmentIds": [there, gone] });
    let step = world
        .observe(&without, world.update(&without, patch.clone()))
        .await;
    let errors = step.refused("SEGMENT_ARCHIVED");
    assert_eq!(errors[0]["field"], json!(["content", "segmentIds", "1"]));
    let step = world.observe(&with, world.update(&with, patch.clone())).await;
    step.changed("UPDATED", "UNLAUNCHED", "UNLAUNCHED");

    let taken_out = world.update(&with, json!({ "segmentIds": [there] })).await;
    assert!(taken_out.changed());
    let step = world.observe(&with, world.update(&with, patch)).await;
    step.refused("SEGMENT_ARCHIVED");
    let created = world.create(json!({ "name": "New", "segmentIds": [gone] })).await;
    assert_eq!(created.codes(), ["SEGMENT_ARCHIVED"]);
    assert_eq!(
        created.0["userErrors"][0]["field"],
        json!(["content", "segmentIds", "0"])
    );
    assert_eq!(*created.campaign(), Value::Null);
}
