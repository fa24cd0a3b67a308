//! GraphQL over server-sent events.

use std::time::Duration;

use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::Stage;
use crate::harness::{CAMPAIGN_EVENTS, SET_TIME};

const EVENTS: &str = "text/event-stream";

/// The events of a stream, as they come: each the name and the data.
struct Stream {
    response: reqwest::Response,
    read: String,
    /// The ids of those events that had one.
    ids: Vec<String>,
}

impl Stream {
    /// Posts a request for events.
    async fn open(stage: &Stage, query: &str, variables: Value) -> Self {
        let body = json!({ "query": query, "variables": variables });
        let post = stage
            .http
            .post(stage.server.url("/graphql"))
            .header(ACCEPT, EVENTS);
        Self::of(post.json(&body).send().await.unwrap())
    }

    /// Follows as a browser does: by a GET, with the id of the last event that it has seen.
    async fn follow(stage: &Stage, query: &str, seen: Option<&str>) -> Self {
        let mut url = reqwest::Url::parse(&stage.server.url("/graphql")).unwrap();
        url.query_pairs_mut().append_pair("query", query);
        let mut get = stage.http.get(url).header(ACCEPT, EVENTS);
        if let Some(seen) = seen {
            get = get.header("Last-Event-ID", seen);
        }
        Self::of(get.send().await.unwrap())
    }

    fn of(response: reqwest::Response) -> Self {
        assert_eq!(response.status(), 200);
        let content_type = response.headers()[CONTENT_TYPE].to_str().unwrap();
        assert!(content_type.starts_with(EVENTS), "{content_type}");
        let headers = response.headers();
        assert_eq!(headers[CACHE_CONTROL], "no-store");
        let vary = headers[VARY].to_str().unwrap();
        assert!(vary.split(", ").any(|name| name == "accept"), "{vary}");
        // Or the proxies that know this would hold events back.
        assert_eq!(headers["x-accel-buffering"], "no");
        Self {
            response,
            read: String::new(),
            ids: vec![],
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
                let data = match data.strip_prefix("id: ").and_then(|data| data.split_once('\n')) {
                    Some((id, data)) => {
                        self.ids.push(id.to_owned());
                        data
                    }
                    None => data,
                };
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

async fn create(stage: &Stage, name: &str) {
    let create = "mutation ($name: String!) { createCampaign(content: { name: $name }) { changed } }";
    stage.server.ask(create, json!({ "name": name })).await;
}

#[tokio::test]
async fn who_takes_any_text_takes_events() {
    let stage = Stage::new();
    let query = "subscription { campaignEvents { sequence } }";
    for accept in ["text/*", "text/*;q=0.5, application/json"] {
        let post = stage.http.post(stage.server.url("/graphql"));
        let post = post.header(ACCEPT, accept).json(&json!({ "query": query }));
        let response = post.send().await.unwrap();
        assert_eq!(response.status(), 200, "{accept}");
        assert_eq!(
            response.headers()[CONTENT_TYPE],
            "text/event-stream; charset=utf-8"
        );
    }
}

#[tokio::test]
async fn a_subscription_is_followed_until_the_client_goes() {
    let stage = Stage::new();
    create(&stage, "Spring").await;
    let mut stream = Stream::open(&stage, CAMPAIGN_EVENTS, json!({ "after": 0 })).await;
    assert_eq!(stream.result().await["data"]["event"]["sequence"], 1);
    let quiet = timeout(Duration::from_millis(300), stream.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    create(&stage, "Autumn").await;
    assert_eq!(stream.result().await["data"]["event"]["sequence"], 2);
    drop(stream);
    create(&stage, "Autumn").await;
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

#[tokio::test]
async fn who_says_which_event_it_has_seen_last_goes_on_after_it() {
    let stage = Stage::new();
    for name in ["a", "b", "c", "d"] {
        create(&stage, name).await;
    }
    // Whatever is selected of an event, and by whatever name.
    for query in [
        "subscription { campaignEvents(after: 0) { sequence } }",
        "subscription { campaignEvents(after: 3) { sequence } }",
        "subscription { campaignStatusChanged(after: 0) { sequence } }",
        "subscription { now: campaignEvents { number: sequence } }",
    ] {
        let mut stream = Stream::follow(&stage, query, Some("2")).await;
        let first = if query.contains("after: 3") { 4 } else { 3 };
        for sequence in first..=4 {
            let result = stream.result().await["data"].to_string();
            assert!(result.contains(&format!(":{sequence}}}")), "{query}: {result}");
            assert_eq!(stream.ids.last().unwrap(), &sequence.to_string(), "{query}");
        }
    }
    let mut stream = Stream::follow(&stage, "subscription { campaignEvents(after: 2) { kind } }", None).await;
    stream.result().await;
    stream.result().await;
    assert_eq!(stream.ids, ["3", "4"]);
    // Nothing that was created later is missed or told twice.
    create(&stage, "e").await;
    stream.result().await;
    assert_eq!(stream.ids, ["3", "4", "5"]);
}

#[tokio::test]
async fn an_id_that_no_event_can_have_is_an_error() {
    let stage = Stage::new();
    for seen in ["one", "-1", "1", "99999999999999999999"] {
        let query = "subscription { campaignEvents { sequence } }";
        let mut stream = Stream::follow(&stage, query, Some(seen)).await;
        let result = stream.result().await;
        assert_eq!(
            result["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{seen}: {result}"
        );
        assert!(stream.ids.is_empty());
        stream.ends().await;
    }
    // It says nothing to those who ask for something else.
    let mut stream = Stream::follow(&stage, "{ __typename }", Some("one")).await;
    assert_eq!(
        stream.result().await,
        json!({ "data": { "__typename": "Query" } })
    );
}
