//! The pair: a live content and the draft beside it, read alike.

use serde_json::{Value, json};

use crate::harness::{World, email, in_app, webhook};

#[tokio::test]
async fn one_fragment_reads_both_sides() {
    let world = World::new().await;
    let segment = world.segment("Everyone").await;
    let mut live = email("Live");
    live["segmentIds"] = json!([segment]);
    let id = world.active(live).await;
    let mut next = in_app("Next");
    next["schedule"] = json!({ "kind": "API_TRIGGERED" });
    world.save_draft(&id, next).await;
    let query = "
        query ($id: ID!) { campaign(id: $id) { ...Side draft { ...Side } } }
        fragment Side on CampaignContent {
            __typename name description tags
            message { __typename ... on EmailMessage { subject } ... on InAppMessage { title } }
            segments { id }
            schedule { kind }
        }";
    let data = world.ask(query, json!({ "id": id })).await;
    let side = |kind: &str, name: &str, message: Value, schedule: &str| {
        json!({
            "__typename": kind,
            "name": name,
            "description": "",
            "tags": [],
            "message": message,
            "segments": [{ "id": segment }],
            "schedule": { "kind": schedule },
        })
    };
    let email = json!({ "__typename": "EmailMessage", "subject": "Hello" });
    let in_app = json!({ "__typename": "InAppMessage", "title": "Hello" });
    let mut expected = side("Campaign", "Live", email, "ON_LAUNCH");
    expected["draft"] = side("CampaignDraft", "Next", in_app, "API_TRIGGERED");
    assert_eq!(data["campaign"], expected);
}

#[tokio::test]
async fn a_draft_has_a_content_and_nothing_that_only_a_launch_brings() {
    let world = World::new().await;
    let query = r#"{
        content: __type(name: "CampaignContent") { fields { name } possibleTypes { name } }
        draft: __type(name: "CampaignDraft") { fields { name } interfaces { name } }
    }"#;
    let data = world.ask(query, Value::Null).await;
    let names = |list: &Value| {
        let names = list.as_array().unwrap().iter();
        let mut names: Vec<String> = names
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    let mut fields = names(&data["content"]["fields"]);
    fields.extend(
        [
            "id",
            "campaign",
            "changes",
            "basedOnVersion",
            "createdAt",
            "updatedAt",
        ]
        .map(str::to_owned),
    );
    fields.sort();
    assert_eq!(names(&data["draft"]["fields"]), fields);
    assert_eq!(names(&data["draft"]["interfaces"]), ["CampaignContent", "Node"]);
    assert_eq!(
        names(&data["content"]["possibleTypes"]),
        ["Campaign", "CampaignDraft"]
    );
}

#[tokio::test]
async fn a_draft_and_its_campaign_lead_to_each_other() {
    let world = World::new().await;
    let id = world.active(email("Live")).await;
    let saved = world.save_draft(&id, json!({ "name": "Next" })).await;
    let draft = saved.campaign()["draft"]["id"].clone();
    let query = "query ($id: ID!, $draft: ID!) {
        campaign(id: $id) { draft { id name campaign { id name version draft { id basedOnVersion } } } }
        node(id: $draft) {
            __typename id
            ... on CampaignDraft { name campaign { id status draft { id name } } changes { path } }
        }
        nodes(ids: [$draft, $id]) { id ... on CampaignContent { name } }
    }";
    let data = world.ask(query, json!({ "id": id, "draft": draft })).await;
    let expected = json!({
        "campaign": {
            "draft": {
                "id": draft,
                "name": "Next",
                "campaign": { "id": id, "name": "Live", "version": 3, "draft": { "id": draft, "basedOnVersion": 2 } },
            },
        },
        "node": {
            "__typename": "CampaignDraft",
            "id": draft,
            "name": "Next",
            "campaign": { "id": id, "status": "ACTIVE", "draft": { "id": draft, "name": "Next" } },
            "changes": [{ "path": "name" }],
        },
        "nodes": [{ "id": draft, "name": "Next" }, { "id": id, "name": "Live" }],
    });
    assert_eq!(data, expected);

    world.run("discardDraft", &id).await;
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    assert_eq!(world.ask(node, json!({ "id": draft })).await["node"], Value::Null);
}

/// However a draft is changed, the live content stays; and however it is left, the campaign has one side again.
#[tokio::test]
async fn the_live_content_is_untouched_by_all_that_happens_to_the_draft() {
    let world = World::new().await;
    let id = world.active(email("Live")).await;
    let live = |campaign: &Value| {
        [
            "name",
            "description",
            "tags",
            "message",
            "segments",
            "schedule",
            "inAppPriority",
            "status",
            "launchedAt",
        ]
        .map(|field| campaign[field].clone())
    };
    let before = live(&world.campaign(&id).await);
    let saves = [
        json!({ "name": "A", "tags": ["a"] }),
        in_app("B"),
        json!({ "message": null, "segmentIds": [] }),
        webhook("C"),
        json!({ "description": "d", "tags": [], "schedule": { "kind": "AT_TIME", "startAt": "2031-01-01T00:00:00Z" } }),
        json!({ "segmentIds": [world.segment("Another").await] }),
    ];
    for patch in saves {
        let step = world.observe(&id, world.save_draft(&id, patch)).await;
        let campaign = step.changed("DRAFT_SAVED", "ACTIVE", "ACTIVE");
        assert_eq!(live(&campaign), before);
    }
    let found = "{ campaigns(filter: { channel: [EMAIL], hasDraft: true }) { nodes { name } } }";
    let found = world.ask(found, Value::Null).await;
    assert_eq!(found["campaigns"]["nodes"], json!([{ "name": "Live" }]));
    world.run("stopCampaign", &id).await;
    world.run("archiveCampaign", &id).await;
    world.run("unarchiveCampaign", &id).await;
    world.run("resumeCampaign", &id).await;
    let discarded = world.run("discardDraft", &id).await;
    assert_eq!(live(discarded.campaign()), before);
}
