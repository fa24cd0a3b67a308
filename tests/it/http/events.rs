//! GraphQL over server-sent events.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::Stage;
use crate::harness::{CAMPAIGN_EVENTS, SET_TIME};

const EVENTS: &str = "text/event-stream";

/// The events of a stream, as they come: each the name and the data.
struct Stream {
    response: reqwest::Response,
    read: String,
}

impl Stream {
    /// Posts a request for events.
    async fn open(stage: &Stage, query: &str, variables: Value) -> Self {
        let body = json!({ "query": query, "variables": variables });
        let post = stage
            .http
            .post(stage.server.url("/graphql"))
            .header(ACCEPT, EVENTS);
        let response = post.json(&body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let content_type = response.headers()[CONTENT_TYPE].to_str().unwrap();
        assert!(content_type.starts_with(EVENTS), "{content_type}");
        Self {
            response,
            read: String::new(),
        }
    }

    /// The next event, none at the end of the stream; comments are left out.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.read = rest;
                if event == ":" {
                    continue;
                }
                let (name, data) = event.split_once('\n').unwrap();
                let name = name.strip_prefix("event: ").unwrap().to_owned();
                return Some((name, data.strip_prefix("data:").unwrap().trim_start().to_owned()));
            }
            let chunk = timeout(SET_TIME, self.response.chunk()).await.unwrap().unwrap()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next result.
    async fn result(&mut self) -> Value {
        let (name, data) = self.next().await.unwrap();
        assert_eq!(name, "next", "{data}");
        serde_json::from_str(&data).unwrap()
    }

    /// Checks that the operation is over, and the stream with it.
    async fn ends(&mut self) {
        assert_eq!(self.next().await.unwrap(), ("complete".to_owned(), String::new()));
        assert_eq!(self.next().await, None);
    }
}

#[tokio::test]
async fn a_subscription_is_followed_until_the_client_goes() {
    let stage = Stage::new();
    let create = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";
    stage.server.ask(create, json!({})).await;
    let mut stream = Stream::open(&stage, CAMPAIGN_EVENTS, json!({ "after": 0 })).await;
    assert_eq!(stream.result().await["data"]["event"]["sequence"], 1);
    let quiet = timeout(Duration::from_millis(300), stream.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    stage.server.ask(create, json!({})).await;
    assert_eq!(stream.result().await["data"]["event"]["sequence"], 2);
    drop(stream);
    stage.server.ask(create, json!({})).await;
}

#[tokio::test]
async fn queries_and_mutations_are_one_event() {
    let stage = Stage::new();
    for (query, expected) in [
        ("{ __typename }", json!({ "__typename": "Query" })),
        (super::CREATE, json!({ "createSegment": { "changed": true } })),
    ] {
        let mut stream = Stream::open(&stage, query, json!({})).await;
        assert_eq!(stream.result().await, json!({ "data": expected }));
        stream.ends().await;
    }
}

#[tokio::test]
async fn what_cannot_be_executed_is_an_event_too() {
    let stage = Stage::new();
    let deep = format!("{{ f(x: {}1{}) }}", "[".repeat(100), "]".repeat(100));
    for query in ["{", "{ nonsense }", "subscription { nonsense }", &deep] {
        let mut stream = Stream::open(&stage, query, json!({})).await;
        let result = stream.result().await;
        assert!(result.get("data").is_none(), "{result}");
        assert!(result["errors"][0]["extensions"]["code"].is_string(), "{result}");
        stream.ends().await;
    }
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams_without_completing_them() {
    let mut stage = Stage::new();
    let mut stream = Stream::open(&stage, CAMPAIGN_EVENTS, json!({ "after": 0 })).await;
    let (status, next) = tokio::join!(stage.server.terminate(), stream.next());
    assert!(status.success());
    assert_eq!(next, None);
}
