//! Archiving a segment, and with it every campaign whose live content uses it; and how that is undone by hand.

use serde_json::{Value, json};

use crate::harness::{World, codes, email, in_app};

/// A segment, the campaigns that its archiving archives, and those that it leaves alone.
struct Cast {
    segment: String,
    /// With their statuses, in the order in which they were made.
    using: Vec<(String, &'static str)>,
    others: Vec<String>,
}

async fn cast(world: &World) -> Cast {
    let (segment, other) = (world.segment("Ours").await, world.segment("Other").await);
    let content = |name: &str, segments: &[&String]| {
        let mut content = email(name);
        content["segmentIds"] = json!(segments);
        content
    };
    let both = [&other, &segment];
    let unlaunched = world.unlaunched(content("Unlaunched", &[&segment])).await;
    let active = world.active(content("Active", &both)).await;
    let stopped = world.stopped(content("Stopped", &both)).await;
    let moving_away = world.active(content("Moving away", &[&segment])).await;
    world
        .save_draft(&moving_away, json!({ "segmentIds": [other] }))
        .await;
    let archived = world.active(content("Archived", &[&segment])).await;
    world.run("archiveCampaign", &archived).await;
    let moving_in = world.active(content("Moving in", &[&other])).await;
    world.save_draft(&moving_in, json!({ "segmentIds": both })).await;
    let moved_away = world.active(content("Moved away", &[&segment])).await;
    world
        .save_draft(&moved_away, json!({ "segmentIds": [other] }))
        .await;
    world.run("launchDraft", &moved_away).await;
    let unrelated = world.active(content("Unrelated", &[&other])).await;
    Cast {
        segment,
        using: vec![
            (unlaunched, "UNLAUNCHED"),
            (active, "ACTIVE"),
            (stopped, "STOPPED"),
            (moving_away, "ACTIVE"),
        ],
        others: vec![archived, moving_in, moved_away, unrelated],
    }
}

async fn all(world: &World, ids: impl IntoIterator<Item = &String>) -> Vec<Value> {
    let mut campaigns = vec![];
    for id in ids {
        campaigns.push(world.campaign(id).await);
    }
    campaigns
}

#[tokio::test]
async fn every_campaign_whose_live_content_uses_the_segment_is_archived_with_it() {
    let world = World::new().await;
    let Cast {
        segment,
        using,
        others,
    } = cast(&world).await;
    let users = || using.iter().map(|(id, _)| id);
    let before = all(&world, users()).await;
    let end = world.log_end().await;
    let payload = world.archive_segment(&segment, false).await;
    assert_eq!(payload["changed"], true);
    assert_eq!(codes(&payload), ["x"; 0]);
    assert_eq!(payload["segment"]["id"], json!(segment));
    assert_eq!(payload["segment"]["version"], 2);
    assert_ne!(payload["segment"]["archivedAt"], Value::Null);

    let archived = payload["archivedCampaigns"].as_array().unwrap();
    let told = world.events_after(end).await;
    assert_eq!((archived.len(), told.len()), (using.len(), using.len()));
    for (index, (id, status)) in using.iter().enumerate() {
        let before = &before[index];
        let version = before["version"].as_i64().unwrap() + 1;
        let expected = json!({ "id": id, "status": "ARCHIVED", "version": version });
        assert_eq!(archived[index], expected);
        let event = json!({
            "sequence": end + 1 + i64::try_from(index).unwrap(),
            "kind": "ARCHIVED",
            "version": version,
            "statusBefore": status,
            "statusAfter": "ARCHIVED",
            "campaignId": id,
            "causedBySegment": { "id": segment },
        });
        assert_eq!(told[index], event);
        let now = world.campaign(id).await;
        let archived_by = json!({
            "__typename": "SegmentArchive",
            "at": now["updatedAt"],
            "segment": { "id": segment, "name": "Ours" },
        });
        assert_eq!(now["archivedBy"], archived_by);
        for field in ["name", "message", "draft", "launchedAt", "schedule"] {
            assert_eq!(now[field], before[field], "{field}");
        }
    }
    let archived = world.campaign(&others[0]).await;
    assert_eq!(archived["archivedBy"]["__typename"], "DirectArchive");
}

#[tokio::test]
async fn all_others_are_left_alone() {
    let world = World::new().await;
    let Cast { segment, others, .. } = cast(&world).await;
    let seen = |mut campaigns: Vec<Value>| {
        for campaign in &mut campaigns {
            // They show that the segment is archived, wherever they use it.
            for side in ["/segments", "/draft/segments"] {
                if let Some(segments) = campaign.pointer_mut(side) {
                    for segment in segments.as_array_mut().unwrap() {
                        segment["archivedAt"].take();
                    }
                }
            }
        }
        campaigns
    };
    let before = seen(all(&world, &others).await);
    world.archive_segment(&segment, false).await;
    let now = seen(all(&world, &others).await);
    for (before, mut now) in before.into_iter().zip(now) {
        if now["name"] == "Moving in" {
            // Its draft cannot be launched now, and says so.
            let launching = json!("LAUNCH_DRAFT");
            assert!(before["allowedActions"].as_array().unwrap().contains(&launching));
            assert!(!now["allowedActions"].as_array().unwrap().contains(&launching));
            now["allowedActions"] = before["allowedActions"].clone();
        }
        assert_eq!(now, before);
    }
    let step = world.step("launchDraft", &others[1]).await;
    step.refused("SEGMENT_ARCHIVED");
}

#[tokio::test]
async fn a_dry_run_lists_the_same_and_changes_nothing() {
    let world = World::new().await;
    let Cast {
        segment,
        using,
        others,
    } = cast(&world).await;
    let ids = || using.iter().map(|(id, _)| id).chain(&others);
    let before = all(&world, ids()).await;
    let end = world.log_end().await;
    let dry = world.archive_segment(&segment, true).await;
    assert_eq!(all(&world, ids()).await, before);
    assert_eq!(world.log_end().await, end);
    let expected = json!({ "id": segment, "archivedAt": null, "version": 1 });
    assert_eq!(dry["segment"], expected);
    for (shown, campaign) in dry["archivedCampaigns"].as_array().unwrap().iter().zip(&before) {
        assert_eq!(
            shown["status"], campaign["status"],
            "as it is, not as it would be"
        );
    }

    let real = world.archive_segment(&segment, false).await;
    let ids = |payload: &Value| {
        let campaigns = payload["archivedCampaigns"].as_array().unwrap().iter();
        let ids: Vec<Value> = campaigns.map(|campaign| campaign["id"].clone()).collect();
        ids
    };
    assert_eq!(ids(&dry), ids(&real));
    assert_eq!((&dry["changed"], &real["changed"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn archiving_a_segment_again_changes_nothing() {
    let world = World::new().await;
    let Cast { segment, using, .. } = cast(&world).await;
    world.archive_segment(&segment, false).await;
    world.run("unarchiveCampaign", &using[1].0).await;
    let end = world.log_end().await;
    for dry_run in [true, false] {
        let payload = world.archive_segment(&segment, dry_run).await;
        assert_eq!(payload["changed"], false);
        assert_eq!(codes(&payload), ["x"; 0]);
        assert_eq!(payload["archivedCampaigns"], json!([]));
        assert_eq!(payload["segment"]["version"], 2);
    }
    assert_eq!(world.log_end().await, end);
    assert_eq!(world.campaign(&using[1].0).await["status"], "STOPPED");
}

#[tokio::test]
async fn unarchiving_a_segment_brings_back_the_segment_alone() {
    let world = World::new().await;
    let Cast { segment, using, .. } = cast(&world).await;
    world.archive_segment(&segment, false).await;
    let end = world.log_end().await;
    let payload = world.unarchive_segment(&segment).await;
    assert_eq!(payload["changed"], true);
    let expected = json!({ "id": segment, "archivedAt": null, "version": 3 });
    assert_eq!(payload["segment"], expected);
    assert_eq!(world.log_end().await, end);
    for (id, _) in &using {
        let campaign = world.campaign(id).await;
        assert_eq!(campaign["status"], "ARCHIVED");
        assert_eq!(
            campaign["archivedBy"]["segment"]["id"],
            json!(segment),
            "still told why"
        );
    }
    let payload = world.unarchive_segment(&segment).await;
    assert_eq!(payload["changed"], false);
    assert_eq!(payload["segment"], expected);
}

#[tokio::test]
async fn a_cascade_is_undone_by_hand_and_nothing_sends_before_it_is_resumed() {
    let world = World::new().await;
    let Cast { segment, using, .. } = cast(&world).await;
    world.archive_segment(&segment, false).await;
    let matching = json!({ "matching": {
        "filter": { "segmentId": segment, "status": ["ARCHIVED"] }, "expectedCount": 5 } });
    let end = world.log_end().await;

    let back = world
        .bulk("unarchiveCampaigns", matching.clone(), Value::Null)
        .await;
    assert_eq!(
        back["changedCount"], 5,
        "those of the cascade, and the one that was archived before"
    );
    let told = world.events_after(end).await;
    let never_sends =
        |event: &Value| ["STOPPED", "UNLAUNCHED"].contains(&event["statusAfter"].as_str().unwrap());
    assert!(told.iter().all(never_sends));
    let launched = json!({ "ids": [using[1].0, using[2].0, using[3].0] });
    let early = world.bulk("resumeCampaigns", launched.clone(), Value::Null).await;
    assert_eq!(early["refusedCount"], 3);
    for result in early["results"].as_array().unwrap() {
        assert_eq!(result["error"]["code"], "SEGMENT_ARCHIVED");
    }

    world.unarchive_segment(&segment).await;
    let resumed = world.bulk("resumeCampaigns", launched, Value::Null).await;
    assert_eq!(resumed["changedCount"], 3);
    let launch = world.step("launchCampaign", &using[0].0).await;
    launch.changed("LAUNCHED", "UNLAUNCHED", "ACTIVE");
    let moving_away = world.campaign(&using[3].0).await;
    assert_ne!(moving_away["draft"], Value::Null, "it has kept its draft");

    let again = world.archive_segment(&segment, true).await;
    assert_eq!(again["archivedCampaigns"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_campaign_of_several_archived_segments_names_the_one_that_archived_it() {
    let world = World::new().await;
    let (first, second) = (world.segment("First").await, world.segment("Second").await);
    let mut content = in_app("Of both");
    content["segmentIds"] = json!([first, second]);
    let id = world.active(content).await;
    world.archive_segment(&second, false).await;
    let payload = world.archive_segment(&first, false).await;
    assert_eq!(payload["changed"], true);
    assert_eq!(payload["archivedCampaigns"], json!([]), "it is archived already");
    assert_eq!(
        world.campaign(&id).await["archivedBy"]["segment"]["name"],
        "Second"
    );

    world.run("unarchiveCampaign", &id).await;
    world.unarchive_segment(&second).await;
    world
        .step("resumeCampaign", &id)
        .await
        .refused("SEGMENT_ARCHIVED");
    world.unarchive_segment(&first).await;
    let step = world.step("resumeCampaign", &id).await;
    step.changed("RESUMED", "STOPPED", "ACTIVE");
}

/// Others read all the while, and see the segment in use with all its campaigns, or archived with all of them.
#[tokio::test]
async fn a_cascade_is_one_transaction() {
    const MANY: u32 = 1_000;
    let world = World::new().await;
    let segment = world.segment("Ours").await;
    let mut content = email("One of many");
    content["segmentIds"] = json!([segment]);
    let id = world.active(content).await;
    world.copies(&id, MANY).await;
    let end = world.log_end().await;
    let statements = world.app.statements();
    world.archive_segment(&segment, true).await;
    let statements = world.app.statements() - statements;
    assert!(
        statements < 100,
        "{statements} statements for a dry run of {MANY}"
    );

    let is_done = std::sync::atomic::AtomicBool::new(false);
    let archive = async {
        let payload = world.archive_segment(&segment, false).await;
        is_done.store(true, std::sync::atomic::Ordering::Relaxed);
        payload
    };
    let read = async {
        let query = "query ($id: ID!) { segment(id: $id) { archivedAt campaigns { totalCount } } }";
        while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
            let data = world.ask(query, json!({ "id": segment })).await;
            let count = &data["segment"]["campaigns"]["totalCount"];
            assert!(
                *count == 0 || *count == MANY + 1,
                "{count} of them are not archived"
            );
        }
    };
    let (payload, ()) = tokio::join!(archive, read);
    let archived = payload["archivedCampaigns"].as_array().unwrap();
    assert_eq!(archived.len(), MANY as usize + 1);
    assert_eq!(world.log_end().await, end + i64::from(MANY) + 1);
}
