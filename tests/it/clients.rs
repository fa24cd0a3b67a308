//! The real server, and what others have written to talk to such servers, or to check them.

use serde_json::{Value, json};

use crate::harness::{Database, Program, Server, access};

const CREATE: &str = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";

#[tokio::test]
async fn every_audit_of_graphql_over_http_is_ok() {
    let database = Database::new();
    let server = Server::start(&database);
    let Some(mut program) = Program::start("audits.mjs", [server.url("/graphql")]) else {
        return;
    };
    let mut count = 0;
    let mut others = vec![];
    while let Some(audit) = program.line().await {
        count += 1;
        if audit["status"] != "ok" {
            others.push(audit);
        }
    }
    assert!(program.succeeds().await);
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
        let Some(mut program) = Program::start("follow.mjs", [client, &server.address, &wanted]) else {
            return;
        };
        for expected in 1..=told {
            let event = program.line().await.unwrap();
            assert_eq!(event["sequence"], expected, "{client}");
            assert_eq!(event["campaign"]["name"], "Spring", "{client}");
        }
        // It is there, and told of what happens now.
        server.ask(CREATE, json!({})).await;
        told += 1;
        assert_eq!(program.line().await.unwrap()["sequence"], told, "{client}");
        assert!(program.succeeds().await, "{client}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_client_that_stood_still_comes_back_and_misses_nothing() {
    let database = Database::new();
    let server = Server::start_with(&database, &["--socket-timeout", "2"]);
    let create = async || server.ask(CREATE, json!({})).await;
    create().await;
    let Some(mut program) = Program::start("come_back.mjs", [&server.address, "5"]) else {
        return;
    };
    assert_eq!(program.line().await, Some(json!({ "sequence": 1 })));
    program.signal("STOP");
    create().await;
    create().await;
    server.until_no_socket_is_open().await;
    create().await;
    program.signal("CONT");
    let (mut events, mut closes) = (vec![], vec![]);
    while events.len() < 4 {
        let line = program.line().await.expect("it does not come back");
        if line["sequence"].is_null() {
            closes.push(line["closed"].clone());
            continue;
        }
        events.push(line["sequence"].clone());
        if events.len() == 3 {
            // It is there again.
            create().await;
        }
    }
    assert_eq!(events, [2, 3, 4, 5]);
    assert!(
        !closes.is_empty() && closes.iter().all(|code| *code == 1013),
        "{closes:?}"
    );
    assert!(program.succeeds().await);
}

#[tokio::test]
async fn the_server_takes_what_graphql_js_takes_and_nothing_else() {
    let database = Database::new();
    let server = Server::start_with(&database, &["--demo", "--token-rate", "0", "--address-rate", "0"]);
    // Some of the requests make tokens, and the first one closes the server to who has none.
    let admin = access::token(&database, "admin");
    let arguments = [server.url("/graphql"), "7".to_owned(), "1000".to_owned(), admin];
    let Some(mut program) = Program::start("valid.mjs", arguments) else {
        return;
    };
    let mut others = vec![];
    let told = loop {
        let line = program.line().await.unwrap();
        if line["sent"].is_u64() {
            break line;
        }
        others.push(line);
    };
    assert!(program.succeeds().await);
    assert_eq!(others, [] as [Value; 0]);
    assert_eq!(told["sent"], 1000);
    // Of both kinds there are many.
    let taken = told["taken"].as_u64().unwrap();
    assert!((200..800).contains(&taken), "{told}");
    let too_large = told["tooLarge"].as_u64().unwrap();
    assert!(too_large * 20 < taken, "{told}");
    let answered = told["answered"].as_u64().unwrap();
    assert!(answered * 3 > taken, "{told}");
}
