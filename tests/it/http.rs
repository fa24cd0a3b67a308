//! GraphQL over plain HTTP, as any client would send it, and as no client should.

mod compression;
mod events;
mod graphiql;
mod head;
mod hostile;
mod input;
mod introspection;
mod limits;
mod media_types;
mod merged;
mod origins;
mod rooms;
mod served;
mod share;
mod trusted;
mod unavailable;
mod unions;
mod upgrade;

use reqwest::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, VARY};
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::harness::{Database, Server};

/// The media type whose statuses say what became of a request.
const GRAPHQL: &str = "application/graphql-response+json";

const CREATE: &str = "mutation { createSegment(input: { name: \"Everyone\" }) { changed } }";

struct Stage {
    server: Server,
    http: Client,
    database: Database,
}

impl Stage {
    fn new() -> Self {
        Self::with(&[])
    }

    /// With these options besides.
    fn with(options: &[&str]) -> Self {
        let database = Database::new();
        Self {
            server: Server::start_with(&database, options),
            http: Client::new(),
            database,
        }
    }

    /// POSTs a body of a type.
    async fn post(&self, content_type: &str, body: impl Into<reqwest::Body>) -> Response {
        let post = self.http.post(self.server.url("/graphql"));
        post.header(CONTENT_TYPE, content_type)
            .header(ACCEPT, GRAPHQL)
            .body(body)
            .send()
            .await
            .unwrap()
    }

    /// GETs a query string, which is encoded here.
    async fn get(&self, parameters: &[(&str, &str)]) -> Response {
        let mut url = reqwest::Url::parse(&self.server.url("/graphql")).unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        self.http.get(url).header(ACCEPT, GRAPHQL).send().await.unwrap()
    }

    /// Waits until a mutation is being carried out.
    async fn until_a_mutation_runs(&self) {
        let running = "understudy_graphql_operations_running{type=\"mutation\"} 1\n";
        let metrics = async || {
            let metrics = self.http.get(self.server.url("/metrics"));
            metrics.send().await.unwrap().text().await.unwrap()
        };
        while !metrics().await.contains(running) {}
    }

    /// Checks that nothing was made, and that the process is there to say so.
    async fn is_unharmed(&self) {
        let data = self
            .server
            .ask("{ segments { totalCount } campaigns { totalCount } }", json!({}))
            .await;
        assert_eq!(
            data,
            json!({ "segments": { "totalCount": 0 }, "campaigns": { "totalCount": 0 } })
        );
    }
}

/// The code of a response that must be a refusal.
async fn refused(response: Response, status: u16) -> String {
    assert_eq!(response.status(), status);
    let content_type = response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    assert!(content_type.starts_with(GRAPHQL), "{content_type}");
    // Nobody keeps it for others, or takes it for what they would be told.
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    let vary = response.headers().get_all(VARY).iter();
    let vary: Vec<_> = vary.flat_map(|vary| vary.to_str().unwrap().split(", ")).collect();
    assert!(vary.contains(&"accept"), "{vary:?}");
    let body: Value = response.json().await.unwrap();
    assert!(body.get("data").is_none(), "{body}");
    assert!(body["errors"][0]["message"].is_string(), "{body}");
    body["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn queries_go_over_post_and_get() {
    let stage = Stage::new();
    let query = "query A($first: Int) { segments(first: $first) { totalCount } } query B { __typename }";
    let a = json!({ "query": query, "operationName": "A", "variables": { "first": 1 } }).to_string();
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
    ] {
        let response = stage.post(content_type, a.clone()).await;
        assert_eq!(response.status(), 200, "{content_type}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body, json!({ "data": { "segments": { "totalCount": 0 } } }));
    }
    let parameters = [
        ("query", query),
        ("operationName", "A"),
        ("variables", "{\"first\":1}"),
    ];
    let body: Value = stage.get(&parameters).await.json().await.unwrap();
    assert_eq!(body, json!({ "data": { "segments": { "totalCount": 0 } } }));
    let body: Value = stage
        .get(&[("query", query), ("operationName", "B")])
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(body, json!({ "data": { "__typename": "Query" } }));
    // As forms send what nobody has filled in.
    let empty = [
        ("query", "{ __typename }"),
        ("operationName", ""),
        ("variables", ""),
        ("extensions", ""),
    ];
    let body: Value = stage.get(&empty).await.json().await.unwrap();
    assert_eq!(body, json!({ "data": { "__typename": "Query" } }));
    let body: Value = stage.get(&[("query", query)]).await.json().await.unwrap();
    assert!(
        body["errors"][0]["message"].is_string(),
        "which of the two: {body}"
    );
}

#[tokio::test]
async fn a_mutation_over_get_is_refused_and_not_carried_out() {
    let stage = Stage::new();
    let both = format!(
        "query A {{ __typename }} {}",
        CREATE.replace("mutation", "mutation B")
    );
    for parameters in [
        &[("query", CREATE)][..],
        &[("query", &both), ("operationName", "B")],
    ] {
        let response = stage.get(parameters).await;
        assert_eq!(response.headers()[ALLOW], "POST");
        assert_eq!(refused(response, 405).await, "METHOD_NOT_ALLOWED");
    }
    // The query beside it may be asked for.
    let response = stage.get(&[("query", &both), ("operationName", "A")]).await;
    assert_eq!(response.status(), 200);
    stage.is_unharmed().await;
}

#[tokio::test]
async fn other_methods_are_refused() {
    let stage = Stage::new();
    let body = json!({ "query": CREATE });
    for method in ["PUT", "DELETE", "PATCH"] {
        let method = method.parse().unwrap();
        let request = stage
            .http
            .request(method, stage.server.url("/graphql"))
            .header(ACCEPT, GRAPHQL)
            .json(&body);
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()[ALLOW], "GET, HEAD, POST");
        assert_eq!(refused(response, 405).await, "METHOD_NOT_ALLOWED");
    }
    stage.is_unharmed().await;
}

#[tokio::test]
async fn what_a_form_could_send_is_refused() {
    let stage = Stage::new();
    let body = json!({ "query": CREATE }).to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "text/plain; application/json",
        "application/json; charset=latin1",
        "",
    ] {
        let response = stage.post(content_type, body.clone()).await;
        assert_eq!(
            refused(response, 415).await,
            "UNSUPPORTED_MEDIA_TYPE",
            "{content_type}"
        );
    }
    let without = stage.http.post(stage.server.url("/graphql")).body(body.clone());
    let without = without.header(ACCEPT, GRAPHQL);
    assert_eq!(
        refused(without.send().await.unwrap(), 415).await,
        "UNSUPPORTED_MEDIA_TYPE"
    );
    stage.is_unharmed().await;
}

#[tokio::test]
async fn the_largest_message_there_may_be_gets_through_where_it_is_let() {
    // Even if each of its letters is written as six.
    let stage = Stage::with(&["--max-request-bytes", "8388608"]);
    let escaped = "\\u0041".repeat(1024 * 1024);
    let body = format!(
        "{{\"query\":\"mutation ($body: String!) {{ createCampaign(content: {{ name: \\\"Long\\\", message: {{ \
         webhook: {{ url: \\\"https://example.com\\\", body: $body }} }} }}) {{ changed userErrors {{ code }} }} }}\",\
         \"variables\":{{\"body\":\"{escaped}\"}}}}"
    );
    let body: Value = stage.post("application/json", body).await.json().await.unwrap();
    assert_eq!(
        body,
        json!({ "data": { "createCampaign": { "changed": true, "userErrors": [] } } })
    );
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused() {
    let stage = Stage::new();
    let latin: &[u8] = b"{\"query\":\"{ __typename } # \xe4\"}";
    for body in [
        b"".as_slice(),
        b"{",
        b"nonsense",
        b"null",
        b"\"{ __typename }\"",
        b"{\"query\":1}",
        b"{\"query\":null}",
        b"{}",
        b"{\"query\":\"\"}",
        b"{\"query\":\"{ __typename }\",\"variables\":[]}",
        b"{\"query\":\"{ __typename }\"} and more",
        latin,
    ] {
        let response = stage.post("application/json", body.to_vec()).await;
        let shown = String::from_utf8_lossy(body);
        assert_eq!(refused(response, 400).await, "BAD_REQUEST", "{shown}");
    }
    for parameters in [
        &[][..],
        &[("query", "")],
        &[("query", "{ __typename }"), ("variables", "{")],
    ] {
        assert_eq!(refused(stage.get(parameters).await, 400).await, "BAD_REQUEST");
    }
    stage.is_unharmed().await;
}

#[tokio::test]
async fn batches_are_refused() {
    let stage = Stage::new();
    let one = json!({ "query": CREATE });
    for batch in [json!([]), json!([one]), json!([one, one])] {
        let response = stage.post("application/json", format!(" \n{batch}")).await;
        assert_eq!(response.status(), 400);
        let body: Value = response.json().await.unwrap();
        let error = &body["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_REQUEST");
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .starts_with("Batches are not supported")
        );
    }
    stage.is_unharmed().await;
}

#[tokio::test]
async fn subscriptions_are_not_answered_but_with_events() {
    let stage = Stage::new();
    let query = "subscription { campaignEvents { sequence } }";
    let response = stage
        .post("application/json", json!({ "query": query }).to_string())
        .await;
    assert_eq!(refused(response, 406).await, "NOT_ACCEPTABLE");
    assert_eq!(
        refused(stage.get(&[("query", query)]).await, 406).await,
        "NOT_ACCEPTABLE"
    );
}

#[tokio::test]
async fn odd_text_comes_back_as_it_was_sent() {
    let stage = Stage::new();
    let name = "Ärger \u{1F3AD} \u{202E}thgir\u{202C} \\ \" \u{7F} e\u{301}";
    let query = "mutation ($name: String!) { createSegment(input: { name: $name }) {
        segment { name } userErrors { code } } }";
    let data = stage.server.ask(query, json!({ "name": name })).await;
    assert_eq!(data["createSegment"]["segment"]["name"], name);
    let nul = stage.server.ask(query, json!({ "name": "a\0b" })).await;
    assert_eq!(nul["createSegment"]["userErrors"][0]["code"], "INVALID");
}
