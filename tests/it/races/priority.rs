//! The in-app order stays an order, however many move in it at once.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{WRITERS, outcome};
use crate::harness::{Dice, World, audit, in_app, together};

const LEVELS: [&str; 3] = ["HIGH", "MEDIUM", "LOW"];

/// The whole order: ids, levels and positions.
async fn order(world: &World) -> Vec<(String, String, i64)> {
    let query = "{ inAppOrder(first: 100) { totalCount nodes {
        ... on Campaign { id inAppPriority { level position } }
        ... on Canvas { id inAppPriority { level position } } } } }";
    let page = world.ask(query, json!({})).await["inAppOrder"].take();
    let nodes = page["nodes"].as_array().unwrap();
    assert_eq!(page["totalCount"], nodes.len());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let source = |node: &Value| {
        let priority = &node["inAppPriority"];
        (
            text(&node["id"]),
            text(&priority["level"]),
            priority["position"].as_i64().unwrap(),
        )
    };
    nodes.iter().map(source).collect()
}

/// Checks that the order is one, of all these sources.
async fn check(world: &World, sources: &[String]) {
    let order = order(world).await;
    let level = |name: &str| LEVELS.iter().position(|level| *level == name).unwrap();
    assert!(
        order
            .iter()
            .zip(1..)
            .all(|((.., position), expected)| *position == expected),
        "{order:?}"
    );
    assert!(order.is_sorted_by_key(|(_, name, _)| level(name)), "{order:?}");
    let mut ids: Vec<_> = order.into_iter().map(|(id, ..)| id).collect();
    ids.sort();
    let mut expected = sources.to_vec();
    expected.sort();
    assert_eq!(ids, expected, "each once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_move_at_once_keep_the_order_total() {
    let world = Arc::new(World::new().await);
    let mut sources = vec![];
    for number in 0..12 {
        sources.push(world.active(in_app(&format!("Campaign {number}"))).await);
        sources.push(
            world
                .canvas(&format!("Canvas {number}"), LEVELS[number % 3])
                .await,
        );
    }
    check(&world, &sources).await;
    let events = world.log_end().await;
    let changed = together((0..WRITERS).map(|writer| {
        let (world, sources) = (Arc::clone(&world), sources.clone());
        async move {
            let (mut dice, mut changed) = (Dice::new(writer as u64), 0);
            for _ in 0..4 {
                let source = dice.pick(&sources);
                // Often the same neighbours, where it is narrow.
                let neighbour = if dice.roll(2) == 0 { &sources[0] } else { dice.pick(&sources) };
                let place = match dice.roll(4) {
                    0 => json!({ "level": dice.pick(&LEVELS) }),
                    1 => json!({ "before": neighbour }),
                    _ => json!({ "after": neighbour }),
                };
                let query = "mutation ($id: ID!, $place: InAppPlace!) {
                    payload: setInAppPriority(sourceId: $id, place: $place) { changed userErrors { code } } }";
                let variables = json!({ "id": source, "place": place });
                let payload = world.ask(query, variables).await["payload"].take();
                match outcome(&payload) {
                    "INVALID" => assert_eq!(source, neighbour),
                    "CHANGED" if source.starts_with("cmp_") => changed += 1,
                    "CHANGED" | "UNCHANGED" => {}
                    other => panic!("{other}"),
                }
            }
            changed
        }
    }))
    .await;
    check(&world, &sources).await;
    audit(&*world).await;
    assert_eq!(world.log_end().await - events, changed.iter().sum::<i64>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_enters_leaves_and_comes_back_at_once_keeps_a_place_of_its_own() {
    let world = Arc::new(World::new().await);
    let mut sources = vec![];
    for number in 0..8 {
        sources.push(world.active(in_app(&format!("Campaign {number}"))).await);
    }
    let new = together((0..48).map(|number: usize| {
        let (world, sources) = (Arc::clone(&world), sources.clone());
        async move {
            let source = &sources[number % 8];
            match number % 6 {
                0 | 3 => return Some(world.create(in_app(&format!("New {number}"))).await.id()),
                1 => assert!(world.run("archiveCampaign", source).await.codes().is_empty()),
                2 => assert!(world.run("unarchiveCampaign", source).await.codes().is_empty()),
                4 => return Some(world.canvas(&format!("New {number}"), "MEDIUM").await),
                _ => {
                    let clone = "mutation ($id: ID!) { payload: cloneCampaign(id: $id) { ...Payload } }";
                    return Some(world.payload(clone, json!({ "id": source })).await.id());
                }
            }
            None
        }
    }))
    .await;
    for id in &sources {
        world.run("unarchiveCampaign", id).await;
    }
    sources.extend(new.into_iter().flatten());
    check(&world, &sources).await;
    audit(&*world).await;
}
