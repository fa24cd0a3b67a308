//! What recipients do with messages, as their apps and mail programs tell it.

use chrono::TimeDelta;

use crate::problem::Problems;
use crate::text::Line;
use crate::{CampaignId, Problem, ProblemKind, RecipientId, Timestamp};

/// Ids of elsewhere are taken as they are.
const ID: Line = Line {
    limit: 200,
    trimmed: false,
    required: true,
};

/// How far ahead clocks of devices may be, in days.
pub const AHEAD: i64 = 1;

/// What somebody did with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EngagementKind {
    /// They saw it.
    Impression,
    /// They followed a link in it.
    Click,
    /// They closed it.
    Dismissal,
}

/// That somebody did something with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// What whoever tells it calls it, in no other engagement of the workspace: 1 to 200 characters, none of which
    /// [steers](crate::text::steers).
    pub id: String,
    /// Whose message it was.
    pub campaign: CampaignId,
    /// Who did it.
    pub recipient: RecipientId,
    /// What they did.
    pub kind: EngagementKind,
    /// When, and never later than it was told.
    pub at: Timestamp,
}

impl Engagement {
    /// An engagement that is told now. Where it happened later than that, though not by more than [`AHEAD`], it
    /// happened now: somebody's clock is ahead.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn told(self, now: Timestamp) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let id = ID.check_plain(&mut problems, "id", self.id);
        if self.at - now > TimeDelta::days(AHEAD) {
            problems.add("at", ProblemKind::Future);
        }
        problems.unless_any(Self {
            id,
            at: self.at.min(now),
            ..self
        })
    }
}
