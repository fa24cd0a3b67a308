//! A server that anybody may try, and how it closes.

use std::time::Duration;

use reqwest::header::{HOST, ORIGIN};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{SOON, Stage, VIEWER, code};
use crate::harness::access::{token, workspace};
use crate::harness::{CAMPAIGN_EVENTS, Database, SUBPROTOCOL, Socket, client, command};

#[tokio::test]
async fn without_a_token_everybody_on_this_machine_may_do_everything() {
    let stage = Stage::new();
    let viewer = stage.server.ask(VIEWER, json!({})).await["viewer"].take();
    assert_eq!(viewer["role"], "ADMIN");
    assert_eq!(viewer["tokenName"], json!(null));
    assert_eq!(viewer["workspace"]["name"], "default");
    // That there are workspaces closes nothing.
    workspace(&stage.database, "other");
    stage.server.ask(VIEWER, json!({})).await;
}

/// A page's host may lead anywhere, this machine too, and then its own origin is that of the server.
#[tokio::test]
async fn a_page_whose_host_leads_here_is_not_let_in() {
    let stage = Stage::new();
    let number = stage.server.url("").rsplit_once(':').unwrap().1.to_owned();
    for (name, is_let_in) in [("localhost", true), ("127.0.0.1", true), ("evil.example", false)] {
        let host = format!("{name}:{number}");
        let origin = format!("http://{host}");
        let post = client().post(stage.server.url("/graphql"));
        let post = post.header(HOST, &host).header(ORIGIN, &origin);
        let answered = post.json(&json!({ "query": VIEWER })).send().await.unwrap();
        if is_let_in {
            assert_eq!(answered.status(), 200, "{host}");
        } else {
            assert_eq!(code(answered, 401).await, "UNAUTHENTICATED");
        }
        let stream = TcpStream::connect(&stage.server.address).await.unwrap();
        let headers = [("Sec-WebSocket-Protocol", SUBPROTOCOL), ("Origin", &origin)];
        let mut socket = Socket::over(stream, &host, &headers).await.unwrap();
        let init = json!({ "type": "connection_init" });
        socket.send(&init).await.unwrap();
        if is_let_in {
            assert_eq!(socket.message().await["type"], "connection_ack");
        } else {
            assert_eq!(socket.closed().await, 4403);
        }
    }
    // Nor whoever comes from elsewhere, by a proxy that nobody has said anything of.
    for (header, value, is_let_in) in [
        ("X-Forwarded-For", "127.0.0.1", true),
        ("X-Forwarded-For", "192.0.2.1", false),
        ("X-Forwarded-For", "192.0.2.1, 127.0.0.1", false),
        ("Forwarded", "for=192.0.2.1", false),
    ] {
        let post = client().post(stage.server.url("/graphql")).header(header, value);
        let answered = post.json(&json!({ "query": VIEWER })).send().await.unwrap();
        assert_eq!(
            answered.status(),
            if is_let_in { 200 } else { 401 },
            "{header}: {value}"
        );
    }
    // With a token it is for any host.
    let token = token(&stage.database, "viewer");
    let post = client().post(stage.server.url("/graphql")).bearer_auth(token);
    let post = post.header(HOST, "understudy.example");
    let answered = post.json(&json!({ "query": VIEWER })).send().await.unwrap();
    assert_eq!(answered.status(), 200);
}

#[tokio::test]
async fn the_first_token_closes_it_at_once() {
    let stage = Stage::new();
    let mut socket = Socket::open(&stage.server).await;
    socket
        .subscribe("a", CAMPAIGN_EVENTS, json!({ "after": 0 }))
        .await;
    let create = "mutation { createToken(input: { name: \"me\", role: VIEWER }) { secret } }";
    let made = stage.server.ask(create, json!({})).await;
    let secret = made["createToken"]["secret"].as_str().unwrap();
    assert_eq!(
        code(stage.send(None, VIEWER, json!({})).await, 401).await,
        "UNAUTHENTICATED"
    );
    assert_eq!(timeout(SOON, socket.closed()).await.unwrap(), 4403);
    assert_eq!(
        stage.ask(secret, VIEWER, json!({})).await["viewer"]["role"],
        "VIEWER"
    );
}

#[tokio::test]
async fn a_token_of_any_workspace_closes_it_for_good() {
    let stage = Stage::new();
    workspace(&stage.database, "other");
    crate::harness::access::token_of(&stage.database, "other", "viewer", &["--expires", "1s"]);
    assert_eq!(
        code(stage.send(None, VIEWER, json!({})).await, 401).await,
        "UNAUTHENTICATED"
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        code(stage.send(None, VIEWER, json!({})).await, 401).await,
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn an_address_that_others_reach_needs_a_token_first() {
    let database = Database::new();
    let folder = tempfile::tempdir().unwrap();
    let socket = format!("unix:{}", folder.path().join("s").display());
    for (place, proxies) in [
        ("0.0.0.0:0", &[] as &[&str]),
        ("[::]:0", &[]),
        (&socket, &[]),
        // What comes from a proxy comes from anywhere.
        ("127.0.0.1:0", &["--proxy", "127.0.0.1"]),
    ] {
        let mut serve = command();
        serve.args(["serve", "--listen", place, "--database", database.url()]);
        serve.args(proxies);
        // If it starts, it does so until it is killed.
        let mut serve = tokio::process::Command::from(serve);
        let output = timeout(SOON, serve.kill_on_drop(true).output()).await;
        let output = output.expect("it starts").unwrap();
        assert!(!output.status.success(), "{place}");
        let said = String::from_utf8(output.stderr).unwrap();
        let (_, name) = database.url().rsplit_once('/').unwrap();
        let named = said.split_once("token create --database ").unwrap().1;
        assert!(named.split(" --role").next().unwrap().contains(name), "{said}");
    }
    token(&database, "admin");
    let mut serve = command();
    serve.args(["serve", "--listen", "0.0.0.0:0", "--database", database.url()]);
    drop(crate::harness::Server::start_as(&mut serve));
}
