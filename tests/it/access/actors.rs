//! Who did what, as the log has it.

use serde_json::{Value, json};
use understudy_persistence::migrate;

use super::{Stage, VIEWER};
use crate::harness::access::{token, token_of, told};
use crate::harness::{Database, Server};

const CREATE: &str = "mutation ($segments: [ID!]) {
    createCampaign(content: { name: \"a\", segmentIds: $segments }) { campaign { id } userErrors { code } }
}";

const HISTORY: &str = "query ($id: ID!) {
    campaign(id: $id) { history { nodes { kind actor causedBySegment { id } } } }
}";

/// What the log calls whoever has a token.
async fn name(stage: &Stage, token: &str) -> Value {
    stage.ask(token, VIEWER, json!({})).await["viewer"]["tokenName"].take()
}

/// A new campaign, by whoever has a token.
async fn create(stage: &Stage, token: &str, segments: &[&str]) -> String {
    let made = stage.ask(token, CREATE, json!({ "segments": segments })).await;
    let id = made["createCampaign"]["campaign"]["id"].as_str();
    id.unwrap_or_else(|| panic!("{made}")).to_owned()
}

/// The kinds of a campaign's events, whose actors they have, and the segments that have brought them about.
async fn history(stage: &Stage, token: &str, id: &str) -> Value {
    let mut answer = stage.ask(token, HISTORY, json!({ "id": id })).await;
    let mut nodes = answer["campaign"]["history"]["nodes"].take();
    nodes
        .as_array_mut()
        .unwrap()
        .sort_by_key(|node| node["kind"].to_string());
    nodes
}

#[tokio::test]
async fn what_archiving_a_segment_does_is_done_by_whoever_archives_it() {
    let stage = Stage::new();
    let [editor, launcher] = ["editor", "launcher"].map(|role| token(&stage.database, role));
    let names = [name(&stage, &editor).await, name(&stage, &launcher).await];
    assert_ne!(names[0], names[1]);
    let made = "mutation { createSegment(input: { name: \"a\" }) { segment { id } } }";
    let made = stage.ask(&editor, made, json!({})).await;
    let segment = made["createSegment"]["segment"]["id"].as_str().unwrap();
    let campaign = create(&stage, &editor, &[segment]).await;
    let archive = "mutation ($id: ID!) { archiveSegment(id: $id) { userErrors { code } } }";
    stage.ask(&launcher, archive, json!({ "id": segment })).await;
    assert_eq!(
        history(&stage, &editor, &campaign).await,
        json!([
            { "kind": "ARCHIVED", "actor": names[1], "causedBySegment": { "id": segment } },
            { "kind": "CREATED", "actor": names[0], "causedBySegment": null },
        ])
    );
}

#[tokio::test]
async fn what_is_done_in_bulk_is_done_by_whoever_asks_for_it() {
    let stage = Stage::new();
    let [editor, launcher] = ["editor", "launcher"].map(|role| token(&stage.database, role));
    let names = [name(&stage, &editor).await, name(&stage, &launcher).await];
    let ids = [
        create(&stage, &editor, &[]).await,
        create(&stage, &editor, &[]).await,
    ];
    let archive = "mutation ($ids: [ID!]!) { archiveCampaigns(selection: { ids: $ids }) { __typename } }";
    stage.ask(&launcher, archive, json!({ "ids": ids })).await;
    for id in &ids {
        assert_eq!(
            history(&stage, &editor, id).await,
            json!([
                { "kind": "ARCHIVED", "actor": names[1], "causedBySegment": null },
                { "kind": "CREATED", "actor": names[0], "causedBySegment": null },
            ])
        );
    }
}

#[tokio::test]
async fn what_the_program_does_by_itself_is_done_by_nobody() {
    let stage = Stage::with(&["--demo"]);
    let admin = token_of(&stage.database, "default", "admin", &[]);
    let all = "{ campaigns(first: 100) { nodes { history(first: 40) { nodes { actor } } } }
        tokens { nodes { createdBy } } }";
    let answer = stage.ask(&admin, all, json!({})).await;
    let campaigns = answer["campaigns"]["nodes"].as_array().unwrap();
    let events = campaigns
        .iter()
        .flat_map(|campaign| campaign["history"]["nodes"].as_array().unwrap());
    let actors: Vec<_> = events.map(|event| &event["actor"]).collect();
    assert!(
        actors.len() > 50 && actors.iter().all(|actor| actor.is_null()),
        "{actors:?}"
    );
    assert_eq!(answer["tokens"]["nodes"], json!([{ "createdBy": null }]));
}

#[tokio::test]
async fn what_was_done_before_there_were_actors_was_done_by_nobody() {
    let database = Database::new();
    let id = {
        let server = Server::start(&database);
        let made = server.ask(CREATE, json!({ "segments": [] })).await;
        made["createCampaign"]["campaign"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    // As a database was that an earlier version has left.
    let applied = migrate::status(database.url()).await.unwrap();
    let since = applied.iter().filter(|state| *state.name >= *"m0011").count();
    migrate::down(database.url(), since.try_into().unwrap())
        .await
        .unwrap();
    told(&["migrate", "--database", database.url(), "up"]);
    let stage = Stage::over(database, &[]);
    let editor = token(&stage.database, "editor");
    let update = "mutation ($id: ID!) { updateCampaign(id: $id, content: { name: \"b\" }) { changed } }";
    stage.ask(&editor, update, json!({ "id": id })).await;
    let actors = history(&stage, &editor, &id).await;
    assert_eq!(
        actors,
        json!([
            { "kind": "CREATED", "actor": null, "causedBySegment": null },
            { "kind": "UPDATED", "actor": name(&stage, &editor).await, "causedBySegment": null },
        ])
    );
}
