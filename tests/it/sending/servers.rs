//! Whole servers that send, and are stopped, killed and begun again.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;
use understudy_tests::receivers::Receiver;

use super::{A_WHILE, bodies, hooks, number};
use crate::harness::{Database, Server, World, assert_whole, command};

/// A server over a database that sends webhooks to this machine.
fn serve(database: &Database, more: &[&str]) -> Server {
    let options = [&["--allow-private-webhooks", "--send-timeout", "1"], more].concat();
    Server::start_with(database, &options)
}

async fn delivery(server: &Server, id: &str) -> Value {
    let query = "query ($id: ID!) { campaign(id: $id) { status
        delivery { planned pending inFlight sent failed canceled } } }";
    server.ask(query, json!({ "id": id })).await["campaign"]["delivery"].take()
}

/// That nothing is in hand, and all that has arrived is counted as sent; how much that is.
async fn at_rest(server: &Server, id: &str, hook: &Receiver) -> usize {
    let arrived = hook.received().len();
    let progress = delivery(server, id).await;
    assert_eq!(
        (number(&progress, "sent"), number(&progress, "inFlight")),
        (arrived, 0),
        "{progress}"
    );
    arrived
}

/// Stops a campaign, after which it is at rest; how much has arrived.
async fn stop(server: &Server, id: &str, hook: &Receiver) -> usize {
    let stop = "mutation ($id: ID!) { stopCampaign(id: $id) { campaign { status } userErrors { code } } }";
    server.ask(stop, json!({ "id": id })).await;
    at_rest(server, id, hook).await
}

async fn until_received(receiver: &Receiver, number: usize) {
    while receiver.received().len() < number {
        sleep(Duration::from_millis(1)).await;
    }
}

/// A database with people, and a launched campaign to all of them.
async fn launched(hook: &Receiver, people: usize) -> (Database, String) {
    let world = World::new().await;
    world.people(people).await;
    let id = world.active(hooks(hook, "to")).await;
    (world.closed().await, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_sends_and_stops_and_ends_in_order() {
    let hook = Receiver::http_after(Duration::from_millis(20), "200 OK").await;
    let (database, id) = launched(&hook, 200).await;
    let quiet = serve(&database, &["--no-sender"]);
    sleep(A_WHILE).await;
    assert_eq!(hook.received().len(), 0);
    drop(quiet);
    let mut server = serve(&database, &["--send-rate", "100"]);
    until_received(&hook, 50).await;
    server.terminate().await;
    assert_whole(&database).await;
    let quiet = serve(&database, &["--no-sender"]);
    at_rest(&quiet, &id, &hook).await;
    drop(quiet);
    let server = serve(&database, &[]);
    until_received(&hook, 120).await;
    let stopped = stop(&server, &id, &hook).await;
    sleep(A_WHILE).await;
    assert_eq!(hook.received().len(), stopped);
    bodies(&hook);
}

/// Messages that were in hand when their sender was killed are sent again by their keys, since nobody knows whether they
/// have arrived: so a receiver that knows them by those has each once, and no other is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_loses_nothing_and_repeats_only_what_it_had_in_hand() {
    let hook = Receiver::http_after(Duration::from_millis(10), "200 OK").await;
    let (database, id) = launched(&hook, 300).await;
    for killed_at in [60, 150] {
        let mut server = serve(&database, &[]);
        until_received(&hook, killed_at).await;
        server.kill();
    }
    let server = serve(&database, &[]);
    loop {
        let progress = delivery(&server, &id).await;
        if number(&progress, "sent") == 300 {
            break;
        }
        assert_eq!(progress["failed"], 0, "{progress}");
        sleep(Duration::from_millis(20)).await;
    }
    let received = hook.received();
    let distinct: std::collections::BTreeSet<_> = received.iter().map(|(_, body)| body.clone()).collect();
    assert_eq!(distinct.len(), 300);
    assert!(received.len() <= 300 + 2 * 16, "{}", received.len());
    let key = |lines: &[String]| {
        let key = lines
            .iter()
            .find(|line| line.to_lowercase().starts_with("idempotency-key:"));
        key.unwrap().clone()
    };
    let keys: std::collections::BTreeSet<_> = received.iter().map(|(lines, _)| key(lines)).collect();
    assert_eq!(keys.len(), 300);
    drop(server);
    assert_whole(&database).await;
}

/// One process ends in order, and the server's stop waits for what the next one has in hand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_only_sends_does_so_for_a_server_that_does_not() {
    let hook = Receiver::http_after(Duration::from_millis(20), "200 OK").await;
    let (database, id) = launched(&hook, 300).await;
    let server = serve(&database, &["--no-sender"]);
    let sender = || Server::deliver(&database, &["--allow-private-webhooks", "--send-timeout", "1"]);
    let mut first = sender();
    until_received(&hook, 40).await;
    let ready = reqwest::get(first.url("/readyz")).await.unwrap();
    assert_eq!(ready.status(), 200);
    let figures = reqwest::get(first.url("/metrics"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let sent = r#"understudy_deliveries_total{channel="webhook",outcome="sent"}"#;
    assert!(figures.contains(sent), "{figures}");
    let api = reqwest::get(first.url("/graphql")).await.unwrap();
    assert_eq!(api.status(), 404);
    assert!(first.terminate().await.success());
    let ended = at_rest(&server, &id, &hook).await;
    let mut second = sender();
    until_received(&hook, ended + 40).await;
    let stopped = stop(&server, &id, &hook).await;
    sleep(A_WHILE).await;
    assert_eq!(hook.received().len(), stopped);
    bodies(&hook);
    second.kill();
    drop(server);
    assert_whole(&database).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_only_sends_names_no_address_unless_it_is_told_to_be_watched() {
    let database = Database::new();
    let mut sender = command();
    sender.args(["deliver", "--database", database.url()]);
    let mut sender = sender.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut stdout = std::io::BufReader::new(sender.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    sender.kill().unwrap();
    sender.wait().unwrap();
    assert_eq!(line, "Understudy is delivering\n");
}
