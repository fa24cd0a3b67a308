//! Making a campaign.

use serde_json::{Value, json};

use crate::harness::{World, created};

#[tokio::test]
async fn a_name_is_enough_for_a_new_campaign() {
    let world = World::new().await;
    let payload = world.create(json!({ "name": " Bare " })).await;
    let id = payload.id();
    assert!(payload.changed() && id.starts_with("cmp_"));
    let expected = json!({
        "id": id,
        "status": "UNLAUNCHED",
        "version": 1,
        "updatedAt": payload.campaign()["updatedAt"],
        "launchedAt": null,
        "allowedActions": ["UPDATE", "ARCHIVE", "CLONE"],
        "name": "Bare",
        "description": "",
        "tags": [],
        "message": null,
        "segments": [],
        "schedule": { "kind": "ON_LAUNCH", "startAt": null, "endAt": null },
        "inAppPriority": null,
        "archivedBy": null,
        "draft": null,
    });
    assert_eq!(*payload.campaign(), expected);
    assert_eq!(world.campaign(&id).await, expected);
    assert_eq!(world.events_after(0).await, [created(1, &id)]);
}

#[tokio::test]
async fn a_creation_that_is_refused_leaves_nothing() {
    let world = World::new().await;
    for content in [json!({}), json!({ "name": null }), json!({ "name": "\u{3000}" })] {
        let payload = world.create(content).await;
        assert_eq!(payload.codes(), ["INVALID"]);
        assert_eq!(payload.0["userErrors"][0]["field"], json!(["content", "name"]));
        assert!(!payload.changed());
        assert_eq!(*payload.campaign(), Value::Null);
    }
    let total = world.ask("{ campaigns { totalCount } }", Value::Null).await;
    assert_eq!(total["campaigns"]["totalCount"], 0);
    assert_eq!(world.log_end().await, 0);
}
