//! Addresses, URLs and headers, which other programs will read.

use serde_json::{Value, json};

use super::Stage;

fn email(field: &str, address: &str) -> Value {
    let mut email = json!({ "subject": "S", "body": "B" });
    email[field] = json!(address);
    json!({ "message": { "email": email } })
}

fn webhook(url: &str, headers: &Value) -> Value {
    json!({ "message": { "webhook": { "url": url, "body": "B", "headers": headers } } })
}

#[tokio::test]
async fn addresses_are_addresses() {
    let stage = Stage::new().await;
    for field in ["from", "replyTo"] {
        let path = format!("message.email.{field}");
        for address in [
            "news@example.com",
            "first.last+tag@mail.example.co.uk",
            "Example News <news@example.com>",
            "\"Doe, Jane\" <jane@example.com>",
            "üser@bücher.example",
        ] {
            for side in stage.accept(&email(field, address)).await {
                assert_eq!(side["message"][field], address);
            }
        }
        for address in [
            "",
            "news",
            "news@",
            "@example.com",
            "news@example",
            "a@example.com, b@example.com",
            "Doe, Jane <jane@example.com>",
            "news@exa mple.com",
        ] {
            stage.refuse(&email(field, address), &[&path]).await;
        }
        // Two rules of one field are broken, and both are told.
        for address in ["news@example.com\r\nBcc: x@example.com", "news@example.com\0"] {
            stage.refuse(&email(field, address), &[&path, &path]).await;
        }
    }
}

#[tokio::test]
async fn urls_are_of_http_and_have_a_host() {
    let stage = Stage::new().await;
    let long = |length: usize| format!("https://example.com/{}", "a".repeat(length - 20));
    for url in [
        "https://example.com",
        "http://localhost:3000/hook?x=%20#part",
        "HTTPS://[::1]:8443/",
        "https://bücher.example/straße",
        &long(2_000),
    ] {
        for side in stage.accept(&webhook(url, &json!([]))).await {
            assert_eq!(side["message"]["url"], url);
        }
    }
    for url in [
        "",
        "example.com",
        "https://",
        "https:///path",
        "ftp://example.com",
        "javascript:alert(1)",
        "http://exa mple.com/",
        " https://example.com",
        "https://example.com/\r\nHost: other.example",
        &long(2_001),
    ] {
        stage
            .refuse(&webhook(url, &json!([])), &["message.webhook.url"])
            .await;
    }
}

#[tokio::test]
async fn headers_are_what_http_allows() {
    let stage = Stage::new().await;
    let url = "https://example.com";
    let header = |name: &str, value: &str| json!([{ "name": name, "value": value }]);
    for (name, value) in [
        ("X-Kind", "test"),
        ("x", ""),
        ("!#$%&'*+-.^_`|~09aZ", "a\tb c;d=\"e\""),
        ("Authorization", "Bearer abc.def"),
    ] {
        for side in stage.accept(&webhook(url, &header(name, value))).await {
            assert_eq!(side["message"]["headers"], header(name, value));
        }
    }
    for name in ["", " ", "a b", "a:", "a\n", "ü", "a\0", "(a)"] {
        stage
            .refuse(
                &webhook(url, &header(name, "v")),
                &["message.webhook.headers.0.name"],
            )
            .await;
    }
    for value in ["a\nb", "a\r\nX: y", "ü", "a\0b", "\u{7f}", " a", "a "] {
        stage
            .refuse(
                &webhook(url, &header("X-Kind", value)),
                &["message.webhook.headers.0.value"],
            )
            .await;
    }
    let many: Vec<Value> = (0..101)
        .map(|n| json!({ "name": "X-Same", "value": n.to_string() }))
        .collect();
    for side in stage.accept(&webhook(url, &json!(many[..100]))).await {
        assert_eq!(side["message"]["headers"], json!(many[..100]));
    }
    stage
        .refuse(&webhook(url, &json!(many)), &["message.webhook.headers"])
        .await;
}

#[tokio::test]
async fn a_message_is_of_exactly_one_kind() {
    let stage = Stage::new().await;
    let end = stage.world.log_end().await;
    let query = "mutation ($message: MessageInput) {
        createCampaign(content: { name: \"x\", message: $message }) { changed userErrors { code } } }";
    let email = json!({ "subject": "S", "body": "B" });
    for message in [
        json!({}),
        json!({ "email": null }),
        json!({ "email": email, "webhook": { "url": "https://example.com", "body": "" } }),
        json!({ "email": email, "inApp": null }),
        json!({ "pigeon": { "body": "coo" } }),
        json!({ "email": { "subject": "S" } }),
        json!({ "email": { "subject": null, "body": "B" } }),
        json!("email"),
        json!([email]),
    ] {
        let response = stage.world.execute(query, json!({ "message": message })).await;
        assert!(response.get("errors").is_some(), "{message}: {response:#}");
        assert_ne!(
            response["errors"][0]["extensions"]["code"],
            "INTERNAL_SERVER_ERROR"
        );
    }
    assert_eq!(stage.world.log_end().await, end);
}
