//! Contents as inputs, complete enough to be launched once they have a segment.

use serde_json::{Value, json};

/// A content with an email.
pub(crate) fn email(name: &str) -> Value {
    json!({
        "name": name,
        "message": { "email": { "subject": "Hello", "body": "<p>Hello</p>", "from": "news@example.com" } },
    })
}

/// A content with an in-app message.
pub(crate) fn in_app(name: &str) -> Value {
    json!({ "name": name, "message": { "inApp": { "title": "Hello", "body": "Hello", "trigger": "app_opened" } } })
}

/// A content with a webhook.
pub(crate) fn webhook(name: &str) -> Value {
    json!({
        "name": name,
        "message": {
            "webhook": {
                "url": "https://example.com/hook",
                "body": "{}",
                "headers": [{ "name": "X-Kind", "value": "test" }],
            },
        },
    })
}
