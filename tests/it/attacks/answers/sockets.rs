//! Attacks by way of what sockets and subscriptions hold: answers that nobody reads, and operations that never end.

use std::time::Duration;

use reqwest::header::ACCEPT;
use serde_json::{Value, json};
#[cfg(target_os = "linux")]
use tokio::net::TcpSocket;
use tokio::time::{sleep, timeout};

use super::{
    LITTLE_ROOM, ask, assert_bounded, bodies, campaign_of, code, is_told_the_count, long_campaign, many,
    until_there_is_room,
};
#[cfg(target_os = "linux")]
use crate::harness::SUBPROTOCOL;
use crate::harness::{Database, Received, SET_TIME, Server, Socket, client};

#[tokio::test]
async fn who_does_not_read_a_large_message_takes_room_from_large_ones_alone() {
    let database = Database::new();
    let server = Server::start_with(&database, &LITTLE_ROOM);
    let id = long_campaign(&server).await;
    let query = bodies(&id, 20);
    let mut socket = Socket::open_narrow(&server).await;
    socket.subscribe("a", &query, json!({})).await;
    // The message has begun: a ping, or an error, is no longer than this.
    let begun = async {
        while socket.0.get_ref().peek(&mut [0; 4_096]).await.unwrap() < 1_000 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SET_TIME, begun).await.expect("there is no message");
    assert_eq!(code(&ask(&server, &query).await.2), "OVERLOADED");
    is_told_the_count(&server, 1).await;
    let Received::Message(message) = socket.receive().await else {
        panic!("no message")
    };
    assert_eq!(message["payload"]["data"].as_object().unwrap().len(), 20);
    until_there_is_room(&server, &query).await;
    assert_bounded(&server);
}

#[tokio::test]
async fn a_hundred_small_answers_that_nobody_reads_are_made_one_after_the_other() {
    const SOCKETS: usize = 9;
    const OPERATIONS: usize = 100;
    /// As much as needs no room of its own.
    const SMALL: usize = 120_000;
    let database = Database::new();
    let server = Server::start_with(&database, &["--max-held-bytes", "4194304"]);
    let id = campaign_of(&server, "x".repeat(SMALL)).await;
    let query = bodies(&id, 1);
    // What it takes to answer at all.
    let mut reader = Socket::open(&server).await;
    take_all(&mut reader, &query, OPERATIONS, SMALL).await;
    let before = server.peak_memory();

    let mut unread = vec![];
    for _ in 0..SOCKETS {
        let mut socket = Socket::open_narrow(&server).await;
        for operation in 0..OPERATIONS {
            socket.subscribe(&operation.to_string(), &query, json!({})).await;
        }
        unread.push(socket);
    }
    // Whoever reads gets all that is asked for.
    take_all(&mut reader, &query, 20, SMALL).await;
    is_told_the_count(&server, 1).await;
    for socket in &mut unread {
        read_all(socket, OPERATIONS, SMALL).await;
    }
    let grown = server
        .peak_memory()
        .zip(before)
        .map(|(peak, before)| peak - before);
    // All of them at once, some 110 MB, would take twice that.
    let most = 100 * 1024 * 1024;
    assert!(grown.is_none_or(|grown| grown < most), "{grown:?}");
}

#[tokio::test]
async fn small_queries_and_mutations_of_a_socket_are_answered_where_there_is_no_room_at_all() {
    const OPERATIONS: usize = 50;
    let database = Database::new();
    let server = Server::start_with(&database, &["--max-held-bytes", "1"]);
    let id = campaign_of(&server, "x".repeat(1_000)).await;
    let mut socket = Socket::open(&server).await;
    take_all(&mut socket, &bodies(&id, 1), OPERATIONS, 1_000).await;
    let create = "mutation { createCampaign(content: { name: \"c\" }) { campaign { id } } }";
    for operation in 0..OPERATIONS {
        socket.subscribe(&operation.to_string(), create, json!({})).await;
    }
    let mut complete = 0;
    while complete < OPERATIONS {
        let message = socket.message().await;
        if message["type"] == "complete" {
            complete += 1;
            continue;
        }
        let data = &message["payload"]["data"];
        assert!(data["createCampaign"]["campaign"]["id"].is_string(), "{message}");
    }
    is_told_the_count(&server, 1 + OPERATIONS).await;
    // Of many mistakes in a subscription, the first is told.
    let wrong = "subscription { campaignEvents(after: 0) { a b c } }";
    socket.subscribe("s", wrong, json!({})).await;
    assert_eq!(socket.message().await["payload"].as_array().unwrap().len(), 1);
    let server = Server::start(&database);
    let mut socket = Socket::open(&server).await;
    socket.subscribe("s", wrong, json!({})).await;
    assert_eq!(socket.message().await["payload"].as_array().unwrap().len(), 3);
}

/// Asks for something so many times at once, and reads all of it.
async fn take_all(socket: &mut Socket, query: &str, times: usize, length: usize) {
    for operation in 0..times {
        socket.subscribe(&operation.to_string(), query, json!({})).await;
    }
    read_all(socket, times, length).await;
}

/// Reads so many answers with a body of this length.
async fn read_all(socket: &mut Socket, count: usize, length: usize) {
    let mut complete = 0;
    while complete < count {
        let message = socket.message().await;
        if message["type"] == "complete" {
            complete += 1;
            continue;
        }
        let body = &message["payload"]["data"]["a0"]["message"]["body"];
        assert_eq!(body.as_str().map(str::len), Some(length), "{}", message["type"]);
    }
}
/// A WebSocket from another address of this machine, of which Linux has many.
#[cfg(target_os = "linux")]
async fn socket_from(server: &Server, address: &str) -> Socket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{address}:0").parse().unwrap()).unwrap();
    let stream = socket.connect(server.address.parse().unwrap()).await.unwrap();
    let mut socket = Socket::over(
        stream,
        &server.address,
        &[("Sec-WebSocket-Protocol", SUBPROTOCOL)],
    )
    .await
    .unwrap();
    socket.send(&json!({ "type": "connection_init" })).await.unwrap();
    assert_eq!(socket.message().await["type"], "connection_ack");
    socket
}

/// A subscription with much beside it that is never carried out.
fn large_subscription() -> Value {
    let aliases = many(499, |index| format!("a{index}: __typename "));
    let query =
        format!("subscription s {{ campaignEvents(after: 0) {{ sequence }} }} query q {{ {aliases} }}");
    json!({ "query": query, "operationName": "s" })
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn subscriptions_take_room_from_nothing_else_and_those_of_an_address_its_share() {
    let database = Database::new();
    // Half is for subscriptions, and half of that for an address.
    let options = [
        "--max-held-bytes",
        "12582912",
        "--max-sockets",
        "10",
        "--max-sockets-per-address",
        "5",
    ];
    let server = Server::start_with(&database, &options);
    let id = long_campaign(&server).await;
    let mut socket = Socket::open(&server).await;
    let mut begun = 0;
    let refused = loop {
        let id = begun.to_string();
        let subscribe = json!({ "type": "subscribe", "id": id, "payload": large_subscription() });
        socket.send(&subscribe).await.unwrap();
        let message = socket.message().await;
        if message["type"] == "error" {
            break message;
        }
        begun += 1;
    };
    assert_eq!(refused["payload"][0]["extensions"]["code"], "OVERLOADED");
    assert!(begun >= 4, "{begun}");
    assert_eq!(ask(&server, &bodies(&id, 2)).await.0, 200);
    let mut other = socket_from(&server, "127.0.0.2").await;
    let subscribe = json!({ "type": "subscribe", "id": "a", "payload": large_subscription() });
    other.send(&subscribe).await.unwrap();
    assert_eq!(other.message().await["type"], "next");
    // What has ended is no longer held.
    socket
        .send(&json!({ "type": "complete", "id": "0" }))
        .await
        .unwrap();
    let again = async {
        loop {
            let subscribe = json!({ "type": "subscribe", "id": "again", "payload": large_subscription() });
            socket.send(&subscribe).await.unwrap();
            if socket.message().await["type"] == "next" {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SET_TIME, again).await.expect("there is no room again");
}

#[tokio::test]
async fn a_result_that_is_too_large_is_the_last_and_the_subscription_goes_on_elsewhere() {
    let database = Database::new();
    let server = Server::start_with(&database, &["--max-answer-bytes", "100000"]);
    long_campaign(&server).await;
    let create = "mutation { createCampaign(content: { name: \"short\" }) { campaign { id } } }";
    server.ask(create, json!({})).await;
    let follow = "subscription ($after: Int!) {
        campaignEvents(after: $after) { sequence campaign { message { ... on InAppMessage { body } } } }
    }";
    let mut socket = Socket::open(&server).await;
    socket.subscribe("a", follow, json!({ "after": 0 })).await;
    let message = socket.message().await;
    assert_eq!(message["type"], "error", "{message}");
    assert_eq!(message["payload"][0]["extensions"]["code"], "ANSWER_TOO_LARGE");
    socket.subscribe("a", follow, json!({ "after": 1 })).await;
    let message = socket.message().await;
    assert_eq!(message["payload"]["data"]["campaignEvents"]["sequence"], 2);
    // As events, it has no id, so that who comes again does not pass it over.
    let post = client()
        .post(server.url("/graphql"))
        .header(ACCEPT, "text/event-stream")
        .json(&json!({ "query": follow, "variables": { "after": 0 } }));
    let events = timeout(SET_TIME, post.send().await.unwrap().text()).await;
    let events = events.expect("the stream goes on").unwrap();
    assert!(events.contains("ANSWER_TOO_LARGE"), "{events}");
    assert!(!events.contains("id:"), "{events}");
    assert!(events.ends_with("event: complete\ndata:\n\n"), "{events}");
}

#[tokio::test]
async fn pongs_that_nobody_reads_hold_no_more_than_there_is() {
    let database = Database::new();
    let server = Server::start_with(&database, &["--max-held-bytes", "4194304"]);
    let ping = json!({ "type": "ping", "payload": { "a": "x".repeat(900_000) } });
    let mut unread = vec![];
    let refused = async {
        loop {
            let mut socket = Socket::open_narrow(&server).await;
            let pings = ping.clone();
            unread.push(tokio::spawn(async move {
                // Until nothing more is taken, since the first of these still waits to be read.
                while socket.send(&pings).await.is_ok() {}
                socket
            }));
            let mut socket = Socket::open(&server).await;
            socket.send(&ping).await.unwrap();
            match socket.receive().await {
                Received::End(end) => break end.unwrap().0,
                Received::Message(message) => assert_eq!(message["type"], "pong"),
                other @ Received::Pong(_) => panic!("{other:?}"),
            }
        }
    };
    let code = timeout(SET_TIME, refused)
        .await
        .expect("they hold as much as they like");
    assert_eq!(code, 1013);
    is_told_the_count(&server, 0).await;
    for task in unread {
        task.abort();
    }
}
