//! The process: how it starts, says that it is well, and stops.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{
    CAMPAIGN_EVENTS, Database, Received, SUBPROTOCOL, Server, Socket, assert_whole, command, email,
};

/// What is promised to whoever asks the process to stop.
const STOPS_WITHIN: Duration = Duration::from_secs(10);

fn start() -> (Database, Server) {
    let database = Database::new();
    let server = Server::start(&database);
    (database, server)
}

async fn create(server: &Server, name: &str, body: &str) {
    let query =
        "mutation ($content: CampaignContentInput!) { createCampaign(content: $content) { changed } }";
    let mut content = email(name);
    content["message"]["email"]["body"] = json!(body);
    server.ask(query, json!({ "content": content })).await;
}

/// Sends a signal and waits for the end, which must come in time and be a good one.
async fn stop(server: &mut Server, signal: &str) {
    let asked = Instant::now();
    server.signal(signal);
    let status = server.wait().await;
    assert!(status.success(), "{signal}: {status}");
    assert!(asked.elapsed() < STOPS_WITHIN, "{signal}: {:?}", asked.elapsed());
}

#[tokio::test]
async fn the_one_line_on_stdout_names_the_address() {
    let database = Database::new();
    let mut child = command()
        .args(["serve", "--listen", "127.0.0.1:0", "--database", database.url()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    let address = line
        .strip_prefix("Understudy is listening on http://127.0.0.1:")
        .unwrap();
    let port: u16 = address.strip_suffix('\n').unwrap().parse().unwrap();
    assert_ne!(port, 0);
    let answer = reqwest::get(format!("http://127.0.0.1:{port}/livez"))
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);

    let kill = ["-TERM".to_owned(), child.id().to_string()];
    assert!(
        std::process::Command::new("kill")
            .args(kill)
            .status()
            .unwrap()
            .success()
    );
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut stdout, &mut rest).unwrap();
    assert_eq!(rest, "", "and nothing else");
    assert!(child.wait().unwrap().success());
}

#[tokio::test]
async fn the_environment_stands_in_for_options_and_options_go_before_it() {
    let (one, other) = (Database::new(), Database::new());
    let mut environment = command();
    environment
        .env("UNDERSTUDY_LISTEN", "127.0.0.1:0")
        .env("UNDERSTUDY_DATABASE", one.url());
    {
        let server = Server::start_as(environment.arg("serve"));
        create(&server, "In the environment's database", "Hello").await;
    }
    // The addresses of the environment would fail.
    environment.env("UNDERSTUDY_LISTEN", "203.0.113.1:1");
    let options = ["--listen", "127.0.0.1:0", "--database", other.url()];
    for (server, count) in [
        (Server::start_as(environment.args(options)), 0),
        (Server::start(&one), 1),
    ] {
        let data = server.ask("{ campaigns { totalCount } }", json!({})).await;
        assert_eq!(data["campaigns"]["totalCount"], count);
    }
}

#[tokio::test]
async fn it_says_that_it_is_alive_and_ready() {
    let (_database, server) = start();
    for (path, body) in [("/livez", "alive\n"), ("/readyz", "ready\n")] {
        let answer = reqwest::get(server.url(path)).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.text().await.unwrap(), body);
    }
    assert_eq!(reqwest::get(server.url("/nowhere")).await.unwrap().status(), 404);
}

#[tokio::test]
async fn who_comes_while_the_process_stands_still_is_served_when_it_goes_on() {
    let (_database, server) = start();
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    // Time for the process to take the connection. Without it this test finds no fault; it fails without one in no
    // case.
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.signal("STOP");
    let request = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    // Longer than a client may usually take to say what it wants.
    tokio::time::sleep(Duration::from_secs(7)).await;
    server.signal("CONT");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn both_signals_end_an_idle_process_well() {
    for signal in ["TERM", "INT"] {
        let (_database, mut server) = start();
        create(&server, "First", "Hello").await;
        stop(&mut server, signal).await;
        assert!(
            TcpStream::connect(&server.address).await.is_err(),
            "nobody listens any more"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn both_signals_close_sockets_of_every_kind() {
    for signal in ["TERM", "INT"] {
        let (_database, mut server) = start();
        create(&server, "First", "Hello").await;
        let offer = [("Sec-WebSocket-Protocol", SUBPROTOCOL)];
        let mut sockets = vec![
            // One that has not even begun, one that does nothing, and one that waits for what is to come.
            Socket::shake_hands(&server, &offer).await.unwrap(),
            Socket::open(&server).await,
            Socket::open(&server).await,
        ];
        sockets[2]
            .subscribe("a", CAMPAIGN_EVENTS, json!({ "after": 0 }))
            .await;
        sockets[2].event("a").await;
        stop(&mut server, signal).await;
        for socket in &mut sockets {
            let Received::End(Some((code, reason))) = socket.receive().await else {
                panic!("cut off without a close frame")
            };
            assert_eq!((code, reason.as_str()), (1001, "The server is stopping"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sockets_that_are_busy_or_stuck_do_not_keep_it_from_stopping() {
    let (_database, mut server) = start();
    let body = "x".repeat(200_000);
    for number in 0..40 {
        create(&server, &format!("Campaign {number}"), &body).await;
    }
    // Far more than fits into the buffers on the way.
    let query = "subscription { event: campaignEvents(after: 0) {
        sequence campaign { message { ... on EmailMessage { body } } } } }";
    let (mut busy, mut stuck) = (Socket::open(&server).await, vec![]);
    busy.subscribe("a", query, json!({})).await;
    busy.event("a").await;
    for _ in 0..8 {
        let mut socket = Socket::open_narrow(&server).await;
        socket.subscribe("a", query, json!({})).await;
        socket.event("a").await;
        stuck.push(socket);
    }
    let reading = tokio::spawn(async move { busy.closed().await });
    stop(&mut server, "TERM").await;
    assert_eq!(reading.await.unwrap(), 1001, "who reads is told");
}

/// A POST whose body the server has begun to wait for: it has said so.
async fn half_a_request(server: &Server, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Expect: 100-continue\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[tokio::test]
async fn what_runs_is_finished_and_a_second_signal_changes_nothing() {
    let (_database, mut server) = start();
    let body =
        json!({ "query": "mutation { createSegment(input: { name: \"Late\" }) { changed } }" }).to_string();
    let mut stream = half_a_request(&server, &body).await;
    server.signal("TERM");
    // It is no longer listening once it has understood.
    while TcpStream::connect(&server.address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.signal("TERM");
    server.signal("INT");
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.ends_with("{\"data\":{\"createSegment\":{\"changed\":true}}}"),
        "{answer}"
    );
    assert!(server.wait().await.success());
}

#[tokio::test]
async fn what_runs_has_some_seconds_to_finish() {
    let (_database, mut server) = start();
    let body = json!({ "query": "{ __typename }" }).to_string();
    let mut stream = half_a_request(&server, &body).await;
    server.signal("TERM");
    // Of the five seconds that are promised.
    tokio::time::sleep(Duration::from_secs(3)).await;
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(server.wait().await.success());
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_it_from_stopping() {
    let (_database, mut server) = start();
    let _stream = half_a_request(&server, "{ and nothing more").await;
    stop(&mut server, "TERM").await;
}

#[tokio::test]
async fn what_was_written_is_there_after_it_has_stopped() {
    let database = Database::new();
    let mut server = Server::start(&database);
    create(&server, "Kept", "Hello").await;
    stop(&mut server, "TERM").await;
    if let Some(folder) = database.folder() {
        let files = folder.read_dir().unwrap();
        let files: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        assert_eq!(
            files,
            ["understudy.db"],
            "the log is folded into the database, so that one file can be copied"
        );
    }
    let server = Server::start(&database);
    let names = server.ask("{ campaigns { nodes { name } } }", json!({})).await;
    assert_eq!(names["campaigns"]["nodes"], json!([{ "name": "Kept" }]));
}

#[tokio::test]
async fn the_demo_fills_an_empty_database_and_leaves_any_other_as_it_is() {
    let database = Database::new();
    let query = "{
        campaigns(filter: { status: [UNLAUNCHED, ACTIVE, STOPPED, ARCHIVED] }) { totalCount }
        drafts: campaigns(filter: { hasDraft: true }) { totalCount }
        inAppOrder { totalCount }
    }";
    let mut server = Server::start_with(&database, &["--demo"]);
    let filled = server.ask(query, json!({})).await;
    let campaigns = filled["campaigns"]["totalCount"].as_i64().unwrap();
    assert!((55..=65).contains(&campaigns), "about sixty: {campaigns}");
    assert!(filled["drafts"]["totalCount"].as_i64().unwrap() > 5);
    assert!(filled["inAppOrder"]["totalCount"].as_i64().unwrap() > 5);
    create(&server, "One of ours", "Hello").await;
    stop(&mut server, "TERM").await;

    let server = Server::start_with(&database, &["--demo"]);
    let again = server.ask(query, json!({})).await;
    assert_eq!(again["campaigns"]["totalCount"], campaigns + 1);
    assert_whole(&database).await;
}
