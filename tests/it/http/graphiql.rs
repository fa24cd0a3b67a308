//! The page at `/`, and the operations that wait in its tabs.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::Stage;
use crate::harness::{Server, Socket, email};

/// The page's tabs: a query, and its variables as a text.
async fn tabs(stage: &Stage) -> Vec<(String, Value)> {
    let response = stage.http.get(stage.server.url("/")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    let page = response.text().await.unwrap();
    let (_, rest) = page.split_once("id=\"tabs\">").unwrap();
    let tabs: Vec<Value> = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
    let tab = |tab: &Value| {
        let variables = tab["variables"].as_str().unwrap_or("{}");
        (
            tab["query"].as_str().unwrap().to_owned(),
            serde_json::from_str(variables).unwrap(),
        )
    };
    tabs.iter().map(tab).collect()
}

/// Makes a campaign that is active; its id.
async fn launched(server: &Server) -> String {
    let segment = "mutation { createSegment(input: { name: \"Everyone\" }) { segment { id } } }";
    let segment = server.ask(segment, json!({})).await["createSegment"]["segment"]["id"].take();
    let create = "mutation ($content: CampaignContentInput!) { createCampaign(content: $content) { campaign { id } } }";
    let mut content = email("Welcome");
    content["segmentIds"] = json!([segment]);
    let data = server.ask(create, json!({ "content": content })).await;
    let id = data["createCampaign"]["campaign"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let launch = "mutation ($id: ID!) { launchCampaign(id: $id) { changed } }";
    server.ask(launch, json!({ "id": id })).await;
    id
}

#[tokio::test]
async fn every_tab_of_the_page_does_what_it_says() {
    let stage = Stage::new();
    let id = launched(&stage.server).await;
    let mut done = vec![];
    for (query, mut variables) in tabs(&stage).await {
        // The one thing that a visitor has to put in.
        if variables.get("campaignId").is_some() {
            variables["campaignId"] = json!(id);
        }
        if query.contains("\nsubscription ") {
            variables["after"] = json!(0);
            let query = query.replace("campaignEvents", "event: campaignEvents");
            let mut feed = Socket::open(&stage.server)
                .await
                .into_feed(&query, variables)
                .await;
            let events = feed.events(4).await;
            done.push(crate::harness::texts(&events, "kind").join(" "));
            continue;
        }
        let data = stage.server.ask(&query, variables).await;
        let (field, answer) = data.as_object().unwrap().iter().next().unwrap();
        assert!(
            answer.get("userErrors").is_none_or(|errors| *errors == json!([])),
            "{answer}"
        );
        done.push(format!(
            "{field} {}",
            answer.get("changed").unwrap_or(&Value::Null)
        ));
    }
    assert_eq!(
        done,
        [
            "campaigns null",
            "saveDraft true",
            "launchDraft true",
            "archiveCampaigns null",
            "CREATED LAUNCHED DRAFT_SAVED DRAFT_LAUNCHED",
        ]
    );
}

#[tokio::test]
async fn the_page_may_be_asked_for_its_head_and_nothing_else_is_beside_it() {
    let stage = Stage::new();
    for (path, status) in [
        ("/", 200),
        ("/index.html", 404),
        ("/../Cargo.toml", 404),
        ("/graphql/", 404),
    ] {
        let response = stage.http.get(stage.server.url(path)).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
}
