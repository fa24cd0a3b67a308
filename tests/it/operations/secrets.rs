//! What nobody but its owner is to read is in no log, however much is logged.

use reqwest::Client;
use sea_orm::{ConnectionTrait as _, DbBackend};
use serde_json::{Value, json};

use super::{Logged, traces::Collector};
use crate::harness::access::token;
use crate::harness::{CAMPAIGN_EVENTS, SUBPROTOCOL, Socket};

/// Stands wherever a client can put something.
const SECRET: &str = "s3cret-of-somebody";

const CREATE: &str =
    "mutation Create($name: String!) { createCampaign(content: { name: $name }) { changed } }";

/// Has the database refuse a name that begins with the secret, in words that quote the row where it does so.
async fn break_database(logged: &Logged) {
    let db = logged.database.connect().await;
    let sql = match logged.database.backend() {
        DbBackend::Sqlite => format!(
            "CREATE TRIGGER odd BEFORE INSERT ON contents WHEN NEW.name LIKE '{SECRET}%'
             BEGIN SELECT RAISE(ABORT, 'an odd name'); END"
        ),
        _ => format!("ALTER TABLE contents ADD CONSTRAINT odd CHECK (name NOT LIKE '{SECRET}%')"),
    };
    db.execute_unprepared(&sql).await.unwrap();
    db.close().await.unwrap();
}

/// Sends the secret in every part of requests over HTTP.
async fn over_http(logged: &Logged) {
    let http = Client::new();
    let url = logged.server.url("/graphql");
    let literal = format!("mutation {{ createSegment(input: {{ name: \"{SECRET}\" }}) {{ changed }} }}");
    let search = format!("{{ campaigns(filter: {{ search: \"{SECRET} -\\\"\" }}) {{ totalCount }} }}");
    for body in [
        json!({ "query": CREATE, "variables": { "name": SECRET } }).to_string(),
        json!({ "query": CREATE, "variables": { "name": format!("good {SECRET}") } }).to_string(),
        json!({ "query": CREATE, "variables": { SECRET: SECRET } }).to_string(),
        json!({ "query": CREATE, "variables": { "name": [SECRET] } }).to_string(),
        json!({ "query": literal }).to_string(),
        json!({ "query": search }).to_string(),
        json!({ "query": format!("{{ {SECRET} }}") }).to_string(),
        json!({ "query": format!("{{ campaign(id: \"{SECRET}\") {{ id }} }}") }).to_string(),
        json!({ "query": "{ __typename }", "operationName": SECRET }).to_string(),
        json!({ "query": "{ __typename }", "extensions": { "a": SECRET } }).to_string(),
        format!("{{ \"query\": {SECRET}"),
    ] {
        for accept in ["application/json", "text/event-stream"] {
            let post = http
                .post(&url)
                .header("Content-Type", "application/json")
                .header("Accept", accept)
                .header("Authorization", format!("Bearer {SECRET}"))
                .header("Cookie", format!("session={SECRET}"))
                .header("X-Odd", SECRET)
                // Not visible to its end, so that it is no id.
                .header("X-Request-Id", format!("{SECRET} and more"))
                .body(body.clone());
            post.send().await.unwrap().bytes().await.unwrap();
        }
    }
    let mut get = reqwest::Url::parse(&url).unwrap();
    get.query_pairs_mut()
        .append_pair("query", "query ($a: ID!) { campaign(id: $a) { id } }")
        .append_pair("variables", &json!({ "a": SECRET }).to_string());
    http.get(get).send().await.unwrap();
    for odd in [format!("/graphql?{SECRET}"), format!("/?{SECRET}=1")] {
        http.get(logged.server.url(&odd)).send().await.unwrap();
    }
    http.post(&url)
        .header("Content-Type", SECRET)
        .body(SECRET)
        .send()
        .await
        .unwrap();
    http.get(&url).header("Accept", SECRET).send().await.unwrap();
    http.get(&url)
        .header("Origin", format!("https://{SECRET}.example"))
        .send()
        .await
        .unwrap();
}

/// Sends the secret in every part of a conversation over a socket.
async fn over_a_socket(logged: &Logged) {
    let bearer = format!("Bearer {SECRET}");
    let offer = [
        ("Sec-WebSocket-Protocol", SUBPROTOCOL),
        ("Authorization", bearer.as_str()),
    ];
    for last in [
        json!({ "type": SECRET }),
        json!({ "type": "ping", "payload": SECRET }),
        json!({ "type": "subscribe", "id": "1", "payload": { "query": 1, SECRET: SECRET } }),
        json!({ "type": "subscribe", "id": "1", "payload": { "query": "{ a }", "variables": SECRET } }),
        json!({ "type": "subscribe", "id": SECRET.repeat(20), "payload": { "query": "{ a }" } }),
    ] {
        let mut socket = Socket::shake_hands(&logged.server, &offer).await.unwrap();
        let init = json!({ "type": "connection_init", "payload": { "token": SECRET } });
        socket.send(&init).await.unwrap();
        socket.message().await;
        socket
            .send(&json!({ "type": "ping", "payload": { "a": SECRET } }))
            .await
            .unwrap();
        socket.message().await;
        socket.subscribe("1", CREATE, json!({ "name": SECRET })).await;
        assert_eq!(socket.message().await["type"], "next");
        socket.message().await;
        socket
            .subscribe(SECRET, CAMPAIGN_EVENTS, json!({ "after": SECRET }))
            .await;
        assert_eq!(socket.message().await["type"], "error");
        socket.send(&last).await.unwrap();
        assert!(socket.closed().await >= 1008);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_has_a_secret_or_a_variable_in_it() {
    let mut logged = Logged::start("trace", &[]);
    break_database(&logged).await;
    over_http(&logged).await;
    over_a_socket(&logged).await;
    assert!(logged.server.terminate().await.success());
    // What is looked for would be found: of an operation its name is logged, and of a statement its text.
    logged
        .line(|line| line["operation"] == "Create" && line["kind"] == "mutation")
        .await;
    logged.line(|line| line["target"] == "understudy::sql").await;
    logged.line(|line| line["message"] == "a field failed").await;
    let lines: Vec<_> = logged
        .lines()
        .into_iter()
        .filter(|line| line.to_string().contains(SECRET))
        .collect();
    assert!(lines.is_empty(), "{lines:#?}");
}

/// Asks something by a token, in each way in which one can be shown.
async fn come_in_by(logged: &Logged, token: &str) {
    let (http, url) = (Client::new(), logged.server.url("/graphql"));
    let bearer = format!("Bearer {token}");
    for accept in ["application/json", "text/event-stream"] {
        let post = http.post(&url).header("Accept", accept).bearer_auth(token);
        let answer = post
            .json(&json!({ "query": "query Mine { viewer { role } }" }))
            .send();
        let text = answer.await.unwrap().text().await.unwrap();
        assert!(!text.contains(token), "{text}");
    }
    let headers = [
        &[("Sec-WebSocket-Protocol", SUBPROTOCOL)][..],
        &[
            ("Sec-WebSocket-Protocol", SUBPROTOCOL),
            ("Authorization", bearer.as_str()),
        ],
    ];
    for (headers, payload) in headers
        .iter()
        .zip([json!({ "Authorization": bearer }), json!({})])
    {
        let mut socket = Socket::shake_hands(&logged.server, headers).await.unwrap();
        let init = json!({ "type": "connection_init", "payload": payload });
        socket.send(&init).await.unwrap();
        // Whoever is not let in is told so by the code that the socket is closed with.
        socket.receive().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_figure_or_trace_has_a_token_in_it() {
    let collector = Collector::start().await;
    let mut logged = Logged::start("trace", &["--otlp-endpoint", &collector.url]);
    let mut tokens = vec![token(&logged.database, "admin")];
    let create =
        json!({ "query": "mutation { createToken(input: { name: \"It\", role: EDITOR }) { secret } }" });
    let made = Client::new()
        .post(logged.server.url("/graphql"))
        .bearer_auth(&tokens[0]);
    let made: Value = made.json(&create).send().await.unwrap().json().await.unwrap();
    tokens.push(made["data"]["createToken"]["secret"].as_str().unwrap().to_owned());
    // One that is none, and one of those that an identity provider makes.
    tokens.push(format!("{}x", tokens[1]));
    tokens.push("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJtZSJ9.c2lnbmF0dXJl".to_owned());
    for token in &tokens {
        come_in_by(&logged, token).await;
    }
    let figures = reqwest::get(logged.server.url("/metrics")).await.unwrap();
    let figures = figures.text().await.unwrap();
    assert!(logged.server.terminate().await.success());
    logged.line(|line| line["operation"] == "Mine").await;
    assert!(collector.has("Mine") && figures.contains("Mine"), "{figures}");
    let log = logged.text();
    for token in &tokens {
        // Nor anything that could be made into it.
        let part = &token[token.len() / 2..];
        assert!(!log.contains(part), "the log has {token}");
        assert!(!figures.contains(part), "the figures have {token}");
        assert!(!collector.has(part), "a trace has {token}");
    }
}
