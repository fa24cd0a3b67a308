//! Calls from outside that send a campaign.

use serde_json::{Map, Value};

use crate::problem::Problems;
use crate::recipient::check_object;
use crate::text::Line;
use crate::{Campaign, Channel, Message, Problem, ScheduleKind, Status, Timestamp};

/// Keys of elsewhere are taken as they are.
const KEY: Line = Line {
    limit: 200,
    trimmed: false,
    required: true,
};

/// What a call from outside brings along.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What whoever calls knows it by: 1 to 200 characters, none of which [steers](crate::text::steers). Calls of a campaign
    /// with one key are one call.
    pub key: String,
    /// What the message's templates are filled in with, as large as [attributes](crate::recipient::ATTRIBUTES) at most.
    pub properties: Map<String, Value>,
}

impl Call {
    /// A call with this key and these properties.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn new(key: String, properties: Value) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let key = KEY.check_plain(&mut problems, "idempotencyKey", key);
        check_object(&mut problems, "properties", &properties);
        let properties = match properties {
            Value::Object(properties) => properties,
            _ => Map::new(),
        };
        problems.unless_any(Self { key, properties })
    }
}

/// Why a campaign is not sent by calls from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncallable {
    /// It was never launched.
    NotLaunched,
    /// It is archived.
    Archived,
    /// Its schedule has it sent otherwise.
    Scheduled,
    /// Its message is shown inside the app, or there is none.
    NotSent,
    /// Its schedule is over.
    Over,
}

impl Campaign {
    /// Whether calls from outside send the live content. Those that come while it is stopped are due then, and are skipped or
    /// sent when it is resumed.
    ///
    /// # Errors
    /// Why not.
    pub fn check_callable(&self, now: Timestamp) -> Result<(), Uncallable> {
        match self.lifecycle.status() {
            Status::Unlaunched => return Err(Uncallable::NotLaunched),
            Status::Archived => return Err(Uncallable::Archived),
            Status::Active | Status::Stopped => {}
        }
        let schedule = self.live.schedule;
        if schedule.kind != ScheduleKind::ApiTriggered {
            return Err(Uncallable::Scheduled);
        }
        match self.live.message.as_ref().map(Message::channel) {
            Some(Channel::Email | Channel::Webhook) => {}
            Some(Channel::InApp) | None => return Err(Uncallable::NotSent),
        }
        if schedule.is_over(now) {
            return Err(Uncallable::Over);
        }
        Ok(())
    }
}
