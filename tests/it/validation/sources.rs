//! Segments, Canvases and clones, whose names have the rule of campaigns' names.

use serde_json::{Value, json};

use super::{Stage, told};

const CREATE_SEGMENT: &str = "mutation ($input: SegmentInput!) { payload: createSegment(input: $input) {
    changed segment { id name description version } userErrors { code message field } } }";

/// Runs a mutation whose only field is called `payload`.
async fn run(stage: &Stage, query: &str, variables: Value) -> Value {
    stage.world.ask(query, variables).await["payload"].clone()
}

fn invalid(fields: &[&str]) -> Vec<(String, String)> {
    let error = |field: &&str| ("INVALID".to_owned(), (*field).to_owned());
    fields.iter().map(error).collect()
}

/// Names, what is kept of them, and whether they are refused.
fn names() -> Vec<(String, Option<String>)> {
    let long = |count: usize| "é".repeat(count);
    let mut names = vec![
        (long(200), Some(long(200))),
        (long(201), None),
        (format!(" \u{3000}{}\t", long(200)), Some(long(200))),
    ];
    for wrong in ["", " ", "\t\r\n\u{a0}", "\0", "a\0b"] {
        names.push((wrong.to_owned(), None));
    }
    for fine in ["a", "مرحبا", "👩‍👩‍👧‍👦", "e\u{301}", "two\nlines"] {
        names.push((fine.to_owned(), Some(fine.to_owned())));
    }
    names
}

#[tokio::test]
async fn a_segments_name_and_description_have_their_rules() {
    let stage = Stage::new().await;
    let update =
        "mutation ($id: ID!, $input: SegmentInput!) { payload: updateSegment(id: $id, input: $input) {
        changed segment { id name description version } userErrors { code message field } } }";
    let id = &stage.segments[5];
    let of = async |query: &str, input: Value| run(&stage, query, json!({ "id": id, "input": input })).await;
    for (name, kept) in names() {
        let created = of(CREATE_SEGMENT, json!({ "name": name })).await;
        let updated = of(update, json!({ "name": name })).await;
        if let Some(kept) = kept {
            assert_eq!(created["segment"]["name"], kept);
            assert_eq!(updated["segment"]["name"], kept);
            assert_eq!(created["changed"], true);
        } else {
            assert_eq!(told(&created), invalid(&["input.name"]), "{name:?}");
            assert_eq!(told(&updated), invalid(&["input.name"]), "{name:?}");
            assert_eq!(
                (&created["segment"], &created["changed"]),
                (&Value::Null, &json!(false))
            );
            assert_eq!(updated["changed"], false);
        }
    }
    let full = json!({ "name": "Full", "description": "😀".repeat(10_000) });
    assert_eq!(
        of(CREATE_SEGMENT, full.clone()).await["segment"]["description"],
        full["description"]
    );
    assert_eq!(
        of(update, full.clone()).await["segment"]["description"],
        full["description"]
    );
    let before = stage
        .world
        .ask(
            "query ($id: ID!) { segment(id: $id) { name version } }",
            json!({ "id": id }),
        )
        .await;
    let count = stage.state().await;
    let wrong = json!({ "name": null, "description": "😀".repeat(10_001) });
    for query in [CREATE_SEGMENT, update] {
        assert_eq!(
            told(&of(query, wrong.clone()).await),
            invalid(&["input.name", "input.description"])
        );
        let nul = json!({ "name": "x", "description": "\0" });
        assert_eq!(told(&of(query, nul).await), invalid(&["input.description"]));
        let null = json!({ "name": "x", "description": null });
        assert_eq!(told(&of(query, null).await), invalid(&["input.description"]));
    }
    assert_eq!(
        told(&of(CREATE_SEGMENT, json!({})).await),
        invalid(&["input.name"])
    );
    assert_eq!(of(update, json!({})).await["changed"], false);
    let after = stage
        .world
        .ask(
            "query ($id: ID!) { segment(id: $id) { name version } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(after, before);
    assert_eq!(stage.state().await, count);
}

#[tokio::test]
async fn a_canvass_name_has_its_rule() {
    let stage = Stage::new().await;
    let query = "mutation ($name: String!) { payload: createCanvas(name: $name) {
        changed canvas { name } userErrors { code message field } } }";
    let mut count = 0;
    for (name, kept) in names() {
        let payload = run(&stage, query, json!({ "name": name })).await;
        if let Some(kept) = kept {
            count += 1;
            assert_eq!(payload["canvas"]["name"], kept);
        } else {
            assert_eq!(told(&payload), invalid(&["name"]), "{name:?}");
            assert_eq!(payload["canvas"], Value::Null);
        }
    }
    let data = stage
        .world
        .ask("{ canvases { totalCount } inAppOrder { totalCount } }", json!({}))
        .await;
    assert_eq!(
        (&data["canvases"]["totalCount"], &data["inAppOrder"]["totalCount"]),
        (&json!(count), &json!(count))
    );
}

#[tokio::test]
async fn a_clones_name_has_its_rule_and_the_usual_one_always_fits() {
    let stage = Stage::new().await;
    let query = "mutation ($id: ID!, $name: String) { payload: cloneCampaign(id: $id, name: $name) {
        changed campaign { name } userErrors { code message field } } }";
    for (name, kept) in names() {
        let before = stage.state().await;
        let payload = run(&stage, query, json!({ "id": stage.active, "name": name })).await;
        if let Some(kept) = kept {
            assert_eq!(payload["campaign"]["name"], kept);
        } else {
            assert_eq!(told(&payload), invalid(&["name"]), "{name:?}");
            assert_eq!(payload["campaign"], Value::Null);
            assert_eq!(stage.state().await, before);
        }
    }
    let mut id = stage.unlaunched.clone();
    let mut name = "Before".to_owned();
    let clone = "mutation ($id: ID!) { payload: cloneCampaign(id: $id, name: null) {
        campaign { id name } userErrors { code } } }";
    for round in 0..40 {
        let payload = run(&stage, clone, json!({ "id": id })).await;
        assert_eq!(payload["userErrors"], json!([]), "{round}");
        let whole = format!("Copy of {name}");
        let kept = payload["campaign"]["name"].as_str().unwrap();
        assert!(whole.starts_with(kept) && kept.chars().count() <= 200, "{kept}");
        name = kept.to_owned();
        id = payload["campaign"]["id"].as_str().unwrap().to_owned();
    }
    assert!(
        stage
            .world
            .update(&stage.unlaunched, json!({ "name": "👩‍👩‍👧".repeat(40) }))
            .await
            .changed()
    );
    let payload = run(&stage, clone, json!({ "id": stage.unlaunched })).await;
    assert_eq!(payload["userErrors"], json!([]));
}
