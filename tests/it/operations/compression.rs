//! Compressors, whose memory is theirs until an answer has been read, for clients that read nothing.

use actix_web::web::Bytes;
use futures_util::future::join_all;
use h2::RecvStream;
use h2::client::SendRequest;
use http::Response;
use serde_json::json;
use tokio::time::timeout;

use super::PATIENCE;
use super::tls::{Files, connect};
use crate::harness::{Database, Server, client, in_app};

/// How many answers each client leaves unread.
const UNREAD: usize = 60;

/// How much memory the process may take for all of them, in bytes: what compressors may, 160 MiB and 64 MiB, and the
/// answers themselves.
const MEMORY: u64 = 300 * 1024 * 1024;

/// About half as long as an answer may be that is compressed to its end at once.
const SMALL: &str = "a:__schema{types{name,description,fields{name,description}}}";

/// Asks for a path; its answer, of which only the head has come.
async fn get(client: &SendRequest<Bytes>, path: &str, encoding: &str) -> Response<RecvStream> {
    let request = http::Request::get(format!("https://localhost{path}"));
    let request = request.header("accept-encoding", encoding).body(()).unwrap();
    let mut ready = client.clone().ready().await.unwrap();
    let (answer, _) = ready.send_request(request, true).unwrap();
    timeout(PATIENCE, answer).await.unwrap().unwrap()
}

/// The path of a query.
fn query(fields: &str) -> String {
    let encoded = fields.replace('{', "%7B").replace('}', "%7D");
    format!("/graphql?query=%7B{encoded}%7D")
}

/// The largest file of the page at `/`, which most servers have.
async fn file(client: &SendRequest<Bytes>) -> Option<String> {
    let mut body = get(client, "/", "identity").await.into_body();
    body.flow_control().release_capacity(0).unwrap();
    let mut page = vec![];
    while let Some(piece) = body.data().await {
        let piece = piece.unwrap();
        body.flow_control().release_capacity(piece.len()).unwrap();
        page.extend_from_slice(&piece);
    }
    let page = String::from_utf8(page).unwrap();
    let name = page.split("src=\"./").nth(1)?.split('"').next()?;
    Some(format!("/{name}"))
}

#[tokio::test]
async fn answers_that_nobody_reads_have_so_many_compressors_and_small_ones_none() {
    let (files, certificate) = Files::new();
    let logged = files.serve();
    let stream = connect(&logged, &certificate, &["h2"]).await.unwrap();
    let (reader, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let large: String = ["a", "b", "c", "d"]
        .map(|alias| SMALL.replacen('a', alias, 1))
        .concat();
    let paths = [Some(query(&large)), file(&reader).await];
    let before = logged.server.peak_memory();
    for path in paths.iter().flatten() {
        for (encoding, most) in [("br", 8), ("zstd", 40), ("gzip", UNREAD)] {
            // Who was there before takes room until the server has noticed that they are gone.
            let all_room = async {
                loop {
                    let stream = connect(&logged, &certificate, &["h2"]).await.unwrap();
                    let mut client = h2::client::Builder::new();
                    client.initial_window_size(0);
                    let (client, connection) = client.handshake::<_, Bytes>(stream).await.unwrap();
                    let connection = tokio::spawn(connection);
                    let (mut unread, mut compressed) = (vec![], 0);
                    for _ in 0..UNREAD {
                        let answer = get(&client, path, encoding).await;
                        assert_eq!(answer.status(), 200);
                        compressed += usize::from(answer.headers()["content-encoding"] == encoding);
                        unread.push(answer);
                    }
                    assert!(compressed <= most, "{path} {encoding}: {compressed}");
                    if compressed == most {
                        return (client, connection, unread);
                    }
                    connection.abort();
                }
            };
            let all_room = timeout(PATIENCE, all_room).await;
            let (client, connection, _unread) = all_room.unwrap_or_else(|_| panic!("{path} {encoding}"));
            // Small ones are compressed all the same, and wait in no compressor: their length is known.
            let small = get(&client, &query(SMALL), encoding).await;
            assert_eq!(small.headers()["content-encoding"], encoding);
            assert!(small.headers().contains_key("content-length"), "{encoding}");
            connection.abort();
        }
    }
    if let (Some(before), Some(peak)) = (before, logged.server.peak_memory()) {
        let grown = peak - before;
        assert!(grown < MEMORY, "{} MB", grown / 1024 / 1024);
    }
}

/// How many clients read a large answer at once, and how often.
const READERS: usize = 8;
const ROUNDS: usize = 24;

/// How much more memory the process may take for all of that, in bytes. It took 250 MB where compressors give back what
/// they took, whatever else the machine was doing, and nearly 700 MB
/// where each of sixteen threads kept it.
const GROWTH: u64 = 450 * 1024 * 1024;

#[tokio::test]
async fn compressors_give_back_what_they_took() {
    let database = Database::new();
    let server = Server::start(&database);
    let create =
        "mutation ($content: CampaignContentInput!) { createCampaign(content: $content) { changed } }";
    let mut content = in_app("Long");
    let body: Vec<_> = (0..40_000).map(|number| format!("{number:x}.")).collect();
    content["message"]["inApp"]["body"] = body.join(" ").into();
    for _ in 0..8 {
        server.ask(create, json!({ "content": content })).await;
    }
    let query = "{ campaigns { nodes { id message { ... on InAppMessage { body } } } } }";
    let body = json!({ "query": query });
    let (client, url) = (client(), server.url("/graphql"));
    let read = || async {
        let request = client.post(&url).header("accept-encoding", "br").json(&body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], "br");
        answer.bytes().await.unwrap();
    };
    let before = server.peak_memory();
    for _ in 0..ROUNDS {
        join_all((0..READERS).map(|_| read())).await;
    }
    if let (Some(before), Some(peak)) = (before, server.peak_memory()) {
        let grown = peak - before;
        assert!(grown < GROWTH, "{} MB", grown / 1024 / 1024);
    }
}
