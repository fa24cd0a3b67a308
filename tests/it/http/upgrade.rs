//! Requests that ask to become something else, and cannot.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{CREATE, Stage};
use crate::harness::SET_TIME;

/// What a POST with these headers is answered with, of which the server may not wait for more than there is.
async fn post(stage: &Stage, headers: &str) -> String {
    let mut stream = TcpStream::connect(&stage.server.address).await.unwrap();
    let body = json!({ "query": CREATE }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![];
    // Less than `--request-timeout`.
    let patience = Duration::from_secs(30);
    timeout(patience, stream.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_post_that_wants_to_become_a_websocket_is_refused_at_once() {
    let stage = Stage::new();
    for headers in [
        "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        "Upgrade: WebSocket\r\n",
        "Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n",
    ] {
        let answer = post(&stage, headers).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{headers}: {answer}");
        assert!(answer.contains("\"code\":\"BAD_REQUEST\""), "{answer}");
        assert!(answer.contains("cannot become a WebSocket"), "{answer}");
    }
    stage.is_unharmed().await;
    // What asks for something that nobody has here is a request as any other.
    let answer = post(&stage, "Connection: close\r\nUpgrade: h2c\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

/// What a client is told of its connection, whose next request would go astray if it believed that there is one.
#[tokio::test]
async fn who_asks_for_something_else_and_gets_an_answer_is_told_that_the_connection_ends() {
    let stage = Stage::new();
    for headers in [
        // As proxies send by well-known recipes, and Java's client by itself.
        "Connection: upgrade\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n",
    ] {
        let answer = post(&stage, headers).await.to_lowercase();
        assert!(answer.starts_with("http/1.1 200 "), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
        assert!(!answer.contains("connection: upgrade"), "{answer}");
    }
    let answer = post(&stage, "Connection: upgrade\r\nUpgrade: websocket\r\n").await;
    assert!(
        answer.to_lowercase().contains("\r\nconnection: close\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn in_http_1_0_an_answer_without_a_length_ends_with_its_connection() {
    let stage = Stage::new();
    // Too long to be compressed to its end before it is sent.
    let schema = ["a", "b", "c", "d"].map(|alias| {
        format!("{alias}:__schema%7Btypes%7Bname,description,fields%7Bname,description%7D%7D%7D")
    });
    let schema = format!("query=%7B{}%7D", schema.concat());
    for (query, headers) in [
        (schema.as_str(), "Accept-Encoding: gzip\r\n"),
        ("query=%7B__typename%7D", "Accept: text/event-stream\r\n"),
    ] {
        let mut stream = TcpStream::connect(&stage.server.address).await.unwrap();
        // Whoever could keep the connection must know that there is no end but its end.
        let request = format!("GET /graphql?{query} HTTP/1.0\r\nConnection: keep-alive\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![];
        timeout(SET_TIME, stream.read_to_end(&mut answer))
            .await
            .unwrap()
            .unwrap();
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let (head, body) = answer.split_at(end + 4);
        let head = String::from_utf8_lossy(head).to_lowercase();
        assert!(head.contains(" 200 "), "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert!(!head.contains("keep-alive"), "{head}");
        // gzip's own beginning, or a comment: no chunk's length.
        assert!(
            body.starts_with(&[0x1f, 0x8b]) || body.starts_with(b":\n\n"),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_websocket_of_another_version_is_told_which_one_is_spoken() {
    let stage = Stage::new();
    for version in ["Sec-WebSocket-Version: 8\r\n", ""] {
        let mut stream = TcpStream::connect(&stage.server.address).await.unwrap();
        let request = format!(
            "GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\
             {version}\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        while !answer.contains("BAD_REQUEST") {
            let mut piece = [0; 1024];
            let read = timeout(SET_TIME, stream.read(&mut piece)).await.unwrap().unwrap();
            assert!(read > 0, "{answer}");
            answer += std::str::from_utf8(&piece[..read]).unwrap();
        }
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        let spoken = "\r\nsec-websocket-version: 13\r\n";
        assert!(answer.to_lowercase().contains(spoken), "{answer}");
    }
}
