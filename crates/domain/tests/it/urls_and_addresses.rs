//! Where messages go: a webhook's URL and an email's addresses.

use understudy_domain::ProblemKind;
use understudy_domain::content::{EmailPatch, MessagePatch, WebhookPatch};

use crate::support::{Told, email, say, try_patch, webhook};

fn try_url(url: &str) -> Vec<Told> {
    let url = url.to_owned();
    let patch = say(MessagePatch::Webhook(WebhookPatch { url, ..webhook() }));
    try_patch(patch).err().unwrap_or_default()
}

fn try_address(address: &str) -> Vec<Told> {
    let from = Some(address.to_owned());
    let patch = say(MessagePatch::Email(EmailPatch { from, ..email() }));
    try_patch(patch).err().unwrap_or_default()
}

#[test]
fn urls_of_http_with_a_host_are_accepted() {
    for url in [
        "http://example.com",
        "https://example.com/",
        "HTTPS://EXAMPLE.COM/Path?query=%20#part",
        "https://example.com:8443/hook",
        "http://localhost:3000",
        "http://127.0.0.1/",
        "http://[::1]:8080/",
        "https://user:secret@example.com/hook",
        "https://bücher.example/straße",
        "https://xn--bcher-kva.example/",
        "https://例え.テスト/",
    ] {
        assert_eq!(try_url(url), [], "{url:?}");
    }
}

#[test]
fn other_urls_are_refused() {
    for url in [
        "",
        "example.com",
        "//example.com/x",
        "/x",
        "http",
        "http:",
        "http://",
        "http:example.com",
        "https:/x",
        "http:///x",
        "https:////example.com",
        "http://:80/",
        "http://?x",
        "http://#x",
        "http://user@/",
        "http://example.com:99999/",
        "http://[::1/",
        "http://[example]/",
        "http://256.1.1.1/",
        "http://exa mple.com/",
        "http://example.com/a b",
        " http://example.com/",
        "http://example.com/ ",
        "http://example.com/\t",
        "http://exam\nple.com/",
        "http://example.com/\r\nHost: other.example",
        "http://example.com/\u{2028}",
        "http://example.com/\u{7f}",
        "http:\\\\example.com\\",
        "http://example.com\\@other.example/",
        "http://exa<mple.com/",
        "javascript:alert(1)",
        "javascript://example.com/%0aalert(1)",
        "data:text/plain,x",
        "file:///etc/hosts",
        "ftp://example.com/",
        "ws://example.com/",
        "mailto:a@example.com",
    ] {
        let wrong = ("message.webhook.url".to_owned(), ProblemKind::NotAUrl);
        assert_eq!(try_url(url), [wrong], "{url:?}");
    }
}

#[test]
fn a_url_has_a_limit_and_no_nul() {
    let path = "message.webhook.url".to_owned();
    let url = |length: usize| format!("https://example.com/{}", "a".repeat(length - 20));
    assert_eq!(try_url(&url(2_000)), []);
    let too_long = ProblemKind::TooLong { limit: 2_000 };
    assert_eq!(try_url(&url(2_001)), [(path.clone(), too_long)]);
    assert_eq!(
        try_url("https://example.com/\0"),
        [(path.clone(), ProblemKind::Nul), (path, ProblemKind::NotAUrl)]
    );
}

#[test]
fn addresses_are_accepted_with_and_without_a_name() {
    let long = format!("{}@example.com", "a".repeat(64));
    for address in [
        "news@example.com",
        "first.last+tag@mail.example.co.uk",
        "üser@bücher.example",
        "\"odd local\"@example.com",
        "Example News <news@example.com>",
        "J. Doe <j@example.com>",
        "Ünal Öz <u@example.com>",
        "\"Doe, Jane\" <jane@example.com>",
        "\"Jane \\\"J\\\" Doe\" <jane@example.com>",
        "\"Jane\" Doe <jane@example.com>",
        "\"me@home <3\" <jane@example.com>",
        &long,
    ] {
        assert_eq!(try_address(address), [], "{address:?}");
    }
}

#[test]
fn other_addresses_are_refused() {
    let long = format!("{}@example.com", "a".repeat(65));
    for address in [
        "",
        " ",
        "news",
        "@example.com",
        "news@",
        "news@example",
        "news@.com",
        "news@example.com.",
        "news@-example.com",
        "news@@example.com",
        "a..b@example.com",
        ".a@example.com",
        "a b@example.com",
        " news@example.com",
        "news@example.com ",
        "news@[127.0.0.1]",
        "a@example.com,b@example.com",
        "a@example.com, b@example.com",
        "a@example.com; b@example.com",
        "<news@example.com>",
        " <news@example.com>",
        "News<news@example.com>",
        "News <news@example.com",
        "News <news@example.com> x",
        "News <news>",
        // A name of more than words is another address to the next program that reads it.
        "boss@example.org, News <news@example.com>",
        "News <boss@example.org> <news@example.com>",
        "Doe, Jane <jane@example.com>",
        "Team: Jane <jane@example.com>",
        "Jane; <jane@example.com>",
        "(Jane) <jane@example.com>",
        "[Jane] <jane@example.com>",
        "Jane\\ <jane@example.com>",
        "\"Jane <jane@example.com>",
        "\"Jane\\\" <jane@example.com>",
        "Ja\u{7}ne <jane@example.com>",
        "\"Ja\u{1b}ne\" <jane@example.com>",
        &long,
    ] {
        let wrong = ("message.email.from".to_owned(), ProblemKind::NotAnAddress);
        assert_eq!(try_address(address), [wrong], "{address:?}");
    }
}

#[test]
fn an_address_brings_no_header_of_its_own() {
    for line_break in ["\r\n", "\n", "\r", "\u{85}", "\u{2028}"] {
        let address = format!("News{line_break}Bcc: all@example.com <news@example.com>");
        let told = try_address(&address);
        let wrong = ("message.email.from".to_owned(), ProblemKind::LineBreak);
        assert!(told.contains(&wrong), "{address:?}: {told:?}");
    }
}

#[test]
fn both_addresses_of_an_email_are_checked() {
    let patch = say(MessagePatch::Email(EmailPatch {
        from: Some("news".to_owned()),
        reply_to: Some("answers".to_owned()),
        ..email()
    }));
    assert_eq!(
        try_patch(patch),
        Err(vec![
            ("message.email.from".to_owned(), ProblemKind::NotAnAddress),
            ("message.email.replyTo".to_owned(), ProblemKind::NotAnAddress),
        ])
    );
}
