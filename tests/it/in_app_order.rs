//! The order in which in-app messages win: what takes part in it, and where.

use serde_json::{Value, json};

use crate::harness::{World, email, in_app};

async fn priority(world: &World, id: &str) -> Value {
    world.campaign(id).await["inAppPriority"].clone()
}

#[tokio::test]
async fn campaigns_and_canvases_share_one_order_and_what_is_new_goes_on_top() {
    let world = World::new().await;
    assert_eq!(world.order().await, Vec::<String>::new());
    let one = world.unlaunched(in_app("One")).await;
    let low = world.canvas("Low", "LOW").await;
    let two = world.canvas("Two", "MEDIUM").await;
    let three = world.active(in_app("Three")).await;
    let high = world.canvas("High", "HIGH").await;
    let higher = world.canvas("Higher", "HIGH").await;
    let low_too = world.canvas("Low too", "LOW").await;
    world.active(email("Not in it")).await;
    let four = world.clone_campaign(&one, Some("Four")).await.id();

    let names: Vec<Value> = world
        .sources()
        .await
        .iter()
        .map(|source| source["name"].clone())
        .collect();
    let expected = ["Higher", "High", "Four", "Three", "Two", "One", "Low too", "Low"];
    assert_eq!(names, expected);
    assert_eq!(
        world.order().await,
        [higher, high, four, three, two, one, low_too, low]
    );
}

#[tokio::test]
async fn the_status_does_not_matter_but_the_archived_give_up_their_position() {
    let world = World::new().await;
    let last = world.unlaunched(in_app("Last")).await;
    let id = world.active(in_app("Comes back")).await;
    let first = world.canvas("First", "MEDIUM").await;
    world.place(&first, json!({ "level": "HIGH" })).await;
    world.run("stopCampaign", &id).await;
    let order = [first.clone(), id.clone(), last.clone()];
    assert_eq!(world.order().await, order);

    world.run("archiveCampaign", &id).await;
    assert_eq!(world.order().await, [first.clone(), last.clone()]);
    let out = json!({ "level": "MEDIUM", "position": null });
    assert_eq!(priority(&world, &id).await, out);
    let newer = world.unlaunched(in_app("Newer")).await;
    world.run("unarchiveCampaign", &id).await;
    assert_eq!(world.order().await, [first, newer, id, last], "its old place");
}

#[tokio::test]
async fn a_neighbour_that_moved_away_does_not_take_the_place_with_it() {
    let world = World::new().await;
    let [c, b, a] = [
        world.canvas("c", "MEDIUM").await,
        world.canvas("b", "MEDIUM").await,
        world.canvas("a", "MEDIUM").await,
    ];
    world.run_on_canvas("archiveCanvas", &b).await;
    world.place(&a, json!({ "after": c })).await;
    world.run_on_canvas("unarchiveCanvas", &b).await;
    assert_eq!(world.order().await, [b.clone(), c.clone(), a.clone()]);

    // Beside a hidden one: directly beside what was named, whatever is hidden there.
    world.run_on_canvas("archiveCanvas", &c).await;
    world.place(&a, json!({ "before": b })).await;
    world.place(&a, json!({ "after": b })).await;
    world.run_on_canvas("unarchiveCanvas", &c).await;
    assert_eq!(world.order().await, [b, a, c]);
}

#[tokio::test]
async fn a_live_message_that_stops_being_in_app_leaves_the_order_for_good() {
    let world = World::new().await;
    let below = world.unlaunched(in_app("Below")).await;
    let id = world.unlaunched(in_app("Comes and goes")).await;
    let above = world.unlaunched(in_app("Above")).await;
    for message in [Value::Null, email("")["message"].clone()] {
        world.place(&id, json!({ "level": "HIGH" })).await;
        let left = world.update(&id, json!({ "message": message })).await;
        assert_eq!(left.campaign()["inAppPriority"], Value::Null);
        assert_eq!(world.order().await, [above.clone(), below.clone()]);

        let entered = world
            .update(&id, json!({ "message": in_app("")["message"] }))
            .await;
        let on_top = json!({ "level": "MEDIUM", "position": 1 });
        assert_eq!(entered.campaign()["inAppPriority"], on_top, "as if it were new");
        assert_eq!(world.order().await, [id.clone(), above.clone(), below.clone()]);
    }
    world.place(&id, json!({ "after": below })).await;
    let other = json!({ "message": { "inApp": { "title": "Other", "body": "", "trigger": "t" } } });
    world.update(&id, other).await;
    assert_eq!(
        world.order().await,
        [above, below, id],
        "another in-app message stays"
    );
}

#[tokio::test]
async fn launching_a_draft_leaves_the_place() {
    let world = World::new().await;
    let last = world.canvas("Last", "LOW").await;
    let id = world.active(in_app("Live")).await;
    let first = world.canvas("First", "LOW").await;
    world.place(&id, json!({ "after": first })).await;
    let next =
        json!({ "name": "Next", "message": { "inApp": { "title": "New", "body": "", "trigger": "t" } } });
    world.save_draft(&id, next).await;
    let placed = json!({ "level": "LOW", "position": 2 });
    assert_eq!(priority(&world, &id).await, placed);
    let launched = world.run("launchDraft", &id).await;
    assert_eq!(launched.campaign()["inAppPriority"], placed);
    assert_eq!(launched.campaign()["name"], "Next");

    // A move while there is a draft is not taken back by launching or discarding it.
    for command in ["launchDraft", "discardDraft"] {
        world.save_draft(&id, json!({ "description": command })).await;
        world.place(&id, json!({ "before": first })).await;
        world.run(command, &id).await;
        assert_eq!(world.order().await, [id.clone(), first.clone(), last.clone()]);
        world.place(&id, json!({ "after": last })).await;
    }
}

#[tokio::test]
async fn only_the_live_message_decides_who_takes_part() {
    let world = World::new().await;
    let canvas = world.canvas("There", "MEDIUM").await;
    let id = world.active(email("Email")).await;
    let refused = |payload: Value| payload["userErrors"][0]["code"] == "NOT_IN_APP";
    world
        .save_draft(&id, json!({ "message": in_app("")["message"] }))
        .await;
    assert_eq!(priority(&world, &id).await, Value::Null);
    assert!(refused(world.place(&id, json!({ "level": "HIGH" })).await));
    assert!(refused(world.place(&canvas, json!({ "after": id })).await));
    let launched = world.run("launchDraft", &id).await;
    let on_top = json!({ "level": "MEDIUM", "position": 1 });
    assert_eq!(launched.campaign()["inAppPriority"], on_top);
    assert_eq!(world.order().await, [id.clone(), canvas.clone()]);

    world.place(&id, json!({ "level": "LOW" })).await;
    world
        .save_draft(&id, json!({ "message": email("")["message"] }))
        .await;
    assert_eq!(world.order().await, [canvas.clone(), id.clone()], "still live");
    let moved = world.place(&id, json!({ "before": canvas })).await;
    assert_eq!(moved["changed"], true);
    let launched = world.run("launchDraft", &id).await;
    assert_eq!(launched.campaign()["inAppPriority"], Value::Null);
    assert_eq!(world.order().await, [canvas]);
}

#[tokio::test]
async fn the_order_is_paged_both_ways() {
    let world = World::new().await;
    for (index, level) in ["LOW", "HIGH", "MEDIUM"].into_iter().cycle().take(11).enumerate() {
        if index % 2 == 0 {
            world.canvas(&format!("Canvas {index}"), level).await;
        } else {
            let id = world.unlaunched(in_app("Campaign")).await;
            world.place(&id, json!({ "level": level })).await;
        }
    }
    let order = world.order().await;
    assert_eq!(order.len(), 11);
    let fragment = "fragment Page on InAppSourceConnection {
        totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { ... on Campaign { id } ... on Canvas { id } } }
    }";
    let forward =
        format!("query ($at: String) {{ page: inAppOrder(first: 4, after: $at) {{ ...Page }} }} {fragment}");
    let back =
        format!("query ($at: String) {{ page: inAppOrder(last: 4, before: $at) {{ ...Page }} }} {fragment}");
    for (query, cursor, more, is_back) in [
        (forward, "endCursor", "hasNextPage", false),
        (back, "startCursor", "hasPreviousPage", true),
    ] {
        let (mut seen, mut sizes, mut at) = (vec![], vec![], Value::Null);
        loop {
            let page = world.ask(&query, json!({ "at": at })).await["page"].clone();
            assert_eq!(page["totalCount"], 11);
            let edges = page["edges"].as_array().unwrap();
            let ids = edges
                .iter()
                .map(|edge| edge["node"]["id"].as_str().unwrap().to_owned());
            let ids: Vec<String> = ids.collect();
            sizes.push(ids.len());
            seen = if is_back {
                [ids, seen].concat()
            } else {
                [seen, ids].concat()
            };
            at = page["pageInfo"][cursor].clone();
            if page["pageInfo"][more] == false {
                break;
            }
        }
        assert_eq!(sizes, [4, 4, 3]);
        assert_eq!(seen, order);
    }
}
