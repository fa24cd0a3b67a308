//! The examples over a real database.

use std::collections::BTreeMap;

use tempfile::TempDir;
use understudy_domain::content::changes;
use understudy_domain::source::SegmentPatch;
use understudy_domain::text::Patched;
use understudy_domain::{Channel, InAppLevel, Lifecycle, Status};

use super::audience::SEGMENTS;
use super::people::{PEOPLE, people};
use super::table::Step;
use super::*;
use crate::Caller;
use crate::read::{
    CampaignFilter, CampaignOrder, CampaignRead, Direction, EventFilter, InAppSourceRead, Page,
    RecordedEvent, Wants,
};

const W: WorkspaceId = WorkspaceId::DEFAULT;

const EVERY_STATUS: [Status; 4] = [
    Status::Unlaunched,
    Status::Active,
    Status::Stopped,
    Status::Archived,
];

/// An application over a database in a folder that lives as long as the first of the two.
async fn empty() -> (TempDir, App) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("demo.db").display());
    (folder, App::open(&url).await.unwrap())
}

fn whole_list<K>() -> Page<K> {
    Page {
        limit: 100,
        direction: Direction::Forward,
        after: None,
        before: None,
    }
}

async fn campaigns(app: &App) -> Vec<CampaignRead> {
    let filter = CampaignFilter {
        status: Some(EVERY_STATUS.to_vec()),
        ..CampaignFilter::default()
    };
    let snapshot = app.snapshot(W).await.unwrap();
    let (order, page) = (CampaignOrder::default(), whole_list());
    let list = snapshot.campaign_page(&filter, order, &page, Wants::ALL).await;
    list.unwrap().items
}

async fn events(app: &App) -> Vec<RecordedEvent> {
    let snapshot = app.snapshot(W).await.unwrap();
    let events = snapshot.events_after(0, &EventFilter::default(), 1_000).await;
    events.unwrap()
}

async fn in_app_order(app: &App) -> Vec<InAppSourceRead> {
    let snapshot = app.snapshot(W).await.unwrap();
    let order = snapshot.in_app_page(&whole_list(), Wants::default()).await;
    order.unwrap().items
}

#[tokio::test]
async fn there_is_something_of_everything() {
    let (_folder, app) = empty().await;
    let filled = fill(&app, W).await.unwrap();
    let campaigns = campaigns(&app).await;
    assert_eq!(
        filled,
        Filled::Added {
            campaigns: campaigns.len()
        }
    );
    assert!((55..=65).contains(&campaigns.len()), "{}", campaigns.len());
    for status in EVERY_STATUS {
        let with_it = campaigns.iter().filter(|it| it.lifecycle.status() == status);
        assert!(with_it.count() >= 5, "{status:?}");
        for channel in [Channel::Email, Channel::InApp, Channel::Webhook] {
            let both =
                |it: &CampaignRead| it.lifecycle.status() == status && it.live.channel == Some(channel);
            assert!(campaigns.iter().any(both), "{status:?} {channel:?}");
        }
    }
    let by_segment = |it: &CampaignRead| it.archive_segment.is_some();
    let directly = |it: &CampaignRead| matches!(it.lifecycle, Lifecycle::Archived { .. }) && !by_segment(it);
    assert!(campaigns.iter().filter(|it| by_segment(it)).count() >= 3);
    assert!(campaigns.iter().filter(|it| directly(it)).count() >= 3);
}

#[tokio::test]
async fn drafts_differ_and_stand_beside_every_launched_status() {
    let (_folder, app) = empty().await;
    fill(&app, W).await.unwrap();
    let mut statuses: BTreeMap<Status, usize> = BTreeMap::new();
    let mut paths: BTreeMap<String, usize> = BTreeMap::new();
    for campaign in campaigns(&app).await {
        let Some(draft) = campaign.draft else { continue };
        let changes = changes(&campaign.live.to_content(), &draft.content.to_content());
        assert!(!changes.is_empty(), "{}", campaign.live.name);
        *statuses.entry(campaign.lifecycle.status()).or_default() += 1;
        for change in changes {
            *paths.entry(change.path).or_default() += 1;
        }
    }
    assert!(statuses.values().sum::<usize>() >= 10, "{statuses:?}");
    let launched = [Status::Active, Status::Stopped, Status::Archived];
    assert_eq!(statuses.keys().copied().collect::<Vec<_>>(), launched);
    for path in [
        "message.subject",
        "message.body",
        "tags",
        "segments",
        "schedule.startAt",
    ] {
        assert!(paths.contains_key(path), "{path} in {paths:?}");
    }
}

/// Every step, clone and move of the tables is one event, so none of them was without an effect.
#[tokio::test]
async fn history_has_no_gap_and_every_line_of_the_tables_changes_something() {
    let (_folder, app) = empty().await;
    fill(&app, W).await.unwrap();
    let events = events(&app).await;
    let sequences: Vec<i64> = events.iter().map(|event| event.sequence).collect();
    let unbroken: Vec<i64> = (1..).take(events.len()).collect();
    assert_eq!(sequences, unbroken);

    let examples = || TABLES.into_iter().flatten();
    let is_campaign = |name: &str| examples().any(|example| example.name == name);
    let stories = examples().map(|example| 1 + example.story.len());
    let clones = afterwards::CLONES.iter().map(|(.., story)| 1 + story.len());
    let moves = in_app::MOVES.iter().filter(|(name, _)| is_campaign(name)).count();
    let cascade = events
        .iter()
        .filter(|it| it.event.caused_by_segment.is_some())
        .count();
    let expected = stories.chain(clones).sum::<usize>() + moves + cascade + afterwards::EPILOGUE.len();
    assert_eq!(events.len(), expected);

    let kinds: BTreeMap<_, usize> = events.iter().fold(BTreeMap::new(), |mut kinds, event| {
        *kinds.entry(event.event.kind).or_default() += 1;
        kinds
    });
    assert_eq!(kinds.len(), 11, "every kind of event occurs: {kinds:?}");
}

#[tokio::test]
async fn the_in_app_order_has_campaigns_and_canvases_at_every_level() {
    let (_folder, app) = empty().await;
    fill(&app, W).await.unwrap();
    let order = in_app_order(&app).await;
    for level in [InAppLevel::High, InAppLevel::Medium, InAppLevel::Low] {
        let at_level = || order.iter().filter(|it| it.place().unwrap().level == level);
        assert!(
            at_level().any(|it| matches!(it, InAppSourceRead::Campaign(_))),
            "{level:?}"
        );
        assert!(
            at_level().any(|it| matches!(it, InAppSourceRead::Canvas(_))),
            "{level:?}"
        );
    }
    let snapshot = app.snapshot(W).await.unwrap();
    assert_eq!(snapshot.canvas_count(true).await.unwrap(), 6);
    assert_eq!(snapshot.canvas_count(false).await.unwrap(), 5);
    assert_eq!(snapshot.segment_count(true).await.unwrap(), 10);
    assert_eq!(snapshot.segment_count(false).await.unwrap(), 9);
}

#[tokio::test]
async fn a_second_time_changes_nothing() {
    let (_folder, app) = empty().await;
    fill(&app, W).await.unwrap();
    let before = (
        campaigns(&app).await,
        in_app_order(&app).await,
        events(&app).await,
    );
    assert_eq!(fill(&app, W).await.unwrap(), Filled::NotEmpty);
    let after = (
        campaigns(&app).await,
        in_app_order(&app).await,
        events(&app).await,
    );
    assert_eq!(before, after);
}

#[tokio::test]
async fn one_thing_is_enough_though_it_be_archived() {
    let named = |name: &str| Patched::Set(name.to_owned());
    let (_one, with_campaign) = empty().await;
    let only = Example {
        name: "Only one",
        content: &[],
        story: &[],
    };
    let mut filling = Filling::new(&with_campaign, W);
    filling.create_campaign(&only).await.unwrap();
    filling.take("Only one", Step::Archive).await.unwrap();

    let (_two, with_segment) = empty().await;
    let patch = SegmentPatch {
        name: named("Only one"),
        ..SegmentPatch::default()
    };
    let segment = with_segment
        .create_segment(&Caller::system(W), patch)
        .await
        .unwrap()
        .id;
    with_segment
        .archive_segment(&Caller::system(W), segment, false)
        .await
        .unwrap();

    let (_three, with_canvas) = empty().await;
    let canvas = with_canvas
        .create_canvas(&Caller::system(W), "Only one".to_owned(), InAppLevel::Low)
        .await;
    with_canvas
        .archive_canvas(&Caller::system(W), canvas.unwrap().id)
        .await
        .unwrap();

    let (_four, with_recipient) = empty().await;
    let only = people().into_iter().take(1).collect();
    with_recipient
        .upsert_recipients(&Caller::system(W), only)
        .await
        .unwrap();

    for app in [with_campaign, with_segment, with_canvas, with_recipient] {
        let events_before = events(&app).await;
        assert_eq!(fill(&app, W).await.unwrap(), Filled::NotEmpty);
        assert_eq!(events(&app).await, events_before);
    }
}

#[tokio::test]
async fn each_segment_holds_some_of_the_people() {
    let (_folder, app) = empty().await;
    fill(&app, W).await.unwrap();
    let snapshot = app.snapshot(W).await.unwrap();
    let everyone = snapshot.recipient_count().await.unwrap();
    assert_eq!(everyone, PEOPLE as u64);
    let segments = snapshot.segment_page(true, &whole_list()).await.unwrap().items;
    assert_eq!(segments.len(), SEGMENTS.len());
    let filters = segments.iter().map(|segment| segment.compiled_filter().unwrap());
    let counts = snapshot
        .recipient_counts(&filters.collect::<Vec<_>>())
        .await
        .unwrap();
    for (segment, count) in segments.iter().zip(counts) {
        assert!((1..everyone).contains(&count), "{}: {count}", segment.name);
    }
}
