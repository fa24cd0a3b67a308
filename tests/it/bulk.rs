//! One command on many campaigns: what becomes of each, by both policies, and what a dry run says of it.

use serde_json::{Value, json};

use crate::harness::{STANDINGS, World, codes, email};

const UNKNOWN: &str = "cmp_01jd0000000000000000000000";

const COMMANDS: [(&str, &str, &str); 4] = [
    ("stopCampaigns", "stopCampaign", "STOPPED"),
    ("resumeCampaigns", "resumeCampaign", "RESUMED"),
    ("archiveCampaigns", "archiveCampaign", "ARCHIVED"),
    ("unarchiveCampaigns", "unarchiveCampaign", "UNARCHIVED"),
];

/// Campaigns in every place of the rules table, one that does not exist, and one that an archived segment keeps from
/// being resumed; in no order that anything else has.
async fn population(world: &World) -> Vec<String> {
    let segment = world.segment("Gone").await;
    let mut content = email("Left alone");
    content["segmentIds"] = json!([segment]);
    let left_alone = world.active(content).await;
    world.archive_segment(&segment, false).await;
    world.run("unarchiveCampaign", &left_alone).await;
    let mut ids = vec![left_alone, UNKNOWN.to_owned()];
    for (index, standing) in STANDINGS.into_iter().enumerate() {
        ids.insert(index % 3, world.standing(standing).await);
    }
    ids
}

/// Everything that there is to see of these campaigns.
async fn all(world: &World, ids: &[String]) -> Vec<Value> {
    let mut campaigns = vec![];
    for id in ids {
        campaigns.push(world.campaign(id).await);
    }
    campaigns
}

fn outcomes(payload: &Value) -> Vec<(&str, &str)> {
    let results = payload["results"].as_array().unwrap().iter();
    let text = |value: &'_ Value| value.as_str().map(str::to_owned);
    assert!(results.clone().all(|result| text(&result["id"]).is_some()));
    results
        .map(|result| {
            (
                result["outcome"].as_str().unwrap(),
                result["error"]["code"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

fn assert_counts(payload: &Value) {
    let outcomes = outcomes(payload);
    for (count, outcome) in [
        ("changedCount", "CHANGED"),
        ("unchangedCount", "UNCHANGED"),
        ("refusedCount", "REFUSED"),
    ] {
        let expected = outcomes.iter().filter(|(one, _)| *one == outcome).count();
        assert_eq!(payload[count], expected, "{count}");
    }
}

/// Each campaign fares as with the single command, in place, and the log has the changes in the same order.
#[tokio::test]
async fn what_can_be_applied_is_and_the_rest_is_reported() {
    for (bulk, single, kind) in COMMANDS {
        let world = World::new().await;
        let ids = population(&world).await;
        let alone = World::new().await;
        let twins = population(&alone).await;
        let before = all(&world, &ids).await;
        let end = world.log_end().await;
        let payload = world.bulk(bulk, json!({ "ids": ids }), Value::Null).await;
        let mut told = world.events_after(end).await.into_iter();
        assert_eq!(codes(&payload), ["x"; 0]);
        assert_counts(&payload);
        for (index, (id, twin)) in ids.iter().zip(&twins).enumerate() {
            let result = &payload["results"][index];
            assert_eq!(result["id"], json!(id), "in the order of the ids");
            let expected = alone.run(single, twin).await;
            let now = world.campaign(id).await;
            for field in ["status", "version"] {
                assert_eq!(result["campaign"][field], now[field], "as it is now");
                assert_eq!(now[field], expected.campaign()[field], "{bulk} {id}");
            }
            let outcome = match (expected.changed(), expected.codes().as_slice()) {
                (true, _) => {
                    let event = told.next().unwrap();
                    assert_eq!(event["campaignId"], json!(id), "in the order of the results");
                    assert_eq!(event["kind"], kind);
                    assert_eq!(event["version"], now["version"]);
                    assert_eq!(event["statusBefore"], before[index]["status"]);
                    assert_eq!(event["statusAfter"], now["status"]);
                    assert_eq!(event["causedBySegment"], Value::Null);
                    ("CHANGED", "")
                }
                (false, []) => ("UNCHANGED", ""),
                (false, codes) => ("REFUSED", codes[0]),
            };
            assert_eq!(outcomes(&payload)[index], outcome, "{bulk} {}", before[index]);
            if outcome.0 != "CHANGED" {
                assert_eq!(now, before[index]);
            }
        }
        assert_eq!(told.next(), None);
    }
}

#[tokio::test]
async fn all_or_nothing_changes_nothing_if_any_is_refused() {
    for (command, _, kind) in COMMANDS {
        let world = World::new().await;
        let ids = population(&world).await;
        let all_or_nothing = json!({ "policy": "ALL_OR_NOTHING" });
        let before = all(&world, &ids).await;
        let end = world.log_end().await;
        let dry = json!({ "dryRun": true });
        let predicted = world.bulk(command, json!({ "ids": ids }), dry).await;
        let payload = world
            .bulk(command, json!({ "ids": ids }), all_or_nothing.clone())
            .await;
        assert_eq!(codes(&payload), ["x"; 0]);
        assert_counts(&payload);
        assert_eq!(payload["changedCount"], 0);
        for (one, other) in outcomes(&payload).iter().zip(outcomes(&predicted)) {
            let expected = if other.0 == "CHANGED" {
                ("UNCHANGED", "")
            } else {
                other
            };
            assert_eq!(*one, expected);
        }
        assert_eq!(all(&world, &ids).await, before);
        assert_eq!(world.log_end().await, end);

        // Without those that are refused, it applies all the others.
        let willing: Vec<&String> = ids
            .iter()
            .zip(outcomes(&payload))
            .filter_map(|(id, outcome)| (outcome.0 != "REFUSED").then_some(id))
            .collect();
        let payload = world
            .bulk(command, json!({ "ids": willing }), all_or_nothing)
            .await;
        assert_eq!(payload["refusedCount"], 0);
        assert_eq!(payload["changedCount"], predicted["changedCount"]);
        let events = world.events_after(end).await;
        assert_eq!(payload["changedCount"], events.len());
        assert!(events.iter().all(|event| event["kind"] == kind));
    }
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_says_what_the_real_one_then_does() {
    for (command, ..) in COMMANDS {
        for policy in ["APPLY_VALID", "ALL_OR_NOTHING"] {
            let world = World::new().await;
            let ids = population(&world).await;
            let matching = json!({ "matching": { "filter": {
                "status": ["UNLAUNCHED", "ACTIVE", "STOPPED", "ARCHIVED"] } } });
            for selection in [json!({ "ids": ids }), matching] {
                let before = all(&world, &ids).await;
                let end = world.log_end().await;
                let dry = json!({ "policy": policy, "dryRun": true });
                let mut dry = world.bulk(command, selection.clone(), dry).await;
                assert_eq!(all(&world, &ids).await, before);
                assert_eq!(world.log_end().await, end);
                for result in dry["results"].as_array().unwrap() {
                    let shown = &result["campaign"];
                    let is_same = |campaign: &&Value| campaign["id"] == result["id"];
                    let campaign = before.iter().find(is_same).unwrap_or(&Value::Null);
                    assert_eq!(
                        shown["version"], campaign["version"],
                        "as it is, not as it would be"
                    );
                }

                let mut real = world.bulk(command, selection, json!({ "policy": policy })).await;
                for payload in [&mut dry, &mut real] {
                    for result in payload["results"].as_array_mut().unwrap() {
                        result["campaign"].take();
                    }
                }
                assert_eq!(dry, real);
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_campaign_is_refused_in_its_place() {
    let world = World::new().await;
    let (one, two) = (
        world.standing(("ACTIVE", false)).await,
        world.standing(("ACTIVE", false)).await,
    );
    let ids = json!([two, UNKNOWN, one]);
    let payload = world
        .bulk("stopCampaigns", json!({ "ids": ids }), Value::Null)
        .await;
    let expected = [("CHANGED", ""), ("REFUSED", "NOT_FOUND"), ("CHANGED", "")];
    assert_eq!(outcomes(&payload), expected);
    let unknown = &payload["results"][1];
    assert_eq!(unknown["id"], UNKNOWN);
    assert_eq!(unknown["campaign"], Value::Null);
    assert_eq!(unknown["error"]["field"], json!(["selection", "ids", "1"]));
}

#[tokio::test]
async fn repeating_a_bulk_command_changes_nothing_more() {
    for (command, ..) in COMMANDS {
        let world = World::new().await;
        let ids = population(&world).await;
        let first = world.bulk(command, json!({ "ids": ids }), Value::Null).await;
        let end = world.log_end().await;
        let again = world.bulk(command, json!({ "ids": ids }), Value::Null).await;
        assert_eq!(again["changedCount"], 0);
        assert_eq!(again["refusedCount"], first["refusedCount"]);
        assert_eq!(world.log_end().await, end);
    }
}
