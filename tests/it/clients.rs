//! The real server, and what others have written to talk to such servers, or to check them.

use std::path::PathBuf;
use std::{env, process::Stdio};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::harness::{Database, SET_TIME, Server};

const CREATE: &str = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";

/// A program of `tests/npm`; none where the packages are not there that it needs.
#[expect(
    clippy::print_stdout,
    reason = "whoever asks for the output of tests sees what was left out"
)]
fn program(name: &str, arguments: &[&str]) -> Option<(Child, Lines<BufReader<ChildStdout>>)> {
    let Some(folder) = env::var_os("UNDERSTUDY_TEST_NPM").map(PathBuf::from) else {
        println!("a story that needs packages of npm; `cargo xtask test` installs them");
        return None;
    };
    let mut node = Command::new("node");
    node.arg(folder.join(name)).args(arguments);
    let mut child = node.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    Some((child, lines))
}

/// The next line of a program, as JSON; none where it has ended.
async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> Option<Value> {
    let line = timeout(SET_TIME, lines.next_line()).await.unwrap().unwrap()?;
    Some(serde_json::from_str(&line).unwrap())
}

#[tokio::test]
async fn every_audit_of_graphql_over_http_is_ok() {
    let database = Database::new();
    let server = Server::start(&database);
    let Some((mut child, mut lines)) = program("audits.mjs", &[&server.url("/graphql")]) else {
        return;
    };
    let mut count = 0;
    let mut others = vec![];
    while let Some(audit) = next(&mut lines).await {
        count += 1;
        if audit["status"] != "ok" {
            others.push(audit);
        }
    }
    assert!(child.wait().await.unwrap().success());
    assert_eq!(others, [] as [Value; 0]);
    assert_eq!(count, 61);
}

#[tokio::test]
async fn the_clients_of_others_follow_the_feed() {
    let database = Database::new();
    let server = Server::start(&database);
    server.ask(CREATE, json!({})).await;
    let mut told = 1;
    for client in ["graphql-ws", "graphql-sse", "@apollo/client"] {
        let wanted = (told + 1).to_string();
        let Some((mut child, mut lines)) = program("follow.mjs", &[client, &server.address, &wanted]) else {
            return;
        };
        for expected in 1..=told {
            let event = next(&mut lines).await.unwrap();
            assert_eq!(event["sequence"], expected, "{client}");
            assert_eq!(event["campaign"]["name"], "Spring", "{client}");
        }
        // It is there, and told of what happens now.
        server.ask(CREATE, json!({})).await;
        told += 1;
        assert_eq!(next(&mut lines).await.unwrap()["sequence"], told, "{client}");
        assert!(child.wait().await.unwrap().success(), "{client}");
    }
}

#[tokio::test]
async fn what_graphql_js_considers_valid_is_carried_out() {
    let database = Database::new();
    let server = Server::start(&database);
    let Some((mut child, mut lines)) = program("valid.mjs", &[&server.url("/graphql"), "7", "400"]) else {
        return;
    };
    let mut refused = vec![];
    let sent = loop {
        let line = next(&mut lines).await.unwrap();
        if line["sent"].is_u64() {
            break line["sent"].clone();
        }
        refused.push(line);
    };
    assert!(child.wait().await.unwrap().success());
    assert_eq!(refused, [] as [Value; 0]);
    assert_eq!(sent, 400);
}
