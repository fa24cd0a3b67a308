//! Sending: what becomes of a message that is to go to somebody, and how far a campaign has come.

use crate::{Campaign, Channel, Content, Message, Schedule, ScheduleKind, Status, Timestamp};

/// What became of a message that is to go to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryState {
    /// It is not handed to a channel yet.
    Pending,
    /// A channel has it in its hands.
    Claimed,
    /// A channel has taken it.
    Sent,
    /// It was given up.
    Failed,
    /// It will never be sent, and no channel has failed it.
    Canceled,
}

/// How far the sending of a campaign has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// All that follow, together.
    pub planned: u64,
    /// Not handed to a channel yet.
    pub pending: u64,
    /// In the hands of a channel. None once a stop or an archiving has returned.
    pub in_flight: u64,
    /// Taken by a channel.
    pub sent: u64,
    /// Given up.
    pub failed: u64,
    /// Never to be sent.
    pub canceled: u64,
}

/// What a change of a campaign means for its sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanChange {
    /// It begins.
    Begin,
    /// It stands still.
    Pause,
    /// It goes on.
    Resume,
    /// Whom it is sent to, or when, has changed, so all recipients are looked at anew. Nobody gets it twice by that.
    Anew,
}

/// What a change of a campaign means for its sending, in this order.
#[must_use]
pub fn plan_changes(before: &Campaign, after: &Campaign) -> Vec<PlanChange> {
    let is_active = |campaign: &Campaign| campaign.lifecycle.status() == Status::Active;
    if after.lifecycle.launched_at().is_none() {
        return vec![];
    }
    if before.lifecycle.launched_at().is_none() {
        return vec![PlanChange::Begin];
    }
    let (old, new) = (&before.live, &after.live);
    let is_other = old.segments != new.segments
        || old.schedule != new.schedule
        || old.message.as_ref().map(Message::channel) != new.message.as_ref().map(Message::channel);
    let mut changes = vec![];
    match (is_active(before), is_active(after)) {
        (true, false) => changes.push(PlanChange::Pause),
        (false, true) => changes.push(PlanChange::Resume),
        (true, true) | (false, false) => {}
    }
    if is_other {
        changes.push(PlanChange::Anew);
    }
    changes
}

impl Content {
    /// Whether its recipients are known beforehand: it is sent, and not on calls from outside.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        let is_sent = match self.message.as_ref().map(Message::channel) {
            Some(Channel::Email | Channel::Webhook) => true,
            Some(Channel::InApp) | None => false,
        };
        is_sent && self.schedule.kind != ScheduleKind::ApiTriggered
    }
}

impl Schedule {
    /// Whether messages may be sent now.
    #[must_use]
    pub fn sends_at(self, now: Timestamp) -> bool {
        self.start_at.is_none_or(|start| start <= now) && !self.is_over(now)
    }

    /// Whether nothing is to be sent any more.
    #[must_use]
    pub fn is_over(self, now: Timestamp) -> bool {
        self.end_at.is_some_and(|end| end <= now)
    }
}
