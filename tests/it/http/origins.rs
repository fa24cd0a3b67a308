//! Pages of other origins, in a browser.

use reqwest::Response;
use reqwest::header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, ORIGIN};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use super::{CREATE, Stage};
use crate::harness::{Database, SUBPROTOCOL, Server, Socket, command};

const FRIEND: &str = "https://app.example.com";
const STRANGER: &str = "https://evil.example.com";

async fn post(stage: &Stage, origin: &str) -> Response {
    let post = stage
        .http
        .post(stage.server.url("/graphql"))
        .header(ORIGIN, origin);
    post.json(&json!({ "query": CREATE })).send().await.unwrap()
}

async fn assert_forbidden(response: Response) {
    assert_eq!(response.status(), 403);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "FORBIDDEN_ORIGIN");
}

#[tokio::test]
async fn pages_of_others_can_do_nothing_unless_they_are_named() {
    let stage = Stage::new();
    assert_forbidden(post(&stage, STRANGER).await).await;
    for accept in ["application/json", "text/event-stream"] {
        let get = stage.http.get(stage.server.url("/graphql?query={__typename}"));
        let get = get.header(ORIGIN, STRANGER).header("Accept", accept);
        assert_forbidden(get.send().await.unwrap()).await;
    }
    let headers = [("Sec-WebSocket-Protocol", SUBPROTOCOL), ("Origin", STRANGER)];
    let Err(Error::Http(response)) = Socket::shake_hands(&stage.server, &headers).await else {
        panic!("a page of a stranger has a socket")
    };
    assert_eq!(response.status(), 403);
    stage.is_unharmed().await;

    // The server's own pages, and what is no page.
    let own = stage.server.url("");
    assert_eq!(post(&stage, &own).await.status(), 200);
    let headers = [("Sec-WebSocket-Protocol", SUBPROTOCOL), ("Origin", &own)];
    Socket::shake_hands(&stage.server, &headers).await.unwrap();
}

#[tokio::test]
async fn a_preflight_of_what_nobody_may_send_is_refused() {
    let stage = Stage::with(&["--allow-origin", FRIEND]);
    let options = stage
        .http
        .request(reqwest::Method::OPTIONS, stage.server.url("/graphql"));
    let options = options
        .header(ORIGIN, FRIEND)
        .header("Access-Control-Request-Method", "DELETE");
    let response = options.send().await.unwrap();
    assert_eq!(response.status(), 400);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_REQUEST");
}

#[tokio::test]
async fn several_origins_of_any_kind_stand_in_one_variable() {
    let database = Database::new();
    let mut command = command();
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--database", database.url()])
        .env(
            "UNDERSTUDY_ALLOW_ORIGIN",
            "https://a.example,capacitor://localhost",
        );
    let server = Server::start_as(&mut command);
    for (origin, status) in [
        ("https://a.example", 200),
        ("capacitor://localhost", 200),
        ("tauri://localhost", 403),
    ] {
        let get = reqwest::Client::new().get(server.url("/graphql?query={__typename}"));
        let response = get.header(ORIGIN, origin).send().await.unwrap();
        assert_eq!(response.status(), status, "{origin}");
    }
}

#[tokio::test]
async fn pages_that_are_named_may_use_everything() {
    let stage = Stage::with(&[
        "--allow-origin",
        FRIEND,
        "--allow-origin",
        "http://localhost:3000",
    ]);
    let preflight = |origin: &'static str| {
        let options = stage
            .http
            .request(reqwest::Method::OPTIONS, stage.server.url("/graphql"));
        let options = options
            .header(ORIGIN, origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "authorization,content-type");
        async { options.send().await.unwrap() }
    };
    let response = preflight(FRIEND).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], FRIEND);
    assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
    let allowed = response.headers()["Access-Control-Allow-Headers"]
        .to_str()
        .unwrap();
    assert!(
        allowed.contains("authorization") && allowed.contains("content-type"),
        "{allowed}"
    );
    let response = preflight(STRANGER).await;
    assert!(response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN).is_none());
    assert_forbidden(response).await;

    let response = post(&stage, FRIEND).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], FRIEND);
    assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
    assert!(
        response.headers()[CONTENT_TYPE]
            .to_str()
            .unwrap()
            .starts_with("application/json")
    );
    let vary: Vec<_> = response.headers().get_all("Vary").iter().collect();
    let vary = format!("{vary:?}").to_lowercase();
    assert!(vary.contains("origin") && vary.contains("accept"), "{vary}");
    assert_forbidden(post(&stage, STRANGER).await).await;
    let headers = [("Sec-WebSocket-Protocol", SUBPROTOCOL), ("Origin", FRIEND)];
    Socket::shake_hands(&stage.server, &headers).await.unwrap();
}
