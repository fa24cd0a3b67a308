//! What a campaign says, to whom and when: all that a draft can change.

mod changes;
mod message;
mod patch;
mod recheck;
mod rendered;
mod test_address;

use std::collections::BTreeMap;

pub use changes::{ContentChange, changes};
pub use message::{EmailPatch, HeaderPatch, InAppPatch, MessagePatch, WebhookPatch};
pub use patch::{ContentPatch, SchedulePatch};
pub use rendered::{CompiledMessage, RenderedMessage, Unrendered};
pub use test_address::TestAddress;

use crate::{Readiness, SegmentId, Timestamp};

/// A full snapshot of what a campaign says. Live content and draft are both one, never a delta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// 1 to 200 characters, trimmed.
    pub name: String,
    /// Up to 10,000 characters.
    pub description: String,
    /// At most 50 of 1 to 100 characters, each once, in the order given.
    pub tags: Vec<String>,
    /// What is sent or shown. Launching needs one.
    pub message: Option<Message>,
    /// To whom: at most 100, each once, in the order given. Launching needs one.
    pub segments: Vec<SegmentId>,
    /// When.
    pub schedule: Schedule,
}

impl Content {
    /// A content that says nothing yet: what a new campaign's patch is applied to.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            tags: vec![],
            message: None,
            segments: vec![],
            schedule: Schedule {
                kind: ScheduleKind::OnLaunch,
                start_at: None,
                end_at: None,
            },
        }
    }

    /// Whether the message is in-app, which gives its campaign a place in the in-app order.
    #[must_use]
    pub const fn is_in_app(&self) -> bool {
        matches!(self.message, Some(Message::InApp(_)))
    }

    /// What it has of that which launching needs.
    #[must_use]
    pub fn readiness(&self, segments: &SegmentStates) -> Readiness {
        Readiness {
            has_message: self.message.is_some(),
            has_segments: !self.segments.is_empty(),
            has_archived_segment: self.segments.iter().any(|id| segments.is_archived(*id)),
        }
    }
}

/// What is sent or shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// By email.
    Email(EmailMessage),
    /// Inside the app. Such a campaign has a place in the in-app order.
    InApp(InAppMessage),
    /// To another service.
    Webhook(WebhookMessage),
}

impl Message {
    /// The channel it goes through.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Email(_) => Channel::Email,
            Self::InApp(_) => Channel::InApp,
            Self::Webhook(_) => Channel::Webhook,
        }
    }
}

/// The kinds of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Email.
    Email,
    /// In-app message.
    InApp,
    /// Webhook.
    Webhook,
}

/// An email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailMessage {
    /// A template: 1 to 1,000 characters in one line.
    pub subject: String,
    /// A template of HTML, up to 1 MiB.
    pub body: String,
    /// The sender's address; `None` for the workspace's usual one.
    pub from: Option<String>,
    /// Where answers go; `None` for the sender.
    pub reply_to: Option<String>,
}

/// A message inside the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InAppMessage {
    /// A template: 1 to 1,000 characters in one line.
    pub title: String,
    /// A template of HTML, up to 1 MiB.
    pub body: String,
    /// The event in the app that shows it: 1 to 200 characters in one line.
    pub trigger: String,
}

/// A request to another service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookMessage {
    /// An http or https URL with a host, or a template of one, up to 2,000 characters.
    pub url: String,
    /// A template, up to 1 MiB.
    pub body: String,
    /// At most 100, in the order given; a name may stand several times, as in HTTP.
    pub headers: Vec<Header>,
}

/// A header of a webhook's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// A token as HTTP has it, as it was written.
    pub name: String,
    /// A template: visible ASCII, with spaces and tabs inside.
    pub value: String,
}

/// When a campaign sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// What starts it.
    pub kind: ScheduleKind,
    /// Not before; `None`: as soon as it is launched. A schedule at a time has one.
    pub start_at: Option<Timestamp>,
    /// Not from then on; `None`: no end. Always after the start.
    pub end_at: Option<Timestamp>,
}

/// What starts a campaign's sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScheduleKind {
    /// Its launch.
    OnLaunch,
    /// A set time.
    AtTime,
    /// A call from outside.
    ApiTriggered,
}

/// Which of the segments that a decision is about exist, and which of them are archived.
///
/// Read in the transaction that writes, so that no decision rests on an older state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SegmentStates(BTreeMap<SegmentId, bool>);

impl SegmentStates {
    /// Whether the segment exists.
    #[must_use]
    pub fn exists(&self, id: SegmentId) -> bool {
        self.0.contains_key(&id)
    }

    /// Whether the segment exists and is archived.
    #[must_use]
    pub fn is_archived(&self, id: SegmentId) -> bool {
        self.0.get(&id).copied().unwrap_or(false)
    }
}

impl FromIterator<(SegmentId, bool)> for SegmentStates {
    /// From pairs of id and whether it is archived.
    fn from_iter<I: IntoIterator<Item = (SegmentId, bool)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}
