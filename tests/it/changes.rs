//! How a draft differs from the live content, field by field.

use serde_json::{Value, json};

use crate::harness::{World, email, in_app, webhook};

/// The changes of a draft that is saved with this patch on a campaign with this live content.
async fn changes(world: &World, mut live: Value, draft: Value) -> Value {
    if live.get("segmentIds").is_none() {
        live["segmentIds"] = json!([world.segment("Everyone").await]);
    }
    let id = world.active(live).await;
    let saved = world.save_draft(&id, draft).await;
    assert_eq!(saved.codes(), Vec::<&str>::new());
    saved.campaign()["draft"]["changes"].clone()
}

fn change(path: &str, live: impl Into<Value>, draft: impl Into<Value>) -> Value {
    let (live, draft): (Value, Value) = (live.into(), draft.into());
    json!({ "path": path, "live": live, "draft": draft })
}

#[tokio::test]
async fn plain_fields_are_told_one_by_one_and_lists_as_a_whole() {
    let world = World::new().await;
    let (one, two) = (world.segment("One").await, world.segment("Two").await);
    let mut live = email("Live");
    live["tags"] = json!(["a", "b"]);
    live["segmentIds"] = json!([one, two]);
    let draft = json!({ "name": "Next", "description": "d", "tags": ["b", "a"], "segmentIds": [two] });
    let expected = json!([
        change("name", json!("Live"), json!("Next")),
        change("description", json!(""), json!("d")),
        change("tags", json!(["a", "b"]), json!(["b", "a"])),
        change("segments", json!([one, two]), json!([two])),
    ]);
    assert_eq!(changes(&world, live, draft).await, expected);
}

#[tokio::test]
async fn the_fields_of_a_message_are_told_singly() {
    let world = World::new().await;
    let draft = json!({ "message": { "email": {
        "subject": "Hello!", "body": "<p>Hello</p>", "replyTo": "answers@example.com" } } });
    let expected = json!([
        change("message.subject", json!("Hello"), json!("Hello!")),
        change("message.from", json!("news@example.com"), Value::Null),
        change("message.replyTo", Value::Null, json!("answers@example.com")),
    ]);
    assert_eq!(changes(&world, email("Live"), draft).await, expected);

    let draft =
        json!({ "message": { "inApp": { "title": "Hello", "body": "Hi", "trigger": "cart_opened" } } });
    let expected = json!([
        change("message.body", json!("Hello"), json!("Hi")),
        change("message.trigger", json!("app_opened"), json!("cart_opened")),
    ]);
    assert_eq!(changes(&world, in_app("Live"), draft).await, expected);

    let draft = json!({ "message": { "webhook": { "url": "https://example.com/other", "body": "{}", "headers": [] } } });
    let headers = json!([{ "name": "X-Kind", "value": "test" }]);
    let expected = json!([
        change(
            "message.url",
            json!("https://example.com/hook"),
            json!("https://example.com/other")
        ),
        change("message.headers", headers, json!([])),
    ]);
    assert_eq!(changes(&world, webhook("Live"), draft).await, expected);
}

#[tokio::test]
async fn another_channel_is_told_by_the_fields_that_come_and_go() {
    let world = World::new().await;
    let draft =
        json!({ "message": { "inApp": { "title": "Hi", "body": "Short", "trigger": "app_opened" } } });
    let expected = json!([
        change("message.subject", json!("Hello"), Value::Null),
        change("message.title", Value::Null, json!("Hi")),
        change("message.body", json!("<p>Hello</p>"), json!("Short")),
        change("message.from", json!("news@example.com"), Value::Null),
        change("message.trigger", Value::Null, json!("app_opened")),
    ]);
    assert_eq!(changes(&world, email("Live"), draft).await, expected);

    let expected = json!([
        change("message.title", json!("Hello"), Value::Null),
        change("message.body", json!("Hello"), Value::Null),
        change("message.trigger", json!("app_opened"), Value::Null),
    ]);
    let draft = json!({ "message": null });
    assert_eq!(changes(&world, in_app("Live"), draft).await, expected);
}

#[tokio::test]
async fn the_fields_of_a_schedule_are_told_singly() {
    let world = World::new().await;
    let mut live = email("Live");
    live["schedule"] = json!({ "kind": "ON_LAUNCH", "endAt": "2030-03-01T00:00:00Z" });
    let draft = json!({ "schedule": {
        "kind": "AT_TIME", "startAt": "2030-01-01T12:00:00.25+02:00", "endAt": "2030-03-01T00:00:00.000Z" } });
    let expected = json!([
        change("schedule.kind", json!("ON_LAUNCH"), json!("AT_TIME")),
        change("schedule.startAt", Value::Null, json!("2030-01-01T10:00:00.250Z")),
    ]);
    assert_eq!(changes(&world, live, draft).await, expected);
}

/// The changes are between both sides as they are now, and the place in the in-app order is on neither.
#[tokio::test]
async fn a_move_in_the_in_app_order_is_no_change_of_the_draft() {
    let world = World::new().await;
    let id = world.active(in_app("Live")).await;
    world.save_draft(&id, json!({ "name": "Next" })).await;
    let placed = world.place(&id, json!({ "level": "HIGH" })).await;
    assert_eq!(placed["changed"], true);
    let expected = json!([change("name", json!("Live"), json!("Next"))]);
    assert_eq!(world.campaign(&id).await["draft"]["changes"], expected);
}
