//! Contents that are there already, looked at as if they came in today.

use super::{
    ContentPatch, EmailPatch, HeaderPatch, InAppPatch, MessagePatch, SchedulePatch, SegmentStates,
    WebhookPatch, changes,
};
use crate::problem::Flaw;
use crate::text::Patched;
use crate::{Content, Message};

impl Content {
    /// All that would be wrong with it if it came in today. The archived among its segments may stay, as they may in
    /// any campaign that has them already.
    #[must_use]
    pub fn flaws(&self, segments: &SegmentStates) -> Vec<Flaw> {
        match ContentPatch::from(self.clone()).apply(self, segments) {
            Err(problems) => problems.into_iter().map(Flaw::Problem).collect(),
            Ok(kept) => changes(self, &kept)
                .into_iter()
                .map(|change| Flaw::KeptOtherwise(change.path))
                .collect(),
        }
    }
}

/// The patch that says again what a content says.
impl From<Content> for ContentPatch {
    fn from(content: Content) -> Self {
        let Content {
            name,
            description,
            tags,
            message,
            segments,
            schedule,
        } = content;
        Self {
            name: Patched::Set(name),
            description: Patched::Set(description),
            tags: Patched::Set(tags),
            message: message.map_or(Patched::Null, |message| Patched::Set(message.into())),
            segments: Patched::Set(segments),
            schedule: Patched::Set(SchedulePatch {
                kind: schedule.kind,
                start_at: schedule.start_at,
                end_at: schedule.end_at,
            }),
        }
    }
}

/// The patch that says again what a message says.
impl From<Message> for MessagePatch {
    fn from(message: Message) -> Self {
        match message {
            Message::Email(email) => Self::Email(EmailPatch {
                subject: email.subject,
                body: email.body,
                from: email.from,
                reply_to: email.reply_to,
            }),
            Message::InApp(in_app) => Self::InApp(InAppPatch {
                title: in_app.title,
                body: in_app.body,
                trigger: in_app.trigger,
            }),
            Message::Webhook(webhook) => {
                let headers = webhook.headers.into_iter().map(|header| HeaderPatch {
                    name: header.name,
                    value: header.value,
                });
                Self::Webhook(WebhookPatch {
                    url: webhook.url,
                    body: webhook.body,
                    headers: headers.collect(),
                })
            }
        }
    }
}
