//! The page at `/`, in a browser.

use std::path::PathBuf;
use std::{env, fs};

use serde_json::{Value, json};
use understudy_tests::browser;

use crate::harness::{Database, Program, Server};

/// Where the pictures go that the story takes: `artifacts`, in cargo's target folder.
fn artifacts() -> PathBuf {
    let executable = env::current_exe().unwrap();
    let folder = executable.ancestors().nth(3).unwrap().join("artifacts");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The next line of the program, which is about a step.
async fn step(program: &mut Program, name: &str) -> Value {
    let mut line = program
        .line()
        .await
        .unwrap_or_else(|| panic!("it ended before {name}"));
    assert!(line.get(name).is_some(), "{line}");
    line[name].take()
}

#[tokio::test]
async fn graphiql_works_in_a_browser_that_reaches_nobody_else() {
    let Some(browser) = browser::find() else {
        // `cargo xtask test` has said so.
        return;
    };
    let database = Database::new();
    let server = Server::start_with(&database, &["--demo"]);
    let arguments = [browser, server.url("/").into(), artifacts()];
    let Some(mut program) = Program::start("graphiql.mjs", arguments) else {
        return;
    };

    let loaded = step(&mut program, "loads").await;
    assert_eq!(loaded["title"], "Understudy");
    let tabs = json!(["Pairs", "SaveDraft", "LaunchDraft", "ArchiveInBulk", "Watch"]);
    assert_eq!(loaded["tabs"], tabs);
    let answer = step(&mut program, "queries").await;
    for part in ["\"status\": \"ACTIVE\"", "\"draft\": {", "\"changes\": ["] {
        assert!(answer.as_str().unwrap().contains(part), "{answer}");
    }
    let event = step(&mut program, "subscribes").await;
    for part in ["\"kind\": \"CREATED\"", "\"name\": \"Rehearsal\""] {
        assert!(event.as_str().unwrap().contains(part), "{event}");
    }
    // The editor has closed the brackets.
    assert_eq!(step(&mut program, "completes").await, "{ segments { totalCount}}");
    let remembered = step(&mut program, "remembers").await;
    assert_eq!(remembered["request"], true);
    assert_eq!(remembered["socket"], "connection_ack");
    assert_eq!(remembered["nobody"], "UNAUTHENTICATED");
    let tabs = json!([
        "Pairs",
        "SaveDraft",
        "LaunchDraft",
        "ArchiveInBulk",
        "Watch",
        "<untitled>"
    ]);
    assert_eq!(remembered["tabs"], tabs);

    let requests = step(&mut program, "requests").await;
    assert_eq!(requests["outside"], json!([]));
    assert!(requests["own"].as_u64().unwrap() > 10, "{requests}");
    assert_eq!(step(&mut program, "complaints").await, json!([]));
    assert!(program.succeeds().await);
}
