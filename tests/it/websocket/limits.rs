//! How much one client may ask for, and how it is told that it was too much.

use std::time::Duration;

use futures_util::SinkExt as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::{Stage, after};
use crate::harness::{CAMPAIGN_EVENTS, SET_TIME, SUBPROTOCOL, Socket, sequence};

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
    // One more is told so, whatever it asks for, and the others go on.
    for (id, query) in [("d", CAMPAIGN_EVENTS), ("e", "{ __typename }")] {
        socket.subscribe(id, query, after(0)).await;
        let told = socket.message().await;
        assert_eq!(
            (&told["type"], &told["id"]),
            (&json!("error"), &json!(id)),
            "{told}"
        );
        assert_eq!(told["payload"][0]["extensions"]["code"], "OVERLOADED");
    }
    stage.create("Second").await;
    let mut told = [socket.message().await, socket.message().await].map(|message| message["id"].clone());
    told.sort_by_key(Value::to_string);
    assert_eq!(told, ["b", "c"]);
    socket
        .send(&json!({ "type": "complete", "id": "b" }))
        .await
        .unwrap();
    socket.subscribe("d", CAMPAIGN_EVENTS, after(1)).await;
    assert_eq!(socket.event("d").await["sequence"], 2);
}

#[tokio::test]
async fn an_operation_whose_json_is_beyond_a_limit_is_refused_and_the_others_go_on() {
    let list = |count: usize| json!({ "after": 0, "more": vec![1; count] });
    let deep = |depth: usize| {
        let inner = (1..depth).fold(json!([]), |inner, _| json!([inner]));
        json!({ "after": 0, "more": inner })
    };
    // Seven parts of the message are there anyway, and three objects in one another.
    for (option, limit, passes, fails) in [
        ("--max-json-values", "20", list(13), list(14)),
        ("--max-json-nesting", "5", deep(2), deep(3)),
    ] {
        let stage = Stage::with(&[option, limit]);
        let mut socket = Socket::open(&stage.server).await;
        socket.subscribe("a", CAMPAIGN_EVENTS, passes).await;
        socket.subscribe("b", CAMPAIGN_EVENTS, fails).await;
        let told = socket.message().await;
        assert_eq!(
            (&told["type"], &told["id"]),
            (&json!("error"), &json!("b")),
            "{told}"
        );
        assert_eq!(told["payload"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX");
        stage.create("First").await;
        assert_eq!(sequence(&socket.event("a").await), 1);
    }
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
    // In parts, each of which is small enough.
    let mut socket = Socket::open(&stage.server).await;
    for (length, closed) in [(1000, None), (1001, Some(1009))] {
        let message = message(length).to_string();
        let (first, last) = message.split_at(900);
        for (part, kind, is_last) in [(first, Data::Text, false), (last, Data::Continue, true)] {
            let frame = Frame::message(part.to_owned(), OpCode::Data(kind), is_last);
            socket.0.send(Message::Frame(frame)).await.unwrap();
        }
        match closed {
            None => assert_eq!(socket.message().await["type"], "pong"),
            Some(code) => assert_eq!(socket.closed().await, code),
        }
    }
}

/// A masked frame with a short text in it.
fn text_frame(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 126);
    [&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat()
}

/// What is closed with after these bytes, of which nothing else follows.
async fn closed_after(stage: &Stage, bytes: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(&stage.server.address).await.unwrap();
    let handshake = format!(
        "GET /graphql HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n",
        stage.server.address
    );
    stream.write_all(handshake.as_bytes()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    // Less than a client may take to introduce itself.
    let patience = Duration::from_secs(8);
    let mut answer = vec![];
    timeout(patience, stream.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    let (_, frames) = answer.split_at(answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4);
    let close = frames.windows(4).find(|bytes| bytes[0] == 0x88).unwrap();
    u16::from_be_bytes([close[2], close[3]])
}

#[tokio::test]
async fn a_frame_is_refused_by_its_head() {
    let stage = Stage::new();
    for (head, code) in [
        // A text of a terabyte, one of a byte more than a message may have, and a ping of more than a ping may have.
        ([&[0x81, 0xff][..], &(1_u64 << 40).to_be_bytes()].concat(), 1009),
        (
            [&[0x81, 0xff][..], &((1_u64 << 20) + 1).to_be_bytes()].concat(),
            1009,
        ),
        ([&[0x89, 0xfe][..], &126_u16.to_be_bytes()].concat(), 1009),
        // A bit that means nothing, a ping in parts, and a frame that is not masked.
        (vec![0xc1, 0x80, 0, 0, 0, 0], 1002),
        (vec![0x09, 0x80, 0, 0, 0, 0], 1002),
        (vec![0x81, 0x00], 1002),
        // Texts that are none, whole, and in parts of which the first ends within a letter.
        (vec![0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe], 1007),
        (
            vec![0x01, 0x81, 0, 0, 0, 0, 0xc3, 0x80, 0x81, 0, 0, 0, 0, 0x28],
            1007,
        ),
    ] {
        assert_eq!(closed_after(&stage, &head).await, code, "{head:x?}");
    }
}

#[tokio::test]
async fn what_comes_before_a_broken_frame_is_understood_first() {
    let stage = Stage::new();
    let init = text_frame(&json!({ "type": "connection_init" }).to_string());
    let ping = text_frame(&json!({ "type": "ping" }).to_string());
    for (broken, code) in [
        (
            [&[0x81, 0xff][..], &((1_u64 << 20) + 1).to_be_bytes()].concat(),
            1009,
        ),
        (vec![0xc1, 0x80, 0, 0, 0, 0], 1002),
        (vec![0x81, 0x00], 1002),
        (vec![0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe], 1007),
    ] {
        let mut socket = Socket::shake_hands(&stage.server, &OFFER).await.unwrap();
        let all = [init.as_slice(), &ping, &broken].concat();
        socket.0.get_mut().write_all(&all).await.unwrap();
        assert_eq!(socket.message().await["type"], "connection_ack", "{code}");
        assert_eq!(socket.message().await["type"], "pong", "{code}");
        assert_eq!(socket.closed().await, code);
    }
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
    // Nobody answers a ping here: what comes is only read.
    let init = json!({ "type": "connection_init" }).to_string();
    let dead = text_frame(&init);
    let dead = closed_after(&stage, &dead);
    let mut quiet = Socket::open(&stage.server).await;
    quiet.subscribe("a", CAMPAIGN_EVENTS, after(0)).await;
    let told = quiet.event("a");
    tokio::pin!(told);
    // It answers pings while it waits.
    let wait = timeout(Duration::from_secs(8), &mut told);
    let (code, waited) = tokio::join!(dead, wait);
    assert_eq!(code, 1013);
    assert!(waited.is_err());
    stage.create("First").await;
    assert_eq!(sequence(&told.await), 1);
}

#[tokio::test]
async fn an_operation_that_has_ended_counts_for_none_whatever_else_goes_on() {
    let stage = Stage::with(&["--demo"]);
    let mut socket = Socket::open(&stage.server).await;
    // All but one of as many as may run, with much to tell.
    for id in 0..99 {
        socket
            .subscribe(&format!("feed {id}"), CAMPAIGN_EVENTS, after(0))
            .await;
    }
    for round in 0..100 {
        socket.subscribe("again", "{ __typename }", json!({})).await;
        loop {
            let message = socket.message().await;
            if message["id"] == "again" && message["type"] == "complete" {
                break;
            }
            assert!(
                ["next", "complete"].contains(&message["type"].as_str().unwrap()),
                "{round}"
            );
        }
    }
}

#[tokio::test]
async fn a_document_of_nothing_is_an_error_of_its_operation() {
    let stage = Stage::new();
    let mut socket = Socket::open(&stage.server).await;
    for query in ["", " ", "#"] {
        socket.subscribe("a", query, json!({})).await;
        let message = socket.message().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("a")));
    }
}
