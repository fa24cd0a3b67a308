//! Contents that no input could have brought, that belong to nobody, or that no search finds.

use sea_orm::DbBackend;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Value;
use serde_json::json;

use super::{assert_forbidden, assert_found, draft, never, rehearsed, row, stored};
use crate::harness::{World, backend, email, webhook};

#[tokio::test]
async fn what_the_checks_of_the_input_refuse_is_found() {
    let (world, id, tampering) = rehearsed().await;
    let draft = draft(&world, &id).await;
    let long = "x".repeat(201);
    let live =
        |path: &str, what: &str| format!("{id}: live content: {path}: the rules do not let it in: {what}");
    let live_row = [("id", stored(&id).into())];

    let two_lines = ("subject", "two\nlines".into());
    tampering.set("contents", &live_row, two_lines).await;
    let mut expected = vec![live("message.email.subject", "LineBreak")];
    assert_found(&world, &expected).await;

    let nobody = ("from_address", "nobody".into());
    tampering.set("contents", &live_row, nobody).await;
    expected.push(live("message.email.from", "NotAnAddress"));
    assert_found(&world, &expected).await;

    let named = vec![("name", long.clone().into()), ("sort_name", long.into())];
    tampering
        .set_all("contents", &[("id", stored(&draft).into())], named)
        .await;
    expected.push(format!(
        "{id}: draft {draft}: name: the rules do not let it in: TooLong {{ limit: 200 }}"
    ));
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn what_is_not_kept_as_the_rules_keep_it_is_found() {
    let world = World::new().await;
    let mut content = email("Spring");
    content["tags"] = json!(["first", "second"]);
    let id = world.unlaunched(content).await;
    let tampering = world.tamper().await;
    let tag = [("content_id", stored(&id).into()), ("ordinal", 0_i16.into())];
    tampering
        .set("content_tags", &tag, ("tag", "first ".into()))
        .await;
    let mut expected = vec![format!(
        "{id}: live content: tags: it is not kept as the rules keep it"
    )];
    assert_found(&world, &expected).await;

    tampering
        .set("contents", &row(&id), ("sort_name", "Spring".into()))
        .await;
    expected.push(format!(
        "{id}: live content: sort_name: expected \"spring\", found \"Spring\""
    ));
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn lists_are_numbered_without_a_gap() {
    let world = World::new().await;
    let mut content = email("Spring");
    content["tags"] = json!(["first", "second", "third"]);
    content["segmentIds"] = json!([world.segment("Ours").await, world.segment("Theirs").await]);
    let id = world.unlaunched(content).await;
    let tampering = world.tamper().await;
    let first = [("content_id", stored(&id).into()), ("ordinal", 0_i16.into())];
    tampering.delete("content_tags", &first).await;
    tampering.delete("content_segments", &first).await;
    let numbered = |list: &str, found: &str| {
        format!("{id}: live content: {list}: expected to be numbered from 0, found {found}")
    };
    let expected = [numbered("tags", "[1, 2]"), numbered("segments", "[1]")];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn headers_that_are_none_are_found() {
    let world = World::new().await;
    let id = world.unlaunched(webhook("Hook")).await;
    let tampering = world.tamper().await;
    let headers = Value::Json(Some(Box::new(json!({ "X-Kind": "test" }))));
    tampering.set("contents", &row(&id), ("headers", headers)).await;
    let expected = format!("{id}: a stored headers is corrupt: {}", stored(&id));
    let expected = expected.replacen(": ", ": live content: ", 1);
    assert_found(&world, &[expected]).await;
}

#[tokio::test]
async fn a_segment_that_is_not_there_is_found() {
    let (world, id, tampering) = rehearsed().await;
    let used = [("content_id", stored(&id).into()), ("ordinal", 0_i16.into())];
    let nobody = Uuid::from_u128(7);
    tampering
        .set("content_segments", &used, ("segment_id", nobody.into()))
        .await;
    let (nobody, content) = ("seg_00000000000000000000000007", stored(&id));
    let expected = [
        format!("{id}: live content: segmentIds.0: the rules do not let it in: NoSuchSegment({nobody})"),
        format!("content_segments {content} 0: segment_id: {nobody} does not exist"),
    ];
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn parts_of_no_content_are_found() {
    let world = World::new().await;
    let mut content = email("Spring");
    content["tags"] = json!(["first"]);
    let id = world.unlaunched(content).await;
    let tampering = world.tamper().await;
    let nothing = Uuid::from_u128(7);
    for table in ["content_tags", "content_segments"] {
        let part = [("content_id", stored(&id).into())];
        tampering.set(table, &part, ("content_id", nothing.into())).await;
    }
    let mut expected = vec![
        format!("content_tags {nothing} 0: content_id: {nothing} does not exist"),
        format!("content_segments {nothing} 0: content_id: {nothing} does not exist"),
    ];
    // SQLite's index cannot be asked whether it has a word too many.
    if backend() == DbBackend::Postgres {
        expected.insert(
            0,
            format!("{id}: live content: the search index does not have its words"),
        );
    }
    assert_found(&world, &expected).await;
}

#[tokio::test]
async fn a_content_that_no_search_finds_is_found() {
    let (world, id, tampering) = rehearsed().await;
    let draft = stored(&draft(&world, &id).await);
    tampering.forget_words(stored(&id)).await;
    let missing = |content| format!("contents {content}: it is not in the search index");
    assert_found(&world, &[missing(stored(&id))]).await;
    tampering.forget_words(draft).await;
    let mut both = [missing(stored(&id)), missing(draft)];
    both.sort();
    assert_found(&world, &both).await;
}

#[tokio::test]
async fn a_content_that_searches_find_by_other_words_is_found() {
    let (world, id, tampering) = rehearsed().await;
    tampering.swap_words(stored(&id)).await;
    assert_found(
        &world,
        &[format!(
            "{id}: live content: the search index does not have its words"
        )],
    )
    .await;
}

#[tokio::test]
async fn a_schedule_has_an_end_after_its_start() {
    let (world, id, tampering) = rehearsed().await;
    tampering.lift_checks().await;
    let times = vec![("start_at", never()), ("end_at", never())];
    tampering.set_all("contents", &row(&id), times).await;
    let expected = [format!(
        "{id}: live content: schedule.endAt: the rules do not let it in: EndBeforeStart"
    )];
    assert_forbidden(&world, "contents", &expected).await;
}

#[tokio::test]
async fn what_belongs_to_another_channel_is_found() {
    let (world, id, tampering) = rehearsed().await;
    tampering.lift_checks().await;
    tampering
        .set("contents", &row(&id), ("title", "Hello".into()))
        .await;
    let expected = [format!(
        "{id}: live content: title: expected none, found \"Hello\""
    )];
    assert_forbidden(&world, "contents", &expected).await;

    for (column, value) in [
        ("channel", Value::from("PIGEON")),
        ("schedule_kind", "LATER".into()),
    ] {
        tampering.set("contents", &row(&id), (column, value)).await;
    }
    let expected = [format!(
        "{id}: live content: a stored channel is corrupt: \"PIGEON\""
    )];
    assert_forbidden(&world, "contents", &expected).await;
}

#[tokio::test]
async fn what_a_campaign_repeats_of_its_live_content_is_the_same() {
    let (world, id, tampering) = rehearsed().await;
    let cells = vec![("sort_name", "autumn".into()), ("channel", "WEBHOOK".into())];
    tampering.set_all("campaigns", &row(&id), cells).await;
    let expected = [
        format!("{id}: sort_name: expected \"spring\", found \"autumn\""),
        format!("{id}: channel: expected \"EMAIL\", found \"WEBHOOK\""),
    ];
    assert_found(&world, &expected).await;
}
