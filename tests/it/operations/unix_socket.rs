//! A server on a Unix socket, as behind a proxy on the same machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::time::{sleep, timeout};

use super::tls::Files;
use crate::harness::{Database, SET_TIME, Server, access, command};

/// A database whose server is on a socket, and a token, without which such a server does not start.
struct Stage {
    database: Database,
    folder: TempDir,
    path: PathBuf,
    token: String,
}

impl Stage {
    fn new() -> Self {
        let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
        Self {
            token: access::token(&database, "ADMIN"),
            database,
            path: folder.path().join("understudy.sock"),
            folder,
        }
    }

    /// The command line of a server.
    fn serve(&self) -> Command {
        self.serve_at(&self.path)
    }

    fn serve_at(&self, path: &Path) -> Command {
        let mut serve = command();
        let place = format!("unix:{}", path.display());
        serve.args(["serve", "--listen", &place, "--database", self.database.url()]);
        serve
    }

    /// A request by hand, with further headers.
    fn request(&self, line: &str, headers: &str, body: &str) -> String {
        format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\
             Content-Type: application/json\r\n{headers}\r\n{body}",
            self.token,
            body.len()
        )
    }

    /// Sends a request; the whole answer.
    async fn send(&self, line: &str, body: &str) -> String {
        self.send_with("", line, body).await
    }

    /// As [`send`](Self::send), with further headers.
    async fn send_with(&self, headers: &str, line: &str, body: &str) -> String {
        let mut stream = UnixStream::connect(&self.path).await.unwrap();
        let request = self.request(line, &format!("Connection: close\r\n{headers}"), body);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn query(&self) -> String {
        self.query_with("").await
    }

    async fn query_with(&self, headers: &str) -> String {
        let query = json!({ "query": "{ campaigns { totalCount } }" });
        self.send_with(headers, "POST /graphql", &query.to_string()).await
    }
}

/// Nobody has an address there, and whoever guesses is limited all the same.
#[tokio::test]
async fn tokens_are_not_guessed_there_either() {
    let mut stage = Stage::new();
    let mut serve = stage.serve();
    serve.args(["--login-rate", "3"]);
    let _server = Server::start_as(&mut serve);
    let token = std::mem::replace(&mut stage.token, "understudy_guess".to_owned());
    for status in [401, 401, 401, 429] {
        let answer = stage.query().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    stage.token = token;
    let answer = stage.query().await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

/// Where a proxy uses it, its clients have addresses.
#[tokio::test]
async fn a_proxy_there_is_believed_where_its_requests_come_from() {
    let stage = Stage::new();
    let _server = Server::start_as(stage.serve().args(["--proxy", "unix", "--address-rate", "2"]));
    let (one, other) = ("192.0.2.1", "192.0.2.2");
    for (address, status) in [(one, 200), (one, 200), (one, 429), (other, 200)] {
        let answer = stage.query_with(&format!("X-Forwarded-For: {address}\r\n")).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{address}: {answer}"
        );
    }
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
    let stage = Stage::new();
    let mut server = Server::start_as(&mut stage.serve());
    assert_eq!(server.address, format!("unix:{}", stage.path.display()));
    let answer = stage.query().await;
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\"totalCount\":0"),
        "{answer}"
    );
    assert!(server.terminate().await.success());
    assert!(!stage.path.exists(), "the file is gone");
}

#[tokio::test]
async fn a_socket_in_use_is_refused_and_one_that_was_left_behind_is_replaced() {
    let stage = Stage::new();
    let mut first = Server::start_as(&mut stage.serve());
    let refused = complaint(stage.serve()).await;
    assert!(refused.contains("another process listens there"), "{refused}");
    assert!(
        refused.contains(&format!("unix:{}", stage.path.display())),
        "{refused}"
    );
    assert!(
        stage.query().await.contains("totalCount"),
        "the first one is not harmed"
    );
    first.kill();
    assert!(stage.path.exists(), "nobody could remove it");
    let _second = Server::start_as(&mut stage.serve());
    assert!(stage.query().await.contains("totalCount"));
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_left_alone() {
    let stage = Stage::new();
    let path = stage.folder.path().join("precious.txt");
    fs::write(&path, "precious").unwrap();
    let refused = complaint(stage.serve_at(&path)).await;
    assert!(refused.contains("no socket"), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    let nowhere = stage.folder.path().join("nowhere/understudy.sock");
    let refused = complaint(stage.serve_at(&nowhere)).await;
    assert!(refused.contains("cannot listen on unix:"), "{refused}");
}

#[tokio::test]
async fn tls_is_not_spoken_there() {
    let stage = Stage::new();
    let (files, _) = Files::new();
    let mut serve = stage.serve();
    serve.arg("--tls-cert").arg(files.path("cert.pem"));
    serve.arg("--tls-key").arg(files.path("key.pem"));
    let refused = complaint(serve).await;
    assert!(refused.contains("TLS is for addresses"), "{refused}");
}

#[tokio::test]
async fn a_server_that_has_made_way_does_not_remove_the_file_of_the_next() {
    let stage = Stage::new();
    let mut first = Server::start_as(&mut stage.serve());
    // Somebody has put its file aside, and another server in its place.
    fs::rename(&stage.path, stage.folder.path().join("aside.sock")).unwrap();
    let _second = Server::start_as(&mut stage.serve());
    assert!(first.terminate().await.success());
    assert!(stage.query().await.contains("totalCount"));
}

#[tokio::test]
async fn its_clients_have_no_address_and_no_limit_for_each() {
    let stage = Stage::new();
    let options = ["--max-sockets", "3", "--max-sockets-per-address", "1"];
    let _server = Server::start_as(stage.serve().args(options));
    let line = "GET /graphql?query=subscription%7BcampaignEvents%7Bsequence%7D%7D";
    let head = stage.request(line, "Accept: text/event-stream\r\n", "");
    let mut streams = vec![];
    for status in ["200", "200", "200", "503"] {
        let mut stream = UnixStream::connect(&stage.path).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, format!("HTTP/1.1 {status}").as_bytes());
        streams.push(stream);
    }
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let stage = Stage::new();
    let _server =
        Server::start_as(
            stage
                .serve()
                .args(["--socket-timeout", "6", "--max-held-bytes", "100663296"]),
        );
    let post = |query: &str| json!({ "query": query }).to_string();
    let message = format!(
        "message: {{ inApp: {{ title: \"t\", body: \"{}\", trigger: \"t\" }} }}",
        "x".repeat(1_000_000)
    );
    let create = format!(
        "mutation {{ createCampaign(content: {{ name: \"a\", {message} }}) {{ campaign {{ id }} }} }}"
    );
    let made = stage.send("POST /graphql", &post(&create)).await;
    assert!(made.contains("\"id\""), "{made}");
    // Of which there is room for one at a time.
    let bodies: Vec<_> = (0..20)
        .map(|index| {
            format!("a{index}: campaigns {{ nodes {{ message {{ ... on InAppMessage {{ body }} }} }} }}")
        })
        .collect();
    let large = post(&format!("{{ {} }}", bodies.join(" ")));

    let mut unread = UnixStream::connect(&stage.path).await.unwrap();
    let request = stage.request("POST /graphql", "", &large);
    unread.write_all(request.as_bytes()).await.unwrap();
    unread.read_exact(&mut [0; 4_096]).await.unwrap();
    let refused = stage.send("POST /graphql", &large).await;
    assert!(refused.contains("OVERLOADED"));
    let room = async {
        while stage.send("POST /graphql", &large).await.contains("OVERLOADED") {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(SET_TIME, room).await.expect("it is held for ever");
}
