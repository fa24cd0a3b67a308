//! A server on a Unix socket, as behind a proxy on the same machine.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::time::{sleep, timeout};

use super::tls::Files;
use crate::harness::{Database, SET_TIME, Server, command};

/// The command line of a server on a socket.
fn serve(database: &Database, path: &Path) -> Command {
    let mut serve = command();
    let place = format!("unix:{}", path.display());
    serve.args(["serve", "--listen", &place, "--database", database.url()]);
    serve
}

/// Sends a request by hand; the whole answer.
async fn send(path: &Path, head: &str, body: &str) -> String {
    let mut stream = UnixStream::connect(path).await.unwrap();
    let request = format!(
        "{head} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/json\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn query(path: &Path) -> String {
    send(
        path,
        "POST /graphql",
        &json!({ "query": "{ campaigns { totalCount } }" }).to_string(),
    )
    .await
}

/// What is said where a server cannot listen so.
async fn complaint(serve: Command) -> String {
    // If it can, it does so until it is killed.
    let mut serve = tokio::process::Command::from(serve);
    let output = timeout(SET_TIME, serve.kill_on_drop(true).output()).await;
    let output = output.expect("it listens").unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn it_serves_on_a_socket_and_removes_it_when_it_stops() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let path = folder.path().join("understudy.sock");
    let mut server = Server::start_as(&mut serve(&database, &path));
    assert_eq!(server.address, format!("unix:{}", path.display()));
    let answer = query(&path).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\"totalCount\":0"),
        "{answer}"
    );
    assert!(server.terminate().await.success());
    assert!(!path.exists(), "the file is gone");
}

#[tokio::test]
async fn a_socket_in_use_is_refused_and_one_that_was_left_behind_is_replaced() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let path = folder.path().join("understudy.sock");
    let mut first = Server::start_as(&mut serve(&database, &path));
    let refused = complaint(serve(&database, &path)).await;
    assert!(refused.contains("another process listens there"), "{refused}");
    assert!(refused.contains(&format!("unix:{}", path.display())), "{refused}");
    assert!(
        query(&path).await.contains("totalCount"),
        "the first one is not harmed"
    );
    first.kill();
    assert!(path.exists(), "nobody could remove it");
    let _second = Server::start_as(&mut serve(&database, &path));
    assert!(query(&path).await.contains("totalCount"));
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_left_alone() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let path = folder.path().join("precious.txt");
    fs::write(&path, "precious").unwrap();
    let refused = complaint(serve(&database, &path)).await;
    assert!(refused.contains("no socket"), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    let nowhere = folder.path().join("nowhere/understudy.sock");
    assert!(
        complaint(serve(&database, &nowhere))
            .await
            .contains("cannot listen on unix:")
    );
}

#[tokio::test]
async fn tls_is_not_spoken_there() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let path = folder.path().join("understudy.sock");
    let (files, _) = Files::new();
    let mut serve = serve(&database, &path);
    serve.arg("--tls-cert").arg(files.path("cert.pem"));
    serve.arg("--tls-key").arg(files.path("key.pem"));
    let refused = complaint(serve).await;
    assert!(refused.contains("TLS is for addresses"), "{refused}");
}

#[tokio::test]
async fn a_server_that_has_made_way_does_not_remove_the_file_of_the_next() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let path = folder.path().join("understudy.sock");
    let mut first = Server::start_as(&mut serve(&database, &path));
    // Somebody has put its file aside, and another server in its place.
    fs::rename(&path, folder.path().join("aside.sock")).unwrap();
    let _second = Server::start_as(&mut serve(&database, &path));
    assert!(first.terminate().await.success());
    assert!(query(&path).await.contains("totalCount"));
}

#[tokio::test]
async fn its_clients_have_no_address_and_no_limit_for_each() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let path = folder.path().join("understudy.sock");
    let options = ["--max-sockets", "3", "--max-sockets-per-address", "1"];
    let _server = Server::start_as(serve(&database, &path).args(options));
    let head = "GET /graphql?query=subscription%7BcampaignEvents%7Bsequence%7D%7D HTTP/1.1\r\nHost: localhost\r\n\
                Accept: text/event-stream\r\n\r\n";
    let mut streams = vec![];
    for status in ["200", "200", "200", "503"] {
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, format!("HTTP/1.1 {status}").as_bytes());
        streams.push(stream);
    }
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let database = Database::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let _server = Server::start_as(serve(&database, &path).args([
        "--socket-timeout",
        "6",
        "--max-held-bytes",
        "100663296",
    ]));
    let post = |query: &str| json!({ "query": query }).to_string();
    let message = format!(
        "message: {{ inApp: {{ title: \"t\", body: \"{}\", trigger: \"t\" }} }}",
        "x".repeat(1_000_000)
    );
    let create = format!(
        "mutation {{ createCampaign(content: {{ name: \"a\", {message} }}) {{ campaign {{ id }} }} }}"
    );
    let made = send(&path, "POST /graphql", &post(&create)).await;
    assert!(made.contains("\"id\""), "{made}");
    // Of which there is room for one at a time.
    let bodies: Vec<_> = (0..20)
        .map(|index| {
            format!("a{index}: campaigns {{ nodes {{ message {{ ... on InAppMessage {{ body }} }} }} }}")
        })
        .collect();
    let large = post(&format!("{{ {} }}", bodies.join(" ")));

    let mut unread = UnixStream::connect(&path).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\nContent-Type: application/json\r\n\r\n",
        large.len()
    );
    unread.write_all((head + &large).as_bytes()).await.unwrap();
    unread.read_exact(&mut [0; 4_096]).await.unwrap();
    let refused = send(&path, "POST /graphql", &large).await;
    assert!(refused.contains("OVERLOADED"));
    let room = async {
        while send(&path, "POST /graphql", &large).await.contains("OVERLOADED") {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(SET_TIME, room).await.expect("it is held for ever");
}
