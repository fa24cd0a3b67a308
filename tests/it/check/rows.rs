//! Segments, Canvases, places, workspaces; and rows that cannot even be read.

use sea_orm::DbBackend;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Value;
use serde_json::json;

use super::{assert_forbidden, assert_found, draft, event, rehearsed, row, stored, workspace};
use crate::harness::{World, backend, email, findings, in_app};

#[tokio::test]
async fn segments_and_canvases_are_as_the_rules_keep_them() {
    let world = World::new().await;
    let segment = world.segment("Ours").await;
    let canvas = world.canvas("Tour", "HIGH").await;
    let tampering = world.tamper().await;
    for (table, id) in [("segments", &segment), ("canvases", &canvas)] {
        tampering.set(table, &row(id), ("name", " Ours".into())).await;
    }
    let expected = [
        format!("{segment}: name: it is not kept as the rules keep it"),
        format!("{segment}: sort_name: expected \" ours\", found \"ours\""),
        format!("{canvas}: name: it is not kept as the rules keep it"),
        format!("{canvas}: sort_name: expected \" ours\", found \"tour\""),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn a_segment_has_a_version_and_a_description_within_its_limit() {
    let world = World::new().await;
    let segment = world.segment("Ours").await;
    let tampering = world.tamper().await;
    let long = ("description", "x".repeat(10_001).into());
    tampering.set("segments", &row(&segment), long).await;
    let too_long = "description: the rules do not let it in: TooLong { limit: 10000 }";
    assert_found(&world, &[format!("{segment}: {too_long}")]).await;

    tampering.lift_checks().await;
    tampering
        .set("segments", &row(&segment), ("version", 0.into()))
        .await;
    let expected = format!("{segment}: a stored version is corrupt: 0");
    assert_forbidden(&world, "segments", &[expected]).await;
}

#[tokio::test]
async fn recipients_and_filters_are_as_the_rules_keep_them() {
    let world = World::new().await;
    let person = json!([{ "externalId": "ada", "attributes": { "a": 0.1, "b": [1e300, 985.449_095_547_486_1, 6.934_698_245_112_694e276] } }]);
    let payload = world.upsert(person).await;
    let recipient = payload["recipients"][0]["id"].as_str().unwrap();
    let segment = world.segment("Ours").await;
    assert_found(&world, &[]).await;
    let tampering = world.tamper().await;
    let set = async |column: &'static str, value: &str| {
        tampering
            .set("recipients", &row(recipient), (column, value.into()))
            .await;
    };
    set("external_id", "a\nb").await;
    set("email", "nowhere").await;
    let filter = ("filter", "true &&".into());
    tampering.set("segments", &row(&segment), filter).await;
    let found = findings(world.database.url()).await;
    let told = |subject: &str, start: &str| {
        let start = format!("{subject}: {start}");
        found.iter().any(|finding| finding.starts_with(&start))
    };
    assert!(
        told(recipient, "externalId: the rules do not let it in: Control"),
        "{found:?}"
    );
    assert!(
        told(recipient, "email: the rules do not let it in: NotAnAddress"),
        "{found:?}"
    );
    assert!(
        told(&segment, "filter: the rules do not let it in: NotAFilter"),
        "{found:?}"
    );
    assert_eq!(found.len(), 3);
    tampering.run("UPDATE segments SET filter = NULL").await;
    tampering.run("UPDATE recipients SET email = NULL").await;
    set("external_id", "ada").await;
    // As it is read, but not as it is written.
    set("attributes", "{ }").await;
    let spaced = format!("{recipient}: attributes: expected \"{{}}\", found \"{{ }}\"");
    assert_found(&world, &[spaced]).await;
    set("attributes", "[]").await;
    let no_object = format!("{recipient}: a stored object of attributes is corrupt: {recipient}");
    assert_found(&world, &[no_object]).await;
}

#[tokio::test]
async fn a_token_is_as_the_rules_keep_it() {
    let world = World::new().await;
    let make =
        "mutation { createToken(input: { name: \"It\", role: VIEWER, expiresAt: \"2999-01-01T00:00:00Z\" }) {
        token { id } } }";
    let token = world.ask(make, json!({})).await["createToken"]["token"]["id"].take();
    let token = token.as_str().unwrap();
    let tampering = world.tamper().await;
    assert_found(&world, &[]).await;
    tampering.set("tokens", &row(token), ("name", " It".into())).await;
    let name = format!("{token}: name: it is not kept as the rules keep it");
    assert_found(&world, &[name]).await;
    tampering.set("tokens", &row(token), ("name", "It".into())).await;
    tampering.run("UPDATE tokens SET expires_at = created_at").await;
    let expired = format!("{token}: expiresAt: the rules do not let it in: Past");
    assert_found(&world, &[expired]).await;
    tampering.run("UPDATE tokens SET expires_at = NULL").await;
    let by = ("created_by", "Ada\nBob".into());
    tampering.set("tokens", &row(token), by).await;
    let made_by = format!("{token}: createdBy: the rules do not let it in: Control");
    assert_found(&world, &[made_by]).await;
    tampering.run("UPDATE tokens SET created_by = NULL").await;

    tampering.lift_checks().await;
    tampering
        .set("tokens", &row(token), ("role", "OWNER".into()))
        .await;
    let role = format!("{token}: a stored role is corrupt: \"OWNER\"");
    assert_forbidden(&world, "tokens", &[role]).await;
    let nobody = ("workspace_id", Uuid::from_u128(7).into());
    tampering.set("tokens", &row(token), nobody).await;
    let lost = format!("tokens {token}: workspace_id: wsp_00000000000000000000000007 does not exist");
    assert_forbidden(&world, "tokens", &[lost]).await;
}

#[tokio::test]
async fn a_canvas_has_a_place_and_a_place_has_a_source() {
    let world = World::new().await;
    let canvas = world.canvas("Tour", "HIGH").await;
    let tampering = world.tamper().await;
    let nobody = Uuid::from_u128(7);
    let cells = vec![("source_id", nobody.into()), ("canvas_id", nobody.into())];
    let place = [("source_id", stored(&canvas).into())];
    tampering.set_all("in_app_places", &place, cells).await;
    let expected = [
        format!("{canvas}: a stored Canvas without a place is corrupt: {canvas}"),
        format!("in_app_places {nobody}: canvas_id: cnv_00000000000000000000000007 does not exist"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn a_rank_that_was_never_written_is_found() {
    let world = World::new().await;
    let campaign = world.unlaunched(in_app("Banner")).await;
    let canvas = world.canvas("Tour", "HIGH").await;
    let tampering = world.tamper().await;
    for id in [&campaign, &canvas] {
        let place = [("source_id", stored(id).into())];
        let rank = ("rank", vec![0_u8; 9].into());
        tampering.set("in_app_places", &place, rank).await;
    }
    let corrupt = "a stored rank is corrupt: [0, 0, 0, 0, 0, 0, 0, 0, 0]";
    let expected = [format!("{campaign}: {corrupt}"), format!("{canvas}: {corrupt}")];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn what_belongs_together_is_in_one_workspace() {
    let (world, id, tampering) = rehearsed().await;
    let other = Uuid::from_u128(7);
    let other_id = "wsp_00000000000000000000000007";
    let row = vec![
        ("id", other.into()),
        ("name", "other".into()),
        ("event_sequence", 0_i64.into()),
    ];
    let content = stored(&draft(&world, &id).await);
    tampering.insert("workspaces", row).await;
    assert_found(&world, &[]).await;

    tampering
        .set(
            "drafts",
            &[("campaign_id", stored(&id).into())],
            ("workspace_id", other.into()),
        )
        .await;
    let expected = [
        format!("drafts {id}: campaign_id: {id} is of another workspace"),
        format!("drafts {id}: content_id: {content} is of another workspace"),
    ];
    assert_found(&world, &expected).await;

    tampering
        .set("campaign_events", &event(&id, 3), ("workspace_id", other.into()))
        .await;
    let found = findings(world.database.url()).await;
    let lost = format!("{}: event 3 is missing from the log", workspace());
    let beyond =
        format!("campaign_events {other_id} 3: it is beyond the workspace's counter, which stands at 0");
    let moved = format!("campaign_events {other_id} 3: campaign_id: {id} is of another workspace");
    for line in [lost, beyond, moved] {
        assert!(found.contains(&line), "{line}: {found:#?}");
    }
}

#[tokio::test]
async fn a_workspace_has_a_name_that_is_one() {
    let world = World::new().await;
    let other = Uuid::from_u128(7);
    let id = "wsp_00000000000000000000000007";
    let tampering = world.tamper().await;
    let row = vec![
        ("id", other.into()),
        ("name", "Acme".into()),
        ("event_sequence", 0_i64.into()),
    ];
    tampering.insert("workspaces", row).await;
    assert_found(&world, &[]).await;
    for (name, what) in [
        ("", "the rules do not let it in: Empty"),
        (" Acme", "it is not kept as the rules keep it"),
        ("Ac\tme", "the rules do not let it in: Control"),
        (&workspace(), "the rules do not let it in: AnId"),
        (
            &"x".repeat(201),
            "the rules do not let it in: TooLong { limit: 200 }",
        ),
    ] {
        let name = ("name", name.into());
        tampering.set("workspaces", &[("id", other.into())], name).await;
        assert_found(&world, &[format!("{id}: name: {what}")]).await;
    }
}

#[tokio::test]
async fn the_first_workspace_is_there_and_called_default() {
    let world = World::new().await;
    let tampering = world.tamper().await;
    let name = ("name", "other".into());
    let first = workspace();
    tampering.set("workspaces", &row(&first), name).await;
    let other = format!("{first}: name: expected \"default\", found \"other\"");
    assert_found(&world, &[other]).await;
    tampering.delete("workspaces", &row(&first)).await;
    assert_found(
        &world,
        &[format!("{first}: the workspace \"default\" is missing")],
    )
    .await;
}

#[tokio::test]
async fn rows_of_a_workspace_that_is_not_there_are_found() {
    let world = World::new().await;
    let segment = world.segment("Ours").await;
    let tampering = world.tamper().await;
    let nobody = Uuid::from_u128(7);
    tampering
        .set("segments", &row(&segment), ("workspace_id", nobody.into()))
        .await;
    let nobody = "wsp_00000000000000000000000007";
    let expected = format!("segments {segment}: workspace_id: {nobody} does not exist");
    assert_found(&world, &[expected]).await;
}

#[tokio::test]
async fn a_row_that_its_constraints_forbid_is_found() {
    let (world, id, tampering) = rehearsed().await;
    tampering.lift_checks().await;
    let cells = vec![("status", Value::from("PAUSED")), ("version", (-1).into())];
    tampering.set_all("campaigns", &row(&id), cells).await;
    let expected = [
        format!("{id}: by its events, version: expected 3, found -1"),
        format!("{id}: by its events, status: expected \"ACTIVE\", found \"PAUSED\""),
        format!("{id}: a stored campaign status is corrupt: \"PAUSED\""),
    ];
    assert_forbidden(&world, "campaigns", &expected).await;
}

#[tokio::test]
async fn a_time_that_no_calendar_has_is_found() {
    if backend() == DbBackend::Sqlite {
        return;
    }
    let (world, id, tampering) = rehearsed().await;
    tampering.run("UPDATE drafts SET updated_at = 'infinity'").await;
    let found = findings(world.database.url()).await;
    let expected = format!("drafts {id}: cannot be read: it holds a time that no calendar has");
    assert!(found.contains(&expected), "{found:#?}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_found_and_stops_nothing() {
    if backend() != DbBackend::Sqlite {
        // Only SQLite keeps a text in a column of times.
        return;
    }
    let (world, id, tampering) = rehearsed().await;
    let other = world.create(json!({ "name": "Other" })).await.id();
    tampering.lift_checks().await;
    tampering
        .set("campaign_events", &event(&id, 3), ("at", "yesterday".into()))
        .await;
    tampering
        .set("campaigns", &row(&other), ("version", "second".into()))
        .await;
    let segment = world.segment("Ours").await;
    tampering
        .set("segments", &row(&segment), ("archived_at", "today".into()))
        .await;
    let found = findings(world.database.url()).await;
    for row in [
        format!("campaign_events {} 3", workspace()),
        format!("campaigns {other}"),
        format!("segments {segment}"),
    ] {
        let start = format!("{row}: cannot be read: ");
        assert!(
            found.iter().any(|line| line.starts_with(&start)),
            "{start} {found:#?}"
        );
    }
    assert!(found.iter().all(|line| !line.contains('\n')), "{found:#?}");
}

#[tokio::test]
async fn a_place_has_one_source() {
    let world = World::new().await;
    let first = world.canvas("First", "HIGH").await;
    let second = world.canvas("Second", "HIGH").await;
    let tampering = world.tamper().await;
    tampering
        .run("DROP INDEX in_app_places_workspace_id_level_rank")
        .await;
    let same = "UPDATE in_app_places SET rank = (SELECT rank FROM in_app_places ORDER BY rank LIMIT 1)";
    tampering.run(same).await;
    let mut expected = [&first, &second].map(|id| {
        let id = stored(id);
        format!("in_app_places {id}: another one stands in the same place")
    });
    expected.sort();
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn it_is_known_which_binaries_can_use_the_database() {
    let world = World::new().await;
    let tampering = world.tamper().await;
    tampering
        .run("UPDATE compatibility SET oldest_migration = 'nonsense'")
        .await;
    assert_found(
        &world,
        &["compatibility: there is no migration \"nonsense\"".to_owned()],
    )
    .await;
    tampering.run("DELETE FROM compatibility").await;
    assert_found(&world, &["compatibility: expected one row, found 0".to_owned()]).await;
}

#[tokio::test]
async fn no_count_is_smaller_than_what_is_kept() {
    let world = World::new().await;
    let id = world.active(in_app("It")).await;
    let ada = world.recipient("ada").await;
    let engagements: Vec<_> = ["IMPRESSION", "CLICK", "DISMISSAL"]
        .into_iter()
        .map(|kind| {
            json!({ "id": kind, "campaignId": id, "recipientId": ada, "kind": kind, "at": "2026-03-01T12:00:00Z" })
        })
        .collect();
    let record =
        "mutation ($engagements: [EngagementInput!]!) { recordEngagements(engagements: $engagements) {
        recorded } }";
    let data = world.ask(record, json!({ "engagements": engagements })).await;
    assert_eq!(data["recordEngagements"]["recorded"], 3);
    let tampering = world.tamper().await;
    assert_found(&world, &[]).await;
    for column in ["impressions", "clicks", "dismissals"] {
        let set = |number| format!("UPDATE campaign_days SET {column} = {number}");
        // Whoever was erased stays counted.
        tampering.run(&set(7)).await;
        assert_found(&world, &[]).await;
        tampering.run(&set(0)).await;
        let smaller = format!("{id}: {column} of 2026-03-01: 1 are kept, and 0 counted");
        assert_found(&world, &[smaller]).await;
        tampering.run(&set(1)).await;
    }
    tampering.run("UPDATE campaign_days SET reached = 0").await;
    let reached = format!("{id}: it has reached 1 recipients that are kept, and 0 were counted");
    assert_found(&world, &[reached]).await;
    tampering.run("UPDATE campaign_days SET reached = 1").await;

    tampering.run("DELETE FROM campaign_recipients").await;
    let unmarked = format!("{id}: 1 impressions are of recipients for whom it is not marked");
    assert_found(&world, &[unmarked]).await;
}

#[tokio::test]
async fn deliveries_are_counted_as_they_are_kept() {
    let world = World::new().await;
    let id = world.active(email("Letter")).await;
    world.recipient("ada").await;
    let tampering = world.tamper().await;
    let insert = |state: &str, more: &str| {
        format!(
            "INSERT INTO deliveries (id, workspace_id, campaign_id, run_id, recipient_id, state, attempts, due_at, not_before{}) \
            SELECT recipients.id, recipients.workspace_id, campaigns.id, campaigns.id, recipients.id, '{state}', 1, \
            recipients.created_at, recipients.created_at{} FROM recipients, campaigns",
            if more.is_empty() { "" } else { ", ended_at" },
            more,
        )
    };
    assert_found(&world, &[]).await;
    tampering.run(&insert("PENDING", "")).await;
    assert_found(
        &world,
        &[format!("{id}: 1 deliveries are pending, and 0 counted")],
    )
    .await;
    tampering
        .run("UPDATE campaign_deliveries SET planned = 1, pending = 1")
        .await;
    assert_found(&world, &[]).await;
    tampering.run("DELETE FROM deliveries").await;
    assert_found(
        &world,
        &[format!("{id}: 0 deliveries are pending, and 1 counted")],
    )
    .await;
    tampering
        .run("UPDATE campaign_deliveries SET pending = 0, sent = 1")
        .await;
    // As if of somebody who was erased; but the days must know of it.
    assert_found(&world, &[format!("{id}: 1 are sent in all, and 0 on its days")]).await;

    tampering
        .run("UPDATE campaign_deliveries SET planned = 0, sent = 0")
        .await;
    tampering
        .run(&insert("CANCELED", ", recipients.created_at"))
        .await;
    tampering.run("DELETE FROM recipients").await;
    let found = [
        format!("{id}: 1 deliveries are canceled, and 0 counted"),
        format!("{id}: 1 deliveries are to recipients who are not there"),
    ];
    assert_found(&world, &found).await;
}
