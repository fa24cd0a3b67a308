//! The channels that a server has.

use chrono::{DateTime, Utc};
use understudy_domain::{Channel, RenderedMessage};

use crate::{Email, Emails, Failure, Webhook, Webhooks};

/// The channels that a server has. Clones share connections.
#[derive(Debug, Clone)]
pub struct Channels {
    /// Emails; none where it is not said to whom they are handed over.
    pub emails: Option<Emails>,
    /// Webhooks.
    pub webhooks: Webhooks,
}

impl Channels {
    /// Whether messages of this kind can be sent. Those inside the app are shown instead.
    #[must_use]
    pub const fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.emails.is_some(),
            Channel::Webhook => true,
            Channel::InApp => false,
        }
    }

    /// Tries to deliver a message once, to this address: of email, or in the place of the webhook's own. `key` is what it is
    /// known by whenever it comes again.
    ///
    /// # Errors
    /// If it is not delivered, or nobody knows.
    pub async fn send(
        &self,
        message: &RenderedMessage,
        to: &str,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        match message {
            RenderedMessage::Email {
                from,
                reply_to,
                subject,
                body,
            } => {
                let Some(emails) = &self.emails else {
                    return Err(Failure::permanent("this server sends no emails"));
                };
                let email = Email {
                    to,
                    from: from.as_deref(),
                    reply_to: reply_to.as_deref(),
                    subject,
                    body,
                    key,
                    unsubscribe: None,
                };
                emails.send(email, now).await
            }
            RenderedMessage::Webhook { body, headers, .. } => {
                let webhook = Webhook {
                    url: to,
                    body,
                    headers,
                    key,
                };
                self.webhooks.send(webhook, now).await
            }
            RenderedMessage::InApp { .. } => Err(Failure::permanent("messages inside the app are not sent")),
        }
    }
}
