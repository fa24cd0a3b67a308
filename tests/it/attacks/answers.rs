//! Attacks by way of answers that are far larger than what is asked.

mod sockets;

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::{sleep, timeout};

use super::{MEMORY, is_told_the_count, many};
use crate::harness::{Database, SET_TIME, Server, client};

/// How long the body of the one campaign is, in bytes.
const BODY: usize = 1_000_000;

/// Options that give large answers so little room that none of twenty bodies can be made while another is held.
const LITTLE_ROOM: [&str; 2] = ["--max-held-bytes", "100663296"];

/// Makes a campaign with a long body. Returns its id.
async fn long_campaign(server: &Server) -> String {
    campaign_of(server, "x".repeat(BODY)).await
}

/// As [`long_campaign`], of a text that does not become shorter when it is compressed.
async fn random_campaign(server: &Server) -> String {
    let mut dice = fastrand::Rng::with_seed(1);
    campaign_of(server, (0..BODY).map(|_| dice.alphanumeric()).collect()).await
}

async fn campaign_of(server: &Server, body: String) -> String {
    let message = json!({ "inApp": { "title": "t", "body": body, "trigger": "t" } });
    let create = "mutation ($content: CampaignContentInput!) {
        createCampaign(content: $content) { campaign { id } }
    }";
    let data = server
        .ask(
            create,
            json!({ "content": { "name": "long", "message": message } }),
        )
        .await;
    data["createCampaign"]["campaign"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The body of a campaign, so many times.
fn bodies(id: &str, times: usize) -> String {
    let one = |index| {
        format!("a{index}: campaign(id: \"{id}\") {{ message {{ ... on InAppMessage {{ body }} }} }} ")
    };
    format!("{{ {} }}", many(times, one))
}

/// The status, whether the client may try again, and the answer.
async fn ask(server: &Server, query: &str) -> (u16, bool, Value) {
    let post = client()
        .post(server.url("/graphql"))
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "application/graphql-response+json")
        .body(json!({ "query": query }).to_string());
    let response = post.send().await.unwrap();
    let status = response.status().as_u16();
    let may_retry = response.headers().contains_key(RETRY_AFTER);
    (status, may_retry, response.json().await.unwrap())
}

/// The code of an answer's first error.
fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap()
}

/// Waits until there is room for a large answer again.
async fn until_there_is_room(server: &Server, query: &str) {
    let room = async {
        while ask(server, query).await.0 != 200 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SET_TIME, room).await.expect("there is no room again");
}

fn assert_bounded(server: &Server) {
    if let Some(peak) = server.peak_memory() {
        assert!(peak < MEMORY, "{} MB", peak / 1024 / 1024);
    }
}

#[tokio::test]
async fn an_answer_of_half_a_gigabyte_is_given_up() {
    let database = Database::new();
    let server = Server::start_with(&database, &LITTLE_ROOM);
    let id = long_campaign(&server).await;
    let query = bodies(&id, 499);
    for _ in 0..3 {
        let attacks = join_all((0..4).map(|_| ask(&server, &query)));
        let (answers, ()) = tokio::join!(attacks, is_told_the_count(&server, 1));
        for (_, _, answer) in answers {
            assert!(
                ["ANSWER_TOO_LARGE", "OVERLOADED"].contains(&code(&answer)),
                "{answer}"
            );
            assert!(answer["data"].is_null());
        }
    }
    assert_bounded(&server);
}

#[tokio::test]
async fn an_answer_may_be_as_large_as_its_limit() {
    let database = Database::new();
    // Two fields, two keys, and the text.
    let limit = (256 + 2) + (256 + 7) + (256 + 4) + BODY;
    let limits = [limit, limit - 1].map(|limit| limit.to_string());
    let server = Server::start_with(&database, &["--max-answer-bytes", &limits[0]]);
    let id = long_campaign(&server).await;
    assert_eq!(ask(&server, &bodies(&id, 1)).await.0, 200);
    drop(server);
    let server = Server::start_with(&database, &["--max-answer-bytes", &limits[1]]);
    let (status, _, answer) = ask(&server, &bodies(&id, 1)).await;
    assert_eq!((status, code(&answer)), (200, "ANSWER_TOO_LARGE"));
    assert_eq!(answer["errors"][0]["path"], json!(["a0", "message", "body"]));
}

#[tokio::test]
async fn large_answers_at_once_get_no_more_memory_than_there_is() {
    let database = Database::new();
    let server = Server::start_with(&database, &LITTLE_ROOM);
    let id = long_campaign(&server).await;
    let query = bodies(&id, 20);
    let attacks = join_all((0..20).map(|_| ask(&server, &query)));
    let (answers, ()) = tokio::join!(attacks, is_told_the_count(&server, 1));
    let mut whole = 0;
    for (status, may_retry, answer) in answers {
        if status == 200 {
            assert_eq!(answer["data"].as_object().unwrap().len(), 20);
            whole += 1;
        } else {
            assert_eq!((status, code(&answer), may_retry), (503, "OVERLOADED", true));
        }
    }
    assert!(whole > 0);
    assert_bounded(&server);
}

#[tokio::test]
async fn who_does_not_read_a_large_answer_takes_room_from_large_ones_alone() {
    let database = Database::new();
    let server = Server::start_with(&database, &LITTLE_ROOM);
    let id = long_campaign(&server).await;
    let query = bodies(&id, 20);
    let body = json!({ "query": query }).to_string();
    for accept in ["application/json", "text/event-stream"] {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(8 * 1024).unwrap();
        let mut stream = socket.connect(server.address.parse().unwrap()).await.unwrap();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: {accept}\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).await.unwrap();
        // The answer has begun; of an event stream, that is a comment alone.
        let mut begun = [0; 4_096];
        stream.read_exact(&mut begun).await.unwrap();
        assert_eq!(code(&ask(&server, &query).await.2), "OVERLOADED", "{accept}");
        is_told_the_count(&server, 1).await;
        drop(stream);
        until_there_is_room(&server, &query).await;
    }
    assert_bounded(&server);
}

#[tokio::test]
async fn a_bulk_command_is_carried_out_though_what_it_found_is_too_much_to_tell() {
    let database = Database::new();
    let server = Server::start_with(&database, &["--demo", "--max-answer-bytes", "100000"]);
    let results = many(400, |index| format!("a{index}: outcome "));
    let archive = format!(
        "mutation {{ archiveCampaigns(selection: {{ matching: {{ filter: {{}} }} }}) {{ results {{ {results} }} }} }}"
    );
    let (status, _, answer) = ask(&server, &archive).await;
    assert_eq!((status, code(&answer)), (200, "ANSWER_TOO_LARGE"));
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("has been done"), "{message}");
    let data = server
        .ask(
            "{ archived: campaigns(filter: { status: [ARCHIVED] }) { totalCount } others: campaigns { totalCount } }",
            json!({}),
        )
        .await;
    assert_eq!(data["others"]["totalCount"], 0);
    assert!(data["archived"]["totalCount"].as_u64().unwrap() > 3, "{data}");
}

#[tokio::test]
async fn answers_in_brotli_that_nobody_reads_are_so_many_and_the_others_are_sent_as_they_are() {
    let database = Database::new();
    let server = Server::start(&database);
    let id = random_campaign(&server).await;
    let request = |encoding: &str, times: usize| {
        let body = json!({ "query": bodies(&id, times) }).to_string();
        format!(
            "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Accept-Encoding: {encoding}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let mut unread = vec![];
    let uncompressed = async {
        loop {
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_recv_buffer_size(8 * 1024).unwrap();
            let mut stream = socket.connect(server.address.parse().unwrap()).await.unwrap();
            // More than the system itself keeps.
            let requests = request("br", 3).repeat(20);
            stream.write_all(requests.as_bytes()).await.unwrap();
            unread.push(stream);
            let post = client()
                .post(server.url("/graphql"))
                .header(CONTENT_TYPE, "application/json")
                .header(ACCEPT_ENCODING, "br")
                .body(json!({ "query": bodies(&id, 1) }).to_string());
            let response = post.send().await.unwrap();
            if response.headers()[CONTENT_ENCODING] != "br" {
                break response;
            }
        }
    };
    let response = timeout(SET_TIME, uncompressed).await.expect("each is compressed");
    let answer: Value = response.json().await.unwrap();
    assert_eq!(
        answer["data"]["a0"]["message"]["body"].as_str().unwrap().len(),
        BODY
    );
    drop(unread);
}
