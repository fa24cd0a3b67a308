//! Many write, many read, and bulk tells of many at once.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::harness::{
    CAMPAIGN_EVENTS, Dice, STATUS_CHANGES, World, audit, email, sequences, texts, together,
};

const WRITERS: usize = 8;
const COMMANDS: usize = 12;
const SUBSCRIBERS: usize = 50;

/// Does something that changes a campaign, whatever it is like, `count` times.
async fn write(world: &World, id: &str, count: usize) {
    for turn in 0..count {
        let payload = match turn % 4 {
            0 => {
                world
                    .save_draft(id, json!({ "description": format!("Turn {turn}") }))
                    .await
            }
            1 => world.run("stopCampaign", id).await,
            2 => world.run("launchDraft", id).await,
            _ => world.run("resumeCampaign", id).await,
        };
        assert!(payload.changed(), "{:?}", payload.codes());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_of_many_subscribers_gets_each_event_once_while_many_write() {
    let world = Arc::new(World::new().await);
    let crowd = world.crowd(WRITERS).await;
    let begin = world.log_end().await;
    let count = WRITERS * COMMANDS;

    let subscribers = (0..SUBSCRIBERS).map(|number| {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            // Some were there all the time, some come back to what they have not seen yet.
            let after = if number % 2 == 0 { begin } else { 0 };
            let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": after }));
            let missed = usize::try_from(begin - after).unwrap();
            (after, feed.events(missed + count).await)
        })
    });
    let subscribers: Vec<_> = subscribers.collect();
    together(crowd.into_iter().map(|id| {
        let world = Arc::clone(&world);
        async move { write(&world, &id, COMMANDS).await }
    }))
    .await;

    let all = audit(&*world).await.events;
    for subscriber in subscribers {
        let (after, events) = subscriber.await.unwrap();
        assert_eq!(events, all[usize::try_from(after).unwrap()..]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_cut_off_again_and_again_while_many_write_misses_nothing() {
    let world = Arc::new(World::new().await);
    let crowd = world.crowd(WRITERS).await;
    let end = world.log_end().await + i64::try_from(WRITERS * COMMANDS).unwrap();
    let readers = (0..8).map(|seed| {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            let (mut dice, mut seen) = (Dice::new(seed), vec![]);
            while seen.last() != Some(&end) {
                let after = seen.last().copied().unwrap_or(0);
                let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": after }));
                let left = usize::try_from(end - after).unwrap();
                let count = (1 + dice.roll(9)).min(left);
                seen.extend(sequences(&feed.events(count).await));
            }
            seen
        })
    });
    let readers: Vec<_> = readers.collect();
    together(crowd.into_iter().map(|id| {
        let world = Arc::clone(&world);
        async move { write(&world, &id, COMMANDS).await }
    }))
    .await;
    for reader in readers {
        assert_eq!(reader.await.unwrap(), (1..=end).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_campaign_of_an_event_is_never_older_than_the_event() {
    let world = Arc::new(World::new().await);
    let crowd = world.crowd(2).await;
    let query = "subscription ($after: Int) { event: campaignEvents(after: $after) {
        sequence version campaign { version } } }";
    let mut feed = world.feed(query, json!({ "after": world.log_end().await }));
    let writers: Vec<_> = crowd
        .into_iter()
        .map(|id| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { write(&world, &id, 20).await })
        })
        .collect();
    for event in feed.events(40).await {
        let version = |of: &Value| of["version"].as_i64().unwrap();
        assert!(version(&event["campaign"]) >= version(&event), "{event}");
    }
    for writer in writers {
        writer.await.unwrap();
    }
}

#[tokio::test]
async fn bulk_tells_of_its_changes_in_the_order_of_its_results() {
    let world = World::new().await;
    // More than are written together.
    let mut ids = world.crowd(230).await;
    Dice::new(3).shuffle(&mut ids);
    for id in ids.iter().step_by(5) {
        world.run("stopCampaign", id).await;
    }
    let begin = world.log_end().await;
    let report = world.on_all("stopCampaigns", &ids).await;
    assert_eq!(
        (&report["changedCount"], &report["unchangedCount"]),
        (&json!(184), &json!(46))
    );
    let results = report["results"].as_array().unwrap();
    let changed: Vec<_> = results
        .iter()
        .filter(|result| result["outcome"] == "CHANGED")
        .cloned()
        .collect();
    let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": begin }));
    let events = feed.events(184).await;
    assert_eq!(sequences(&events), (begin + 1..=begin + 184).collect::<Vec<_>>());
    assert_eq!(texts(&events, "campaignId"), texts(&changed, "id"));
    assert!(events.iter().all(|event| event["kind"] == "STOPPED"));
    assert_eq!(world.log_end().await, begin + 184);
}

#[tokio::test]
async fn a_cascade_tells_of_its_campaigns_in_the_order_of_its_results() {
    let world = World::new().await;
    let segment = world.segment("Some").await;
    let mut live = vec![];
    for number in 0..12 {
        let mut content = email(&format!("Campaign {number}"));
        if number % 3 != 0 {
            content["segmentIds"] = json!([segment]);
        }
        let id = world.unlaunched(content).await;
        if number % 2 == 0 {
            world.run("launchCampaign", &id).await;
        }
        if number % 3 != 0 {
            live.push(id);
        }
    }
    // One is archived already, so there is nothing to tell of it.
    world.run("archiveCampaign", &live.remove(3)).await;
    let begin = world.log_end().await;
    let mut feed = world.feed(STATUS_CHANGES, json!({ "after": begin }));
    let query = "mutation ($id: ID!) { archiveSegment(id: $id) { archivedCampaigns { id } } }";
    let data = world.ask(query, json!({ "id": segment })).await;
    let archived = data["archiveSegment"]["archivedCampaigns"].as_array().unwrap();
    assert_eq!(archived.len(), live.len());

    let events = feed.events(live.len()).await;
    assert_eq!(texts(&events, "campaignId"), texts(archived, "id"));
    assert_eq!(
        sequences(&events),
        (begin + 1..=world.log_end().await).collect::<Vec<_>>()
    );
    for event in &events {
        assert_eq!(event["kind"], "ARCHIVED");
        assert_eq!(event["statusAfter"], "ARCHIVED");
        assert_eq!(event["causedBySegment"]["id"], segment.as_str());
    }
}
