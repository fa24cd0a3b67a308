//! How subscribers read: slowly, seldom, or from where they were cut off.

use serde_json::json;

use crate::harness::{CAMPAIGN_EVENTS, Dice, World, sequence, sequences};

/// How many events a subscription reads at a time.
const CHUNK: usize = 100;

#[tokio::test]
async fn a_filter_that_finds_nothing_for_long_still_finds_the_one() {
    let world = World::new().await;
    let crowd = world.crowd(100).await;
    let one = world.active(crate::harness::email("The one")).await;
    let begin = world.log_end().await;
    let filter = json!({ "campaignIds": [one], "kinds": ["ARCHIVED"] });
    let mut following = world.feed(CAMPAIGN_EVENTS, json!({ "after": begin, "filter": filter }));
    world.restless(&crowd, 1_000).await;
    world.run("archiveCampaign", &one).await;

    let expected = begin + 1_001;
    assert_eq!(sequence(&following.event().await), expected);
    let mut replaying = world.feed(CAMPAIGN_EVENTS, json!({ "after": begin, "filter": filter }));
    assert_eq!(sequence(&replaying.event().await), expected);
}

#[tokio::test]
async fn a_slow_reader_slows_nobody_and_gets_everything() {
    let world = World::new().await;
    let crowd = world.crowd(100).await;
    let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": 0 }));
    assert_eq!(sequence(&feed.event().await), 1);

    // What a writer costs is the same, whether somebody reads slowly or nobody reads: the reader does nothing of
    // its own accord, so there is nothing that could pile up for it.
    let statements = world.app.statements();
    world.restless(&crowd, 600).await;
    let with_reader = world.app.statements() - statements;
    let alone = {
        let other = World::new().await;
        let crowd = other.crowd(100).await;
        let statements = other.app.statements();
        other.restless(&crowd, 600).await;
        other.app.statements() - statements
    };
    assert_eq!(with_reader, alone);
    world.restless(&crowd, 4_400).await;

    let end = world.log_end().await;
    assert_eq!(end, 5_200);
    let statements = world.app.statements();
    for expected in 2..=end {
        assert_eq!(sequence(&feed.event().await), expected);
    }
    let reads = world.app.statements() - statements;
    let chunks = u64::try_from(end).unwrap() / CHUNK as u64;
    assert!(
        reads >= chunks - 1,
        "{reads} statements brought 5,200 events: more at a time than a reader may hold"
    );
    world.run("stopCampaign", &crowd[0]).await;
    assert_eq!(sequence(&feed.event().await), end + 1, "and then it follows");
}

#[tokio::test]
async fn many_replays_at_once_need_no_more_connections_than_there_are() {
    let world = World::new().await;
    let crowd = world.crowd(10).await;
    world.restless(&crowd, 100).await;
    let mut feeds: Vec<_> = (0..64)
        .map(|_| world.feed(CAMPAIGN_EVENTS, json!({ "after": 0 })))
        .collect();
    for feed in &mut feeds {
        assert_eq!(sequence(&feed.event().await), 1);
    }
    // All of them wait in the middle of the log, and still there is a connection for whoever asks.
    world.run("stopCampaign", &crowd[0]).await;
    assert_eq!(world.campaign(&crowd[0]).await["status"], "STOPPED");
    for feed in &mut feeds {
        assert_eq!(sequences(&feed.events(120).await), (2..=121).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn reconnecting_wherever_it_was_cut_off_tells_everything_once() {
    let world = World::new().await;
    let crowd = world.crowd(30).await;
    world.restless(&crowd, 600).await;
    let end = world.log_end().await;
    let mut dice = Dice::new(2);
    let mut seen = vec![];
    while seen.last() != Some(&end) {
        let after = seen.last().copied().unwrap_or(0);
        let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": after }));
        let left = usize::try_from(end - after).unwrap();
        let count = dice.roll(2 * CHUNK).min(left);
        seen.extend(sequences(&feed.events(count).await));
    }
    assert_eq!(seen, (1..=end).collect::<Vec<_>>());
}
