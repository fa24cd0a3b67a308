//! Archiving a campaign: out of use, and still there to be read in full.

use serde_json::{Value, json};

use crate::harness::{STANDINGS, World, email};

#[tokio::test]
async fn a_campaign_is_archived_from_everywhere_and_kept_as_it_was() {
    let world = World::new().await;
    for standing in STANDINGS
        .iter()
        .filter(|(status, _)| !status.starts_with("ARCHIVED"))
    {
        let id = world.standing(*standing).await;
        let before = world.campaign(&id).await;
        let step = world.step("archiveCampaign", &id).await;
        let campaign = step.changed("ARCHIVED", standing.0, "ARCHIVED");
        let archived_by = json!({ "__typename": "DirectArchive", "at": campaign["updatedAt"] });
        assert_eq!(campaign["archivedBy"], archived_by);
        let kept = [
            "name",
            "description",
            "tags",
            "message",
            "segments",
            "schedule",
            "draft",
            "launchedAt",
        ];
        for field in kept {
            assert_eq!(campaign[field], before[field], "{field}");
        }
        assert_eq!(campaign["allowedActions"], json!(["UNARCHIVE", "CLONE"]));
    }
}

#[tokio::test]
async fn an_archived_campaign_is_not_archived_again() {
    let world = World::new().await;
    for standing in STANDINGS
        .iter()
        .filter(|(status, _)| status.starts_with("ARCHIVED"))
    {
        let id = world.standing(*standing).await;
        world.step("archiveCampaign", &id).await.unchanged();
    }
}

#[tokio::test]
async fn an_archived_campaign_is_read_in_full() {
    let world = World::new().await;
    let id = world.standing(("ARCHIVED", true)).await;
    let draft = world.campaign(&id).await["draft"]["id"].clone();
    let query = "query ($id: ID!, $draft: ID!) {
        campaign(id: $id) {
            createdAt updatedAt launchedAt
            draft { id changes { path live draft } campaign { status } }
            history { totalCount nodes { kind statusAfter } }
        }
        node(id: $draft) { ... on CampaignDraft { description campaign { id } } }
        campaigns { totalCount }
        archived: campaigns(filter: { status: [ARCHIVED] }) { nodes { id } }
    }";
    let data = world.ask(query, json!({ "id": id, "draft": draft })).await;

    let campaign = &data["campaign"];
    assert_eq!(
        campaign["draft"],
        json!({
            "id": draft,
            "changes": [{ "path": "description", "live": "", "draft": "next" }],
            "campaign": { "status": "ARCHIVED" },
        })
    );
    let kinds = [
        ("CREATED", "UNLAUNCHED"),
        ("LAUNCHED", "ACTIVE"),
        ("DRAFT_SAVED", "ACTIVE"),
        ("ARCHIVED", "ARCHIVED"),
    ];
    let told = kinds.map(|(kind, status)| json!({ "kind": kind, "statusAfter": status }));
    assert_eq!(campaign["history"], json!({ "totalCount": 4, "nodes": told }));
    for time in ["createdAt", "updatedAt", "launchedAt"] {
        assert_ne!(campaign[time], Value::Null, "{time}");
    }
    assert_eq!(
        data["node"],
        json!({ "description": "next", "campaign": { "id": id } })
    );
    assert_eq!(data["campaigns"]["totalCount"], 0, "lists leave it out …");
    assert_eq!(
        data["archived"]["nodes"],
        json!([{ "id": id }]),
        "… unless they are asked for it"
    );
}

#[tokio::test]
async fn nothing_of_an_archived_campaign_is_changed() {
    let world = World::new().await;
    let patch = json!({ "description": "changed" });
    for standing in STANDINGS
        .iter()
        .filter(|(status, _)| status.starts_with("ARCHIVED"))
    {
        let id = world.standing(*standing).await;
        let step = world.observe(&id, world.update(&id, patch.clone())).await;
        step.refused("CAMPAIGN_ARCHIVED");
        let step = world.observe(&id, world.save_draft(&id, patch.clone())).await;
        step.refused("CAMPAIGN_ARCHIVED");
        for command in [
            "launchCampaign",
            "stopCampaign",
            "resumeCampaign",
            "launchDraft",
            "discardDraft",
        ] {
            world.step(command, &id).await.refused("CAMPAIGN_ARCHIVED");
        }
    }
}

#[tokio::test]
async fn archiving_says_when_it_happened_last() {
    let world = World::new().await;
    let id = world.active(email("Twice")).await;
    world.run("archiveCampaign", &id).await;
    let campaign = world.run("unarchiveCampaign", &id).await;
    assert_eq!(campaign.campaign()["archivedBy"], Value::Null);
    let step = world.step("archiveCampaign", &id).await;
    let campaign = step.changed("ARCHIVED", "STOPPED", "ARCHIVED");
    assert_eq!(campaign["archivedBy"]["at"], campaign["updatedAt"]);
}
