//! The formats of the log.

use reqwest::Client;
use tokio::io::AsyncWriteExt as _;

use super::Logged;
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
async fn nobody_fills_the_log_with_frames_that_are_broken() {
    let logged = Logged::start_in("text", "warn", &[]);
    // A bit that means nothing, a ping in parts, a frame that is not masked, and one of a kind that there is not.
    for frame in [[0xc1, 0x80], [0x09, 0x80], [0x81, 0x00], [0x83, 0x80]] {
        let mut socket = Socket::open(&logged.server).await;
        let frame = [&frame[..], &[0; 4]].concat();
        socket.0.get_mut().write_all(&frame).await.unwrap();
        assert_eq!(socket.closed().await, 1002);
    }
    assert_eq!(logged.text(), "");
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
