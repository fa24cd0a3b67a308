//! HTTP/2, over which one connection may do as much as many.

use std::future::poll_fn;
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::future::join_all;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::PATIENCE;
use super::tls::{CREATE, Files, connect, post};

#[tokio::test]
async fn http_2_is_spoken_where_it_is_offered_and_its_own_page_is_known() {
    let (files, certificate) = Files::new();
    let logged = files.serve_logging("trace");
    let stream = connect(&logged, &certificate, &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    for (origin, status) in [("https://localhost", 200), ("https://elsewhere.example", 403)] {
        let request = http::Request::post("https://localhost/graphql")
            .header("content-type", "application/json")
            .header("origin", origin)
            .header("authorization", "Bearer s3cret")
            .body(())
            .unwrap();
        let mut ready = client.clone().ready().await.unwrap();
        let (answer, mut body) = ready.send_request(request, false).unwrap();
        let query = json!({ "query": "{ __typename }", "variables": { "a": "s3cret" } }).to_string();
        body.send_data(query.into_bytes().into(), true).unwrap();
        assert_eq!(answer.await.unwrap().status(), status, "{origin}");
    }
    // Its library has much to say, but not what is in the headers.
    logged
        .line(|line| line["target"].as_str().unwrap().starts_with("h2"))
        .await;
    assert!(!logged.text().contains("s3cret"));
}

#[tokio::test]
async fn as_much_is_received_over_one_connection_of_http_2_as_over_many() {
    const STREAMS: u32 = 16;
    const LARGEST: usize = 1024 * 1024;
    let (files, certificate) = Files::new();
    let logged = files.serve_with(&["--max-receiving-bytes", "8388608"]);
    let stream = connect(&logged, &certificate, &["h2"]).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let refusals = Semaphore::new(0);
    let post = async |body: &[u8], is_whole: bool| {
        let request = http::Request::post("https://localhost/graphql")
            .header("content-type", "application/json")
            .body(())
            .unwrap();
        let mut ready = client.clone().ready().await.unwrap();
        let (answer, mut stream) = ready.send_request(request, false).unwrap();
        let _ = stream.send_data(body.to_vec().into(), is_whole);
        (answer, stream)
    };
    let mut body = json!({ "query": "{ __typename }" }).to_string().into_bytes();
    let last = body.split_off(body.len() - 1);
    body.resize(LARGEST - 1, b' ');
    let begun = (0..STREAMS).map(async |_| {
        let (mut answer, mut stream) = post(&body, false).await;
        // There is room for six; an eighth of it is for small ones.
        tokio::select! {
            biased;
            refused = &mut answer => {
                assert_eq!(refused.unwrap().status(), 503);
                refusals.add_permits(1);
                return;
            }
            all = refusals.acquire_many(STREAMS - 6) => drop(all.unwrap()),
        }
        let (small, _) = post(b"{\"query\":\"{ __typename }\"}", true).await;
        assert_eq!(small.await.unwrap().status(), 200);
        stream.send_data(last.clone().into(), true).unwrap();
        assert_eq!(answer.await.unwrap().status(), 200);
    });
    timeout(PATIENCE, join_all(begun)).await.unwrap();
}

#[tokio::test]
async fn so_much_may_be_sent_ahead_over_http_2_and_no_more() {
    let (files, certificate) = Files::new();
    let logged = files.serve();
    let stream = connect(&logged, &certificate, &["h2"]).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let request = |method: &str| {
        let request = http::Request::builder()
            .method(method)
            .uri("https://localhost/graphql");
        let request = request.header("content-type", "application/json");
        request.body(()).unwrap()
    };
    // Once it has answered, it has said how much it takes.
    let (answer, _) = client
        .clone()
        .ready()
        .await
        .unwrap()
        .send_request(request("GET"), true)
        .unwrap();
    answer.await.unwrap();
    let mut streams = vec![];
    for number in 1..=5 {
        let mut ready = client.clone().ready().await.unwrap();
        let (answer, mut stream) = ready.send_request(request("POST"), false).unwrap();
        stream.reserve_capacity(1 << 20);
        let may = poll_fn(|context| stream.poll_capacity(context));
        // Four times as much of all of them as of one.
        if number < 5 {
            let may = timeout(PATIENCE, may).await.unwrap();
            assert_eq!(may.unwrap().unwrap(), 128 * 1024, "{number}");
        } else {
            assert!(timeout(Duration::from_millis(300), may).await.is_err());
        }
        streams.push((answer, stream));
    }
}

#[tokio::test]
async fn one_connection_of_http_2_has_so_many_requests_in_progress_and_no_more() {
    let (files, certificate) = Files::new();
    let logged = files.serve();
    let stream = connect(&logged, &certificate, &["h2"]).await.unwrap();
    // It reads nothing of any answer.
    let mut client = h2::client::Builder::new();
    client.initial_window_size(0);
    let (client, connection) = client.handshake::<_, Bytes>(stream).await.unwrap();
    tokio::spawn(connection);
    let get = async || {
        let request = http::Request::get("https://localhost/livez").body(()).unwrap();
        let mut ready = client.clone().ready().await.unwrap();
        let (answer, _) = ready.send_request(request, true).unwrap();
        timeout(PATIENCE, answer).await.unwrap().unwrap()
    };
    let mut unread = vec![];
    for _ in 0..1_000 {
        let answer = get().await;
        assert_eq!(answer.status(), 200);
        unread.push(answer);
    }
    for _ in 0..100 {
        let refused = get().await;
        assert_eq!(refused.status(), 503);
        assert_eq!(refused.headers()["retry-after"], "1");
        assert!(refused.body().is_end_stream());
    }
    // Who is done with one makes room for another, and other connections have room of their own.
    let other = connect(&logged, &certificate, &[]).await;
    assert!(
        post(&mut other.unwrap(), CREATE)
            .await
            .contains("\"changed\":true")
    );
    drop(unread.pop());
    let room = async { while get().await.status() == 503 {} };
    timeout(PATIENCE, room).await.unwrap();
}

#[tokio::test]
async fn an_event_stream_over_http_2_that_nobody_reads_is_given_up() {
    let (files, certificate) = Files::new();
    let logged = files.serve_with(&["--socket-timeout", "1"]);
    let stream = connect(&logged, &certificate, &["h2"]).await.unwrap();
    let mut client = h2::client::Builder::new();
    client.initial_window_size(0);
    let (client, connection) = client.handshake::<_, Bytes>(stream).await.unwrap();
    tokio::spawn(connection);
    let get = async |path: &str| {
        let request = http::Request::get(format!("https://localhost{path}"));
        let request = request.header("accept", "text/event-stream").body(()).unwrap();
        let mut ready = client.clone().ready().await.unwrap();
        let (answer, _) = ready.send_request(request, true).unwrap();
        timeout(PATIENCE, answer).await.unwrap().unwrap()
    };
    let stream = get("/graphql?query=subscription%7BcampaignEvents%7Bsequence%7D%7D").await;
    assert_eq!(stream.status(), 200);
    // The server has no other: so this is about this one.
    let closed = async {
        loop {
            let mut other = connect(&logged, &certificate, &[]).await.unwrap();
            let request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            other.write_all(request).await.unwrap();
            let mut figures = vec![];
            let _ = other.read_to_end(&mut figures).await;
            let figures = String::from_utf8(figures).unwrap();
            let open = "understudy_sockets_open{transport=\"sse\"} ";
            let open = figures.lines().find_map(|line| line.strip_prefix(open));
            match open.unwrap() {
                "0" => break,
                open => assert_eq!(open, "1"),
            }
        }
    };
    timeout(PATIENCE, closed).await.unwrap();
    // The connection is still there.
    assert_eq!(get("/livez").await.status(), 200);
}
