//! Subscriptions over `WebSocket`: graphql-transport-ws, spoken message by message and with a client that others use.

mod admission;
mod client;
mod limits;
mod prompt;
mod protocol;
mod slow;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::harness::{CAMPAIGN_EVENTS, Database, Server, Socket, email, sequence};

/// A real server over a database of its own.
struct Stage {
    server: Arc<Server>,
    _database: Database,
}

impl Stage {
    fn new() -> Self {
        Self::with(&[])
    }

    /// With these options besides.
    fn with(options: &[&str]) -> Self {
        let database = Database::new();
        let server = Server::start_with(&database, options);
        Self {
            server: Arc::new(server),
            _database: database,
        }
    }

    /// Makes a campaign: one event. Its id.
    async fn create(&self, name: &str) -> String {
        let query = "mutation ($content: CampaignContentInput!) {
            createCampaign(content: $content) { campaign { id } } }";
        let data = self.server.ask(query, json!({ "content": email(name) })).await;
        data["createCampaign"]["campaign"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Makes as many campaigns as asked for.
    async fn create_many(&self, count: usize) {
        for number in 0..count {
            self.create(&format!("Campaign {number}")).await;
        }
    }
}

fn after(sequence: i64) -> Value {
    json!({ "after": sequence })
}

#[tokio::test]
async fn a_subscription_replays_then_follows_until_it_is_completed() {
    let stage = Stage::new();
    stage.create_many(3).await;
    let mut socket = Socket::open(&stage.server).await;
    socket.subscribe("a", CAMPAIGN_EVENTS, after(1)).await;
    for expected in 2..=3 {
        assert_eq!(sequence(&socket.event("a").await), expected);
    }
    stage.create("One more").await;
    assert_eq!(sequence(&socket.event("a").await), 4);

    socket
        .send(&json!({ "type": "complete", "id": "a" }))
        .await
        .unwrap();
    stage.create("Unseen").await;
    // The id is free again; what the first subscription still had to say would come before this.
    socket.subscribe("a", CAMPAIGN_EVENTS, after(3)).await;
    assert_eq!(sequence(&socket.event("a").await), 4);
    assert_eq!(sequence(&socket.event("a").await), 5);
}

#[tokio::test]
async fn two_subscriptions_share_a_socket() {
    let stage = Stage::new();
    let first = stage.create("First").await;
    let second = stage.create("Second").await;
    let mut socket = Socket::open(&stage.server).await;
    for (id, campaign) in [("a", &first), ("b", &second)] {
        let filter = json!({ "campaignIds": [campaign] });
        socket
            .subscribe(id, CAMPAIGN_EVENTS, json!({ "after": 0, "filter": filter }))
            .await;
        assert_eq!(socket.event(id).await["campaignId"], campaign.as_str());
    }
    let archive = "mutation ($id: ID!) { archiveCampaign(id: $id) { changed } }";
    for (id, campaign) in [("b", &second), ("a", &first)] {
        stage.server.ask(archive, json!({ "id": campaign })).await;
        assert_eq!(socket.event(id).await["kind"], "ARCHIVED");
    }
    // One ends, the other goes on.
    socket
        .send(&json!({ "type": "complete", "id": "a" }))
        .await
        .unwrap();
    let unarchive = "mutation ($id: ID!) { unarchiveCampaign(id: $id) { changed } }";
    for campaign in [&first, &second] {
        stage.server.ask(unarchive, json!({ "id": campaign })).await;
    }
    let event = socket.event("b").await;
    assert_eq!((sequence(&event), &event["kind"]), (6, &json!("UNARCHIVED")));
}

#[tokio::test]
async fn a_client_whose_connection_was_cut_comes_back_with_after() {
    let stage = Stage::new();
    let mut last = 0;
    for round in 0..4 {
        let mut socket = Socket::open(&stage.server).await;
        socket.subscribe("a", CAMPAIGN_EVENTS, after(last)).await;
        stage.create_many(2 + round).await;
        // It goes with more on the way than it has seen, and without a word.
        for _ in 0..=round {
            let event = socket.event("a").await;
            assert_eq!(sequence(&event), last + 1);
            last += 1;
        }
    }
    let mut socket = Socket::open(&stage.server).await;
    socket.subscribe("a", CAMPAIGN_EVENTS, after(last)).await;
    for expected in last + 1..=14 {
        assert_eq!(sequence(&socket.event("a").await), expected);
    }
}

#[tokio::test]
async fn queries_and_mutations_go_over_the_socket_too() {
    let stage = Stage::new();
    let mut socket = Socket::open(&stage.server).await;
    let create = "mutation ($content: CampaignContentInput!) {
        createCampaign(content: $content) { changed campaign { name } } }";
    socket
        .subscribe("m", create, json!({ "content": email("Over the socket") }))
        .await;
    let message = socket.message().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!("m")));
    let created = &message["payload"]["data"]["createCampaign"];
    assert_eq!(created["campaign"]["name"], "Over the socket");
    assert_eq!(socket.message().await, json!({ "type": "complete", "id": "m" }));

    socket
        .subscribe("m", "{ campaigns { totalCount } }", json!({}))
        .await;
    let message = socket.message().await;
    assert_eq!(
        message["payload"]["data"],
        json!({ "campaigns": { "totalCount": 1 } })
    );
    assert_eq!(socket.message().await, json!({ "type": "complete", "id": "m" }));
}

#[tokio::test]
async fn an_operation_that_fails_leaves_the_socket_and_the_others_alone() {
    let stage = Stage::new();
    stage.create("First").await;
    let mut socket = Socket::open(&stage.server).await;
    socket.subscribe("good", CAMPAIGN_EVENTS, after(0)).await;
    assert_eq!(sequence(&socket.event("good").await), 1);
    let deep = format!("{{ f(x: {}1{}) }}", "[".repeat(500), "]".repeat(500));
    // What cannot be carried out at all is an error, after which nothing comes.
    for (query, code) in [
        (
            "subscription { campaignEvents(after: \"one\") { sequence } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription { nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        (&deep, "QUERY_TOO_COMPLEX"),
        ("query ($id: ID!) { campaign(id: $id) { id } }", "BAD_USER_INPUT"),
    ] {
        socket.subscribe("bad", query, json!({})).await;
        let message = socket.message().await;
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("error"), &json!("bad")),
            "{message}"
        );
        assert_eq!(
            message["payload"][0]["extensions"]["code"], code,
            "{query}: {message}"
        );
    }
    // What fails while it is carried out is a result.
    for variables in [after(1_000), after(-1)] {
        socket.subscribe("bad", CAMPAIGN_EVENTS, variables).await;
        let message = socket.message().await;
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("next"), &json!("bad")),
            "{message}"
        );
        let code = &message["payload"]["errors"][0]["extensions"]["code"];
        assert_eq!(code, "BAD_USER_INPUT", "{message}");
        assert_eq!(socket.message().await, json!({ "type": "complete", "id": "bad" }));
    }
    stage.create("Second").await;
    assert_eq!(sequence(&socket.event("good").await), 2);
}
