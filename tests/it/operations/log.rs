//! The formats of the log.

use reqwest::Client;

use super::Logged;
use crate::harness::command;

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
