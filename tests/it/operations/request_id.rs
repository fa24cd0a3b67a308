//! Every request has an id, in its answer and in all that is logged of it.

use reqwest::{Client, Response, header::ACCEPT};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

use super::Logged;
use crate::harness::{CAMPAIGN_EVENTS, SUBPROTOCOL, Socket};

const HEADER: &str = "x-request-id";

fn id_of(response: &Response) -> String {
    response.headers()[HEADER].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_answer_has_the_id_of_its_request() {
    let logged = Logged::start("understudy=debug", &[]);
    let http = Client::new();
    for (number, (path, status)) in [
        ("/livez", 200),
        ("/readyz", 200),
        ("/", 200),
        ("/nowhere?secret", 404),
        ("/graphql", 400),
        ("/graphql?query={__typename}", 200),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("given-{number}");
        let answer = http
            .get(logged.server.url(path))
            .header(HEADER, &id)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(id_of(&answer), id, "{path}");
        let line = logged.line_of(&id).await;
        assert_eq!(line["path"], path.split('?').next().unwrap());
        assert_eq!(line["status"], status);
        assert_eq!(line["method"], "GET");
        let bytes = answer.bytes().await.unwrap().len();
        assert_eq!(line["bytes"], bytes, "{line}");
        assert!(line["milliseconds"].as_f64().unwrap() > 0.0, "{line}");
        let is_routine = path.ends_with('z');
        assert_eq!(line["level"], if is_routine { "DEBUG" } else { "INFO" }, "{line}");
    }
    // A method that is none here, and an id that is none.
    let answer = http
        .put(logged.server.url("/graphql"))
        .header(HEADER, "two words")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 405);
    let first = id_of(&answer);
    assert_eq!(first.len(), 36, "{first}");
    let second = id_of(&http.get(logged.server.url("/livez")).send().await.unwrap());
    assert_ne!(first, second);
    assert_eq!(logged.line_of(&first).await["status"], 405);
}

#[tokio::test]
async fn the_line_of_a_request_names_its_operation() {
    let logged = Logged::start("warn,understudy=info", &[]);
    let body =
        json!({ "query": "query Quiet { __typename } query Loud { __typename }", "operationName": "Loud" });
    let post = Client::new().post(logged.server.url("/graphql")).json(&body);
    let id = id_of(&post.send().await.unwrap());
    let line = logged.line_of(&id).await;
    assert_eq!(line["operation"], "Loud");
    assert_eq!(line["path"], "/graphql");
}

#[tokio::test]
async fn sockets_and_event_streams_are_logged_when_they_open_and_when_they_close() {
    let mut logged = Logged::start("warn,understudy=info", &[]);
    let headers = [("Sec-WebSocket-Protocol", SUBPROTOCOL), (HEADER, "socket")];
    let socket = Socket::shake_hands(&logged.server, &headers).await.unwrap();
    let opened = logged.line(|line| line["request_id"] == "socket").await;
    assert_eq!(
        (&opened["message"], &opened["status"]),
        (&json!("opened"), &json!(101))
    );
    drop(socket);
    assert_eq!(logged.line_of("socket").await["message"], "closed");

    let post = Client::new().post(logged.server.url("/graphql"));
    let post = post.header(ACCEPT, "text/event-stream").header(HEADER, "stream");
    let stream = post
        .json(&json!({ "query": CAMPAIGN_EVENTS }))
        .send()
        .await
        .unwrap();
    assert_eq!(id_of(&stream), "stream");
    let opened = logged.line(|line| line["request_id"] == "stream").await;
    assert_eq!(
        (&opened["message"], &opened["status"]),
        (&json!("opened"), &json!(200))
    );
    assert!(logged.server.terminate().await.success());
    assert_eq!(logged.line_of("stream").await["message"], "closed");
}

#[tokio::test]
async fn an_internal_error_is_logged_with_the_request_that_met_it() {
    let logged = Logged::start("warn", &[]);
    let db = logged.database.connect().await;
    db.execute_unprepared("ALTER TABLE canvases RENAME TO lost")
        .await
        .unwrap();
    let body = json!({ "query": "query Broken { canvases { totalCount } }" });
    let post = Client::new()
        .post(logged.server.url("/graphql"))
        .header(HEADER, "met");
    let answer = post.json(&body).send().await.unwrap();
    let answer: serde_json::Value = answer.json().await.unwrap();
    let error = &answer["errors"][0]["extensions"]["id"];
    let line = logged.line(|line| line["id"] == *error).await;
    assert_eq!(line["request_id"], "met", "{line}");
    assert_eq!(line["operation"], "Broken", "{line}");
    assert_eq!(line["level"], "ERROR", "{line}");

    let mut socket = Socket::shake_hands(
        &logged.server,
        &[("Sec-WebSocket-Protocol", SUBPROTOCOL), (HEADER, "socket")],
    )
    .await
    .unwrap();
    socket.send(&json!({ "type": "connection_init" })).await.unwrap();
    socket.message().await;
    socket
        .subscribe("1", "query Broken { canvases { totalCount } }", json!({}))
        .await;
    let answer = socket.message().await;
    let error = &answer["payload"]["errors"][0]["extensions"]["id"];
    let line = logged.line(|line| line["id"] == *error).await;
    assert_eq!(line["request_id"], "socket", "{line}");
}
