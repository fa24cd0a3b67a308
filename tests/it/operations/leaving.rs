//! Clients that leave without waiting for the end: what they have asked for is given up.

use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use h2::RecvStream;
use h2::client::{ResponseFuture, SendRequest};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::tls::{Files, connect};
use super::{Logged, PATIENCE};

/// Much less than the time until a stream's next sign of life, by which a client is found to be gone at the latest.
const SOON: Duration = Duration::from_secs(8);

/// A stream that no event comes on.
const FOLLOW: &str = "/graphql?query=subscription%7BcampaignEvents%7Bsequence%7D%7D";

/// A command that waits for its turn.
const COMMAND: &str = "mutation Leave { createSegment(input: { name: \"Everyone\" }) { changed } }";

/// Asks for an event stream on a connection of its own; the connection, and how its answer begins.
async fn follow(logged: &Logged) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(&logged.server.address).await.unwrap();
    let head = format!("GET {FOLLOW} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut begin = [0; 64];
    timeout(PATIENCE, stream.read_exact(&mut begin))
        .await
        .unwrap()
        .unwrap();
    (stream, String::from_utf8_lossy(&begin).into_owned())
}

/// The value of a figure, as it stands in the text.
async fn figure(logged: &Logged, series: &str) -> Option<String> {
    let figures = reqwest::get(logged.server.url("/metrics")).await.unwrap();
    let figures = figures.text().await.unwrap();
    let mut values = figures.lines().filter_map(|line| line.strip_prefix(series));
    values.next().map(|value| value.trim().to_owned())
}

/// Waits until a figure has a value.
async fn until(logged: &Logged, series: &str, value: &str, at_most: Duration) {
    let begun = Instant::now();
    while figure(logged, series).await.as_deref() != Some(value) {
        assert!(begun.elapsed() < at_most, "{series} is not {value}");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn the_event_stream_of_a_client_that_has_gone_is_closed_soon() {
    let logged = Logged::start("info", &["--max-sockets-per-address", "1"]);
    for is_half in [false, true] {
        let (mut stream, begin) = follow(&logged).await;
        assert!(begin.starts_with("HTTP/1.1 200"), "{begin}");
        let (_, begin) = follow(&logged).await;
        assert!(begin.starts_with("HTTP/1.1 503"), "{begin}");
        let left = if is_half {
            stream.shutdown().await.unwrap();
            Some(stream)
        } else {
            drop(stream);
            None
        };
        let open = "understudy_sockets_open{transport=\"sse\"}";
        until(&logged, open, "0", SOON).await;
        let running = "understudy_graphql_operations_running{type=\"subscription\"}";
        until(&logged, running, "0", SOON).await;
        drop(left);
    }
    let (_stream, begin) = follow(&logged).await;
    assert!(begin.starts_with("HTTP/1.1 200"), "{begin}");
}

/// Checks that the command has run, and was not carried out to its end once its client was gone.
async fn is_cancelled(logged: &Logged, id: &str) {
    let line = logged.line_of(id).await;
    assert_eq!(line["message"], "not answered", "{line}");
    assert!(
        line.get("status").is_none_or(serde_json::Value::is_null),
        "{line}"
    );
    assert_eq!(line["operation"], "Leave", "{line}");
}

const RUNNING: &str = "understudy_graphql_operations_running{type=\"mutation\"}";

#[tokio::test]
async fn an_operation_whose_client_has_gone_is_cancelled_and_has_its_name() {
    let logged = Logged::start("info", &[]);
    let lock = logged.database.hold_writes().await;
    let mut stream = TcpStream::connect(&logged.server.address).await.unwrap();
    let body = json!({ "query": COMMAND }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: gone\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    until(&logged, RUNNING, "1", PATIENCE).await;
    drop(stream);
    until(&logged, RUNNING, "0", SOON).await;
    is_cancelled(&logged, "gone").await;
    let cancelled =
        "understudy_graphql_requests_total{operation=\"Leave\",type=\"mutation\",outcome=\"cancelled\"}";
    until(&logged, cancelled, "1", SOON).await;
    lock.rollback().await.unwrap();
}

/// Asks over HTTP/2; what comes as an answer.
async fn send(client: &SendRequest<Bytes>, path: &str, body: Option<&str>) -> ResponseFuture {
    let method = if body.is_some() { "POST" } else { "GET" };
    let request = http::Request::builder()
        .method(method)
        .uri(format!("https://localhost{path}"))
        .header("content-type", "application/json")
        .header(
            "accept",
            if body.is_some() {
                "application/json"
            } else {
                "text/event-stream"
            },
        )
        .header("x-request-id", "gone")
        .body(())
        .unwrap();
    let mut ready = client.clone().ready().await.unwrap();
    let (answer, mut stream) = ready.send_request(request, body.is_none()).unwrap();
    if let Some(body) = body {
        stream.send_data(body.to_owned().into(), true).unwrap();
    }
    answer
}

/// The beginning of an event stream over HTTP/2.
async fn begun(answer: ResponseFuture) -> RecvStream {
    let answer = timeout(PATIENCE, answer).await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    let mut events = answer.into_body();
    timeout(PATIENCE, events.data()).await.unwrap().unwrap().unwrap();
    events
}

#[tokio::test]
async fn who_leaves_over_http_2_is_noticed_too() {
    let (files, certificate) = Files::new();
    let logged = files.serve();
    let open = async || {
        let stream = connect(&logged, &certificate, &["h2"]).await.unwrap();
        let (client, connection) = h2::client::handshake(stream).await.unwrap();
        (client, tokio::spawn(connection))
    };
    // What is running, by a connection that asks for nothing else.
    let until = async |what: &str| {
        let (client, _) = open().await;
        let begun = Instant::now();
        loop {
            let answer = send(&client, "/metrics", None).await.await.unwrap();
            let mut body = answer.into_body();
            let mut figures = vec![];
            while let Some(piece) = body.data().await {
                let piece = piece.unwrap();
                body.flow_control().release_capacity(piece.len()).unwrap();
                figures.extend_from_slice(&piece);
            }
            if String::from_utf8(figures)
                .unwrap()
                .lines()
                .any(|line| line == what)
            {
                return;
            }
            assert!(begun.elapsed() < SOON, "not {what}");
            sleep(Duration::from_millis(50)).await;
        }
    };
    let closed = "understudy_sockets_open{transport=\"sse\"} 0";
    // By giving up the stream, and by closing the connection.
    let (client, connection) = open().await;
    let events = begun(send(&client, FOLLOW, None).await).await;
    drop(events);
    until(closed).await;
    let _events = begun(send(&client, FOLLOW, None).await).await;
    until("understudy_sockets_open{transport=\"sse\"} 1").await;
    connection.abort();
    until(closed).await;

    let lock = logged.database.hold_writes().await;
    let (client, _connection) = open().await;
    let body = json!({ "query": COMMAND }).to_string();
    let answer = send(&client, "/graphql", Some(&body)).await;
    until(&format!("{RUNNING} 1")).await;
    drop(answer);
    until(&format!("{RUNNING} 0")).await;
    lock.rollback().await.unwrap();
    let is_gone = |line: &serde_json::Value| line["request_id"] == "gone" && line["operation"] == "Leave";
    let line = logged
        .line(|line| is_gone(line) && line["path"] == "/graphql")
        .await;
    assert_eq!(line["message"], "not answered", "{line}");
}
