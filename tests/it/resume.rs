//! Resuming a stopped campaign: the one way back to sending.

use serde_json::json;

use crate::harness::{World, email};

#[tokio::test]
async fn a_stopped_campaign_becomes_active_and_keeps_its_draft() {
    let world = World::new().await;
    for has_draft in [false, true] {
        let id = world.standing(("STOPPED", has_draft)).await;
        let before = world.campaign(&id).await;
        let step = world.step("resumeCampaign", &id).await;
        let campaign = step.changed("RESUMED", "STOPPED", "ACTIVE");
        assert_eq!(campaign["draft"], before["draft"]);
        assert_eq!(
            campaign["launchedAt"], before["launchedAt"],
            "it was launched once"
        );
    }
}

#[tokio::test]
async fn an_active_campaign_is_not_resumed_again() {
    let world = World::new().await;
    for has_draft in [false, true] {
        let id = world.standing(("ACTIVE", has_draft)).await;
        world.step("resumeCampaign", &id).await.unchanged();
    }
}

#[tokio::test]
async fn an_unlaunched_or_archived_campaign_is_not_resumed() {
    let world = World::new().await;
    let refusals = [("UNLAUNCHED", "NOT_LAUNCHED"), ("ARCHIVED", "CAMPAIGN_ARCHIVED")];
    world.assert_refused("resumeCampaign", &refusals).await;
}

#[tokio::test]
async fn an_archived_segment_keeps_a_campaign_from_being_resumed() {
    let world = World::new().await;
    let (segment, other) = (world.segment("Gone").await, world.segment("There").await);
    let mut content = email("Left alone");
    content["segmentIds"] = json!([segment]);
    let id = world.active(content).await;
    world.archive_segment(&segment, false).await;
    world.run("unarchiveCampaign", &id).await;
    let step = world.step("resumeCampaign", &id).await;
    step.refused("SEGMENT_ARCHIVED");

    // Either way out will do: taking the segment out of the content …
    let copy = world.clone_campaign(&id, None).await.id();
    world.update(&id, json!({ "segmentIds": [other] })).await;
    let step = world.step("resumeCampaign", &id).await;
    step.changed("RESUMED", "STOPPED", "ACTIVE");

    // … or taking it back into use.
    let step = world.step("launchCampaign", &copy).await;
    step.refused("SEGMENT_ARCHIVED");
    world.unarchive_segment(&segment).await;
    let step = world.step("launchCampaign", &copy).await;
    step.changed("LAUNCHED", "UNLAUNCHED", "ACTIVE");
}
