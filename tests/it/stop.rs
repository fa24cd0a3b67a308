//! Stopping a campaign.

use crate::harness::World;

#[tokio::test]
async fn an_active_campaign_is_stopped_and_keeps_its_draft() {
    let world = World::new().await;
    for has_draft in [false, true] {
        let id = world.standing(("ACTIVE", has_draft)).await;
        let before = world.campaign(&id).await;
        let step = world.step("stopCampaign", &id).await;
        let campaign = step.changed("STOPPED", "ACTIVE", "STOPPED");
        assert_eq!(campaign["draft"], before["draft"]);
        assert_eq!(campaign["launchedAt"], before["launchedAt"]);
    }
}

#[tokio::test]
async fn a_stopped_campaign_is_not_stopped_again() {
    let world = World::new().await;
    for has_draft in [false, true] {
        let id = world.standing(("STOPPED", has_draft)).await;
        world.step("stopCampaign", &id).await.unchanged();
    }
}

#[tokio::test]
async fn an_unlaunched_or_archived_campaign_is_not_stopped() {
    let world = World::new().await;
    let refusals = [("UNLAUNCHED", "NOT_LAUNCHED"), ("ARCHIVED", "CAMPAIGN_ARCHIVED")];
    world.assert_refused("stopCampaign", &refusals).await;
}
