//! Launching a campaign: once, and only what is complete.

use serde_json::{Value, json};

use crate::harness::{World, email, in_app, webhook};

#[tokio::test]
async fn an_unlaunched_campaign_becomes_active() {
    let world = World::new().await;
    for content in [email("Email"), in_app("In-app"), webhook("Webhook")] {
        let id = world.unlaunched(content).await;
        assert_eq!(world.campaign(&id).await["launchedAt"], Value::Null);
        let step = world.step("launchCampaign", &id).await;
        let campaign = step.changed("LAUNCHED", "UNLAUNCHED", "ACTIVE");
        assert_eq!(campaign["launchedAt"], campaign["updatedAt"]);
    }
}

#[tokio::test]
async fn an_active_campaign_is_not_launched_again() {
    let world = World::new().await;
    for has_draft in [false, true] {
        let id = world.standing(("ACTIVE", has_draft)).await;
        world.step("launchCampaign", &id).await.unchanged();
    }
}

#[tokio::test]
async fn a_stopped_or_archived_campaign_is_not_launched() {
    let world = World::new().await;
    let refusals = [("STOPPED", "ALREADY_LAUNCHED"), ("ARCHIVED", "CAMPAIGN_ARCHIVED")];
    world.assert_refused("launchCampaign", &refusals).await;
}

#[tokio::test]
async fn launching_needs_a_message_and_a_segment() {
    let world = World::new().await;
    let segment = world.segment("Everyone").await;
    let message = email("Whole")["message"].clone();
    let cases = [
        (json!({}), "a message and at least one segment"),
        (json!({ "segmentIds": [segment] }), "a message"),
        (json!({ "message": message }), "at least one segment"),
    ];
    for (mut content, missing) in cases {
        content["name"] = json!("Incomplete");
        let id = world.create(content).await.id();
        let errors = world.step("launchCampaign", &id).await.refused("INCOMPLETE");
        let told = errors[0]["message"].as_str().unwrap();
        assert!(told.contains(&format!("needs {missing} before")), "{told}");

        let rest = json!({ "message": message, "segmentIds": [segment] });
        assert!(world.update(&id, rest).await.changed());
        let step = world.step("launchCampaign", &id).await;
        step.changed("LAUNCHED", "UNLAUNCHED", "ACTIVE");
    }
}

#[tokio::test]
async fn an_archived_segment_keeps_a_campaign_from_being_launched() {
    let world = World::new().await;
    let segment = world.segment("Gone").await;
    let mut content = email("Left alone");
    content["segmentIds"] = json!([world.segment("There").await, segment]);
    let id = world.unlaunched(content).await;
    world.archive_segment(&segment, false).await;
    world.run("unarchiveCampaign", &id).await;

    let step = world.step("launchCampaign", &id).await;
    step.refused("SEGMENT_ARCHIVED");
    world.update(&id, json!({ "message": null })).await;
    let step = world.step("launchCampaign", &id).await;
    step.refused("INCOMPLETE");
    world
        .update(&id, json!({ "message": email("Back")["message"] }))
        .await;
    world.unarchive_segment(&segment).await;
    let step = world.step("launchCampaign", &id).await;
    step.changed("LAUNCHED", "UNLAUNCHED", "ACTIVE");
}
