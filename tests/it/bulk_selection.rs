//! Which campaigns a bulk command is about: ids, each once, or all that a filter finds.

use serde_json::{Value, json};

use crate::harness::{World, codes, email, in_app};

const COMMANDS: [&str; 4] = [
    "stopCampaigns",
    "resumeCampaigns",
    "archiveCampaigns",
    "unarchiveCampaigns",
];

/// A bulk command that is refused as a whole says why, and has no results.
fn assert_refused(payload: &Value, code: &str, field: &Value) {
    assert_eq!(codes(payload), [code]);
    assert_eq!(payload["userErrors"][0]["field"], *field);
    assert_eq!(payload["results"], json!([]));
    for count in ["changedCount", "unchangedCount", "refusedCount"] {
        assert_eq!(payload[count], 0);
    }
}

fn ids(payload: &Value) -> Vec<String> {
    let results = payload["results"].as_array().unwrap().iter();
    results
        .map(|result| result["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn no_ids_are_no_campaigns() {
    let world = World::new().await;
    let id = world.standing(("ACTIVE", false)).await;
    let before = world.campaign(&id).await;
    for command in COMMANDS {
        let payload = world.bulk(command, json!({ "ids": [] }), Value::Null).await;
        assert_eq!(codes(&payload), ["x"; 0]);
        assert_eq!(payload["results"], json!([]));
    }
    assert_eq!(world.campaign(&id).await, before);
}

#[tokio::test]
async fn an_id_twice_is_refused_and_the_second_is_named() {
    let world = World::new().await;
    let (one, two) = (
        world.standing(("ACTIVE", false)).await,
        world.standing(("ACTIVE", false)).await,
    );
    let end = world.log_end().await;
    for command in COMMANDS {
        for options in [json!({}), json!({ "dryRun": true })] {
            let selection = json!({ "ids": [one, two, two, one] });
            let payload = world.bulk(command, selection, options).await;
            assert_refused(&payload, "DUPLICATE", &json!(["selection", "ids", "2"]));
        }
    }
    assert_eq!(world.log_end().await, end);
}

#[tokio::test]
async fn more_than_ten_thousand_ids_are_too_many() {
    let world = World::new().await;
    let active = world.standing(("ACTIVE", false)).await;
    let digits = b"0123456789abcdefghjkmnpqrstvwxyz";
    let unknown = |index: usize| {
        let digit = |shift: usize| char::from(digits[index >> shift & 31]);
        format!("cmp_01jd0000000000000000000{}{}{}", digit(10), digit(5), digit(0))
    };
    let mut ids: Vec<String> = (0..10_000).map(unknown).collect();
    ids.push(active.clone());
    let payload = world
        .bulk("archiveCampaigns", json!({ "ids": ids }), Value::Null)
        .await;
    assert_refused(&payload, "TOO_MANY", &json!(["selection", "ids"]));
    assert_eq!(world.campaign(&active).await["status"], "ACTIVE");

    let payload = world
        .bulk("archiveCampaigns", json!({ "ids": ids[1..] }), Value::Null)
        .await;
    assert_eq!(payload["refusedCount"], 9_999);
    assert_eq!(payload["changedCount"], 1);
    assert_eq!(payload["results"][9_999]["outcome"], "CHANGED");
}

#[tokio::test]
async fn an_id_that_is_none_is_an_error_of_the_request() {
    let world = World::new().await;
    let segment = world.segment("Everyone").await;
    let query = "mutation ($ids: [ID!]) { stopCampaigns(selection: { ids: $ids }) { changedCount } }";
    for id in [segment.as_str(), "nonsense", ""] {
        let code = world.error_code(query, json!({ "ids": [id] })).await;
        assert_eq!(code, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_filter_selects_what_its_list_shows_in_the_order_of_the_list() {
    let world = World::new().await;
    let segment = world.segment("Ours").await;
    let mut made = vec![];
    for name in ["One", "Two", "Three", "Four"] {
        let mut content = if name == "Two" { in_app(name) } else { email(name) };
        content["segmentIds"] = json!([segment]);
        content["tags"] = json!(["ours"]);
        made.push(world.active(content).await);
    }
    let other = world.standing(("ACTIVE", false)).await;
    world.save_draft(&made[0], json!({ "tags": [] })).await;
    let list = "query ($filter: CampaignFilter) { campaigns(filter: $filter) { nodes { id } } }";
    let filters = [
        json!({ "tags": ["ours"] }),
        json!({ "segmentId": segment }),
        json!({ "tags": ["ours"], "channel": ["EMAIL"] }),
        json!({ "tags": ["ours"], "hasDraft": true }),
        json!({ "search": "thr" }),
        json!({ "status": [] }),
        json!({ "tags": ["nobody's"] }),
    ];
    for (filter, count) in filters.into_iter().zip([4, 4, 3, 1, 1, 0, 0]) {
        let listed = world.ask(list, json!({ "filter": filter })).await;
        let listed = listed["campaigns"]["nodes"].as_array().unwrap().clone();
        let listed: Vec<&str> = listed.iter().map(|node| node["id"].as_str().unwrap()).collect();
        let selection = json!({ "matching": { "filter": filter, "expectedCount": count } });
        let payload = world
            .bulk("stopCampaigns", selection, json!({ "dryRun": true }))
            .await;
        assert_eq!(codes(&payload), ["x"; 0], "{filter}");
        assert_eq!(ids(&payload), listed, "{filter}");
        assert_eq!(listed.len(), count, "{filter}");
    }

    let end = world.log_end().await;
    let selection = json!({ "matching": { "filter": { "tags": ["ours"] } } });
    let payload = world.bulk("stopCampaigns", selection, Value::Null).await;
    made.reverse();
    assert_eq!(ids(&payload), made, "the newest first");
    let told = world.events_after(end).await;
    let told: Vec<&str> = told
        .iter()
        .map(|event| event["campaignId"].as_str().unwrap())
        .collect();
    assert_eq!(told, made);
    assert_eq!(world.campaign(&other).await["status"], "ACTIVE");
}

#[tokio::test]
async fn a_filter_leaves_the_archived_out_unless_it_names_them() {
    let world = World::new().await;
    let archived = world.standing(("ARCHIVED", false)).await;
    let active = world.standing(("ACTIVE", false)).await;
    let everything = json!({ "matching": { "filter": {} } });
    let payload = world
        .bulk("unarchiveCampaigns", everything.clone(), Value::Null)
        .await;
    assert_eq!(ids(&payload), [active]);
    assert_eq!(payload["unchangedCount"], 1);
    assert_eq!(world.campaign(&archived).await["status"], "ARCHIVED");

    let named = json!({ "matching": { "filter": { "status": ["ARCHIVED"] }, "expectedCount": 1 } });
    let payload = world.bulk("unarchiveCampaigns", named, Value::Null).await;
    assert_eq!(ids(&payload), [archived]);
    assert_eq!(payload["changedCount"], 1);
    let payload = world.bulk("archiveCampaigns", everything, Value::Null).await;
    assert_eq!(payload["changedCount"], 2);
}

#[tokio::test]
async fn a_list_that_has_moved_is_left_alone() {
    let world = World::new().await;
    for _ in 0..3 {
        world.standing(("ACTIVE", false)).await;
    }
    let end = world.log_end().await;
    for command in COMMANDS {
        for expected in [0, 2, 4, -3] {
            let matching = json!({ "filter": { "status": ["ACTIVE"] }, "expectedCount": expected });
            for options in [json!({}), json!({ "dryRun": true })] {
                let payload = world
                    .bulk(command, json!({ "matching": matching }), options)
                    .await;
                let field = json!(["selection", "matching", "expectedCount"]);
                assert_refused(&payload, "COUNT_MISMATCH", &field);
                let message = payload["userErrors"][0]["message"].as_str().unwrap();
                let told = format!("finds 3 campaigns now, not {expected}");
                assert!(message.contains(&told), "{message}");
            }
        }
    }
    assert_eq!(world.log_end().await, end);
    let matching = json!({ "filter": { "status": ["ACTIVE"] }, "expectedCount": 3 });
    let payload = world
        .bulk("stopCampaigns", json!({ "matching": matching }), Value::Null)
        .await;
    assert_eq!(payload["changedCount"], 3);
}

#[tokio::test]
async fn a_selection_is_ids_or_a_filter_and_never_both() {
    let world = World::new().await;
    let query = "mutation ($selection: CampaignSelection!) {
        stopCampaigns(selection: $selection) { changedCount } }";
    let both = json!({ "ids": [], "matching": { "filter": {} } });
    for selection in [json!({}), both, json!({ "ids": null })] {
        let response = world.execute(query, json!({ "selection": selection })).await;
        assert!(response["errors"].is_array(), "{response}");
    }
}
