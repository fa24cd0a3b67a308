//! Saving a draft: the next version of a content, beside the live one.

use serde_json::{Value, json};

use crate::harness::{World, email};

const LIVE: [&str; 6] = ["name", "description", "tags", "message", "segments", "schedule"];

#[tokio::test]
async fn a_first_save_makes_the_draft_and_leaves_the_live_content() {
    let world = World::new().await;
    for status in ["ACTIVE", "STOPPED"] {
        let id = world.standing((status, false)).await;
        let before = world.campaign(&id).await;
        let patch = json!({ "name": "Next", "tags": ["next"] });
        let step = world.observe(&id, world.save_draft(&id, patch)).await;
        let campaign = step.changed("DRAFT_SAVED", status, status);
        for field in LIVE {
            assert_eq!(campaign[field], before[field], "live {field}");
        }
        let draft = &campaign["draft"];
        assert!(draft["id"].as_str().unwrap().starts_with("drf_"));
        assert_eq!(draft["basedOnVersion"], before["version"]);
        assert_eq!(
            (&draft["name"], &draft["tags"]),
            (&json!("Next"), &json!(["next"]))
        );
        for field in ["description", "message", "segments", "schedule"] {
            assert_eq!(
                draft[field], before[field],
                "the draft is a full snapshot: {field}"
            );
        }
    }
}

#[tokio::test]
async fn a_further_save_is_a_patch_on_the_draft() {
    let world = World::new().await;
    let id = world.active(email("Live")).await;
    let first = world.save_draft(&id, json!({ "name": "Next" })).await;
    let first = &first.campaign()["draft"];
    let patch = json!({ "description": "more" });
    let step = world.observe(&id, world.save_draft(&id, patch.clone())).await;
    let campaign = step.changed("DRAFT_SAVED", "ACTIVE", "ACTIVE");
    let draft = &campaign["draft"];
    assert_eq!(draft["name"], "Next", "what was saved before stays");
    assert_eq!(draft["description"], "more");
    assert_eq!(draft["id"], first["id"], "its id stays while it lives");
    assert_eq!(draft["basedOnVersion"], first["basedOnVersion"]);

    let step = world.observe(&id, world.save_draft(&id, patch)).await;
    step.unchanged();
}

#[tokio::test]
async fn a_draft_that_would_differ_in_nothing_is_not_made() {
    let world = World::new().await;
    for status in ["ACTIVE", "STOPPED"] {
        let id = world.standing((status, false)).await;
        let patches = [
            json!({}),
            email("Standing"),
            json!({ "tags": [], "description": "" }),
        ];
        for patch in patches {
            let step = world.observe(&id, world.save_draft(&id, patch)).await;
            assert_eq!(step.unchanged()["draft"], Value::Null);
        }
    }
}

#[tokio::test]
async fn a_draft_that_comes_to_equal_the_live_content_is_still_there() {
    let world = World::new().await;
    let id = world.active(email("Same")).await;
    world.save_draft(&id, json!({ "name": "Other" })).await;
    let step = world
        .observe(&id, world.save_draft(&id, json!({ "name": "Same" })))
        .await;
    let campaign = step.changed("DRAFT_SAVED", "ACTIVE", "ACTIVE");
    assert_eq!(campaign["draft"]["changes"], json!([]));
    for (command, kind) in [
        ("discardDraft", "DRAFT_DISCARDED"),
        ("launchDraft", "DRAFT_LAUNCHED"),
    ] {
        let step = world.step(command, &id).await;
        let after = step.changed(kind, "ACTIVE", "ACTIVE");
        assert_eq!(after["draft"], Value::Null);
        for field in LIVE {
            assert_eq!(after[field], campaign[field], "{command} {field}");
        }
        world.save_draft(&id, json!({ "name": "Other" })).await;
        let saved = world.save_draft(&id, json!({ "name": "Same" })).await;
        assert_eq!(saved.campaign()["draft"]["changes"], json!([]));
    }
}

#[tokio::test]
async fn each_draft_has_an_id_of_its_own() {
    let world = World::new().await;
    let id = world.active(email("Many")).await;
    let mut ids = vec![];
    for (name, command) in [
        ("A", "discardDraft"),
        ("B", "launchDraft"),
        ("B2", "launchDraft"),
        ("C", "discardDraft"),
    ] {
        let version = world.campaign(&id).await["version"].clone();
        let saved = world.save_draft(&id, json!({ "name": name })).await;
        let draft = saved.campaign()["draft"].clone();
        assert_eq!(draft["basedOnVersion"], version);
        assert!(!ids.contains(&draft["id"]));
        ids.push(draft["id"].clone());
        assert!(world.run(command, &id).await.changed());
    }
    let nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let gone = world.ask(nodes, json!({ "ids": ids })).await;
    assert_eq!(gone["nodes"], json!([null, null, null, null]));
}

#[tokio::test]
async fn what_is_not_in_use_or_never_was_gets_no_draft() {
    let world = World::new().await;
    let patch = json!({ "description": "next, again" });
    for (standing, code) in [
        (("UNLAUNCHED", false), "NOT_LAUNCHED"),
        (("ARCHIVED", false), "CAMPAIGN_ARCHIVED"),
        (("ARCHIVED", true), "CAMPAIGN_ARCHIVED"),
        (("ARCHIVED UNLAUNCHED", false), "CAMPAIGN_ARCHIVED"),
    ] {
        let id = world.standing(standing).await;
        for patch in [&patch, &json!({})] {
            let step = world.observe(&id, world.save_draft(&id, patch.clone())).await;
            assert_eq!(step.refused(code)[0]["field"], Value::Null);
        }
    }
}

#[tokio::test]
async fn a_wrong_patch_makes_no_draft_and_leaves_the_one_there_is() {
    let world = World::new().await;
    for has_draft in [false, true] {
        let id = world.standing(("ACTIVE", has_draft)).await;
        let patch = json!({ "name": "Right", "message": { "email": { "subject": "a\nb", "body": "" } } });
        let step = world.observe(&id, world.save_draft(&id, patch)).await;
        let errors = step.refused("INVALID");
        assert_eq!(
            errors[0]["field"],
            json!(["content", "message", "email", "subject"])
        );
    }
}

#[tokio::test]
async fn a_draft_may_be_incomplete_but_takes_no_archived_segment() {
    let world = World::new().await;
    let (gone, other) = (world.segment("Gone").await, world.segment("Other").await);
    let id = world.active(email("Live")).await;
    let patch = json!({ "message": null, "segmentIds": [] });
    let step = world.observe(&id, world.save_draft(&id, patch)).await;
    step.changed("DRAFT_SAVED", "ACTIVE", "ACTIVE");

    let with_it = json!({ "segmentIds": [other, gone] });
    world.save_draft(&id, json!({ "segmentIds": [gone] })).await;
    world.archive_segment(&gone, false).await;
    let step = world.observe(&id, world.save_draft(&id, with_it.clone())).await;
    step.changed("DRAFT_SAVED", "ACTIVE", "ACTIVE");
    world.save_draft(&id, json!({ "segmentIds": [other] })).await;
    let step = world.observe(&id, world.save_draft(&id, with_it)).await;
    let errors = step.refused("SEGMENT_ARCHIVED");
    assert_eq!(errors[0]["field"], json!(["content", "segmentIds", "1"]));
}
