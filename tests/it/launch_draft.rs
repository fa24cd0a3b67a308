//! Launching a draft: it takes the place of the live content, whole, if it still may.

use serde_json::{Value, json};

use crate::harness::{World, email, webhook};

const CONTENT: [&str; 6] = ["name", "description", "tags", "message", "segments", "schedule"];

#[tokio::test]
async fn the_draft_becomes_the_live_content_and_the_status_stays() {
    let world = World::new().await;
    for status in ["ACTIVE", "STOPPED"] {
        let id = world.standing((status, false)).await;
        let mut content = webhook("Next");
        content["tags"] = json!(["one", "two"]);
        content["segmentIds"] = json!([world.segment("A").await, world.segment("B").await]);
        content["schedule"] = json!({ "kind": "API_TRIGGERED", "endAt": "2040-01-01T00:00:00Z" });
        let saved = world.save_draft(&id, content).await;
        let before = saved.campaign();
        let step = world.step("launchDraft", &id).await;
        let campaign = step.changed("DRAFT_LAUNCHED", status, status);
        for field in CONTENT {
            assert_eq!(campaign[field], before["draft"][field], "{field}");
        }
        assert_eq!(campaign["draft"], Value::Null);
        assert_eq!(campaign["launchedAt"], before["launchedAt"]);
    }
}

#[tokio::test]
async fn without_a_draft_there_is_nothing_to_launch() {
    let world = World::new().await;
    for status in ["UNLAUNCHED", "ACTIVE", "STOPPED"] {
        let id = world.standing((status, false)).await;
        let step = world.step("launchDraft", &id).await;
        assert_eq!(step.refused("NO_DRAFT")[0]["field"], Value::Null);
    }
    let refusals = [("ARCHIVED", "CAMPAIGN_ARCHIVED")];
    world.assert_refused("launchDraft", &refusals).await;
}

#[tokio::test]
async fn an_incomplete_draft_is_not_launched_and_stays() {
    let world = World::new().await;
    for status in ["ACTIVE", "STOPPED"] {
        for (patch, missing) in [
            (json!({ "message": null }), "a message"),
            (json!({ "segmentIds": [] }), "at least one segment"),
            (
                json!({ "message": null, "segmentIds": [] }),
                "a message and at least one segment",
            ),
        ] {
            let id = world.standing((status, false)).await;
            world.save_draft(&id, patch).await;
            let errors = world.step("launchDraft", &id).await.refused("INCOMPLETE");
            let told = errors[0]["message"].as_str().unwrap();
            assert!(told.contains(&format!("needs {missing} before")), "{told}");

            let whole = json!({
                "message": email("")["message"],
                "segmentIds": [world.segment("Everyone").await],
            });
            world.save_draft(&id, whole).await;
            let step = world.step("launchDraft", &id).await;
            step.changed("DRAFT_LAUNCHED", status, status);
        }
    }
}

#[tokio::test]
async fn a_segment_archived_since_the_draft_was_saved_keeps_it_from_being_launched() {
    let world = World::new().await;
    for status in ["ACTIVE", "STOPPED"] {
        let gone = world.segment("Gone").await;
        let id = world.standing((status, false)).await;
        let saved = world
            .save_draft(&id, json!({ "name": "Next", "segmentIds": [gone] }))
            .await;
        let draft = saved.campaign()["draft"].clone();
        world.archive_segment(&gone, false).await;

        let step = world.step("launchDraft", &id).await;
        assert_eq!(step.refused("SEGMENT_ARCHIVED")[0]["field"], Value::Null);
        let campaign = world.campaign(&id).await;
        assert_eq!(campaign["status"], status, "its live content does not use it");
        for field in ["id", "name", "basedOnVersion"] {
            assert_eq!(campaign["draft"][field], draft[field], "{field}");
        }

        world.unarchive_segment(&gone).await;
        let step = world.step("launchDraft", &id).await;
        step.changed("DRAFT_LAUNCHED", status, status);
    }
}

#[tokio::test]
async fn a_draft_takes_an_archived_segment_out_of_the_live_content() {
    let world = World::new().await;
    let gone = world.segment("Gone").await;
    let mut content = email("Uses it");
    content["segmentIds"] = json!([gone]);
    let id = world.active(content).await;
    world.archive_segment(&gone, false).await;
    world.run("unarchiveCampaign", &id).await;
    let other = world.segment("Other").await;
    world.save_draft(&id, json!({ "segmentIds": [other] })).await;
    world
        .step("resumeCampaign", &id)
        .await
        .refused("SEGMENT_ARCHIVED");
    let step = world.step("launchDraft", &id).await;
    step.changed("DRAFT_LAUNCHED", "STOPPED", "STOPPED");
    let step = world.step("resumeCampaign", &id).await;
    step.changed("RESUMED", "STOPPED", "ACTIVE");
}

#[tokio::test]
async fn a_launched_draft_is_the_base_of_the_next_one() {
    let world = World::new().await;
    let id = world.active(email("First")).await;
    for name in ["Second", "Third"] {
        world.save_draft(&id, json!({ "name": name })).await;
        world.run("launchDraft", &id).await;
        let unlocked = world.update(&id, json!({ "description": name })).await;
        assert!(unlocked.changed(), "nothing locks the live content now");
    }
    let saved = world.save_draft(&id, json!({ "tags": ["t"] })).await;
    let draft = &saved.campaign()["draft"];
    assert_eq!(
        (&draft["name"], &draft["description"]),
        (&json!("Third"), &json!("Third"))
    );
    assert_eq!(
        draft["changes"],
        json!([{ "path": "tags", "live": [], "draft": ["t"] }])
    );
}
