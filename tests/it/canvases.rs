//! Canvases: named, ranked and archived, as competitors for the in-app slot.

use serde_json::{Value, json};

use crate::harness::{World, codes};

const CREATE: &str = "mutation ($name: String!) { payload: createCanvas(name: $name) {
    changed
    userErrors { code message field }
    canvas { id name archivedAt inAppPriority { level position } }
} }";

async fn create(world: &World, name: &str) -> Value {
    world.ask(CREATE, json!({ "name": name })).await["payload"].clone()
}

#[tokio::test]
async fn a_canvas_is_made_on_top_of_its_level() {
    let world = World::new().await;
    let payload = create(&world, "  Onboarding ").await;
    assert_eq!(payload["changed"], true);
    assert_eq!(codes(&payload), ["x"; 0]);
    let canvas = payload["canvas"].clone();
    let id = canvas["id"].as_str().unwrap();
    assert!(id.starts_with("cnv_"));
    assert_eq!(canvas["name"], "Onboarding");
    assert_eq!(canvas["archivedAt"], Value::Null);
    let medium = json!({ "level": "MEDIUM", "position": 1 });
    assert_eq!(
        canvas["inAppPriority"], medium,
        "MEDIUM unless another level is given"
    );

    for (level, position) in [("HIGH", 1), ("LOW", 3), ("MEDIUM", 2), ("HIGH", 1)] {
        let id = world.canvas("Another", level).await;
        let query = "query ($id: ID!) { canvas(id: $id) { inAppPriority { level position } } }";
        let data = world.ask(query, json!({ "id": id })).await;
        let expected = json!({ "level": level, "position": position });
        assert_eq!(data["canvas"]["inAppPriority"], expected);
    }
    assert_eq!(
        world.log_end().await,
        0,
        "Canvases are not in the feed of campaigns"
    );
}

#[tokio::test]
async fn a_wrong_name_is_refused_and_no_canvas_is_made() {
    let world = World::new().await;
    for name in ["", " \n ", &"x".repeat(201), "a\0b"] {
        let payload = create(&world, name).await;
        assert_eq!(codes(&payload), ["INVALID"]);
        assert_eq!(payload["userErrors"][0]["field"], json!(["name"]));
        assert_eq!(payload["changed"], false);
        assert_eq!(payload["canvas"], Value::Null);
    }
    let query = "{ canvases(includeArchived: true) { totalCount } inAppOrder { totalCount } }";
    let data = world.ask(query, Value::Null).await;
    assert_eq!(data["canvases"]["totalCount"], 0);
    assert_eq!(data["inAppOrder"]["totalCount"], 0);
    let payload = create(&world, &"🦉".repeat(200)).await;
    assert_eq!(payload["changed"], true);
}

#[tokio::test]
async fn an_archived_canvas_has_a_level_but_no_position_and_gets_its_place_back() {
    let world = World::new().await;
    let low = world.canvas("Low", "LOW").await;
    let middle = world.canvas("Middle", "LOW").await;
    let top = world.canvas("Top", "LOW").await;
    let archived = world.run_on_canvas("archiveCanvas", &middle).await;
    assert_eq!(archived["changed"], true);
    assert_ne!(archived["canvas"]["archivedAt"], Value::Null);
    let out = json!({ "level": "LOW", "position": null });
    assert_eq!(archived["canvas"]["inAppPriority"], out);
    assert_eq!(world.order().await, [top.clone(), low.clone()]);

    let again = world.run_on_canvas("archiveCanvas", &middle).await;
    assert_eq!(again["changed"], false);
    assert_eq!(codes(&again), ["x"; 0]);
    assert_eq!(again["canvas"], archived["canvas"]);

    let back = world.run_on_canvas("unarchiveCanvas", &middle).await;
    assert_eq!(back["changed"], true);
    assert_eq!(back["canvas"]["archivedAt"], Value::Null);
    assert_eq!(back["canvas"]["inAppPriority"]["position"], 2);
    assert_eq!(world.order().await, [top, middle.clone(), low]);
    let again = world.run_on_canvas("unarchiveCanvas", &middle).await;
    assert_eq!(again["changed"], false);
    assert_eq!(again["canvas"], back["canvas"]);
}

#[tokio::test]
async fn lists_leave_the_archived_out_unless_they_are_asked_for_them() {
    let world = World::new().await;
    let kept = world.canvas("b", "LOW").await;
    let gone = world.canvas("A", "HIGH").await;
    world.run_on_canvas("archiveCanvas", &gone).await;
    let query = "query ($all: Boolean!) { canvases(includeArchived: $all) { nodes { id } totalCount } }";
    for (all, ids) in [(false, vec![&kept]), (true, vec![&gone, &kept])] {
        let data = world.ask(query, json!({ "all": all })).await;
        let nodes: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        let expected = json!({ "nodes": nodes, "totalCount": ids.len() });
        assert_eq!(data["canvases"], expected, "in the order of the names");
    }
    let node = "query ($id: ID!) { node(id: $id) { __typename id } }";
    let data = world.ask(node, json!({ "id": gone })).await;
    assert_eq!(data["node"], json!({ "__typename": "Canvas", "id": gone }));
}
