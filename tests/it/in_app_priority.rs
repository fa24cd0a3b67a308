//! Moving campaigns and Canvases in the in-app order.

use sea_orm::prelude::Uuid;
use serde_json::{Value, json};

use crate::harness::{Payload, Step, World, codes, email, in_app};

/// Moves a campaign.
async fn step(world: &World, id: &str, place: Value) -> Step {
    let answer = async {
        let payload = world.place(id, place).await;
        let campaign = world.campaign(id).await;
        for field in ["id", "version", "inAppPriority"] {
            assert_eq!(payload["source"][field], campaign[field], "{field}");
        }
        Payload(json!({
            "campaign": campaign,
            "changed": payload["changed"],
            "userErrors": payload["userErrors"],
        }))
    };
    world.observe(id, answer).await
}

/// Moves a campaign or a Canvas that must not be moved; the refusal's path.
async fn refused(world: &World, source: &str, place: Value, code: &str) -> Value {
    let (order, end) = (world.sources().await, world.log_end().await);
    let payload = world.place(source, place).await;
    assert_eq!(codes(&payload), [code]);
    assert_eq!(payload["changed"], false);
    assert_ne!(payload["userErrors"][0]["message"], "");
    assert_eq!(world.sources().await, order);
    assert_eq!(world.log_end().await, end);
    payload["userErrors"][0]["field"].clone()
}

const UNKNOWN: &str = "cmp_01jd0000000000000000000000";
const UNKNOWN_CANVAS: &str = "cnv_01jd0000000000000000000000";

#[tokio::test]
async fn a_campaign_is_moved_in_every_status_in_use_draft_or_no_draft() {
    let world = World::new().await;
    let canvas = world.canvas("Fixed", "HIGH").await;
    for (status, has_draft) in [
        ("UNLAUNCHED", false),
        ("ACTIVE", false),
        ("ACTIVE", true),
        ("STOPPED", false),
        ("STOPPED", true),
    ] {
        let id = world.unlaunched(in_app("Moved")).await;
        if status != "UNLAUNCHED" {
            world.run("launchCampaign", &id).await;
        }
        if has_draft {
            world.save_draft(&id, json!({ "name": "Next" })).await;
        }
        if status == "STOPPED" {
            world.run("stopCampaign", &id).await;
        }
        let before = world.campaign(&id).await;
        let moves = [
            (
                json!({ "level": "LOW" }),
                json!({ "level": "LOW", "position": 2 }),
            ),
            (
                json!({ "before": canvas }),
                json!({ "level": "HIGH", "position": 1 }),
            ),
            (
                json!({ "after": canvas }),
                json!({ "level": "HIGH", "position": 2 }),
            ),
        ];
        for (place, expected) in moves {
            let step = step(&world, &id, place).await;
            let campaign = step.changed("IN_APP_PRIORITY_CHANGED", status, status);
            assert_eq!(campaign["inAppPriority"], expected);
            for field in ["name", "message", "segments", "schedule", "draft"] {
                assert_eq!(campaign[field], before[field], "it is not content: {field}");
            }
        }
        world.run("archiveCampaign", &id).await;
    }
}

#[tokio::test]
async fn where_it_stands_already_nothing_changes() {
    let world = World::new().await;
    let below = world.unlaunched(in_app("Below")).await;
    let hidden = world.unlaunched(in_app("Hidden")).await;
    let id = world.unlaunched(in_app("Stays")).await;
    let above = world.canvas("Above", "MEDIUM").await;
    world.run("archiveCampaign", &hidden).await;
    let order = [above.clone(), id.clone(), below.clone()];
    assert_eq!(world.order().await, order);
    for place in [
        json!({ "level": "MEDIUM" }),
        json!({ "after": above }),
        // What is archived between them is seen by nobody.
        json!({ "before": below }),
    ] {
        step(&world, &id, place).await.unchanged();
    }
    for place in [json!({ "level": "MEDIUM" }), json!({ "before": id })] {
        let payload = world.place(&above, place).await;
        assert_eq!(payload["changed"], false);
        assert_eq!(codes(&payload), ["x"; 0]);
    }
    assert_eq!(world.order().await, order);
    world.run("unarchiveCampaign", &hidden).await;
    assert_eq!(world.order().await, [above, id, hidden, below]);
}

#[tokio::test]
async fn a_move_across_levels_takes_the_level_of_the_neighbour() {
    let world = World::new().await;
    let high = world.canvas("High", "HIGH").await;
    let low = world.canvas("Low", "LOW").await;
    let id = world.unlaunched(in_app("Moved")).await;
    for (place, level) in [
        (json!({ "after": high }), "HIGH"),
        (json!({ "before": low }), "LOW"),
        (json!({ "before": high }), "HIGH"),
        (json!({ "after": low }), "LOW"),
        (json!({ "level": "MEDIUM" }), "MEDIUM"),
    ] {
        let campaign =
            step(&world, &id, place)
                .await
                .changed("IN_APP_PRIORITY_CHANGED", "UNLAUNCHED", "UNLAUNCHED");
        assert_eq!(campaign["inAppPriority"]["level"], level);
    }
    // Last of HIGH and first of MEDIUM have the same position, and are not the same place.
    let position = world.campaign(&id).await["inAppPriority"]["position"].clone();
    let campaign = step(&world, &id, json!({ "after": high })).await.changed(
        "IN_APP_PRIORITY_CHANGED",
        "UNLAUNCHED",
        "UNLAUNCHED",
    );
    assert_eq!(
        campaign["inAppPriority"],
        json!({ "level": "HIGH", "position": position })
    );

    let moved = world.place(&low, json!({ "before": id })).await;
    assert_eq!(moved["changed"], true);
    assert_eq!(moved["source"]["__typename"], "Canvas");
    assert_eq!(moved["source"]["inAppPriority"]["level"], "HIGH");
    assert_eq!(world.order().await, [high, low, id]);
}

/// The rows of the order: a source, its level and its rank.
async fn places(world: &World) -> Vec<(Uuid, i16, Vec<u8>)> {
    let sql = "SELECT source_id, level, rank FROM in_app_places ORDER BY source_id";
    world.rows(sql).await
}

#[tokio::test]
async fn three_hundred_moves_between_the_same_two_write_a_row_each() {
    let world = World::new().await;
    let last = world.unlaunched(in_app("Last")).await;
    let (one, other) = (
        world.unlaunched(in_app("One")).await,
        world.canvas("Other", "MEDIUM").await,
    );
    let first = world.canvas("First", "MEDIUM").await;
    let mut rows = places(&world).await;
    for index in 0..300 {
        let (moved, stays) = if index % 2 == 0 {
            (&one, &other)
        } else {
            (&other, &one)
        };
        let place = if index < 150 {
            json!({ "after": first })
        } else {
            json!({ "before": last })
        };
        let payload = world.place(moved, place).await;
        let is_there_already = index == 0 || index == 150;
        if index < 150 {
            assert_eq!(
                world.order().await,
                [&first, moved, stays, &last].map(Clone::clone)
            );
        } else {
            assert_eq!(
                world.order().await,
                [&first, stays, moved, &last].map(Clone::clone)
            );
        }
        let now = places(&world).await;
        let written = now.iter().zip(&rows).filter(|(now, row)| now != row).count();
        assert_eq!(payload["changed"], written == 1, "move {index}");
        assert!(
            written == 1 || is_there_already,
            "move {index} wrote {written} rows"
        );
        assert_eq!(now.len(), rows.len());
        rows = now;
    }
    let longest = rows.iter().map(|(_, _, rank)| rank.len()).max().unwrap();
    assert!(longest < 80, "a rank is {longest} bytes long");
}

#[tokio::test]
async fn what_is_archived_or_not_in_app_is_not_moved() {
    let world = World::new().await;
    let there = world.unlaunched(in_app("There")).await;
    let canvas = world.canvas("Gone", "HIGH").await;
    world.run_on_canvas("archiveCanvas", &canvas).await;
    let archived = world.active(in_app("Archived")).await;
    world.run("archiveCampaign", &archived).await;
    let archived_email = world.standing(("ARCHIVED", false)).await;
    let places = [
        json!({ "level": "LOW" }),
        json!({ "before": there }),
        json!({ "after": there }),
        // Whatever is wrong with the place, the source comes first.
        json!({ "after": UNKNOWN }),
    ];
    for place in places {
        step(&world, &archived, place.clone())
            .await
            .refused("CAMPAIGN_ARCHIVED");
        step(&world, &archived_email, place.clone())
            .await
            .refused("CAMPAIGN_ARCHIVED");
        for standing in [("UNLAUNCHED", false), ("ACTIVE", true), ("STOPPED", false)] {
            let email = world.standing(standing).await;
            let errors = step(&world, &email, place.clone()).await.refused("NOT_IN_APP");
            assert_eq!(errors[0]["field"], Value::Null);
        }
        assert_eq!(
            refused(&world, &canvas, place.clone(), "CANVAS_ARCHIVED").await,
            Value::Null
        );
        for unknown in [UNKNOWN, UNKNOWN_CANVAS] {
            let field = refused(&world, unknown, place.clone(), "NOT_FOUND").await;
            assert_eq!(field, json!(["sourceId"]));
        }
    }
}

#[tokio::test]
async fn nothing_is_placed_beside_what_has_no_position() {
    let world = World::new().await;
    let id = world.active(in_app("Moved")).await;
    let moved_canvas = world.canvas("Moved", "LOW").await;
    let canvas = world.canvas("Gone", "HIGH").await;
    world.run_on_canvas("archiveCanvas", &canvas).await;
    let archived = world.active(in_app("Archived")).await;
    world.run("archiveCampaign", &archived).await;
    let email = world.active(email("Email")).await;
    world.save_draft(&email, in_app("Not yet")).await;
    for source in [&id, &moved_canvas] {
        for (neighbour, code) in [
            (source.as_str(), "INVALID"),
            (UNKNOWN, "NOT_FOUND"),
            (UNKNOWN_CANVAS, "NOT_FOUND"),
            (&archived, "CAMPAIGN_ARCHIVED"),
            (&canvas, "CANVAS_ARCHIVED"),
            (&email, "NOT_IN_APP"),
        ] {
            for side in ["before", "after"] {
                let field = refused(&world, source, json!({ (side): neighbour }), code).await;
                assert_eq!(field, json!(["place", side]));
            }
        }
    }
}

#[tokio::test]
async fn a_place_is_exactly_one_of_three() {
    let world = World::new().await;
    let id = world.unlaunched(in_app("Moved")).await;
    let segment = world.segment("No source").await;
    let query = "mutation ($id: ID!, $place: InAppPlace!) {
        setInAppPriority(sourceId: $id, place: $place) { changed } }";
    for place in [
        json!({}),
        json!({ "level": "HIGH", "before": UNKNOWN }),
        json!({ "level": null }),
        json!({ "level": "HIGHEST" }),
    ] {
        let response = world.execute(query, json!({ "id": id, "place": place })).await;
        assert!(response["errors"].is_array(), "{place}");
    }
    for (id, place) in [
        (&id, json!({ "before": segment })),
        (&id, json!({ "after": "nonsense" })),
        (&segment, json!({ "level": "LOW" })),
    ] {
        let code = world.error_code(query, json!({ "id": id, "place": place })).await;
        assert_eq!(code, "BAD_USER_INPUT", "{place}");
    }
}
