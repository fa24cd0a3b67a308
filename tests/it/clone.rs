//! Copying a campaign: a new one of the live content, in every status.

use serde_json::{Value, json};

use crate::harness::{STANDINGS, World, created, email};

#[tokio::test]
async fn a_clone_is_a_new_campaign_of_the_live_content_from_every_status() {
    let world = World::new().await;
    for standing in STANDINGS {
        let id = world.standing(standing).await;
        let before = world.campaign(&id).await;
        let end = world.log_end().await;
        let payload = world.clone_campaign(&id, None).await;
        assert_eq!(payload.codes(), Vec::<&str>::new());
        assert!(payload.changed());
        let clone = payload.campaign();
        assert_eq!(world.events_after(end).await, [created(end + 1, &payload.id())]);
        assert_ne!(payload.id(), id);
        assert_eq!(clone["name"], "Copy of Standing");
        assert_eq!(
            (&clone["status"], &clone["version"]),
            (&json!("UNLAUNCHED"), &json!(1))
        );
        for field in ["description", "tags", "message", "segments", "schedule"] {
            assert_eq!(clone[field], before[field], "{field}");
        }
        for field in ["draft", "launchedAt", "archivedBy"] {
            assert_eq!(clone[field], Value::Null, "{field}");
        }
        assert_eq!(world.campaign(&id).await, before, "the original is as it was");
    }
}

#[tokio::test]
async fn a_clone_goes_its_own_way() {
    let world = World::new().await;
    let id = world.active(email("Original")).await;
    let clone = world.clone_campaign(&id, Some(" Mine ")).await;
    assert_eq!(clone.campaign()["name"], "Mine");
    let before = world.campaign(&id).await;
    world
        .update(&clone.id(), json!({ "tags": ["mine"], "message": null }))
        .await;
    world.run("archiveCampaign", &clone.id()).await;
    assert_eq!(world.campaign(&id).await, before);
}

#[tokio::test]
async fn the_name_of_a_clone_is_checked_and_the_longest_can_be_copied() {
    let world = World::new().await;
    let longest = "é".repeat(200);
    let id = world.unlaunched(email(&longest)).await;
    let clone = world.clone_campaign(&id, None).await;
    assert_eq!(clone.codes(), Vec::<&str>::new());
    assert_eq!(
        clone.campaign()["name"],
        format!("Copy of {}", "é".repeat(192)).as_str()
    );
    let end = world.log_end().await;
    for name in [" ", &"x".repeat(201), "\0"] {
        let payload = world.clone_campaign(&id, Some(name)).await;
        assert_eq!(payload.codes(), ["INVALID"]);
        assert_eq!(payload.0["userErrors"][0]["field"], json!(["name"]));
        assert_eq!(*payload.campaign(), Value::Null);
    }
    assert_eq!(world.log_end().await, end);
}
