//! The figures of the process, as Prometheus reads them.

mod scrape;
mod sending;

use std::time::{Duration, Instant};

use serde_json::json;

use self::scrape::Scrape;
use crate::harness::{CAMPAIGN_EVENTS, Database, Server, Socket};

const REQUESTS: &str = "understudy_graphql_requests_total";
const CREATE: &str = "mutation Create { createCampaign(content: { name: \"Spring\" }) { campaign { id } userErrors { code } } }";

fn start() -> (Database, Server) {
    let database = Database::new();
    let server = Server::start(&database);
    (database, server)
}

/// Waits until a figure has this value: what ends with a connection is counted when its end is noticed.
async fn until(server: &Server, name: &str, labels: &[(&str, &str)], value: f64) {
    let begun = Instant::now();
    loop {
        let scrape = Scrape::of(server).await;
        if scrape.value(name, labels) == Some(value) {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "{name} {labels:?} is not {value}: {:?}",
            scrape.value(name, labels)
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn operations_are_counted_by_name_and_by_how_they_ended() {
    let (_database, server) = start();
    for _ in 0..3 {
        server
            .ask("query Look { campaigns { totalCount } }", json!({}))
            .await;
    }
    server.ask("{ __typename }", json!({})).await;
    server.ask(CREATE, json!({})).await;
    for broken in [
        // Executed, with an error; not valid; not parsed; beyond a limit; no value for a variable.
        "query Look { campaign(id: \"nonsense\") { id } }",
        "query Look { nonsense rubbish }",
        "query Look {",
        &format!("query Look {{ {} a {} }}", "a { ".repeat(100), "}".repeat(100)),
        "query Other($id: ID!) { campaign(id: $id) { id } }",
    ] {
        server.try_execute(broken, json!({})).await.unwrap();
    }
    let scrape = Scrape::of(&server).await;
    for (operation, kind, outcome, count) in [
        ("Look", "query", "success", 3.0),
        ("(anonymous)", "query", "success", 1.0),
        ("Create", "mutation", "success", 1.0),
        ("Look", "query", "error", 1.0),
        ("Look", "query", "refused", 1.0),
        ("(other)", "unknown", "refused", 3.0),
    ] {
        let labels = [("operation", operation), ("type", kind), ("outcome", outcome)];
        assert_eq!(
            scrape.value(REQUESTS, &labels),
            Some(count),
            "{labels:?}\n{}",
            scrape.text
        );
    }
    let look = [("operation", "Look"), ("type", "query")];
    let times = scrape.value("understudy_graphql_request_duration_seconds_count", &look);
    assert_eq!(times, Some(4.0), "what was executed");
    // Each once for an answer, however many errors of it are there.
    for (code, count) in [
        ("GRAPHQL_PARSE_FAILED", 1.0),
        ("GRAPHQL_VALIDATION_FAILED", 1.0),
        ("QUERY_TOO_COMPLEX", 1.0),
        ("BAD_USER_INPUT", 2.0),
    ] {
        let counted = scrape.value("understudy_graphql_errors_total", &[("code", code)]);
        assert_eq!(counted, Some(count), "{code}\n{}", scrape.text);
    }
    let labels = [("path", "/graphql"), ("status", "200")];
    assert_eq!(
        scrape.value("understudy_http_requests_total", &labels),
        Some(10.0)
    );
    assert!(scrape.value("understudy_database_statements_total", &[]) > Some(3.0));
    assert_eq!(
        scrape.value("understudy_database_connections_max", &[]),
        Some(8.0)
    );
    let connections = |state| scrape.value("understudy_database_connections", &[("state", state)]);
    assert!(connections("idle").unwrap() + connections("used").unwrap() >= 1.0);
    assert_eq!(scrape.value("understudy_database_writes_waiting", &[]), Some(0.0));
    until(
        &server,
        "understudy_database_connections",
        &[("state", "used")],
        0.0,
    )
    .await;
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(scrape.value("understudy_build_info", &version), Some(1.0));
}

#[tokio::test]
async fn who_follows_is_counted_for_as_long_as_it_does() {
    let (_database, server) = start();
    server.ask(CREATE, json!({})).await;
    let mut socket = Socket::open(&server).await;
    socket
        .subscribe("1", CAMPAIGN_EVENTS, json!({ "after": 0 }))
        .await;
    socket.event("1").await;
    let post = reqwest::Client::new().post(server.url("/graphql"));
    let mut stream = post
        .header("Accept", "text/event-stream")
        .json(&json!({ "query": CAMPAIGN_EVENTS, "variables": { "after": 0 } }))
        .send()
        .await
        .unwrap();
    while !String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap()).contains("next") {}
    let open = "understudy_sockets_open";
    let running = (
        "understudy_graphql_operations_running",
        [("type", "subscription")],
    );
    until(&server, running.0, &running.1, 2.0).await;
    until(&server, "understudy_graphql_subscription_results_total", &[], 2.0).await;
    let scrape = Scrape::of(&server).await;
    assert_eq!(scrape.value(open, &[("transport", "websocket")]), Some(1.0));
    assert_eq!(scrape.value(open, &[("transport", "sse")]), Some(1.0));
    let lags = "understudy_feed_lag_seconds_count";
    assert_eq!(scrape.value(lags, &[]), None, "what is from before has no lag");

    // An event is new to who was at the end of the log before, which both are soon.
    while Scrape::of(&server).await.value(lags, &[]) < Some(1.0) {
        server.ask(CREATE, json!({})).await;
        socket.event("1").await;
    }
    let lag = Scrape::of(&server)
        .await
        .value("understudy_feed_lag_seconds_sum", &[]);
    assert!((0.0..60.0).contains(&lag.unwrap()), "{lag:?}");

    socket
        .send(&json!({ "type": "complete", "id": "1" }))
        .await
        .unwrap();
    until(&server, running.0, &running.1, 1.0).await;
    // One that has told nothing yet has not failed for that.
    let idle = "subscription Idle { campaignEvents { sequence } }";
    socket.subscribe("2", idle, json!({})).await;
    until(&server, running.0, &running.1, 2.0).await;
    socket
        .send(&json!({ "type": "complete", "id": "2" }))
        .await
        .unwrap();
    let ended = [
        ("operation", "Idle"),
        ("type", "subscription"),
        ("outcome", "success"),
    ];
    until(&server, REQUESTS, &ended, 1.0).await;
    drop(socket);
    until(&server, open, &[("transport", "websocket")], 0.0).await;
    let labels = [
        ("operation", "(anonymous)"),
        ("type", "subscription"),
        ("outcome", "success"),
    ];
    assert_eq!(Scrape::of(&server).await.value(REQUESTS, &labels), Some(1.0));
    let histogram = "understudy_graphql_request_duration_seconds_count";
    let labels = [("operation", "(anonymous)"), ("type", "subscription")];
    assert_eq!(
        Scrape::of(&server).await.value(histogram, &labels),
        None,
        "it says nothing"
    );
}

#[tokio::test]
async fn writes_that_wait_are_counted_and_requests_without_an_answer() {
    let (database, server) = start();
    let lock = database.hold_writes().await;
    let waiting = "understudy_database_writes_waiting";
    let begun = Instant::now();
    let mut clients = vec![];
    // The first of them wait for the lock, and the later ones for these.
    while Scrape::of(&server).await.value(waiting, &[]) == Some(0.0) {
        assert!(begun.elapsed() < Duration::from_secs(10), "none waits");
        let post = reqwest::Client::new().post(server.url("/graphql"));
        let post = post.json(&json!({ "query": CREATE })).send();
        clients.push(tokio::spawn(post));
    }
    for client in &clients {
        client.abort();
    }
    let unanswered = [("path", "/graphql"), ("status", "none")];
    let count = u32::try_from(clients.len()).unwrap().into();
    until(&server, "understudy_http_requests_total", &unanswered, count).await;
    lock.rollback().await.unwrap();
    until(&server, waiting, &[], 0.0).await;
    // Nobody waited for any of them any more when its turn came.
    let campaigns = server.ask("{ campaigns { totalCount } }", json!({})).await;
    assert_eq!(campaigns["campaigns"]["totalCount"], 0);
}

#[tokio::test]
async fn an_operation_whose_time_is_up_is_cancelled_and_nothing_else() {
    let database = Database::new();
    let server = Server::start_with(&database, &["--request-timeout", "1"]);
    let lock = database.hold_writes().await;
    let answer = server.try_execute(CREATE, json!({})).await.unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "TIMEOUT", "{answer}");
    let cancelled = [
        ("operation", "Create"),
        ("type", "mutation"),
        ("outcome", "cancelled"),
    ];
    until(&server, REQUESTS, &cancelled, 1.0).await;
    let scrape = Scrape::of(&server).await;
    assert_eq!(scrape.labels(REQUESTS, "operation"), ["Create"].into());
    assert_eq!(scrape.labels(REQUESTS, "outcome"), ["cancelled"].into());
    let timeouts = scrape.value("understudy_graphql_errors_total", &[("code", "TIMEOUT")]);
    assert_eq!(timeouts, Some(1.0));
    lock.rollback().await.unwrap();
}

#[tokio::test]
async fn bulk_commands_are_measured_by_their_size() {
    let (_database, server) = start();
    let mut ids = vec![];
    for _ in 0..3 {
        let created = server.ask(CREATE, json!({})).await;
        ids.push(created["createCampaign"]["campaign"]["id"].clone());
    }
    let archive = "mutation ($ids: [ID!]!, $dry: Boolean!) {
        archiveCampaigns(selection: { ids: $ids }, options: { dryRun: $dry }) { changedCount } }";
    for dry in [true, false] {
        server.ask(archive, json!({ "ids": ids, "dry": dry })).await;
    }
    let scrape = Scrape::of(&server).await;
    let command = ("command", "archive");
    let value = |name: &str, labels: &[(&str, &str)]| {
        scrape.value(&format!("understudy_bulk_campaigns{name}"), labels)
    };
    assert_eq!(value("_count", &[command]), Some(1.0));
    assert_eq!(value("_sum", &[command]), Some(3.0));
    assert_eq!(value("_bucket", &[command, ("le", "1")]), Some(0.0));
    assert_eq!(value("_bucket", &[command, ("le", "10")]), Some(1.0));
    assert_eq!(value("_bucket", &[command, ("le", "500")]), Some(1.0));
}

#[tokio::test]
async fn a_thousand_names_do_not_become_a_thousand_figures() {
    let (_database, server) = start();
    for number in 0..300 {
        let junk = format!("query Junk{number} {{ nonsense }}");
        server.try_execute(&junk, json!({})).await.unwrap();
    }
    for number in 0..1_000 {
        server
            .ask(&format!("query Made{number} {{ __typename }}"), json!({}))
            .await;
    }
    let scrape = Scrape::of(&server).await;
    let names = scrape.labels(REQUESTS, "operation");
    assert_eq!(names.len(), 201, "200 and the others");
    assert!(
        names.contains("Made0") && names.contains("Made199") && names.contains("(other)"),
        "{names:?}"
    );
    let others = [
        ("operation", "(other)"),
        ("type", "query"),
        ("outcome", "success"),
    ];
    assert_eq!(scrape.value(REQUESTS, &others), Some(800.0));
    let junk = [
        ("operation", "(other)"),
        ("type", "query"),
        ("outcome", "refused"),
    ];
    assert_eq!(
        scrape.value(REQUESTS, &junk),
        Some(300.0),
        "what is not valid takes no name"
    );
}

#[tokio::test]
async fn nobody_can_name_an_operation_so_that_it_is_counted_among_those_without_a_name() {
    let (_database, server) = start();
    for name in ["anonymous", "other"] {
        server
            .ask(&format!("query {name} {{ __typename }}"), json!({}))
            .await;
    }
    let scrape = Scrape::of(&server).await;
    let names = scrape.labels(REQUESTS, "operation");
    assert_eq!(names, ["anonymous", "other"].into());
    server.ask("{ __typename }", json!({})).await;
    server.try_execute("{", json!({})).await.unwrap();
    let scrape = Scrape::of(&server).await;
    for (name, count) in [("anonymous", 1.0), ("other", 1.0)] {
        let labels = [("operation", name), ("type", "query"), ("outcome", "success")];
        assert_eq!(
            scrape.value(REQUESTS, &labels),
            Some(count),
            "{name}\n{}",
            scrape.text
        );
    }
    assert_eq!(scrape.labels(REQUESTS, "operation").len(), 4, "{}", scrape.text);
}

#[tokio::test]
async fn what_is_asked_for_beside_what_there_is_has_no_figures_of_its_own() {
    let (_database, server) = start();
    for number in 0..20 {
        let path = format!("/made-up/{number}");
        assert_eq!(reqwest::get(server.url(&path)).await.unwrap().status(), 404);
    }
    let scrape = Scrape::of(&server).await;
    let counted = scrape.value(
        "understudy_http_requests_total",
        &[("path", "other"), ("status", "404")],
    );
    assert_eq!(counted, Some(20.0));
    let answer = reqwest::get(server.url("/metrics")).await.unwrap();
    let content_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(
        content_type.starts_with("text/plain; version=0.0.4"),
        "{content_type}"
    );
}
