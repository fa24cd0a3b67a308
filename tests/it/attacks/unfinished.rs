//! Attacks by way of bodies and messages that are begun and never end, of which each by itself is no larger than it may be.

use std::time::Duration;

use futures_util::SinkExt as _;
use futures_util::future::join_all;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::is_served;
use crate::harness::{Database, Received, SET_TIME, Server, Socket};

/// As large as a request or a message may be, in bytes.
const LARGEST: usize = 1024 * 1024;

/// How many are begun; and how much may be received at once, of which an eighth is kept for small ones.
const BEGUN: u32 = 16;
const OPTIONS: [&str; 2] = ["--max-receiving-bytes", "8388608"];

/// How many there is room for.
const ROOM: u32 = 6;

/// Begins a request of the largest size there may be, and sends all of it but for the last byte.
async fn begin(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {LARGEST}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut body = json!({ "query": "{ __typename }" }).to_string().into_bytes();
    body.pop();
    body.resize(LARGEST - 1, b' ');
    // Who is refused need not be able to send all of it.
    let _ = stream.write_all(&body).await;
    stream
}

/// What a request is answered with.
async fn answer(stream: &mut TcpStream) -> String {
    let mut answer = vec![];
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// Waits until `refused` comes, and says so; or until so many are refused as there is no room for: then there is none.
async fn refused_or_left<T>(
    refusals: &Semaphore,
    number: u32,
    refused: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        biased;
        refused = refused => {
            refusals.add_permits(1);
            Some(refused)
        }
        all = refusals.acquire_many(number) => {
            drop(all.unwrap());
            None
        }
    }
}

#[tokio::test]
async fn bodies_that_never_end_have_so_much_room_and_keep_nobody_else_out() {
    let database = Database::new();
    let server = Server::start_with(&database, &OPTIONS);
    let refusals = Semaphore::new(0);
    let begun = (0..BEGUN).map(async |_| {
        let mut stream = begin(&server).await;
        // Who is let in is told nothing as yet.
        if refused_or_left(&refusals, BEGUN - ROOM, stream.readable())
            .await
            .is_some()
        {
            let answer = answer(&mut stream).await;
            assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
            assert!(answer.contains("\r\nretry-after: 1\r\n"), "{answer}");
            assert!(answer.contains("\"code\":\"OVERLOADED\""), "{answer}");
            return;
        }
        // What is of an ordinary size is served meanwhile.
        is_served(&server).await;
        stream.write_all(b"}").await.unwrap();
        let answer = answer(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    });
    timeout(SET_TIME, join_all(begun)).await.unwrap();
    // Who has gone has made room.
    for _ in 0..2 * BEGUN {
        let mut stream = begin(&server).await;
        stream.write_all(b"}").await.unwrap();
        let answer = answer(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

#[tokio::test]
async fn requests_without_anything_of_their_bodies_take_room_too() {
    let database = Database::new();
    // Each takes 4 KiB, and what it sends.
    let server = Server::start_with(&database, &["--max-receiving-bytes", "45000"]);
    let refusals = Semaphore::new(0);
    let begun = (0..BEGUN).map(async |_| {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        let head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n\
                    Content-Length: 5\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let is_refused = refused_or_left(&refusals, BEGUN - 10, stream.readable()).await;
        if is_refused.is_none() {
            stream.write_all(b"false").await.unwrap();
        }
        let answer = answer(&mut stream).await;
        let status = if is_refused.is_some() { "503" } else { "400" };
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    });
    timeout(SET_TIME, join_all(begun)).await.unwrap();
}

/// A part of a message, and whether it is its first or its last.
fn part(text: &str, is_first: bool) -> Message {
    let kind = if is_first { Data::Text } else { Data::Continue };
    Message::Frame(Frame::message(text.to_owned(), OpCode::Data(kind), !is_first))
}

#[tokio::test]
async fn messages_that_never_end_have_so_much_room_and_keep_nobody_else_out() {
    let database = Database::new();
    let server = Server::start_with(&database, &OPTIONS);
    let refusals = Semaphore::new(0);
    let ping = |payload: &str| json!({ "type": "ping", "payload": { "a": payload } }).to_string();
    let ping = ping(&"x".repeat(LARGEST - ping("").len()));
    let (most, rest) = ping.split_at(LARGEST - 10);
    let mut sockets = vec![];
    for _ in 0..BEGUN {
        sockets.push(Socket::open(&server).await);
    }
    let begun = sockets.into_iter().map(async |mut socket| {
        // Who is refused need not be able to send all of it.
        let _ = socket.0.send(part(most, true)).await;
        if let Some(refused) = refused_or_left(&refusals, BEGUN - ROOM, socket.receive()).await {
            assert!(matches!(&refused, Received::End(Some((1013, _)))), "{refused:?}");
            return;
        }
        let mut other = Socket::open(&server).await;
        other.send(&json!({ "type": "ping" })).await.unwrap();
        assert_eq!(other.message().await, json!({ "type": "pong" }));
        socket.0.send(part(rest, false)).await.unwrap();
        assert_eq!(socket.message().await["type"], "pong");
    });
    timeout(SET_TIME, join_all(begun)).await.unwrap();
    // Who has gone has made room; and so has who is still there, but has sent all of the message.
    let mut socket = Socket::open(&server).await;
    for _ in 0..2 * BEGUN {
        socket.0.send(part(most, true)).await.unwrap();
        socket.0.send(part(rest, false)).await.unwrap();
        assert_eq!(socket.message().await["type"], "pong");
    }
}

#[tokio::test]
async fn who_shows_signs_of_life_but_never_ends_a_message_is_closed() {
    let database = Database::new();
    let server = Server::start_with(&database, &["--request-timeout", "1"]);
    let mut socket = Socket::open(&server).await;
    socket.0.send(part("{", true)).await.unwrap();
    let end = async {
        loop {
            let _ = socket.0.send(Message::Ping("".into())).await;
            match socket.receive().await {
                Received::Pong(_) => sleep(Duration::from_millis(50)).await,
                end => break end,
            }
        }
    };
    let end = timeout(SET_TIME, end).await.unwrap();
    assert!(matches!(&end, Received::End(Some((1013, _)))), "{end:?}");
}
