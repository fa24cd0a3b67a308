//! What is sent or shown.

use async_graphql::{Enum, Object, SimpleObject, Union};
use understudy_domain as domain;

use crate::user_error::UserError;

/// What a campaign sends or shows. Its kind is the campaign's channel.
#[derive(Union)]
pub(crate) enum Message<'a> {
    Email(EmailMessage<'a>),
    InApp(InAppMessage<'a>),
    Webhook(WebhookMessage<'a>),
}

impl<'a> From<&'a domain::Message> for Message<'a> {
    fn from(message: &'a domain::Message) -> Self {
        match message {
            domain::Message::Email(email) => Self::Email(EmailMessage(email)),
            domain::Message::InApp(in_app) => Self::InApp(InAppMessage(in_app)),
            domain::Message::Webhook(webhook) => Self::Webhook(WebhookMessage(webhook)),
        }
    }
}

/// A message as one recipient gets it: the templates are filled in.
#[derive(Union)]
pub(crate) enum RenderedMessage {
    Email(RenderedEmail),
    InApp(RenderedInApp),
    Webhook(RenderedWebhook),
}

/// An email as one recipient gets it.
#[derive(SimpleObject)]
pub(crate) struct RenderedEmail {
    /// The subject, in one line.
    subject: String,
    /// The body, as HTML.
    body: String,
}

/// A message inside the app as one recipient gets it.
#[derive(SimpleObject)]
pub(crate) struct RenderedInApp {
    /// The title, in one line.
    title: String,
    /// The body, as HTML.
    body: String,
}

impl RenderedInApp {
    pub(crate) const fn new(title: String, body: String) -> Self {
        Self { title, body }
    }
}

/// A request to another service as it goes out for one recipient.
#[derive(SimpleObject)]
pub(crate) struct RenderedWebhook {
    /// Where it goes.
    url: String,
    /// Its body.
    body: String,
}

impl From<domain::RenderedMessage> for RenderedMessage {
    fn from(message: domain::RenderedMessage) -> Self {
        match message {
            domain::RenderedMessage::Email { subject, body, .. } => {
                Self::Email(RenderedEmail { subject, body })
            }
            domain::RenderedMessage::InApp { title, body } => Self::InApp(RenderedInApp::new(title, body)),
            domain::RenderedMessage::Webhook { url, body, .. } => {
                Self::Webhook(RenderedWebhook { url, body })
            }
        }
    }
}

/// What a message looks like to a recipient, or why that cannot be told.
#[derive(SimpleObject)]
pub(crate) struct MessagePreview {
    /// The message; null if there are errors.
    pub(crate) message: Option<RenderedMessage>,
    /// Why there is none: the content or the recipient does not exist, there is no message yet, or it cannot be filled in
    /// for this recipient.
    pub(crate) user_errors: Vec<UserError>,
}

/// The kinds of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_domain::Channel")]
pub(crate) enum Channel {
    /// An email.
    Email,
    /// A message inside the app. Such campaigns have a place in the in-app order.
    InApp,
    /// A request to another service.
    Webhook,
}

/// An email.
pub(crate) struct EmailMessage<'a>(&'a domain::EmailMessage);

/// An email.
#[Object]
impl EmailMessage<'_> {
    /// The subject, a Liquid template: 1 to 1,000 characters in one line.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The body, a Liquid template of HTML, up to 1 MiB. Values in it are escaped.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// The sender's address, with or without a display name; null for the workspace's usual one.
    async fn from(&self) -> Option<&str> {
        self.0.from.as_deref()
    }

    /// The address for answers, with or without a display name; null for the sender's.
    async fn reply_to(&self) -> Option<&str> {
        self.0.reply_to.as_deref()
    }
}

/// A message inside the app.
pub(crate) struct InAppMessage<'a>(&'a domain::InAppMessage);

/// A message inside the app.
#[Object]
impl InAppMessage<'_> {
    /// The title, a Liquid template: 1 to 1,000 characters in one line.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The body, a Liquid template of HTML, up to 1 MiB. Values in it are escaped.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// The event in the app that shows the message: 1 to 200 characters in one line.
    async fn trigger(&self) -> &str {
        &self.0.trigger
    }
}

/// A request to another service.
pub(crate) struct WebhookMessage<'a>(&'a domain::WebhookMessage);

/// A request to another service.
#[Object]
impl WebhookMessage<'_> {
    /// Where the request goes: an http or https URL, or a Liquid template of one, up to 2,000 characters.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// The request's body, a Liquid template, up to 1 MiB.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// The request's headers, at most 100, in the order given. A name may stand several times.
    async fn headers(&self) -> Vec<Header<'_>> {
        self.0.headers.iter().map(Header).collect()
    }
}

/// A header of a webhook's request.
pub(crate) struct Header<'a>(&'a domain::Header);

/// A header of a webhook's request.
#[Object]
impl Header<'_> {
    /// The header's name, as it was written.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The header's value.
    async fn value(&self) -> &str {
        &self.0.value
    }
}
