//! What the rows of the example tables are made of.

use understudy_domain::{InAppLevel, ScheduleKind};

/// An example campaign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Example {
    /// The name that it is created with, by which the other tables refer to it for good.
    pub(super) name: &'static str,
    /// All else that it is created with.
    pub(super) content: &'static [Part],
    /// What happens to it then, one command after the other.
    pub(super) story: &'static [Step],
}

/// A part of a content, or of what changes in one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Name(&'static str),
    Description(&'static str),
    Tags(&'static [&'static str]),
    /// Subject and body, from the workspace's usual sender.
    Email(&'static str, &'static str),
    /// Sender, subject and body; answers go to the shop's people.
    Letter(&'static str, &'static str, &'static str),
    /// Title, body and trigger.
    InApp(&'static str, &'static str, &'static str),
    /// The last part of the URL, and the body.
    Webhook(&'static str, &'static str),
    /// Names of segments.
    To(&'static [&'static str]),
    /// From when, and until when.
    Schedule(ScheduleKind, Option<Day>, Option<Day>),
}

/// A moment as the tables tell it: days from today and the hour, in UTC. So the examples are never out of date.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day(pub(super) i64, pub(super) i64);

/// One command on a campaign.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Update(&'static [Part]),
    Launch,
    SaveDraft(&'static [Part]),
    LaunchDraft,
    DiscardDraft,
    Stop,
    Resume,
    Archive,
    Unarchive,
}

/// Where a campaign or a Canvas, by its name, is moved in the in-app order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Move {
    To(InAppLevel),
    Before(&'static str),
    After(&'static str),
}
