//! Campaigns and drafts that are not what their events say.

use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Value;
use serde_json::json;

use super::{assert_found, draft, never, rehearsed, row, stored};
use crate::harness::{World, email, in_app};

#[tokio::test]
async fn each_column_is_what_the_events_say() {
    let (world, id, tampering) = rehearsed().await;
    let columns = [
        ("version", Value::from(7), "expected 3, found 7"),
        ("launched_at", never(), "expected …, found 1970-01-01T00:00:01Z"),
        ("created_at", never(), "expected …, found 1970-01-01T00:00:01Z"),
        ("updated_at", never(), "expected …, found 1970-01-01T00:00:01Z"),
    ];
    let mut expected = vec![];
    for (column, value, what) in columns {
        tampering.set("campaigns", &row(&id), (column, value)).await;
        expected.push(format!("{id}: by its events, {column}: {what}"));
        assert_found(&world, &expected).await;
    }
}

#[tokio::test]
async fn a_status_is_what_the_events_say_with_its_times() {
    let (world, id, tampering) = rehearsed().await;
    tampering
        .set_all(
            "campaigns",
            &row(&id),
            vec![("status", "STOPPED".into()), ("stopped_at", never())],
        )
        .await;
    let expected = [
        format!("{id}: by its events, status: expected \"ACTIVE\", found \"STOPPED\""),
        format!("{id}: by its events, stopped_at: expected none, found 1970-01-01T00:00:01Z"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn the_times_of_what_is_not_active_are_looked_at_too() {
    let world = World::new().await;
    let stopped = world.standing(("STOPPED", false)).await;
    let archived = world.standing(("ARCHIVED", true)).await;
    let tampering = world.tamper().await;
    tampering
        .set("campaigns", &row(&stopped), ("stopped_at", never()))
        .await;
    tampering
        .set("campaigns", &row(&archived), ("archived_at", never()))
        .await;
    let expected = [
        format!("{stopped}: by its events, stopped_at: expected …, found 1970-01-01T00:00:01Z"),
        format!("{archived}: by its events, archived_at: expected …, found 1970-01-01T00:00:01Z"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn a_segment_that_archived_nothing_is_found() {
    let world = World::new().await;
    let segment = world.segment("Ours").await;
    let id = world.standing(("ARCHIVED", false)).await;
    let tampering = world.tamper().await;
    tampering
        .set(
            "campaigns",
            &row(&id),
            ("archived_by_segment_id", stored(&segment).into()),
        )
        .await;
    let expected = format!("{id}: by its events, archived_by_segment_id: expected none, found {segment}");
    assert_found(&world, &[expected]).await;
}

#[tokio::test]
async fn a_draft_that_is_gone_is_missed_and_leaves_a_content_behind() {
    let (world, id, tampering) = rehearsed().await;
    let content = stored(&draft(&world, &id).await);
    tampering
        .delete("drafts", &[("campaign_id", stored(&id).into())])
        .await;
    let expected = [
        format!("{id}: by its events, draft: expected one, found none"),
        format!("contents {content}: it belongs to no campaign and no draft"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn a_draft_is_what_the_events_say() {
    let (world, id, tampering) = rehearsed().await;
    let draft = [("campaign_id", stored(&id).into())];
    let mut expected = vec![];
    for (column, value, what) in [
        ("based_on_version", Value::from(1), "expected 2, found 1"),
        ("created_at", never(), "expected …, found 1970-01-01T00:00:01Z"),
        ("updated_at", never(), "expected …, found 1970-01-01T00:00:01Z"),
    ] {
        tampering.set("drafts", &draft, (column, value)).await;
        expected.push(format!("{id}: by its events, draft: {column}: {what}"));
        assert_found(&world, &expected).await;
    }
}

#[tokio::test]
async fn a_draft_that_nobody_saved_is_found() {
    let (world, id, tampering) = rehearsed().await;
    let other = world.unlaunched(email("Autumn")).await;
    tampering
        .set(
            "drafts",
            &[("campaign_id", stored(&id).into())],
            ("campaign_id", stored(&other).into()),
        )
        .await;
    let draft = draft(&world, &other).await;
    let expected = [
        format!("{id}: by its events, draft: expected one, found none"),
        format!("{other}: by its events, draft: expected none, found {draft}"),
    ];
    assert_found(&world, &expected).await;

    let nobody = Uuid::from_u128(7);
    tampering
        .set(
            "drafts",
            &[("campaign_id", stored(&other).into())],
            ("campaign_id", nobody.into()),
        )
        .await;
    let nobody = "cmp_00000000000000000000000007";
    let expected = [
        format!("{id}: by its events, draft: expected one, found none"),
        format!("drafts {nobody}: campaign_id: {nobody} does not exist"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn a_content_that_is_live_is_no_draft() {
    let (world, id, tampering) = rehearsed().await;
    let content = stored(&draft(&world, &id).await);
    let live = stored(&id);
    tampering
        .set(
            "drafts",
            &[("campaign_id", stored(&id).into())],
            ("content_id", live.into()),
        )
        .await;
    let expected = [
        format!("contents {content}: it belongs to no campaign and no draft"),
        format!("contents {live}: it is live, and a draft as well"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn a_campaign_without_its_content_is_found() {
    let (world, id, tampering) = rehearsed().await;
    let (live, nothing) = (stored(&id), Uuid::from_u128(7));
    tampering
        .set("campaigns", &row(&id), ("content_id", nothing.into()))
        .await;
    let expected = [
        format!("campaigns {id}: content_id: {nothing} does not exist"),
        format!("contents {live}: it belongs to no campaign and no draft"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn a_place_is_there_exactly_where_the_live_message_is_in_app() {
    let world = World::new().await;
    let with_place = world.unlaunched(in_app("Banner")).await;
    let without = world.unlaunched(email("Letter")).await;
    let tampering = world.tamper().await;
    let moved = stored(&without);
    let cells = vec![("source_id", moved.into()), ("campaign_id", moved.into())];
    let place = [("source_id", stored(&with_place).into())];
    tampering.set_all("in_app_places", &place, cells).await;
    let expected = [
        format!("{with_place}: its live message is in-app, and it has no place in the in-app order"),
        format!("{without}: its live message is not in-app, and it has a place in the in-app order"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn nothing_active_is_sent_to_an_archived_segment() {
    let world = World::new().await;
    let segment = world.segment("Ours").await;
    let mut content = email("Spring");
    content["segmentIds"] = json!([segment]);
    let active = world.active(content.clone()).await;
    world.stopped(content).await;
    let tampering = world.tamper().await;
    tampering
        .set("segments", &row(&segment), ("archived_at", never()))
        .await;
    let expected = format!("{active}: it is ACTIVE with what the rules do not let send: SegmentArchived");
    assert_found(&world, &[expected]).await;
}
