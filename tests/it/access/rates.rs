//! How much somebody may ask for in a time.

use std::time::Instant;

use reqwest::Response;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};

use super::{Stage, VIEWER, code};
use crate::harness::{Database, access::token, client};

/// How long a refusal says to wait, in seconds.
async fn wait(response: Response) -> u64 {
    assert_eq!(response.status(), 429);
    let header: u64 = response.headers()[RETRY_AFTER].to_str().unwrap().parse().unwrap();
    let body: Value = response.json().await.unwrap();
    let extensions = &body["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED", "{body}");
    assert_eq!(extensions["retryAfter"], header);
    assert!(header > 0);
    header
}

#[tokio::test]
async fn a_token_has_so_many_requests_and_no_other_pays_for_them() {
    let stage = Stage::with(&["--token-rate", "5"]);
    let (one, other) = (token(&stage.database, "viewer"), token(&stage.database, "viewer"));
    let bearer = format!("Bearer {one}");
    // To open a socket is one of them.
    let mut socket = stage.socket(json!({ "Authorization": bearer })).await;
    assert_eq!(socket.message().await["type"], "connection_ack");
    for _ in 1..5 {
        assert_eq!(stage.send(Some(&bearer), VIEWER, json!({})).await.status(), 200);
    }
    let refused = stage.send(Some(&bearer), VIEWER, json!({})).await;
    assert!(wait(refused).await <= 12);
    // Over a socket too, which stays open, while no other one is.
    socket.subscribe("a", VIEWER, json!({})).await;
    let told = socket.message().await;
    assert_eq!(told["type"], "error", "{told}");
    assert_eq!(told["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    let mut refused = stage.socket(json!({ "Authorization": bearer })).await;
    assert_eq!(refused.closed().await, 1013);
    // That costs the database nothing.
    let before = statements(&stage).await;
    for _ in 0..100 {
        wait(stage.send(Some(&bearer), VIEWER, json!({})).await).await;
    }
    assert!(statements(&stage).await - before < 50);
    stage.ask(&other, VIEWER, json!({})).await;
}

/// How many statements the server has run.
async fn statements(stage: &Stage) -> u64 {
    let figures = client().get(stage.server.url("/metrics")).send().await.unwrap();
    let figures = figures.text().await.unwrap();
    let mut lines = figures.lines();
    let value = lines.find_map(|line| line.strip_prefix("understudy_database_statements_total "));
    value.unwrap().parse().unwrap()
}

#[tokio::test]
async fn what_asks_for_much_costs_much() {
    let stage = Stage::with(&["--token-rate", "60"]);
    let token = token(&stage.database, "editor");
    let bearer = format!("Bearer {token}");
    // Some ten thousand values.
    let large = "{ campaigns(first: 100) { nodes { history(first: 40) { nodes { sequence } } } } }";
    assert_eq!(stage.send(Some(&bearer), large, json!({})).await.status(), 200);
    let refused = stage.send(Some(&bearer), VIEWER, json!({})).await;
    assert!(wait(refused).await > 20);
}

/// Makes three hundred campaigns in a server that is open.
async fn fill(stage: &Stage) {
    for _ in 0..3 {
        let campaigns: Vec<_> = (0..100)
            .map(|index| format!("a{index}: createCampaign(content: {{ name: \"a\" }}) {{ changed }}"))
            .collect();
        let mutation = format!("mutation {{ {} }}", campaigns.join(" "));
        stage.server.ask(&mutation, json!({})).await;
    }
}

#[tokio::test]
async fn a_command_in_bulk_costs_what_it_is_about() {
    let stage = Stage::with(&["--token-rate", "60"]);
    fill(&stage).await;
    let bearer = format!("Bearer {}", token(&stage.database, "admin"));
    let archive =
        "mutation { archiveCampaigns(selection: { matching: { filter: {} } }) { userErrors { code } } }";
    let (mut asked, begun) = (0, Instant::now());
    loop {
        let response = stage.send(Some(&bearer), archive, json!({})).await;
        if response.status() == 429 {
            break;
        }
        let body: Value = response.json().await.unwrap();
        assert!(body.get("errors").is_none(), "{body}");
        asked += 1;
    }
    // Three points for the campaigns, of the first time at least, and one for each request; one more comes each second.
    let most = 60 - 3 + begun.elapsed().as_secs() + 1;
    assert!((40..=most).contains(&asked), "{asked} of {most}");
}

/// Whoever owes for the commands before gets no more of the same operation, in which there may be a hundred.
#[tokio::test]
async fn a_command_in_bulk_is_refused_to_whoever_owes_for_those_before_it() {
    let stage = Stage::with(&["--token-rate", "6"]);
    fill(&stage).await;
    let bearer = format!("Bearer {}", token(&stage.database, "admin"));
    let dry = "archiveCampaigns(selection: { matching: { filter: {} } }, options: { dryRun: true }) { results { outcome } }";
    let runs: Vec<_> = (0..20).map(|index| format!("a{index}: {dry}")).collect();
    let mutation = format!("mutation {{ {} }}", runs.join(" "));
    let response = stage.send(Some(&bearer), &mutation, json!({})).await;
    let body: Value = response.json().await.unwrap();
    // Three points each, and some for what is asked for at most. What cannot be null ends the operation.
    let error = &body["errors"][0];
    let path = error["path"][0].as_str().unwrap();
    assert!(["a1", "a2", "a3"].contains(&path), "{body}");
    assert_eq!(error["extensions"]["code"], "RATE_LIMITED", "{error}");
    assert!(error["extensions"]["retryAfter"].as_u64().unwrap() > 0, "{error}");
}

#[tokio::test]
async fn all_of_an_address_have_so_many_requests() {
    let stage = Stage::with(&["--address-rate", "6"]);
    let tokens = [token(&stage.database, "viewer"), token(&stage.database, "viewer")];
    for _ in 0..3 {
        for token in &tokens {
            stage.ask(token, VIEWER, json!({})).await;
        }
    }
    for token in &tokens {
        let refused = stage
            .send(Some(&format!("Bearer {token}")), VIEWER, json!({}))
            .await;
        wait(refused).await;
    }
}

#[tokio::test]
async fn behind_a_proxy_each_client_has_an_address_of_its_own() {
    let said = async |stage: &Stage, token: &str, address: &str| {
        let post = client().post(stage.server.url("/graphql")).bearer_auth(token);
        let post = post.header("X-Forwarded-For", address);
        post.json(&json!({ "query": VIEWER })).send().await.unwrap()
    };
    let database = Database::new();
    let token = token(&database, "viewer");
    let stage = Stage::over(
        database,
        &[
            "--proxy",
            "127.0.0.0/8,::1",
            "--address-rate",
            "1",
            "--login-rate",
            "1",
        ],
    );
    for address in ["192.0.2.1", "192.0.2.2", "192.0.2.1, 192.0.2.3"] {
        assert_eq!(said(&stage, &token, address).await.status(), 200, "{address}");
    }
    // The same once more, whatever it says of where it got that from.
    for address in ["192.0.2.1", "203.0.113.1, 192.0.2.2"] {
        wait(said(&stage, &token, address).await).await;
    }
    for (address, status) in [("192.0.2.4", 401), ("192.0.2.4", 429), ("192.0.2.5", 401)] {
        assert_eq!(said(&stage, "understudy_guess", address).await.status(), status);
    }

    // Where there is no proxy, nobody has the address that they say.
    let stage = Stage::over(Database::new(), &["--address-rate", "1"]);
    let token = self::token(&stage.database, "viewer");
    assert_eq!(said(&stage, &token, "192.0.2.1").await.status(), 200);
    wait(said(&stage, &token, "192.0.2.2").await).await;
}

#[tokio::test]
async fn whoever_guesses_is_stopped_and_those_who_know_are_not() {
    let stage = Stage::with(&["--login-rate", "5"]);
    let token = token(&stage.database, "viewer");
    for _ in 0..5 {
        stage.lets_nobody_in("understudy_guess").await;
    }
    let refused = stage
        .send(Some("Bearer understudy_guess"), VIEWER, json!({}))
        .await;
    wait(refused).await;
    let socket = stage
        .socket(json!({ "Authorization": "Bearer understudy_guess" }))
        .await;
    let mut socket = socket;
    assert_eq!(socket.closed().await, 1013);
    // Whoever has a token, be it for the first time, is let in all the same.
    stage.ask(&token, VIEWER, json!({})).await;
    // To show nothing is no try.
    assert_eq!(
        code(stage.send(None, VIEWER, json!({})).await, 401).await,
        "UNAUTHENTICATED"
    );
}
