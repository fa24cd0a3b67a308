//! Answers that are made smaller for those who ask for it.

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, VARY};
use serde_json::json;

use super::Stage;

/// How the bytes of an encoding begin; brotli's begin in no special way.
const MAGIC: [(&str, &[u8]); 4] = [
    ("gzip", &[0x1f, 0x8b]),
    ("deflate", &[0x78]),
    ("zstd", &[0x28, 0xb5, 0x2f, 0xfd]),
    ("br", &[]),
];

/// A response to a question with a long answer.
async fn ask(stage: &Stage, encodings: Option<&str>, accept: &str) -> reqwest::Response {
    let mut post = stage.http.post(stage.server.url("/graphql"));
    if let Some(encodings) = encodings {
        post = post.header(ACCEPT_ENCODING, encodings);
    }
    let body = json!({ "query": "{ __schema { types { name description fields { name } } } }" });
    post.header("accept", accept).json(&body).send().await.unwrap()
}

/// What an answer depends on, by its own account.
fn vary(headers: &HeaderMap) -> String {
    let names = headers.get_all(VARY).iter().map(|vary| vary.to_str().unwrap());
    names.collect::<Vec<_>>().join(",").to_lowercase()
}

#[tokio::test]
async fn answers_are_compressed_as_the_client_asks() {
    let stage = Stage::new();
    let plain = ask(&stage, None, super::GRAPHQL).await;
    assert!(plain.headers().get(CONTENT_ENCODING).is_none());
    // Who keeps it for others must know that they may get something else.
    assert!(vary(plain.headers()).contains("accept-encoding"));
    let plain = plain.bytes().await.unwrap();
    for (encoding, magic) in MAGIC {
        let response = ask(&stage, Some(encoding), super::GRAPHQL).await;
        let headers = response.headers();
        assert_eq!(headers[CONTENT_ENCODING], encoding);
        let vary = vary(headers);
        assert!(vary.contains("accept-encoding"), "{vary}");
        assert!(vary.split(',').any(|name| name.trim() == "accept"), "{vary}");
        assert!(
            headers[CONTENT_TYPE]
                .to_str()
                .unwrap()
                .starts_with(super::GRAPHQL)
        );
        let body = response.bytes().await.unwrap();
        assert!(body.starts_with(magic), "{encoding}: {:?}", &body[..4]);
        assert!(
            body.len() * 2 < plain.len(),
            "{encoding}: {} of {}",
            body.len(),
            plain.len()
        );
    }
    for (encodings, chosen) in [
        ("gzip;q=0.5, zstd;q=0.9", Some("zstd")),
        ("identity", None),
        ("unheard-of, identity;q=0.1", None),
        ("gzip;q=0", None),
        // Who takes nothing at all is answered all the same.
        ("identity;q=0", None),
        ("*;q=0", None),
        ("unheard-of, identity;q=0", None),
        ("identity;q=0, gzip", Some("gzip")),
    ] {
        let response = ask(&stage, Some(encodings), super::GRAPHQL).await;
        let encoding = response.headers().get(CONTENT_ENCODING);
        let encoding = encoding.map(|encoding| encoding.to_str().unwrap());
        assert_eq!(encoding, chosen, "{encodings}");
        assert_eq!(response.status(), 200);
    }
}

#[tokio::test]
async fn events_are_not_held_back_to_be_compressed() {
    let stage = Stage::new();
    let mut response = ask(&stage, Some("gzip, br, zstd"), "text/event-stream").await;
    assert_eq!(response.headers()[CONTENT_ENCODING], "identity");
    assert!(response.chunk().await.unwrap().unwrap().starts_with(b":"));
}

#[tokio::test]
async fn requests_that_are_compressed_are_refused() {
    let stage = Stage::new();
    for encoding in ["gzip", "br", "zstd", "deflate", "gzip, gzip"] {
        // It would be a megabyte of nothing, but nobody looks.
        let body = [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3];
        let post = stage.http.post(stage.server.url("/graphql"));
        let response = post
            .header(CONTENT_TYPE, "application/json")
            .header("accept", super::GRAPHQL)
            .header(CONTENT_ENCODING, encoding)
            .body(body.to_vec())
            .send()
            .await
            .unwrap();
        assert_eq!(
            super::refused(response, 415).await,
            "UNSUPPORTED_MEDIA_TYPE",
            "{encoding}"
        );
    }
    let post = stage.http.post(stage.server.url("/graphql"));
    let post = post.header(CONTENT_ENCODING, "identity");
    let response = post.json(&json!({ "query": "{ __typename }" })).send().await;
    assert_eq!(response.unwrap().status(), 200);
}
