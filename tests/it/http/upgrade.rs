//! Requests that ask to become something else, and cannot.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{CREATE, Stage};

/// What a POST with these headers is answered with, of which the server may not wait for more than there is.
async fn post(stage: &Stage, headers: &str) -> String {
    let mut stream = TcpStream::connect(&stage.server.address).await.unwrap();
    let body = json!({ "query": CREATE }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}\
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
