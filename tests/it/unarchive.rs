//! Unarchiving a campaign: back into use, and never by that sending.

use serde_json::{Value, json};

use crate::harness::{STANDINGS, World, email};

#[tokio::test]
async fn an_archived_campaign_comes_back_without_sending() {
    let world = World::new().await;
    let cases = [
        (("UNLAUNCHED", false), "UNLAUNCHED"),
        (("ACTIVE", false), "STOPPED"),
        (("ACTIVE", true), "STOPPED"),
        (("STOPPED", false), "STOPPED"),
        (("STOPPED", true), "STOPPED"),
    ];
    for (standing, status) in cases {
        let id = world.standing(standing).await;
        let before = world.campaign(&id).await;
        world.run("archiveCampaign", &id).await;
        let step = world.step("unarchiveCampaign", &id).await;
        let campaign = step.changed("UNARCHIVED", "ARCHIVED", status);
        assert_eq!(campaign["archivedBy"], Value::Null);
        let back = ["name", "message", "segments", "schedule", "draft", "launchedAt"];
        for field in back {
            assert_eq!(campaign[field], before[field], "{field}");
        }
    }
}

#[tokio::test]
async fn a_campaign_in_use_is_not_unarchived() {
    let world = World::new().await;
    for standing in STANDINGS
        .iter()
        .filter(|(status, _)| !status.starts_with("ARCHIVED"))
    {
        let id = world.standing(*standing).await;
        world.step("unarchiveCampaign", &id).await.unchanged();
    }
}

#[tokio::test]
async fn a_frozen_draft_is_given_back_and_goes_on() {
    let world = World::new().await;
    let id = world.active(email("Frozen")).await;
    let draft = world.save_draft(&id, json!({ "name": "Thawed" })).await;
    let draft = draft.campaign()["draft"].clone();
    world.run("archiveCampaign", &id).await;
    let back = world.run("unarchiveCampaign", &id).await;
    assert_eq!(back.campaign()["draft"], draft);

    let step = world
        .observe(&id, world.update(&id, json!({ "name": "Locked" })))
        .await;
    step.refused("DRAFT_EXISTS");
    let saved = world.save_draft(&id, json!({ "description": "more" })).await;
    assert_eq!(
        saved.campaign()["draft"]["id"],
        draft["id"],
        "it is the same draft"
    );
    let step = world.step("launchDraft", &id).await;
    let campaign = step.changed("DRAFT_LAUNCHED", "STOPPED", "STOPPED");
    assert_eq!(campaign["name"], "Thawed");
    assert_eq!(campaign["description"], "more");
}

#[tokio::test]
async fn a_campaign_archived_before_its_launch_is_launched_as_if_nothing_had_been() {
    let world = World::new().await;
    let id = world.standing(("ARCHIVED UNLAUNCHED", false)).await;
    let back = world.run("unarchiveCampaign", &id).await;
    assert_eq!(back.campaign()["launchedAt"], Value::Null);
    let step = world.step("resumeCampaign", &id).await;
    step.refused("NOT_LAUNCHED");
    let step = world.step("launchCampaign", &id).await;
    step.changed("LAUNCHED", "UNLAUNCHED", "ACTIVE");
}
