//! Discarding a draft: the live content is as it was, and no longer locked.

use serde_json::{Value, json};

use crate::harness::{World, email, in_app};

#[tokio::test]
async fn the_draft_goes_and_the_live_content_is_as_it_was() {
    let world = World::new().await;
    for status in ["ACTIVE", "STOPPED"] {
        let id = world.standing((status, false)).await;
        let mut before = world.campaign(&id).await;
        let mut content = in_app("Next");
        content["segmentIds"] = json!([]);
        content["tags"] = json!(["next"]);
        world.save_draft(&id, content).await;
        let step = world.step("discardDraft", &id).await;
        let campaign = step.changed("DRAFT_DISCARDED", status, status);
        for counted in ["version", "updatedAt"] {
            before[counted] = campaign[counted].clone();
        }
        assert_eq!(campaign, before);
    }
}

#[tokio::test]
async fn without_a_draft_there_is_nothing_to_discard() {
    let world = World::new().await;
    for status in ["UNLAUNCHED", "ACTIVE", "STOPPED"] {
        let id = world.standing((status, false)).await;
        let step = world.step("discardDraft", &id).await;
        assert_eq!(step.refused("NO_DRAFT")[0]["field"], Value::Null);
    }
    let refusals = [("ARCHIVED", "CAMPAIGN_ARCHIVED")];
    world.assert_refused("discardDraft", &refusals).await;
}

#[tokio::test]
async fn a_draft_with_an_archived_segment_can_be_discarded() {
    let world = World::new().await;
    let gone = world.segment("Gone").await;
    let id = world.active(email("Live")).await;
    world.save_draft(&id, json!({ "segmentIds": [gone] })).await;
    world.archive_segment(&gone, false).await;
    let step = world.step("discardDraft", &id).await;
    step.changed("DRAFT_DISCARDED", "ACTIVE", "ACTIVE");
}
