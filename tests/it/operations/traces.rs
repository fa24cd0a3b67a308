//! Traces, as a collector takes them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::Client;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::Logged;

/// Of a client that traces: the trace, and its own span.
const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN_ID: &str = "00f067aa0ba902b7";

/// Whoever is sent traces, and remembers all of it.
pub(super) struct Collector {
    pub(super) url: String,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(vec![]));
        let all = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, Arc::clone(&all)));
            }
        });
        Self { url, taken }
    }

    /// Whether these bytes were taken at any time.
    pub(super) fn has(&self, bytes: impl AsRef<[u8]>) -> bool {
        let bytes = bytes.as_ref();
        self.taken
            .lock()
            .unwrap()
            .windows(bytes.len())
            .any(|window| window == bytes)
    }
}

/// Takes requests from a connection, and says that each was well.
async fn take(mut stream: TcpStream, taken: Arc<Mutex<Vec<u8>>>) {
    let (mut unread, mut buffer) = (vec![], [0; 4096]);
    loop {
        let Some(end) = unread.windows(4).position(|window| window == b"\r\n\r\n") else {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(read) => unread.extend_from_slice(&buffer[..read]),
            }
            continue;
        };
        let head = String::from_utf8(unread[..end].to_vec())
            .unwrap()
            .to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap();
        let whole = end + 4 + length.parse::<usize>().unwrap();
        while unread.len() < whole {
            let read = stream.read(&mut buffer).await.unwrap();
            unread.extend_from_slice(&buffer[..read]);
        }
        taken.lock().unwrap().extend(unread.drain(..whole));
        let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
    }
}

/// The bytes of an id in hexadecimal digits.
fn bytes(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_a_part_of_the_trace_of_its_client() {
    let collector = Collector::start().await;
    let mut logged = Logged::start("warn", &["--otlp-endpoint", &collector.url]);
    let search = "query Traced($name: String!) { campaigns(filter: { search: $name }) { totalCount } }";
    let create = "mutation Made { createCampaign(content: { name: \"s3cret\" }) { changed } }";
    for (query, traceparent) in [
        (search, format!("00-{TRACE_ID}-{SPAN_ID}-01")),
        (create, "nonsense".to_owned()),
    ] {
        let answer = Client::new()
            .post(logged.server.url("/graphql?s3cret"))
            .header("traceparent", traceparent)
            .header("Authorization", "Bearer s3cret")
            .header("X-Request-Id", "the-request")
            .json(&json!({ "query": query, "variables": { "name": "s3cret" } }))
            .send()
            .await
            .unwrap();
        let answer: serde_json::Value = answer.json().await.unwrap();
        assert!(answer.get("errors").is_none(), "{answer}");
    }
    // Of this one its client has said that it is not to be traced.
    Client::new()
        .post(logged.server.url("/graphql"))
        .header("traceparent", format!("00-{TRACE_ID}-{SPAN_ID}-00"))
        .json(&json!({ "query": "query LeftOut { __typename }" }))
        .send()
        .await
        .unwrap();
    // What was not sent yet is sent at the end.
    assert!(logged.server.terminate().await.success());
    assert!(collector.has("POST /v1/traces HTTP/1.1"));
    assert!(collector.has(bytes(TRACE_ID)), "the client's trace");
    assert!(collector.has(bytes(SPAN_ID)), "the client's span, as the parent");
    // As protobuf has it, with the lengths of all parts.
    assert!(collector.has(b"\x0a\x0cservice.name\x12\x0c\x0a\x0aunderstudy"));
    assert!(!collector.has("LeftOut"), "what is not to be traced");
    for part in [
        "request",
        "request_id",
        "http.request.method",
        "url.path",
        "operation",
        "Traced",
        "Made",
        "mutation",
        "store read",
        "store write",
        "the-request",
        "/graphql",
        "http.response.status_code",
    ] {
        assert!(collector.has(part), "{part}");
    }
    assert!(
        !collector.has("s3cret"),
        "neither a variable nor a literal nor a header"
    );
    assert!(!collector.has("totalCount"), "nor the text of an operation");
}

#[tokio::test]
async fn a_collector_that_is_away_or_stuck_holds_nobody_up() {
    // One that takes connections and answers nothing, and one that is not there.
    let stuck = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    for address in [stuck.local_addr().unwrap(), away] {
        let mut logged = Logged::start("warn", &["--otlp-endpoint", &format!("http://{address}")]);
        logged.server.ask("{ __typename }", json!({})).await;
        let asked = Instant::now();
        assert!(logged.server.terminate().await.success());
        assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
        // Whoever looks for their traces finds out why there are none.
        let says_so = |line: &serde_json::Value| {
            line["target"].as_str().unwrap().contains("opentelemetry")
                || line["message"] == "the last traces were not sent"
        };
        logged.line(says_so).await;
    }
}

/// When a line was written.
fn time(line: &serde_json::Value) -> DateTime<Utc> {
    line["timestamp"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn what_is_left_at_the_end_is_sent_for_a_second_and_no_longer() {
    let stuck = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", stuck.local_addr().unwrap());
    let mut logged = Logged::start("info", &["--otlp-endpoint", &endpoint]);
    logged.server.ask("{ __typename }", json!({})).await;
    assert!(logged.server.terminate().await.success());
    let stopped = logged.line(|line| line["message"] == "stopped").await;
    let given_up = logged
        .line(|line| line["message"] == "the last traces were not sent")
        .await;
    let took = (time(&given_up) - time(&stopped)).to_std().unwrap();
    // A collector has five seconds to answer while the process goes on.
    assert!(
        (Duration::from_millis(900)..Duration::from_secs(4)).contains(&took),
        "{took:?}"
    );
}

#[tokio::test]
async fn without_a_collector_nothing_is_sent_and_the_log_says_nothing_of_it() {
    let collector = Collector::start().await;
    let logged = Logged::start("info", &[]);
    let get = Client::new().get(logged.server.url("/graphql?query={__typename}"));
    let get = get.header("traceparent", format!("00-{TRACE_ID}-{SPAN_ID}-01"));
    let id = get.send().await.unwrap().headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let line = logged.line_of(&id).await;
    assert!(
        line.as_object()
            .unwrap()
            .keys()
            .all(|name| !name.starts_with("otel")),
        "{line}"
    );
    assert!(collector.taken.lock().unwrap().is_empty());
}
