//! What is written in another way than it is executed: fields that stand more than once, variables that are given
//! nothing, strings in blocks.

use serde_json::json;

use super::Stage;
use crate::harness::Socket;

#[tokio::test]
async fn a_command_that_stands_twice_is_carried_out_once() {
    let stage = Stage::new();
    let create = "createSegment(input: { name: \"Everyone\" })";
    let query = format!(
        "mutation ($dry: Boolean!) {{
            {create} {{ changed }}
            ...f
            ... on Mutation @skip(if: $dry) {{ again: {create} {{ changed }} }}
        }}
        fragment f on Mutation {{ {create} {{ segment {{ name }} }} }}"
    );
    let done = stage.server.ask(&query, json!({ "dry": true })).await;
    assert_eq!(
        done,
        json!({ "createSegment": { "changed": true, "segment": { "name": "Everyone" } } })
    );
    let segments = stage.server.ask("{ segments { totalCount } }", json!({})).await;
    assert_eq!(segments["segments"]["totalCount"], 1);
}

#[tokio::test]
async fn a_subscription_may_select_its_field_by_fragments() {
    let stage = Stage::new();
    let create = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";
    stage.server.ask(create, json!({})).await;
    let mut socket = Socket::open(&stage.server).await;
    let query = "subscription { ...f campaignEvents(after: 0) { kind } }
        fragment f on Subscription { campaignEvents(after: 0) { sequence } }";
    socket.subscribe("a", query, json!({})).await;
    let told = socket.message().await;
    let event = json!({ "sequence": 1, "kind": "CREATED" });
    assert_eq!(told["payload"]["data"]["campaignEvents"], event, "{told}");
}

#[tokio::test]
async fn a_field_that_stands_in_two_fragments_is_read_once() {
    let stage = Stage::new();
    // What cannot be read is told each time.
    let query = "{ ...a ...b } fragment a on Query { node(id: \"nonsense\") { id } campaigns(first: 1) { ...c } }
        fragment b on Query { campaigns(first: 1) { ...c pageInfo { hasNextPage } } node(id: \"nonsense\") { id } }
        fragment c on CampaignConnection { nodes { history(after: \"nonsense\") { totalCount } } }";
    let create = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";
    stage.server.ask(create, json!({})).await;
    let response = stage.server.try_execute(query, json!({})).await.unwrap();
    let mut paths: Vec<_> = response["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["path"].to_string())
        .collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [r#"["campaigns","nodes",0,"history"]"#, r#"["node"]"#],
        "{response}"
    );
}

#[tokio::test]
async fn an_argument_that_is_given_nothing_has_its_default() {
    let stage = Stage::new();
    let create = "mutation ($level: InAppLevel, $dry: Boolean, $id: ID!) {
        createCanvas(name: \"Welcome\", level: $level) { canvas { inAppPriority { level } } }
        archiveSegment(id: $id, dryRun: $dry) { changed }
    }";
    let segment = "mutation { createSegment(input: { name: \"Everyone\" }) { segment { id } } }";
    let made = stage.server.ask(segment, json!({})).await;
    let id = &made["createSegment"]["segment"]["id"];
    let done = stage.server.ask(create, json!({ "id": id })).await;
    let expected = json!({
        "createCanvas": { "canvas": { "inAppPriority": { "level": "MEDIUM" } } },
        "archiveSegment": { "changed": true },
    });
    assert_eq!(done, expected);
    let count = "query ($archived: Boolean) {
        segments(includeArchived: $archived) { totalCount }
        __type(name: \"Query\") { fields(includeDeprecated: $archived) { name } }
    }";
    let counted = stage.server.ask(count, json!({})).await;
    assert_eq!(counted["segments"]["totalCount"], 0);
    let response = stage
        .server
        .try_execute(count, json!({ "archived": null }))
        .await
        .unwrap();
    assert!(response["errors"].is_array(), "null is not nothing: {response}");
}

#[tokio::test]
async fn a_string_in_a_block_says_what_graphql_says() {
    let stage = Stage::new();
    let create = r#"mutation {
        createCampaign(content: { name: "Spring", description: """
            Code: \"""
              \n
        """ }) { campaign { description } }
    }"#;
    let done = stage.server.ask(create, json!({})).await;
    assert_eq!(
        done["createCampaign"]["campaign"]["description"],
        "Code: \"\"\"\n  \\n"
    );
}
