//! Attacks by way of connections: very many, very slow, or half open.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::{AT_ONCE, is_served};
use crate::harness::{CAMPAIGN_EVENTS, Database, Received, SET_TIME, Server, Socket, command};

/// How many sockets a process has to send away when it stops.
const SOCKETS: usize = 1_000;

#[tokio::test]
async fn a_thousand_sockets_are_told_to_come_again_before_the_process_stops() {
    // Each is a file to this process.
    rlimit::increase_nofile_limit(4_096).unwrap();
    let database = Database::new();
    let mut server = Server::start_with(&database, &["--max-sockets-per-address", "2000"]);
    let mut sockets = vec![];
    while sockets.len() < SOCKETS {
        sockets.extend(join_all((0..50).map(|_| Socket::open(&server))).await);
    }
    for socket in &mut sockets {
        socket
            .subscribe("a", CAMPAIGN_EVENTS, json!({ "after": 0 }))
            .await;
    }
    is_served(&server).await;
    let asked = Instant::now();
    let told = join_all(sockets.iter_mut().map(async |socket| {
        loop {
            if let Received::End(code) = socket.receive().await {
                break code.map(|(code, _)| code);
            }
        }
    }));
    let (status, codes) = tokio::join!(server.terminate(), told);
    assert!(status.success());
    assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
    assert!(codes.iter().all(|code| *code == Some(1001)), "{codes:?}");
}

#[tokio::test]
async fn who_sends_a_head_letter_by_letter_keeps_nobody_waiting() {
    let database = Database::new();
    let server = Server::start(&database);
    let mut slow = vec![];
    for _ in 0..300 {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream
            .write_all(b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-A")
            .await
            .unwrap();
        slow.push(stream);
    }
    for round in 0..5 {
        for stream in &mut slow {
            stream.write_all(b"a").await.unwrap();
        }
        timeout(SET_TIME, is_served(&server))
            .await
            .unwrap_or_else(|_| panic!("round {round}"));
    }
    // In the end they are sent away.
    for stream in &mut slow {
        let mut answer = vec![];
        let ended = timeout(SET_TIME, stream.read_to_end(&mut answer)).await;
        ended.expect("it is still waited for").unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer:?}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn heads_that_are_no_http_are_refused() {
    let database = Database::new();
    let server = Server::start(&database);
    let long = format!(
        "GET /graphql?query={} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "a".repeat(300_000)
    );
    let headers = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(10_000));
    let length = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n"
        .to_owned();
    let both = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    for head in [long, headers, length, both.to_owned(), "\0".repeat(1_000)] {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        // It may be refused before all of it is there.
        let _ = stream.write_all(head.as_bytes()).await;
        let mut answer = vec![0; 12];
        let read = timeout(SET_TIME, stream.read_exact(&mut answer)).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(read.is_err() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    is_served(&server).await;
}

#[cfg(unix)]
#[tokio::test]
async fn what_the_system_allows_to_begin_with_is_not_all_that_can_be_opened() {
    rlimit::increase_nofile_limit(4_096).unwrap();
    let database = Database::new();
    let understudy = command();
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -Sn 128 && exec \"$0\" \"$@\""]);
    limited.arg(understudy.get_program());
    limited.args(["serve", "--listen", "127.0.0.1:0", "--database", database.url()]);
    let server = Server::start_as(&mut limited);
    let sockets = timeout(SET_TIME, join_all((0..200).map(|_| Socket::open(&server)))).await;
    assert_eq!(sockets.unwrap().len(), 200);
    is_served(&server).await;
}

#[cfg(unix)]
#[test]
fn who_may_have_fewer_files_open_than_sockets_is_warned_at_the_start() {
    let database = Database::new();
    let understudy = command();
    // Some are for what is no socket.
    for (files, is_warned) in [("300", false), ("299", true)] {
        let log = NamedTempFile::new().unwrap();
        let mut limited = Command::new("sh");
        limited.args(["-c", "ulimit -n \"$0\" && exec \"$@\"", files]);
        limited.arg(understudy.get_program());
        limited.args(["serve", "--listen", "127.0.0.1:0", "--database", database.url()]);
        limited
            .args(["--max-sockets", "100"])
            .stderr(log.reopen().unwrap());
        drop(Server::start_as(&mut limited));
        let log = fs::read_to_string(log.path()).unwrap();
        let warns = log.contains("allows fewer open files than there may be sockets");
        assert_eq!(warns, is_warned, "{files}: {log}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_takes_nothing_of_the_answers_is_cut_off() {
    let database = Database::new();
    let server = Server::start_with(&database, &["--socket-timeout", "2"]);
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    // What the system takes in by itself must not be all there is.
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(server.address.parse().unwrap()).await.unwrap();
    let body = json!({ "query": "{ __schema { types { name description fields { name description } } } }" });
    let body = body.to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let requests = request.repeat(400);
    // Not all may be taken in, since their answers are not.
    let _ = timeout(Duration::from_secs(2), stream.write_all(requests.as_bytes())).await;
    let cut_off = async {
        while stream.write_all(b"\r\n").await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    assert!(timeout(SET_TIME, cut_off).await.is_ok(), "it is still connected");
    is_served(&server).await;
}
