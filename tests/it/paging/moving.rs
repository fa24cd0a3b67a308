//! Paging through a list that moves: what was there all the time is told once, and nothing twice but what changed its
//! place.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{list, list_below};
use crate::harness::{List, World, in_app};

/// How many rows each list has at the start.
const ROWS: usize = 18;

/// How often each row was told on a way through the list, while `disturb` runs after each page.
async fn walk(
    world: &World,
    list: &List,
    backward: bool,
    mut disturb: impl AsyncFnMut(usize),
) -> HashMap<String, usize> {
    let mut told = HashMap::new();
    let mut cursor = Value::Null;
    for step in 0.. {
        assert!(step < 60, "the list never ends");
        let arguments = if backward {
            json!({ "last": 3, "before": cursor })
        } else {
            json!({ "first": 3, "after": cursor })
        };
        let page = list.page(world, arguments).await;
        for key in &page.keys {
            *told.entry(key.trim_matches('"').to_owned()).or_default() += 1;
        }
        let (more, next) = if backward {
            (page.has_previous, page.cursors.first())
        } else {
            (page.has_next, page.cursors.last())
        };
        if !more {
            break;
        }
        cursor = json!(next);
        disturb(step).await;
    }
    told
}

/// Campaigns by name, numbers in the middle of a text so that new ones fall between them.
async fn campaigns(world: &World) -> Vec<String> {
    let mut ids = vec![];
    for index in 0..ROWS {
        ids.push(world.create(in_app(&format!("m {index:02}"))).await.id());
    }
    ids
}

#[tokio::test]
async fn campaigns_come_and_go_and_change_while_they_are_paged_through() {
    for field in ["CREATED_AT", "UPDATED_AT", "NAME"] {
        for (direction, backward) in [("ASC", false), ("ASC", true), ("DESC", false), ("DESC", true)] {
            let world = World::new().await;
            let ids = campaigns(&world).await;
            // Every third row is left alone; the others are changed or archived somewhere on the way.
            let (still, touched): (Vec<_>, Vec<_>) =
                ids.iter().enumerate().partition(|(index, _)| index % 3 == 0);
            let list = List::campaigns(&Value::Null, &json!({ "field": field, "direction": direction }));
            let told = walk(&world, &list, backward, async |step| {
                if step >= 8 {
                    return;
                }
                let new = ["a", "m 05", "z"][step % 3];
                world.create(json!({ "name": format!("{new} {step}") })).await;
                let (_, id) = touched[step];
                if step % 2 == 0 {
                    world.run("archiveCampaign", id).await;
                } else {
                    world.update(id, json!({ "description": "changed" })).await;
                }
            })
            .await;
            let context = format!("{field} {direction} backward {backward}: {told:?}");
            for (_, id) in still {
                assert_eq!(told.get(id), Some(&1), "{id} {context}");
            }
            let mut repeated: Vec<&String> = told
                .iter()
                .filter(|(_, times)| **times > 1)
                .map(|(id, _)| id)
                .collect();
            // Where the last changed come last, a changed row is told again in its new place.
            if field == "UPDATED_AT" && (direction == "ASC") != backward {
                repeated.retain(|id| !touched.iter().any(|(_, touched)| touched == id));
            }
            assert_eq!(repeated, Vec::<&String>::new(), "{context}");
        }
    }
}

#[tokio::test]
async fn the_in_app_order_is_moved_while_it_is_paged_through() {
    for backward in [false, true] {
        let world = World::new().await;
        let ids = campaigns(&world).await;
        let source = "... on Campaign { id } ... on Canvas { id }";
        let list = list("inAppOrder(PAGE)", source);
        let told = walk(&world, &list, backward, async |step| {
            if step >= 6 {
                return;
            }
            // New on top, gone from the middle, and one that moves from one end to the other.
            world.canvas("new", ["HIGH", "MEDIUM", "LOW"][step % 3]).await;
            world.run("archiveCampaign", &ids[step * 3 + 1]).await;
            let level = if step % 2 == 0 { "HIGH" } else { "LOW" };
            let query = "mutation ($id: ID!, $level: InAppLevel!) {
                setInAppPriority(sourceId: $id, place: { level: $level }) { changed } }";
            world
                .ask(query, json!({ "id": ids[step * 3 + 2], "level": level }))
                .await;
        })
        .await;
        for id in ids.iter().step_by(3) {
            assert_eq!(told.get(id), Some(&1), "{id} {told:?}");
        }
    }
}

#[tokio::test]
async fn segments_and_canvases_come_and_go_while_they_are_paged_through() {
    for (field, archive) in [("segments", "archiveSegment"), ("canvases", "archiveCanvas")] {
        for backward in [false, true] {
            let world = World::new().await;
            let make = async |name: String| match field {
                "segments" => world.segment(&name).await,
                _ => world.canvas(&name, "LOW").await,
            };
            let mut ids = vec![];
            for index in 0..ROWS {
                ids.push(make(format!("m {index:02}")).await);
            }
            let list = list(&format!("{field}(PAGE)"), "id");
            let told = walk(&world, &list, backward, async |step| {
                if step >= 6 {
                    return;
                }
                make(format!("{} {step}", ["a", "m 05", "z"][step % 3])).await;
                let query = format!("mutation ($id: ID!) {{ {archive}(id: $id) {{ changed }} }}");
                world.ask(&query, json!({ "id": ids[step * 3 + 1] })).await;
            })
            .await;
            for (index, id) in ids.iter().enumerate() {
                let times = told.get(id).copied().unwrap_or_default();
                assert!(
                    times == 1 || (index % 3 == 1 && times == 0),
                    "{field} {id} {told:?}"
                );
            }
            assert!(told.values().all(|times| *times == 1), "{told:?}");
        }
    }
}

#[tokio::test]
async fn a_history_grows_while_it_is_paged_through() {
    for backward in [false, true] {
        let world = World::new().await;
        let id = world.create(in_app("busy")).await.id();
        let other = world.create(in_app("other")).await.id();
        for index in 1..ROWS {
            world
                .update(&id, json!({ "description": index.to_string() }))
                .await;
            world
                .update(&other, json!({ "description": index.to_string() }))
                .await;
        }
        let list = list_below("campaign", &id, "history(PAGE)", "sequence");
        let before = list.keys(&world).await;
        let told = walk(&world, &list, backward, async |step| {
            if step < 5 {
                world
                    .update(&id, json!({ "description": format!("later {step}") }))
                    .await;
            }
        })
        .await;
        assert_eq!(before.len(), ROWS);
        assert!(
            before.iter().all(|sequence| told.get(sequence) == Some(&1)),
            "{told:?}"
        );
        assert_eq!(told.len(), if backward { ROWS } else { ROWS + 5 });
    }
}
