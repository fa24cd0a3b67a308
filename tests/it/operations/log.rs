//! The formats of the log.

use std::time::{Duration, Instant};

use reqwest::Client;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::Logged;
use crate::harness::access::token;
use crate::harness::{Socket, command};

#[tokio::test]
async fn text_is_for_people_and_has_the_same_in_it() {
    let logged = Logged::start_in("text", "warn,understudy=info", &[]);
    let url = logged.server.url("/graphql?query=query+Mine{__typename}");
    let get = Client::new().get(url).header("x-request-id", "mine");
    assert_eq!(get.send().await.unwrap().status(), 200);
    let begun = std::time::Instant::now();
    while !logged.text().contains("answered") {
        assert!(begun.elapsed() < super::PATIENCE, "{}", logged.text());
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let text = logged.text();
    let line = text.lines().find(|line| line.contains("answered")).unwrap();
    for part in [
        "INFO",
        "request_id=\"mine\"",
        "operation=\"Mine\"",
        "path=\"/graphql\"",
        "status=200",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!line.contains('\u{1b}'), "no colours in a file: {line}");
}

#[tokio::test]
async fn unless_told_otherwise_it_has_a_line_for_each_request_and_none_for_what_is_no_http() {
    let logged = Logged::start("", &[]);
    for nonsense in ["nonsense\r\n\r\n", "GET / HTTP/1.1\r\nno header\r\n\r\n"] {
        let mut stream = TcpStream::connect(&logged.server.address).await.unwrap();
        stream.write_all(nonsense.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    let get = Client::new()
        .get(logged.server.url("/"))
        .header("x-request-id", "mine");
    assert_eq!(get.send().await.unwrap().status(), 200);
    assert_eq!(logged.line_of("mine").await["level"], "INFO");
    for line in logged.lines() {
        let target = line["target"].as_str().unwrap();
        assert!(target.starts_with("understudy"), "{line}");
    }
}

#[tokio::test]
async fn the_time_of_a_request_is_told_in_milliseconds() {
    let logged = Logged::start("info", &[]);
    let begun = Instant::now();
    let mut stream = TcpStream::connect(&logged.server.address).await.unwrap();
    let body = "{\"query\": \"{ __typename }\"}";
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: mine\r\nContent-Type: application/json\r\n\
         Expect: 100-continue\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.read_exact(&mut [0; 25]).await.unwrap();
    // From here on it is there, and waits for its body.
    let wait = Duration::from_millis(100);
    sleep(wait).await;
    stream.write_all(body.as_bytes()).await.unwrap();
    stream.read_to_end(&mut vec![]).await.unwrap();
    let told = logged.line_of("mine").await["milliseconds"].as_f64().unwrap();
    let told = Duration::from_secs_f64(told / 1_000.0);
    assert!((wait..begun.elapsed()).contains(&told), "{told:?}");
}

#[tokio::test]
async fn nobody_fills_the_log_with_frames_that_are_broken() {
    let logged = Logged::start_in("text", "warn", &[]);
    // A bit that means nothing, a ping in parts, a frame that is not masked, and one of a kind that there is not.
    for frame in [[0xc1, 0x80], [0x09, 0x80], [0x81, 0x00], [0x83, 0x80]] {
        let mut socket = Socket::open(&logged.server).await;
        let frame = [&frame[..], &[0; 4]].concat();
        socket.0.get_mut().write_all(&frame).await.unwrap();
        assert_eq!(socket.closed().await, 1002);
    }
    let text = logged.text();
    let mut lines = text.lines().filter(|line| !line.contains("the server is open"));
    assert_eq!(lines.next(), None);
}

#[tokio::test]
async fn an_open_server_says_so_and_when_it_is_open_no_more() {
    let mut logged = Logged::start("", &[]);
    let open = "the server is open: whoever can reach it may do everything, until the first token is made";
    let closed = "there is a token: nobody is let in without one";
    let says = |logged: &Logged, level: &str, message: &str| {
        let lines = logged.lines().into_iter();
        lines
            .filter(|line| line["level"] == level && line["message"] == message)
            .count()
    };
    assert_eq!(
        (says(&logged, "WARN", open), says(&logged, "INFO", closed)),
        (1, 0)
    );
    token(&logged.database, "admin");
    for _ in 0..2 {
        let get = Client::new().get(logged.server.url("/graphql?query={__typename}"));
        assert_eq!(get.send().await.unwrap().status(), 401);
    }
    logged.server.terminate().await;
    assert_eq!(
        (says(&logged, "WARN", open), says(&logged, "INFO", closed)),
        (1, 1)
    );
}

#[test]
fn the_end_of_a_command_that_fails_is_in_the_format_of_the_log() {
    let failing = [
        "serve",
        "--log-format",
        "json",
        "--database",
        "mysql://somewhere/else",
    ];
    let output = command().args(failing).output().unwrap();
    assert!(!output.status.success());
    let line: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(line["level"], "ERROR");
    let message = line["message"].as_str().unwrap();
    assert!(message.contains("mysql"), "{message}");
}
