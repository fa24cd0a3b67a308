//! What the protocol itself says: handshakes, pings, and how a socket ends that breaks it.

use serde_json::json;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message};

use futures_util::SinkExt as _;

use super::{Stage, after};
use crate::harness::{CAMPAIGN_EVENTS, Received, SUBPROTOCOL, Socket, sequence};

#[tokio::test]
async fn only_the_one_subprotocol_is_spoken() {
    let stage = Stage::new();
    let offer = |protocols| [("Sec-WebSocket-Protocol", protocols)];
    for headers in [&[][..], &offer("graphql-ws"), &offer("nonsense, mqtt")] {
        let mut socket = Socket::shake_hands_freely(&stage.server, headers).await;
        assert_eq!(socket.closed().await, 4406, "{headers:?}");
    }
    for protocols in [SUBPROTOCOL, "graphql-ws, graphql-transport-ws"] {
        Socket::shake_hands(&stage.server, &offer(protocols))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn pings_of_both_kinds_are_answered_with_what_came_in_them() {
    let stage = Stage::new();
    let mut socket = Socket::open(&stage.server).await;
    socket
        .0
        .send(Message::Ping(b"hello".to_vec().into()))
        .await
        .unwrap();
    assert_eq!(socket.receive().await, Received::Pong(b"hello".to_vec()));

    socket
        .send(&json!({ "type": "ping", "payload": { "n": 1 } }))
        .await
        .unwrap();
    assert_eq!(
        socket.message().await,
        json!({ "type": "pong", "payload": { "n": 1 } })
    );
    socket.send(&json!({ "type": "ping" })).await.unwrap();
    assert_eq!(socket.message().await["type"], "pong");

    // Nobody asked for this one, which the protocol allows.
    socket.send(&json!({ "type": "pong" })).await.unwrap();
    stage.create("First").await;
    socket.subscribe("a", CAMPAIGN_EVENTS, after(0)).await;
    assert_eq!(sequence(&socket.event("a").await), 1);
}

#[tokio::test]
async fn who_breaks_the_protocol_is_told_how() {
    let stage = Stage::new();
    let init = json!({ "type": "connection_init" }).to_string();
    let subscribe =
        json!({ "type": "subscribe", "id": "a", "payload": { "query": CAMPAIGN_EVENTS } }).to_string();
    let text = |text: &str| Message::text(text.to_owned());
    for (messages, code) in [
        (vec![text(&subscribe)], 4401),
        (vec![text("nonsense")], 4400),
        (vec![text(&init), text("{\"type\":\"nonsense\"}")], 4400),
        (
            vec![text(&init), text("{\"type\":\"subscribe\",\"id\":\"a\"}")],
            4400,
        ),
        (vec![text(&init), text(&init)], 4429),
        (vec![text(&init), text(&subscribe), text(&subscribe)], 4409),
        (vec![text(&init), Message::binary(vec![1, 2, 3])], 1003),
    ] {
        let offer = [("Sec-WebSocket-Protocol", SUBPROTOCOL)];
        let mut socket = Socket::shake_hands(&stage.server, &offer).await.unwrap();
        for message in &messages {
            socket.0.send(message.clone()).await.unwrap();
        }
        assert_eq!(socket.closed().await, code, "{messages:?}");
    }
}

#[tokio::test]
async fn a_close_is_answered_with_a_close_of_its_code() {
    let stage = Stage::new();
    for (code, answered) in [
        (None, 1000),
        (Some(1000), 1000),
        (Some(1001), 1001),
        (Some(4999), 4999),
    ] {
        let mut socket = Socket::open(&stage.server).await;
        socket.subscribe("a", CAMPAIGN_EVENTS, after(0)).await;
        let frame = code.map(|code: u16| CloseFrame {
            code: code.into(),
            reason: "enough".into(),
        });
        socket.0.close(frame).await.unwrap();
        assert_eq!(socket.closed().await, answered);
    }
    // And the server is there for the next one.
    Socket::open(&stage.server).await;
}
