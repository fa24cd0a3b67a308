//! The feed: everything from where a client left off, then what comes, in the order of the commits, each once.

mod many;
mod readers;

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{
    CAMPAIGN_EVENTS, STATUS_CHANGES, World, audit, email, in_app, sequence, sequences, texts,
};

/// A world in which one campaign lives through everything and another through a little. It has 14 events.
async fn eventful() -> (World, String, String) {
    let world = World::new().await;
    let first = world.active(in_app("First")).await;
    let second = world.active(email("Second")).await;
    world.save_draft(&first, json!({ "description": "New" })).await;
    world.run("launchDraft", &first).await;
    world.run("stopCampaign", &second).await;
    world.save_draft(&first, json!({ "description": "Newer" })).await;
    world.run("discardDraft", &first).await;
    world.update(&first, json!({ "name": "First of all" })).await;
    world.run("stopCampaign", &first).await;
    world.run("resumeCampaign", &first).await;
    world.run("archiveCampaign", &first).await;
    world.run("unarchiveCampaign", &first).await;
    assert_eq!(world.log_end().await, 14);
    (world, first, second)
}

fn of(events: &[Value], campaign: &str) -> Vec<i64> {
    let of_campaign = events.iter().filter(|event| event["campaignId"] == campaign);
    of_campaign.map(sequence).collect()
}

#[tokio::test]
async fn after_zero_tells_everything_and_then_follows() {
    let (world, first, _) = eventful().await;
    let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": 0 }));
    let mut events = feed.events(14).await;
    for (command, kind) in [("resumeCampaign", "RESUMED"), ("stopCampaign", "STOPPED")] {
        world.run(command, &first).await;
        let event = feed.event().await;
        assert_eq!(event["kind"], kind);
        assert_eq!(event["campaignId"], first.as_str());
        events.push(event);
    }
    assert_eq!(sequences(&events), (1..=16).collect::<Vec<_>>());
    assert_eq!(
        events,
        audit(&world).await.events,
        "the feed and the campaigns' histories tell the same"
    );
}

#[tokio::test]
async fn after_tells_what_came_later_and_nothing_else() {
    let (world, ..) = eventful().await;
    let all = world
        .feed(CAMPAIGN_EVENTS, json!({ "after": 0 }))
        .events(14)
        .await;
    for after in 0..14 {
        let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": after }));
        assert_eq!(feed.events(14 - after).await, all[after..]);
    }
}

#[tokio::test]
async fn without_after_only_what_is_to_come_is_told() {
    let (world, _, second) = eventful().await;
    for variables in [json!({}), json!({ "after": null })] {
        let before = world.log_end().await;
        let mut feed = world.feed(CAMPAIGN_EVENTS, variables);
        let mut commands = ["resumeCampaign", "stopCampaign"].into_iter().cycle();
        // No client sees when exactly its feed begins, so things go on happening until it tells of one.
        let event = loop {
            world.run(commands.next().unwrap(), &second).await;
            if let Ok(event) = tokio::time::timeout(Duration::from_millis(50), feed.event()).await {
                break event;
            }
        };
        assert!(sequence(&event) > before, "{event}");
        // And from there on without a gap.
        world.run(commands.next().unwrap(), &second).await;
        for expected in sequence(&event) + 1..=world.log_end().await {
            assert_eq!(sequence(&feed.event().await), expected);
        }
        if world.campaign(&second).await["status"] == "ACTIVE" {
            world.run("stopCampaign", &second).await;
        }
    }
}

#[tokio::test]
async fn an_after_at_the_end_waits_and_one_beyond_it_fails() {
    let (world, _, second) = eventful().await;
    let mut waiting = world.feed(CAMPAIGN_EVENTS, json!({ "after": 14 }));
    for query in [CAMPAIGN_EVENTS, STATUS_CHANGES] {
        for after in [15, 1_000_000, i64::MAX] {
            let (code, message) = world.feed(query, json!({ "after": after })).failure().await;
            assert_eq!(code, "BAD_USER_INPUT");
            assert!(
                message.contains("beyond the end") && message.contains("14"),
                "{message}"
            );
        }
        for after in [-1, i64::MIN] {
            let (code, message) = world.feed(query, json!({ "after": after })).failure().await;
            assert_eq!(code, "BAD_USER_INPUT");
            assert!(message.contains("negative"), "{message}");
        }
    }
    world.run("resumeCampaign", &second).await;
    assert_eq!(sequence(&waiting.event().await), 15);
}

#[tokio::test]
async fn an_empty_log_has_nothing_after_zero() {
    let world = World::new().await;
    let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": 0 }));
    let (code, _) = world.feed(CAMPAIGN_EVENTS, json!({ "after": 1 })).failure().await;
    assert_eq!(code, "BAD_USER_INPUT");
    world.create(email("First")).await;
    assert_eq!(sequence(&feed.event().await), 1);
}

#[tokio::test]
async fn filters_keep_the_numbers_of_the_workspace() {
    let (world, first, second) = eventful().await;
    let all = world
        .feed(CAMPAIGN_EVENTS, json!({ "after": 0 }))
        .events(14)
        .await;
    let kept = |keep: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        all.iter().filter(|event| keep(event)).cloned().collect()
    };
    let drafts = ["DRAFT_SAVED", "DRAFT_LAUNCHED"];
    let is_draft = |event: &Value| drafts.contains(&event["kind"].as_str().unwrap());
    let is_second = |event: &Value| event["campaignId"] == second.as_str();
    for (filter, expected) in [
        (json!({}), all.clone()),
        (Value::Null, all.clone()),
        (json!({ "campaignIds": [second] }), kept(&is_second)),
        (json!({ "campaignIds": [second, first, second] }), all.clone()),
        (json!({ "kinds": drafts }), kept(&is_draft)),
        (
            json!({ "kinds": ["STOPPED", "STOPPED"] }),
            kept(&|event| event["kind"] == "STOPPED"),
        ),
        (
            json!({ "campaignIds": [second], "kinds": ["STOPPED"] }),
            kept(&|event| is_second(event) && event["kind"] == "STOPPED"),
        ),
        (json!({ "campaignIds": null, "kinds": null }), all.clone()),
    ] {
        assert!(!expected.is_empty(), "{filter}");
        let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": 0, "filter": filter }));
        assert_eq!(feed.events(expected.len()).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn a_filtered_feed_goes_on_with_what_it_filters() {
    let (world, first, second) = eventful().await;
    let filter = json!({ "campaignIds": [second], "kinds": ["RESUMED"] });
    let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": 14, "filter": filter }));
    world.run("resumeCampaign", &first).await;
    world.run("stopCampaign", &first).await;
    world.run("archiveCampaign", &second).await;
    world.run("unarchiveCampaign", &second).await;
    world.run("resumeCampaign", &second).await;
    let event = feed.event().await;
    assert_eq!((sequence(&event), &event["kind"]), (19, &json!("RESUMED")));
}

#[tokio::test]
async fn ids_that_are_none_are_refused() {
    let (world, ..) = eventful().await;
    let segment = world.segment("Someone").await;
    for id in ["", "nonsense", "cmp_", segment.as_str()] {
        let filter = json!({ "filter": { "campaignIds": [id] } });
        let (code, _) = world.feed(CAMPAIGN_EVENTS, filter).failure().await;
        assert_eq!(code, "BAD_USER_INPUT", "{id}");
        let (code, _) = world
            .feed(STATUS_CHANGES, json!({ "campaignId": id }))
            .failure()
            .await;
        assert_eq!(code, "BAD_USER_INPUT", "{id}");
    }
}

#[tokio::test]
async fn a_campaign_that_there_is_not_has_no_status_to_watch() {
    let (world, ..) = eventful().await;
    let unknown = json!({ "campaignId": "cmp_01jd0000000000000000000000", "after": 0 });
    let (code, message) = world.feed(STATUS_CHANGES, unknown).failure().await;
    assert_eq!(code, "NOT_FOUND");
    assert!(message.contains("campaign"), "{message}");
}

#[tokio::test]
async fn status_changes_are_those_events_in_which_the_status_changed() {
    let (world, first, second) = eventful().await;
    let all = world
        .feed(CAMPAIGN_EVENTS, json!({ "after": 0 }))
        .events(14)
        .await;
    let mut changes = all.clone();
    changes.retain(|event| event["statusBefore"] != event["statusAfter"]);
    assert_eq!(
        texts(&changes, "kind"),
        [
            "CREATED",
            "LAUNCHED",
            "CREATED",
            "LAUNCHED",
            "STOPPED",
            "STOPPED",
            "RESUMED",
            "ARCHIVED",
            "UNARCHIVED"
        ]
    );
    let mut feed = world.feed(STATUS_CHANGES, json!({ "after": 0 }));
    assert_eq!(feed.events(9).await, changes);

    for id in [&first, &second] {
        let mut feed = world.feed(STATUS_CHANGES, json!({ "after": 0, "campaignId": id }));
        let expected = of(&changes, id);
        assert_eq!(sequences(&feed.events(expected.len()).await), expected);
    }
    let mut feed = world.feed(STATUS_CHANGES, json!({ "after": 2, "campaignId": first }));
    assert_eq!(
        sequence(&feed.event().await),
        11,
        "the numbers are the workspace's"
    );
}

#[tokio::test]
async fn what_changes_nothing_tells_nothing() {
    let (world, first, second) = eventful().await;
    let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": 14 }));
    // Both are stopped, and neither has a draft.
    for (command, code) in [
        ("launchCampaign", "ALREADY_LAUNCHED"),
        ("launchDraft", "NO_DRAFT"),
        ("discardDraft", "NO_DRAFT"),
    ] {
        assert_eq!(world.run(command, &first).await.codes(), [code]);
    }
    for command in ["stopCampaign", "unarchiveCampaign"] {
        assert!(!world.run(command, &second).await.changed());
    }
    let conflict = world.run_expecting("resumeCampaign", &first, json!(1)).await;
    assert_eq!(conflict.codes(), ["VERSION_CONFLICT"]);
    assert_eq!(
        world.update(&first, json!({ "name": "" })).await.codes(),
        ["INVALID"]
    );
    let same = json!({ "name": "First of all" });
    assert!(!world.update(&first, same.clone()).await.changed());
    assert!(!world.save_draft(&first, same).await.changed());
    assert_eq!(world.create(json!({ "name": " " })).await.codes(), ["INVALID"]);
    let all_or_nothing = "mutation ($ids: [ID!]) { archiveCampaigns(selection: { ids: $ids },
        options: { policy: ALL_OR_NOTHING }) { refusedCount changedCount } }";
    let ids = json!({ "ids": [first, "cmp_01jd0000000000000000000000"] });
    let report = world.ask(all_or_nothing, ids).await;
    assert_eq!(
        report["archiveCampaigns"],
        json!({ "refusedCount": 1, "changedCount": 0 })
    );
    assert_eq!(world.log_end().await, 14);

    world.run("resumeCampaign", &second).await;
    let event = feed.event().await;
    assert_eq!((sequence(&event), &event["kind"]), (15, &json!("RESUMED")));
}

#[tokio::test]
async fn the_statuses_of_each_campaign_are_a_chain() {
    let (world, first, second) = eventful().await;
    let events = world
        .feed(CAMPAIGN_EVENTS, json!({ "after": 0 }))
        .events(14)
        .await;
    for (id, end) in [(first, "STOPPED"), (second, "STOPPED")] {
        let mut status = Value::Null;
        for (event, version) in events
            .iter()
            .filter(|event| event["campaignId"] == id.as_str())
            .zip(1..)
        {
            assert_eq!(event["statusBefore"], status, "{event}");
            assert_eq!(event["version"], version, "{event}");
            status = event["statusAfter"].clone();
        }
        assert_eq!(status, end);
    }
}

#[tokio::test]
async fn the_campaign_of_an_event_is_as_it_is_now() {
    let (world, first, _) = eventful().await;
    let query = "subscription { event: campaignStatusChanged(after: 0) {
        sequence campaign { id name status version draft { id } } } }";
    let mut feed = world.feed(query, json!({}));
    let event = feed.event().await;
    assert_eq!(sequence(&event), 1);
    let now =
        json!({ "id": first, "name": "First of all", "status": "STOPPED", "version": 11, "draft": null });
    assert_eq!(event["campaign"], now);

    world.run("resumeCampaign", &first).await;
    let event = feed.event().await;
    assert_eq!(sequence(&event), 2);
    assert_eq!(
        event["campaign"]["status"], "ACTIVE",
        "read when it is told, not when the feed began"
    );
}
