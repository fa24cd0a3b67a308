//! Messages: each kind as it is kept, and the headers of a webhook.

use understudy_domain::content::{EmailPatch, HeaderPatch, MessagePatch, WebhookPatch};
use understudy_domain::{Channel, EmailMessage, Header, InAppMessage, Message, ProblemKind, WebhookMessage};

use crate::support::{Told, email, in_app, message_of, say, try_patch, webhook};

fn header(name: &str, value: &str) -> HeaderPatch {
    HeaderPatch {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn try_headers(headers: Vec<HeaderPatch>) -> Vec<Told> {
    let patch = say(MessagePatch::Webhook(WebhookPatch { headers, ..webhook() }));
    try_patch(patch).err().unwrap_or_default()
}

fn wrong(part: &str, kind: ProblemKind) -> Vec<Told> {
    vec![(format!("message.webhook.headers.0.{part}"), kind)]
}

#[test]
fn each_kind_of_message_is_kept_as_it_was_given() {
    let patch = EmailPatch {
        from: Some("Example News <news@example.com>".to_owned()),
        reply_to: Some("answers@example.com".to_owned()),
        ..email()
    };
    let kept = Message::Email(EmailMessage {
        subject: "Hello".to_owned(),
        body: "Come and see.".to_owned(),
        from: Some("Example News <news@example.com>".to_owned()),
        reply_to: Some("answers@example.com".to_owned()),
    });
    assert_eq!(kept.channel(), Channel::Email);
    assert_eq!(message_of(MessagePatch::Email(patch)), kept);

    let kept = Message::InApp(InAppMessage {
        title: "Hello".to_owned(),
        body: "Come and see.".to_owned(),
        trigger: "app_opened".to_owned(),
    });
    assert_eq!(kept.channel(), Channel::InApp);
    assert_eq!(message_of(MessagePatch::InApp(in_app())), kept);

    let headers = vec![header("X-Token", "a b"), header("x-token", "c")];
    let kept = Message::Webhook(WebhookMessage {
        url: webhook().url,
        body: "{}".to_owned(),
        headers: headers
            .iter()
            .map(|HeaderPatch { name, value }| Header {
                name: name.clone(),
                value: value.clone(),
            })
            .collect(),
    });
    assert_eq!(kept.channel(), Channel::Webhook);
    assert_eq!(
        message_of(MessagePatch::Webhook(WebhookPatch { headers, ..webhook() })),
        kept
    );
}

#[test]
fn header_names_are_tokens() {
    for name in ["X", "Content-Type", "x_y.z", "!#$%&'*+-.^_`|~", "007"] {
        assert_eq!(try_headers(vec![header(name, "v")]), [], "{name:?}");
    }
    for name in [
        "", " ", "X ", " X", "X Y", "X:", ":path", "X\r\nY", "X\n", "X\0", "(X)", "X/Y", "X=Y", "\"X\"", "Ü",
        "X\u{7f}",
    ] {
        let told = try_headers(vec![header(name, "v")]);
        assert_eq!(told, wrong("name", ProblemKind::NotAHeader), "{name:?}");
    }
}

#[test]
fn header_values_are_visible_ascii_with_white_space_inside() {
    for value in [
        "",
        "v",
        "a b\tc",
        "Bearer abc.def==",
        "\"quoted; text\"",
        "~!@#$%^&*()",
    ] {
        assert_eq!(try_headers(vec![header("X", value)]), [], "{value:?}");
    }
    for value in [
        "a\r\nY: b",
        "a\nb",
        "a\rb",
        "a\r\n",
        "\0",
        "\u{7f}",
        "\u{1b}[0m",
        // Receivers read these as they like: as Latin-1, as UTF-8, or not at all.
        "ü",
        "a\u{85}b",
        "a\u{2028}b",
        // HTTP/1 drops white space around a value, HTTP/2 calls the request malformed.
        " ",
        " v",
        "v ",
        "\tv",
        "v\t",
    ] {
        let told = try_headers(vec![header("X", value)]);
        assert_eq!(told, wrong("value", ProblemKind::NotAHeader), "{value:?}");
    }
}

#[test]
fn headers_have_limits() {
    const BYTES: usize = 8 << 10;
    let long = "a".repeat(BYTES);
    let longer = "a".repeat(BYTES + 1);
    assert_eq!(try_headers(vec![header(&long, &long)]), []);
    let too_large = ProblemKind::TooLarge { limit: BYTES };
    assert_eq!(
        try_headers(vec![header(&longer, "v")]),
        wrong("name", too_large.clone())
    );
    assert_eq!(try_headers(vec![header("X", &longer)]), wrong("value", too_large));

    let many = |count| std::iter::repeat_n(header("X", "v"), count).collect();
    assert_eq!(try_headers(many(100)), []);
    assert_eq!(
        try_headers(many(101)),
        [(
            "message.webhook.headers".to_owned(),
            ProblemKind::TooMany { limit: 100 }
        )]
    );
}
