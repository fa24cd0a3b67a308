//! Pages of other origins, in a browser.

use reqwest::Response;
use reqwest::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, HeaderMap, ORIGIN,
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use super::{CREATE, Stage};
use crate::harness::{Database, SUBPROTOCOL, Server, Socket, command};

const FRIEND: &str = "https://app.example.com";
const NEIGHBOUR: &str = "http://localhost:3000";
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

/// The names that a header has in it.
fn names(headers: &HeaderMap, header: &str) -> Vec<String> {
    let values = headers.get_all(header).iter();
    let names = values.flat_map(|value| value.to_str().unwrap().split(','));
    names.map(|name| name.trim().to_lowercase()).collect()
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
async fn pictures_and_links_of_other_pages_cannot_ask_a_query() {
    let stage = Stage::new();
    for (site, is_let_in) in [
        ("none", true),
        ("same-origin", true),
        ("same-site", false),
        ("cross-site", false),
    ] {
        for accept in ["application/json", "text/event-stream"] {
            let get = stage.http.get(stage.server.url("/graphql?query={__typename}"));
            let get = get.header("Sec-Fetch-Site", site).header("Accept", accept);
            let response = get.send().await.unwrap();
            if is_let_in {
                assert_eq!(response.status(), 200, "{site} {accept}");
            } else {
                assert_forbidden(response).await;
            }
        }
    }
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
    let stage = Stage::with(&["--allow-origin", FRIEND, "--allow-origin", NEIGHBOUR]);
    let preflight = async |origin: &str, method: &str| {
        let options = stage
            .http
            .request(reqwest::Method::OPTIONS, stage.server.url("/graphql"));
        let options = options
            .header(ORIGIN, origin)
            .header("Access-Control-Request-Method", method)
            .header("Access-Control-Request-Headers", "authorization,content-type");
        options.send().await.unwrap()
    };
    for origin in [FRIEND, NEIGHBOUR] {
        for method in ["GET", "HEAD", "POST"] {
            let response = preflight(origin, method).await;
            assert_eq!(response.status(), 200, "{origin} {method}");
            let headers = response.headers();
            assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], origin);
            assert_eq!(headers[ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
            assert!(names(headers, "Access-Control-Allow-Methods").contains(&method.to_lowercase()));
            let allowed = names(headers, "Access-Control-Allow-Headers");
            for name in ["authorization", "content-type"] {
                assert!(allowed.contains(&name.to_owned()), "{allowed:?}");
            }
        }
    }
    let response = preflight(STRANGER, "POST").await;
    assert!(response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN).is_none());
    assert_forbidden(response).await;

    for origin in [FRIEND, NEIGHBOUR] {
        let response = post(&stage, origin).await;
        assert_eq!(response.status(), 200);
        let headers = response.headers();
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], origin);
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
        let content_type = headers[CONTENT_TYPE].to_str().unwrap();
        assert!(content_type.starts_with("application/json"));
        let vary = names(headers, "Vary");
        assert!(vary.contains(&"origin".to_owned()), "{vary:?}");
        assert!(vary.contains(&"accept".to_owned()), "{vary:?}");
        // What else its script may read of an answer.
        let mut exposed = names(headers, "Access-Control-Expose-Headers");
        exposed.sort_unstable();
        assert_eq!(exposed, ["retry-after", "x-request-id"]);
    }
    assert_forbidden(post(&stage, STRANGER).await).await;
    let headers = [("Sec-WebSocket-Protocol", SUBPROTOCOL), ("Origin", FRIEND)];
    Socket::shake_hands(&stage.server, &headers).await.unwrap();
}
