//! How much one client may ask for, and how it is told that it was too much.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Error;

use super::{Stage, after};
use crate::harness::{CAMPAIGN_EVENTS, Received, SET_TIME, SUBPROTOCOL, Socket, sequence};

const OFFER: [(&str, &str); 1] = [("Sec-WebSocket-Protocol", SUBPROTOCOL)];

#[tokio::test]
async fn who_never_says_hello_is_closed() {
    let stage = Stage::with(&["--init-timeout", "1"]);
    let mut silent = Socket::shake_hands(&stage.server, &OFFER).await.unwrap();
    assert_eq!(silent.closed().await, 4408);
    // Who has said it may be as quiet as it likes.
    let mut quiet = Socket::open(&stage.server).await;
    quiet.subscribe("a", CAMPAIGN_EVENTS, after(0)).await;
    sleep(Duration::from_secs(2)).await;
    stage.create("First").await;
    assert_eq!(sequence(&quiet.event("a").await), 1);
}

#[tokio::test]
async fn so_many_operations_run_at_once_and_no_more() {
    let stage = Stage::with(&["--max-operations", "2"]);
    let mut socket = Socket::open(&stage.server).await;
    for id in ["a", "b"] {
        socket.subscribe(id, CAMPAIGN_EVENTS, after(0)).await;
    }
    // One that has ended makes room.
    socket
        .send(&json!({ "type": "complete", "id": "a" }))
        .await
        .unwrap();
    socket.subscribe("c", CAMPAIGN_EVENTS, after(0)).await;
    // Messages are read in their order, but an event may come at any time.
    socket.send(&json!({ "type": "ping" })).await.unwrap();
    assert_eq!(socket.message().await["type"], "pong");
    stage.create("First").await;
    let mut told = [socket.message().await, socket.message().await].map(|message| message["id"].clone());
    told.sort_by_key(Value::to_string);
    assert_eq!(told, ["b", "c"]);
    socket.subscribe("d", CAMPAIGN_EVENTS, after(0)).await;
    assert_eq!(socket.closed().await, 1008);
}

#[tokio::test]
async fn a_message_is_as_large_as_a_request_and_no_larger() {
    let stage = Stage::with(&["--max-request-bytes", "1000"]);
    let message = |length: usize| {
        let text = json!({ "type": "ping", "payload": { "a": "" } }).to_string();
        let filler = "x".repeat(length - text.len());
        json!({ "type": "ping", "payload": { "a": filler } })
    };
    let mut socket = Socket::open(&stage.server).await;
    socket.send(&message(1000)).await.unwrap();
    assert_eq!(socket.message().await["type"], "pong");
    socket.send(&message(1001)).await.unwrap();
    assert_eq!(socket.closed().await, 1009);
}

#[tokio::test]
async fn so_many_sockets_are_open_at_once_and_no_more() {
    for option in ["--max-sockets", "--max-sockets-per-address"] {
        two_sockets_and_no_more(option).await;
    }
}

async fn two_sockets_and_no_more(option: &str) {
    let stage = Stage::with(&[option, "2"]);
    let first = Socket::open(&stage.server).await;
    let _second = Socket::open(&stage.server).await;
    let Err(Error::Http(response)) = Socket::shake_hands(&stage.server, &OFFER).await else {
        panic!("not refused")
    };
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["Retry-After"], "1");
    let body: Value = serde_json::from_slice(response.body().as_ref().unwrap()).unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "OVERLOADED");
    // Whoever goes makes room for another one.
    drop(first);
    let room = async {
        while Socket::shake_hands(&stage.server, &OFFER).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SET_TIME, room).await.unwrap();
}

#[tokio::test]
async fn who_shows_no_sign_of_life_is_closed() {
    let stage = Stage::with(&["--socket-timeout", "3"]);
    // Nobody reads here, so nobody answers a ping.
    let mut dead = Socket::open(&stage.server).await;
    let mut quiet = Socket::open(&stage.server).await;
    quiet.subscribe("a", CAMPAIGN_EVENTS, after(0)).await;
    let told = quiet.event("a");
    tokio::pin!(told);
    // It answers pings while it waits.
    assert!(timeout(Duration::from_secs(8), &mut told).await.is_err());
    stage.create("First").await;
    assert_eq!(sequence(&told.await), 1);
    // It is told so, but may be answering pings into a connection that is closed when it reads that.
    assert!(matches!(dead.receive().await, Received::End(_)));
}
