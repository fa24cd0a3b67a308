//! Messages: which of their fields are templates, and what a recipient may get.

use understudy_domain::content::{EmailPatch, HeaderPatch, InAppPatch, MessagePatch, WebhookPatch};
use understudy_domain::{CompiledMessage, Header, ProblemKind, RenderedMessage, Unrendered};

use super::*;
use crate::support::{email, in_app, message_of, say, try_patch, webhook};

fn compiled(patch: MessagePatch) -> CompiledMessage {
    let compiled = message_of(patch).compile();
    compiled.unwrap_or_else(|error| panic!("{error}"))
}

fn hook(url: &str, body: &str, value: &str) -> MessagePatch {
    MessagePatch::Webhook(WebhookPatch {
        url: url.to_owned(),
        body: body.to_owned(),
        headers: vec![HeaderPatch {
            name: "X-Who".to_owned(),
            value: value.to_owned(),
        }],
    })
}

#[test]
fn each_field_that_is_a_template_is_compiled_when_it_is_saved() {
    let (line, body) = ("a {{ b".to_owned(), "a\n{{ b".to_owned());
    let told = [
        MessagePatch::Email(EmailPatch {
            subject: line.clone(),
            body: body.clone(),
            ..email()
        }),
        MessagePatch::InApp(InAppPatch {
            title: line.clone(),
            body: body.clone(),
            ..in_app()
        }),
        hook("https://example.com/{{ b", &body, &line),
    ]
    .map(|patch| {
        let told = try_patch(say(patch)).err().unwrap_or_default();
        let told = told.into_iter().map(|(path, kind)| match kind {
            ProblemKind::NotATemplate(error) => (path, error.line),
            other => panic!("{path}: {other:?}"),
        });
        told.collect::<Vec<_>>()
    });
    let at = |fields: &[(&str, usize)]| -> Vec<_> {
        fields
            .iter()
            .map(|(path, line)| ((*path).to_owned(), *line))
            .collect()
    };
    assert_eq!(
        told,
        [
            at(&[("message.email.subject", 1), ("message.email.body", 2)]),
            at(&[("message.inApp.title", 1), ("message.inApp.body", 2)]),
            at(&[
                ("message.webhook.url", 1),
                ("message.webhook.body", 2),
                ("message.webhook.headers.0.value", 1)
            ]),
        ]
    );
}

#[test]
fn pages_are_escaped_and_lines_are_lines() {
    let rendered = compiled(MessagePatch::Email(EmailPatch {
        subject: "{{ recipient.attributes.name }} {{ recipient.attributes.lines }}\u{202e} ".to_owned(),
        body: "{{ recipient.attributes.name }}".to_owned(),
        ..email()
    }));
    assert_eq!(
        rendered.render(&stage()),
        Ok(RenderedMessage::Email {
            from: None,
            reply_to: None,
            subject: "Ada <Love> a b".to_owned(),
            body: "Ada &lt;Love&gt;".to_owned()
        })
    );
    let rendered = compiled(MessagePatch::InApp(InAppPatch {
        title: "{{ recipient.attributes.lines }}".to_owned(),
        body: "{{ recipient.attributes.name }}".to_owned(),
        ..in_app()
    }));
    assert_eq!(
        rendered.render(&stage()),
        Ok(RenderedMessage::InApp {
            title: "a b".to_owned(),
            body: "Ada &lt;Love&gt;".to_owned()
        })
    );
}

#[test]
fn a_webhook_is_filled_in_and_checked_again() {
    let patch = hook(
        "https://example.com/{{ recipient.attributes.name | url_encode }}",
        "{{ recipient.attributes.name | json }}",
        "{{ recipient.externalId }} ",
    );
    // White space around a header's value is refused as it is written; what is filled in may bring some.
    assert!(try_patch(say(patch.clone())).is_err());
    let MessagePatch::Webhook(mut patch) = patch else {
        unreachable!("it is a webhook")
    };
    patch.headers[0].value = "{{ recipient.externalId | append: ' ' }}".to_owned();
    assert_eq!(
        compiled(MessagePatch::Webhook(patch)).render(&stage()),
        Ok(RenderedMessage::Webhook {
            url: "https://example.com/Ada%20%3CLove%3E".to_owned(),
            body: "\"Ada <Love>\"".to_owned(),
            headers: vec![Header {
                name: "X-Who".to_owned(),
                value: "ada".to_owned()
            }],
        })
    );
    assert!(try_patch(say(hook("{{ recipient.attributes.url }}", "", "x"))).is_ok());
    for url in [
        "https://example.com/{{ recipient.attributes.name }}",
        "{{ recipient.attributes.nope }}",
        "ftp://{{ recipient.externalId }}",
    ] {
        let rendered = compiled(hook(url, "", "x")).render(&stage());
        assert_eq!(rendered, Err(Unrendered::NotAUrl), "{url}");
    }
}

#[test]
fn a_value_cannot_split_a_header() {
    for value in [
        "{{ recipient.attributes.lines }}",
        "{{ recipient.attributes.towns.work }}",
        "{{ 'a,b' | split: ',' | join: recipient.attributes.lines }}",
        "{{ '%0d%0aX-Other: 1' | url_decode }}",
    ] {
        let rendered = compiled(hook(&webhook().url, "", value)).render(&stage());
        assert_eq!(rendered, Err(Unrendered::NotAHeader { index: 0 }), "{value}");
    }
}
