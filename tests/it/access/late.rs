//! Who was let in, and is so no longer, while a request is still on its way.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::{SOON, Stage, VIEWER};
use crate::harness::access::{revoke, token, token_ids, token_of};
use crate::harness::socket::narrow;
use crate::harness::{SET_TIME, SUBPROTOCOL, Server, Socket, email};

const CREATE: &str = "mutation { createCampaign(content: { name: \"Late\" }) { changed } }";

pub(super) const WATCH: &str = "subscription { campaignEvents(after: 0) { sequence } }";

/// How long somebody who is let in may stay so without anybody looking again.
const LOOK: Duration = Duration::from_millis(1_500);

/// A request that lacks the end of its body.
pub(super) struct Begun(TcpStream);

impl Begun {
    pub(super) async fn new(server: &Server, token: Option<&str>) -> Self {
        Self::of(server, token, CREATE, "application/json").await
    }

    pub(super) async fn of(server: &Server, token: Option<&str>, query: &str, accept: &str) -> Self {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        let body = json!({ "query": query }).to_string();
        let authorization =
            token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: {accept}\r\nConnection: close\r\n\
             {authorization}Content-Length: {}\r\n\r\n",
            body.len()
        );
        let begin = &body[..body.len() - 1];
        stream.write_all((head + begin).as_bytes()).await.unwrap();
        // Until it is let in. If that takes longer, it is not let in at all, which is as good.
        sleep(Duration::from_millis(300)).await;
        Self(stream)
    }

    /// What it is answered once it has all of its body.
    pub(super) async fn end(mut self) -> String {
        self.0.write_all(b"}").await.unwrap();
        let mut answer = String::new();
        let read = timeout(SET_TIME, self.0.read_to_string(&mut answer)).await;
        read.unwrap().unwrap();
        answer
    }
}

/// How many campaigns there are.
async fn campaigns(stage: &Stage, token: &str) -> Value {
    let query = "{ campaigns { totalCount } }";
    stage.ask(token, query, json!({})).await["campaigns"]["totalCount"].take()
}

#[tokio::test]
async fn a_server_that_has_closed_carries_out_nothing_that_was_begun_before() {
    let stage = Stage::new();
    let begun = Begun::new(&stage.server, None).await;
    let mut socket = Socket::open(&stage.server).await;
    let admin = token(&stage.database, "admin");
    // At once, and not only when somebody looks.
    socket.subscribe("a", CREATE, json!({})).await;
    let told = socket.message().await;
    // Before it is executed; or when it is to be written, if somebody has just looked.
    let error = match told["type"].as_str() {
        Some("error") => &told["payload"][0],
        _ => &told["payload"]["errors"][0],
    };
    assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED", "{told}");
    let answer = begun.end().await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert_eq!(campaigns(&stage, &admin).await, 0);
}

#[tokio::test]
async fn a_token_that_has_ended_carries_out_nothing_that_was_begun_before() {
    let stage = Stage::new();
    let (admin, revoked) = (token(&stage.database, "admin"), token(&stage.database, "editor"));
    let expired = token_of(&stage.database, "default", "editor", &["--expires", "4s"]);
    let moment = Instant::now() + Duration::from_secs(4);
    let begun = [
        Begun::new(&stage.server, Some(&revoked)).await,
        Begun::new(&stage.server, Some(&expired)).await,
        // Nor does anything of the log come that was asked for before.
        Begun::of(&stage.server, Some(&revoked), WATCH, "text/event-stream").await,
        Begun::of(&stage.server, Some(&expired), WATCH, "text/event-stream").await,
    ];
    revoke(&stage.database, &token_ids(&stage.database)[1]);
    tokio::time::sleep_until(moment).await;
    sleep(LOOK).await;
    for begun in begun {
        let answer = begun.end().await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
    assert_eq!(campaigns(&stage, &admin).await, 0);
    // As long as it is valid, it may take its time.
    let begun = Begun::new(&stage.server, Some(&admin)).await;
    sleep(LOOK).await;
    let answer = begun.end().await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(campaigns(&stage, &admin).await, 1);
}

#[tokio::test]
async fn who_ends_their_own_token_has_done_all_that_they_may() {
    let stage = Stage::new();
    let (admin, other) = (token(&stage.database, "admin"), token(&stage.database, "admin"));
    let id = &token_ids(&stage.database)[0];
    let both = format!(
        "mutation {{ a: revokeToken(id: \"{id}\") {{ changed }}
            b: createToken(input: {{ name: \"Again\", role: ADMIN }}) {{ secret }} }}"
    );
    let answer = stage.answer(&admin, &both, json!({})).await;
    let error = &answer["errors"][0];
    assert_eq!(error["path"], json!(["b"]), "{answer}");
    assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED", "{answer}");
    let tokens = "{ tokens { nodes { id revokedAt } } }";
    let tokens = stage.ask(&other, tokens, json!({})).await["tokens"]["nodes"].take();
    assert_eq!(tokens.as_array().unwrap().len(), 2);
    assert_eq!(tokens[0]["id"], **id);
    assert!(tokens[0]["revokedAt"].is_string(), "{tokens}");
}

/// Whoever begins many requests, and then has them come at once, has no more than whoever sends one after the other.
#[tokio::test]
async fn what_many_requests_cost_is_not_owed_all_at_once() {
    let stage = Stage::with(&["--token-rate", "60", "--address-rate", "600"]);
    let (one, other) = (token(&stage.database, "viewer"), token(&stage.database, "viewer"));
    let large = "{ campaigns(first: 100) { nodes { history(first: 40) { nodes { sequence } } } } }";
    let body = json!({ "query": large }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Authorization: Bearer {one}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let (begin, end) = body.split_at(body.len() - 1);
    let mut streams = vec![];
    for _ in 0..30 {
        let mut stream = TcpStream::connect(&stage.server.address).await.unwrap();
        let most = format!("{head}{begin}");
        stream.write_all(most.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    sleep(Duration::from_millis(500)).await;
    let mut statuses = vec![];
    for mut stream in streams {
        stream.write_all(end.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let read = timeout(SET_TIME, stream.read_to_string(&mut answer)).await;
        read.unwrap().unwrap();
        statuses.push(answer.split(' ').nth(1).unwrap().to_owned());
    }
    assert_eq!(statuses[0], "200");
    assert!(statuses[1..].iter().all(|status| status == "429"), "{statuses:?}");
    stage.ask(&other, VIEWER, json!({})).await;
}

/// Whoever does not read is shown out all the same, and has no place any more.
#[tokio::test]
async fn who_does_not_read_is_shown_out_too() {
    let stage = Stage::with(&["--max-sockets", "1"]);
    let (writer, reader) = (token(&stage.database, "editor"), token(&stage.database, "viewer"));
    let create =
        "mutation ($content: CampaignContentInput!) { createCampaign(content: $content) { changed } }";
    let mut content = email("Much to say");
    content["message"]["email"]["body"] = json!("x".repeat(100_000));
    for _ in 0..100 {
        stage.ask(&writer, create, json!({ "content": content })).await;
    }
    let (address, offer) = (&stage.server.address, [("Sec-WebSocket-Protocol", SUBPROTOCOL)]);
    let stream = narrow(address).await.unwrap();
    let mut socket = Socket::over(stream, address, &offer).await.unwrap();
    let init =
        json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {reader}") } });
    socket.send(&init).await.unwrap();
    assert_eq!(socket.message().await["type"], "connection_ack");
    let events = "subscription { event: campaignEvents(after: 0) { campaign { message { ... on EmailMessage { body } } } } }";
    socket.subscribe("a", events, json!({})).await;
    // By then all that the buffers on the way hold has been sent.
    sleep(LOOK).await;
    let watch = async || {
        stage
            .events(&writer, "subscription { campaignEvents { sequence } }")
            .await
            .status()
    };
    assert_eq!(watch().await, StatusCode::SERVICE_UNAVAILABLE);

    revoke(&stage.database, &token_ids(&stage.database)[1]);
    let begun = Instant::now();
    while watch().await != StatusCode::OK {
        assert!(begun.elapsed() < SOON, "it still has its place");
        sleep(Duration::from_millis(50)).await;
    }
    stage.lets_nobody_in(&reader).await;
}
