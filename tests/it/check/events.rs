//! Logs that were tampered with.

use sea_orm::prelude::Uuid;
use serde_json::json;

use super::{assert_forbidden, assert_found, event, rehearsed, row, stored, workspace};
use crate::harness::{World, email};

#[tokio::test]
async fn a_missing_event_is_missed_by_the_log_and_by_its_campaign() {
    let (world, id, tampering) = rehearsed().await;
    tampering.delete("campaign_events", &event(&id, 2)).await;
    let expected = [
        format!("{}: event 2 is missing from the log", workspace()),
        format!(
            "{id}: event 3 (DRAFT_SAVED, version 3): status before it: expected UNLAUNCHED, found ACTIVE"
        ),
        format!("{id}: event 3 (DRAFT_SAVED, version 3): version: expected 2, found 3"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn the_last_events_are_missed_too() {
    let (world, id, tampering) = rehearsed().await;
    for version in [2, 3] {
        tampering.delete("campaign_events", &event(&id, version)).await;
    }
    let expected = [
        format!("{}: events 2 to 3 are missing from the log", workspace()),
        format!("{id}: by its events, version: expected 1, found 3"),
        format!("{id}: by its events, status: expected \"UNLAUNCHED\", found \"ACTIVE\""),
        format!("{id}: by its events, launched_at: expected none, found …"),
        format!("{id}: by its events, updated_at: expected …"),
        format!("{id}: by its events, draft: expected none, found drf_…"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn a_campaign_of_which_nothing_is_told_is_found() {
    let world = World::new().await;
    let id = world.create(email("Spring")).await.id();
    let tampering = world.tamper().await;
    tampering.delete("campaign_events", &event(&id, 1)).await;
    let expected = [
        format!("{}: event 1 is missing from the log", workspace()),
        format!("{id}: no event tells of it"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn the_counter_of_a_workspace_is_the_sequence_of_its_last_event() {
    let (world, _, tampering) = rehearsed().await;
    let workspace = workspace();
    let counter = |end: i64| ("event_sequence", end.into());
    tampering.set("workspaces", &row(&workspace), counter(1)).await;
    let beyond = |event| {
        format!(
            "campaign_events {workspace} {event}: it is beyond the workspace's counter, which stands at 1"
        )
    };
    assert_found(&world, &[beyond(2), beyond(3)]).await;

    tampering.set("workspaces", &row(&workspace), counter(9)).await;
    let missing = format!("{workspace}: events 4 to 9 are missing from the log");
    assert_found(&world, &[missing]).await;
}

#[tokio::test]
async fn an_event_that_the_rules_do_not_allow_is_found() {
    let world = World::new().await;
    let id = world.stopped(email("Spring")).await;
    world.update(&id, json!({ "description": "new" })).await;
    let tampering = world.tamper().await;
    for (kind, what) in [
        (
            "STOPPED",
            "by the rules it changes nothing where the campaign is STOPPED",
        ),
        (
            "LAUNCHED",
            "the rules refuse it where the campaign is STOPPED: AlreadyLaunched",
        ),
        (
            "DRAFT_LAUNCHED",
            "the rules refuse it where the campaign is STOPPED: NoDraft",
        ),
        ("RESUMED", "status after it: expected ACTIVE, found STOPPED"),
    ] {
        tampering
            .set("campaign_events", &event(&id, 4), ("kind", kind.into()))
            .await;
        assert_found(&world, &[format!("{id}: event 4 ({kind}, version 4): {what}")]).await;
    }
}

#[tokio::test]
async fn only_unarchiving_follows_an_archiving() {
    let world = World::new().await;
    let id = world.stopped(email("Spring")).await;
    world.run("archiveCampaign", &id).await;
    world.run("unarchiveCampaign", &id).await;
    let tampering = world.tamper().await;
    for (column, value) in [("kind", "UPDATED"), ("status_after", "ARCHIVED")] {
        tampering
            .set("campaign_events", &event(&id, 5), (column, value.into()))
            .await;
    }
    let expected = [
        format!(
            "{id}: event 5 (UPDATED, version 5): the rules refuse it where the campaign is ARCHIVED: CampaignArchived"
        ),
        format!("{id}: by its events, status: expected \"ARCHIVED\", found \"STOPPED\""),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn an_event_says_where_it_led_from_and_to() {
    let (world, id, tampering) = rehearsed().await;
    let third = event(&id, 3);
    tampering
        .set("campaign_events", &third, ("status_before", "STOPPED".into()))
        .await;
    tampering
        .set("campaign_events", &third, ("status_after", "STOPPED".into()))
        .await;
    let expected = [
        format!("{id}: event 3 (DRAFT_SAVED, version 3): status before it: expected ACTIVE, found STOPPED"),
        format!("{id}: by its events, status: expected \"STOPPED\", found \"ACTIVE\""),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn whoever_did_it_is_called_by_a_name() {
    let (world, id, tampering) = rehearsed().await;
    let actor = |name: &str| ("actor", name.into());
    // A provider may call somebody so.
    tampering
        .set("campaign_events", &event(&id, 2), actor(" Ada "))
        .await;
    assert_found(&world, &[]).await;
    for (name, problem) in [
        ("", "Empty"),
        ("  ", "Empty"),
        ("Ada\nBob", "Control"),
        (&"x".repeat(201), "TooLong { limit: 200 }"),
    ] {
        tampering
            .set("campaign_events", &event(&id, 2), actor(name))
            .await;
        let expected =
            format!("{id}: event 2 (LAUNCHED, version 2): actor: the rules do not let it in: {problem}");
        assert_found(&world, &[expected]).await;
    }
}

#[tokio::test]
async fn the_first_event_is_the_creation() {
    let world = World::new().await;
    let id = world.create(email("Spring")).await.id();
    let tampering = world.tamper().await;
    tampering.lift_checks().await;
    tampering
        .set("campaign_events", &event(&id, 1), ("kind", "UPDATED".into()))
        .await;
    let expected = [
        format!("{id}: event 1 (UPDATED, version 1): the campaign's first event must be CREATED"),
        format!("{id}: event 1 (UPDATED, version 1): version: expected 2, found 1"),
        format!("{id}: event 1 (UPDATED, version 1): status before it: expected UNLAUNCHED, found none"),
    ];
    assert_forbidden(&world, "campaign_events", &expected).await;
}

#[tokio::test]
async fn only_an_archiving_names_a_segment_and_one_that_is_there() {
    let world = World::new().await;
    let id = world.stopped(email("Spring")).await;
    let segment = world.segment("Ours").await;
    world.run("archiveCampaign", &id).await;
    let tampering = world.tamper().await;
    let fourth = event(&id, 4);
    tampering
        .set(
            "campaign_events",
            &fourth,
            ("segment_id", stored(&segment).into()),
        )
        .await;
    let other = format!("{id}: by its events, archived_by_segment_id: expected {segment}, found none");
    assert_found(&world, &[other]).await;

    let nobody = Uuid::from_u128(7);
    tampering
        .set("campaigns", &row(&id), ("archived_by_segment_id", nobody.into()))
        .await;
    tampering
        .set("campaign_events", &fourth, ("segment_id", nobody.into()))
        .await;
    let nowhere = "seg_00000000000000000000000007";
    let expected = [
        format!("campaigns {id}: archived_by_segment_id: {nowhere} does not exist"),
        format!(
            "campaign_events {} 4: segment_id: {nowhere} does not exist",
            workspace()
        ),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn an_event_of_no_campaign_and_a_kind_that_there_is_not_are_found() {
    let (world, id, tampering) = rehearsed().await;
    let third = event(&id, 3);
    tampering
        .set("campaign_events", &third, ("kind", "REHEARSED".into()))
        .await;
    let expected = [
        format!("{id}: event 3 (REHEARSED, version 3): a stored event kind is corrupt: \"REHEARSED\""),
        format!("{id}: by its events, version: expected 2, found 3"),
        format!("{id}: by its events, updated_at: expected …"),
        format!("{id}: by its events, draft: expected none, found drf_…"),
    ];
    assert_found(&world, &expected).await;

    let nobody = Uuid::from_u128(7);
    tampering
        .set("campaign_events", &third, ("campaign_id", nobody.into()))
        .await;
    let lost = format!(
        "campaign_events {} 3: campaign_id: cmp_00000000000000000000000007 does not exist",
        workspace()
    );
    assert_found(&world, &[&expected[1..], &[lost]].concat()).await;
}
