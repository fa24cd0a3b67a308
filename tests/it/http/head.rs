//! HEAD, which is answered as GET, but without what is in the answer.

use reqwest::header::{ACCEPT, ALLOW, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, X_CONTENT_TYPE_OPTIONS};
use reqwest::{Method, StatusCode};
use tokio::time::timeout;

use super::{CREATE, GRAPHQL, Stage};
use crate::harness::SET_TIME;

/// What a path is answered with: its status, its headers but for those that are never the same, and how much is in it.
async fn fetch(stage: &Stage, method: Method, path: &str, accept: &str) -> (StatusCode, HeaderMap, usize) {
    let request = stage.http.request(method, stage.server.url(path));
    let response = request.header(ACCEPT, accept).send().await.unwrap();
    let (status, mut headers) = (response.status(), response.headers().clone());
    for name in ["x-request-id", DATE.as_str()] {
        assert!(headers.remove(name).is_some(), "{name}");
    }
    assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
    let body = timeout(SET_TIME, response.bytes()).await.unwrap();
    (status, headers, body.unwrap().len())
}

#[tokio::test]
async fn it_is_answered_as_get_without_what_is_in_the_answer() {
    let stage = Stage::new();
    let query = |query: &str| format!("/graphql?query={}", query.replace(' ', "%20"));
    for (path, status) in [
        (query("{ __typename }"), 200),
        (query("{ nonsense }"), 400),
        (query("subscription { campaignEvents { sequence } }"), 406),
        (query(CREATE), 405),
        ("/graphql".to_owned(), 400),
        ("/livez".to_owned(), 200),
        ("/readyz".to_owned(), 200),
        ("/".to_owned(), 200),
        ("/nowhere".to_owned(), 404),
    ] {
        let get = fetch(&stage, Method::GET, &path, GRAPHQL).await;
        let head = fetch(&stage, Method::HEAD, &path, GRAPHQL).await;
        assert_eq!((head.0.as_u16(), head.2), (status, 0), "{path}");
        assert_eq!((head.0, head.1), (get.0, get.1), "{path}");
    }
    let (status, headers, length) = fetch(&stage, Method::HEAD, "/metrics", "*/*").await;
    assert_eq!((status.as_u16(), length), (200, 0));
    assert_ne!(headers[CONTENT_LENGTH], "0");
    stage.is_unharmed().await;
}

#[tokio::test]
async fn an_event_stream_ends_with_its_head() {
    let stage = Stage::new();
    let path = "/graphql?query=subscription%7BcampaignEvents%7Bsequence%7D%7D";
    let (status, headers, length) = fetch(&stage, Method::HEAD, path, "text/event-stream").await;
    assert_eq!((status.as_u16(), length), (200, 0));
    assert_eq!(headers[CONTENT_TYPE], "text/event-stream; charset=utf-8");
    // The connection is free for the next request, and nobody counts the stream among those that are open.
    let figures = stage.http.get(stage.server.url("/metrics")).send();
    let figures = timeout(SET_TIME, figures).await.unwrap().unwrap();
    let figures = figures.text().await.unwrap();
    let open = figures
        .lines()
        .find(|line| line.starts_with("understudy_sockets_open{"));
    assert!(open.is_none_or(|line| line.ends_with(" 0")), "{open:?}");
}

#[tokio::test]
async fn other_methods_are_told_what_there_is() {
    let stage = Stage::new();
    for path in ["/", "/livez", "/readyz", "/metrics"] {
        let response = stage.http.post(stage.server.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 405, "{path}");
        assert_eq!(response.headers()[ALLOW], "GET, HEAD", "{path}");
    }
}
