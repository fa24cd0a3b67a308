//! What does not exist: a refusal in mutations, null in queries; an id that is none is a mistake of the client.

use serde_json::{Value, json};

use crate::harness::{World, email};

const CAMPAIGN: &str = "cmp_01jd0000000000000000000000";
const DRAFT: &str = "drf_01jd0000000000000000000000";
const SEGMENT: &str = "seg_01jd0000000000000000000000";
const CANVAS: &str = "cnv_01jd0000000000000000000000";

/// Every mutation on one thing: the mutation with the id left open, the payload's field, and the argument.
const MUTATIONS: [(&str, &str, &str); 18] = [
    ("updateCampaign(id: $id, content: {})", "campaign", "id"),
    ("cloneCampaign(id: $id)", "campaign", "id"),
    ("launchCampaign(id: $id)", "campaign", "id"),
    ("stopCampaign(id: $id)", "campaign", "id"),
    ("resumeCampaign(id: $id)", "campaign", "id"),
    ("archiveCampaign(id: $id)", "campaign", "id"),
    ("unarchiveCampaign(id: $id)", "campaign", "id"),
    (
        "saveDraft(campaignId: $id, content: {})",
        "campaign",
        "campaignId",
    ),
    ("launchDraft(campaignId: $id)", "campaign", "campaignId"),
    ("discardDraft(campaignId: $id)", "campaign", "campaignId"),
    (
        "updateSegment(id: $id, input: {}, expectedVersion: 7)",
        "segment",
        "id",
    ),
    ("archiveSegment(id: $id)", "segment", "id"),
    ("archiveSegment(id: $id, dryRun: true)", "segment", "id"),
    ("unarchiveSegment(id: $id)", "segment", "id"),
    ("archiveCanvas(id: $id)", "canvas", "id"),
    ("unarchiveCanvas(id: $id)", "canvas", "id"),
    (
        "setInAppPriority(sourceId: $id, place: { level: HIGH })",
        "source",
        "sourceId",
    ),
    (
        "setInAppPriority(sourceId: $id, place: { level: LOW })",
        "source",
        "sourceId",
    ),
];

fn query(mutation: &str, field: &str) -> String {
    format!(
        "mutation ($id: ID!) {{ payload: {mutation} {{
            {field} {{ __typename }} changed userErrors {{ code message field }} }} }}"
    )
}

#[tokio::test]
async fn a_mutation_on_what_does_not_exist_is_refused_and_names_the_argument() {
    let world = World::new().await;
    for (index, (mutation, field, argument)) in MUTATIONS.into_iter().enumerate() {
        let id = match field {
            "segment" => SEGMENT,
            "canvas" => CANVAS,
            "source" if index % 2 == 0 => CANVAS,
            _ => CAMPAIGN,
        };
        let data = world.ask(&query(mutation, field), json!({ "id": id })).await;
        let payload = &data["payload"];
        assert_eq!(payload[field], Value::Null, "{mutation}");
        assert_eq!(payload["changed"], false, "{mutation}");
        let errors = payload["userErrors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{mutation}");
        assert_eq!(errors[0]["code"], "NOT_FOUND", "{mutation}");
        assert_eq!(errors[0]["field"], json!([argument]), "{mutation}");
    }
    assert_eq!(world.log_end().await, 0);
}

#[tokio::test]
async fn an_id_of_another_kind_is_an_error_of_the_request() {
    let world = World::new().await;
    for (mutation, field, _) in MUTATIONS {
        let wrong = if field == "segment" { CAMPAIGN } else { SEGMENT };
        for id in [wrong, "", "nonsense", "cmp_", "7"] {
            let code = world
                .error_code(&query(mutation, field), json!({ "id": id }))
                .await;
            assert_eq!(code, "BAD_USER_INPUT", "{mutation} {id}");
        }
    }
}

#[tokio::test]
async fn a_query_for_what_does_not_exist_is_null() {
    let world = World::new().await;
    let query = "query ($ids: [ID!]!, $campaign: ID!, $segment: ID!, $canvas: ID!) {
        campaign(id: $campaign) { id }
        segment(id: $segment) { id }
        canvas(id: $canvas) { id }
        node(id: $campaign) { id }
        nodes(ids: $ids) { id }
    }";
    let there = world.unlaunched(email("There")).await;
    let variables = json!({
        "ids": [CAMPAIGN, DRAFT, there, SEGMENT, CANVAS],
        "campaign": CAMPAIGN,
        "segment": SEGMENT,
        "canvas": CANVAS,
    });
    let expected = json!({
        "campaign": null,
        "segment": null,
        "canvas": null,
        "node": null,
        "nodes": [null, null, { "id": there }, null, null],
    });
    assert_eq!(world.ask(query, variables).await, expected);
}
