//! The order of lists of campaigns.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::harness::World;

const FIELDS: [&str; 3] = ["CREATED_AT", "UPDATED_AT", "NAME"];

/// Campaigns with names that differ in case alone, or not at all, and with the same times of change.
async fn stage() -> World {
    let world = World::new().await;
    let names = [
        "beta",
        "Alpha",
        "alpha",
        "ALPHA",
        "Ünal",
        "zeta",
        "ünal",
        "Beta",
        "10 percent",
        "9 percent",
        "_",
        "Ärger",
        "日本",
        "alpha",
        "Gamma",
        "gamma ray",
        "beta",
    ];
    let mut ids = vec![];
    for name in names {
        ids.push(world.create(json!({ "name": name })).await.id());
    }
    // Changed one by one, and again all at once: the same moment for those.
    for id in ids.iter().rev().step_by(3) {
        assert!(
            world
                .update(id, json!({ "description": "changed" }))
                .await
                .changed()
        );
    }
    let some: Vec<&String> = ids.iter().step_by(2).collect();
    let query = "mutation ($ids: [ID!]!) { archiveCampaigns(selection: { ids: $ids }) { changedCount } }";
    let data = world.ask(query, json!({ "ids": some })).await;
    assert_eq!(data["archiveCampaigns"]["changedCount"], some.len());
    world
}

async fn listed(world: &World, order: Value) -> Vec<Value> {
    let query = "query ($order: CampaignOrder) {
        campaigns(first: 100, orderBy: $order, filter: { status: [UNLAUNCHED, ACTIVE, STOPPED, ARCHIVED] }) {
            nodes { id name createdAt updatedAt } } }";
    let data = world.ask(query, json!({ "order": order })).await;
    data["campaigns"]["nodes"].as_array().unwrap().clone()
}

fn compare(field: &str, left: &Value, right: &Value) -> Ordering {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
    let by = |value: &Value| match field {
        "CREATED_AT" => text(value, "createdAt"),
        "UPDATED_AT" => text(value, "updatedAt"),
        _ => text(value, "name").to_lowercase(),
    };
    by(left)
        .cmp(&by(right))
        .then_with(|| text(left, "id").cmp(&text(right, "id")))
}

#[tokio::test]
async fn every_order_runs_both_ways_and_ties_are_broken_by_id() {
    let world = stage().await;
    for field in FIELDS {
        let up = listed(&world, json!({ "field": field, "direction": "ASC" })).await;
        assert_eq!(up.len(), 17);
        assert!(
            up.is_sorted_by(|left, right| compare(field, left, right) == Ordering::Less),
            "{field}: {up:#?}"
        );
        let mut down = listed(&world, json!({ "field": field, "direction": "DESC" })).await;
        down.reverse();
        assert_eq!(up, down, "{field}");
    }
}

#[tokio::test]
async fn the_stage_has_ties_where_orders_could_falter() {
    let world = stage().await;
    let updated = listed(&world, json!({ "field": "UPDATED_AT", "direction": "ASC" })).await;
    let has_tie = updated
        .windows(2)
        .any(|pair| pair[0]["updatedAt"] == pair[1]["updatedAt"]);
    assert!(has_tie, "{updated:#?}");
    let named = listed(&world, json!({ "field": "NAME", "direction": "ASC" })).await;
    let alphas: Vec<&str> = named.iter().map(|node| node["name"].as_str().unwrap()).collect();
    let first = alphas.iter().position(|name| *name == "Alpha").unwrap();
    assert_eq!(alphas[first..first + 4], ["Alpha", "alpha", "ALPHA", "alpha"]);
}

#[tokio::test]
async fn without_an_order_the_newest_come_first() {
    let world = stage().await;
    let newest = listed(&world, json!({ "field": "CREATED_AT", "direction": "DESC" })).await;
    assert_eq!(listed(&world, Value::Null).await, newest);
}

#[tokio::test]
async fn a_draft_has_no_part_in_the_order_by_name_until_it_is_launched() {
    let world = World::new().await;
    let last = world.active(crate::harness::email("zebra")).await;
    world.create(json!({ "name": "middle" })).await;
    world.save_draft(&last, json!({ "name": "aardvark" })).await;
    let names = async || {
        let listed = listed(&world, json!({ "field": "NAME", "direction": "ASC" })).await;
        let names = listed
            .iter()
            .map(|node| node["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<String>>()
    };
    assert_eq!(names().await, ["middle", "zebra"]);
    world.run("launchDraft", &last).await;
    assert_eq!(names().await, ["aardvark", "middle"]);
}
