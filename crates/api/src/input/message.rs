//! Messages as they come in.

use async_graphql::{InputObject, OneofObject};
use understudy_domain::content::{EmailPatch, HeaderPatch, InAppPatch, MessagePatch, WebhookPatch};

/// A whole message, of exactly one kind. It takes the place of the one before; to clear the message, send `null` for
/// the `message` field itself.
#[derive(Debug, OneofObject)]
pub(crate) enum MessageInput {
    /// An email.
    Email(EmailMessageInput),
    /// A message inside the app.
    InApp(InAppMessageInput),
    /// A request to another service.
    Webhook(WebhookMessageInput),
}

/// An email.
#[derive(Debug, InputObject)]
pub(crate) struct EmailMessageInput {
    /// The subject, a Liquid template: 1 to 1,000 characters in one line.
    subject: String,
    /// The body, a Liquid template of HTML, up to 1 MiB. Values in it are escaped.
    body: String,
    /// The sender's address, with or without a display name: `news@example.com` or `Example <news@example.com>`. Left
    /// out or `null`: the workspace's usual one.
    from: Option<String>,
    /// The address for answers, with or without a display name. Left out or `null`: the sender's.
    reply_to: Option<String>,
}

/// A message inside the app.
#[derive(Debug, InputObject)]
pub(crate) struct InAppMessageInput {
    /// The title, a Liquid template: 1 to 1,000 characters in one line.
    title: String,
    /// The body, a Liquid template of HTML, up to 1 MiB. Values in it are escaped.
    body: String,
    /// The event in the app that shows the message: 1 to 200 characters in one line.
    trigger: String,
}

/// A request to another service.
#[derive(Debug, InputObject)]
pub(crate) struct WebhookMessageInput {
    /// Where the request goes: an http or https URL with a host, or a Liquid template of one, up to 2,000 characters.
    url: String,
    /// The request's body, a Liquid template, up to 1 MiB.
    body: String,
    /// The request's headers, at most 100. Left out or `null`: none.
    headers: Option<Vec<HeaderInput>>,
}

/// A header of a webhook's request.
#[derive(Debug, InputObject)]
pub(crate) struct HeaderInput {
    /// The header's name, as HTTP has them. A name may stand several times.
    name: String,
    /// The header's value: visible ASCII, spaces and tabs.
    value: String,
}

impl From<MessageInput> for MessagePatch {
    fn from(input: MessageInput) -> Self {
        match input {
            MessageInput::Email(email) => Self::Email(EmailPatch {
                subject: email.subject,
                body: email.body,
                from: email.from,
                reply_to: email.reply_to,
            }),
            MessageInput::InApp(in_app) => Self::InApp(InAppPatch {
                title: in_app.title,
                body: in_app.body,
                trigger: in_app.trigger,
            }),
            MessageInput::Webhook(webhook) => Self::Webhook(WebhookPatch {
                url: webhook.url,
                body: webhook.body,
                headers: webhook
                    .headers
                    .into_iter()
                    .flatten()
                    .map(HeaderPatch::from)
                    .collect(),
            }),
        }
    }
}

impl From<HeaderInput> for HeaderPatch {
    fn from(input: HeaderInput) -> Self {
        Self {
            name: input.name,
            value: input.value,
        }
    }
}
