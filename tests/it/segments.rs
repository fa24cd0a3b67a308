//! Segments: made, changed, archived, and what a wrong input is told.

use serde_json::{Value, json};

use crate::harness::{World, codes};

async fn create(world: &World, input: Value) -> Value {
    let query = "mutation ($input: SegmentInput!) { createSegment(input: $input) {
        changed
        userErrors { code message field }
        segment { id name description archivedAt version campaigns { totalCount } }
    } }";
    world.ask(query, json!({ "input": input })).await["createSegment"].clone()
}

async fn update(world: &World, id: &str, input: Value, version: Value) -> Value {
    let query = "mutation ($id: ID!, $input: SegmentInput!, $version: Int) {
        updateSegment(id: $id, input: $input, expectedVersion: $version) {
            changed
            userErrors { code message field }
            segment { id name description archivedAt version }
        } }";
    let variables = json!({ "id": id, "input": input, "version": version });
    world.ask(query, variables).await["updateSegment"].clone()
}

async fn read(world: &World, id: &str) -> Value {
    let query = "query ($id: ID!) { segment(id: $id) { id name description archivedAt version } }";
    world.ask(query, json!({ "id": id })).await["segment"].clone()
}

#[tokio::test]
async fn a_segment_is_made_and_read() {
    let world = World::new().await;
    let input = json!({ "name": "  Night owls ", "description": " as given\n" });
    let payload = create(&world, input).await;
    assert_eq!(payload["changed"], true);
    assert_eq!(codes(&payload), ["x"; 0]);
    let id = payload["segment"]["id"].as_str().unwrap();
    assert!(id.starts_with("seg_"));
    let expected = json!({
        "id": id, "name": "Night owls", "description": " as given\n", "archivedAt": null, "version": 1 });
    assert_eq!(read(&world, id).await, expected);
    assert_eq!(payload["segment"]["campaigns"]["totalCount"], 0);
    let payload = create(&world, json!({ "name": "Bare" })).await;
    assert_eq!(payload["segment"]["description"], "");
    assert_eq!(
        world.log_end().await,
        0,
        "segments are not in the feed of campaigns"
    );
}

#[tokio::test]
async fn a_wrong_input_is_refused_whole_with_the_paths_of_all_that_is_wrong() {
    let world = World::new().await;
    let id = world.segment("Kept").await;
    let before = read(&world, &id).await;
    let name = json!(["input", "name"]);
    let description = json!(["input", "description"]);
    let cases = [
        (json!({ "name": "" }), vec![&name]),
        (json!({ "name": " \t\u{a0} " }), vec![&name]),
        (json!({ "name": "é".repeat(201) }), vec![&name]),
        (json!({ "name": "a\0b" }), vec![&name]),
        (json!({ "name": null }), vec![&name]),
        (
            json!({ "name": "Right", "description": null }),
            vec![&description],
        ),
        (
            json!({ "name": "Right", "description": "é".repeat(10_001) }),
            vec![&description],
        ),
        (
            json!({ "name": "", "description": "\0" }),
            vec![&name, &description],
        ),
    ];
    for (input, fields) in cases {
        let payloads = [
            create(&world, input.clone()).await,
            update(&world, &id, input, Value::Null).await,
        ];
        for payload in &payloads {
            assert_eq!(payload["changed"], false);
            assert_eq!(codes(payload), vec!["INVALID"; fields.len()]);
            for (error, field) in payload["userErrors"].as_array().unwrap().iter().zip(&fields) {
                assert_eq!(error["field"], **field);
            }
        }
        assert_eq!(payloads[0]["segment"], Value::Null);
        assert_eq!(payloads[1]["segment"], before);
        assert_eq!(read(&world, &id).await, before);
    }
    let payload = create(&world, json!({ "description": "nameless" })).await;
    assert_eq!(codes(&payload), ["INVALID"]);
    let list = world.ask("{ segments { totalCount } }", Value::Null).await;
    assert_eq!(list["segments"]["totalCount"], 1);
}

#[tokio::test]
async fn the_longest_texts_of_any_script_are_taken() {
    let world = World::new().await;
    let input = json!({ "name": "🦉".repeat(200), "description": "語".repeat(10_000) });
    let payload = create(&world, input.clone()).await;
    assert_eq!(payload["segment"]["name"], input["name"]);
    assert_eq!(payload["segment"]["description"], input["description"]);
}

#[tokio::test]
async fn a_segment_is_changed_one_version_up_or_not_at_all() {
    let world = World::new().await;
    let id = world.segment("Old").await;
    let payload = update(&world, &id, json!({ "name": "New" }), json!(1)).await;
    assert_eq!(payload["changed"], true);
    assert_eq!(payload["segment"]["name"], "New");
    assert_eq!(payload["segment"]["version"], 2);
    let payload = update(&world, &id, json!({ "description": "d" }), Value::Null).await;
    assert_eq!(payload["segment"]["name"], "New", "what is left out stays");
    assert_eq!(payload["segment"]["version"], 3);
    for same in [json!({}), json!({ "name": " New ", "description": "d" })] {
        let payload = update(&world, &id, same, json!(3)).await;
        assert_eq!(payload["changed"], false);
        assert_eq!(codes(&payload), ["x"; 0]);
        assert_eq!(payload["segment"]["version"], 3);
    }
}

#[tokio::test]
async fn another_version_is_a_conflict_before_anything_else() {
    let world = World::new().await;
    let id = world.segment("Moved on").await;
    update(&world, &id, json!({ "name": "First" }), Value::Null).await;
    for archived in [false, true] {
        let before = read(&world, &id).await;
        let version = before["version"].as_i64().unwrap();
        for (input, expected) in [
            (json!({ "name": "Second" }), version - 1),
            (json!({}), version + 1),
            (json!({ "name": "" }), 0),
        ] {
            let payload = update(&world, &id, input, json!(expected)).await;
            assert_eq!(codes(&payload), ["VERSION_CONFLICT"]);
            assert_eq!(payload["userErrors"][0]["field"], json!(["expectedVersion"]));
            assert_eq!(payload["segment"], before);
        }
        if !archived {
            world.archive_segment(&id, false).await;
        }
    }
}

#[tokio::test]
async fn an_archived_segment_is_not_changed() {
    let world = World::new().await;
    let id = world.segment("Gone").await;
    let archived = world.archive_segment(&id, false).await;
    assert_eq!(archived["segment"]["version"], 2);
    let before = read(&world, &id).await;
    for input in [json!({ "name": "New" }), json!({}), json!({ "name": "" })] {
        let payload = update(&world, &id, input, json!(2)).await;
        assert_eq!(codes(&payload), ["SEGMENT_ARCHIVED"]);
        assert_eq!(payload["changed"], false);
        assert_eq!(payload["segment"], before);
    }
    let shown = "query ($all: Boolean!) { segments(includeArchived: $all) { nodes { id } totalCount } }";
    for (all, count) in [(false, 0), (true, 1)] {
        let data = world.ask(shown, json!({ "all": all })).await;
        assert_eq!(data["segments"]["totalCount"], count);
        assert_eq!(data["segments"]["nodes"].as_array().unwrap().len(), count);
    }
    world.unarchive_segment(&id).await;
    let payload = update(&world, &id, json!({ "name": "New" }), json!(3)).await;
    assert_eq!(payload["changed"], true);
}
