//! Attacks by way of answers that are far larger than what is asked.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::{sleep, timeout};

use super::{MEMORY, is_told_the_count};
use crate::harness::{Database, Received, SET_TIME, Server, Socket, client};

/// How long the body of the one campaign is, in bytes.
const BODY: usize = 1_000_000;

/// Options that give large answers so little room that none of twenty bodies can be made while another is held.
const LITTLE_ROOM: [&str; 2] = ["--max-held-bytes", "50331648"];

/// Makes a campaign with a long body. Returns its id.
async fn long_campaign(server: &Server) -> String {
    let message = json!({ "inApp": { "title": "t", "body": "x".repeat(BODY), "trigger": "t" } });
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
    format!("{{ {} }}", (0..times).map(one).collect::<String>())
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
            "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: {accept}\r\n\
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
async fn so_does_who_does_not_read_a_large_message() {
    let database = Database::new();
    let server = Server::start_with(&database, &LITTLE_ROOM);
    let id = long_campaign(&server).await;
    let query = bodies(&id, 20);
    let mut socket = Socket::open_narrow(&server).await;
    socket.subscribe("a", &query, json!({})).await;
    // The message has begun: a ping, or an error, is no longer than this.
    let begun = async {
        while socket.0.get_ref().peek(&mut [0; 4_096]).await.unwrap() < 1_000 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SET_TIME, begun).await.expect("there is no message");
    assert_eq!(code(&ask(&server, &query).await.2), "OVERLOADED");
    is_told_the_count(&server, 1).await;
    let Received::Message(message) = socket.receive().await else {
        panic!("no message")
    };
    assert_eq!(message["payload"]["data"].as_object().unwrap().len(), 20);
    until_there_is_room(&server, &query).await;
    assert_bounded(&server);
}

#[tokio::test]
async fn a_bulk_command_is_carried_out_though_what_it_found_is_too_much_to_tell() {
    let database = Database::new();
    let server = Server::start_with(&database, &["--demo", "--max-answer-bytes", "100000"]);
    let results: String = (0..400).map(|index| format!("a{index}: outcome ")).collect();
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
