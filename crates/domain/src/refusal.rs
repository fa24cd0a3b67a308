//! Why a command was refused.

use crate::{Command, Problem, Status, Version};

/// A command that was refused: nothing was touched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{command:?} was refused: {reason:?}")]
pub struct Refusal {
    /// What was asked.
    pub command: Command,
    /// Where the campaign stood; `None` if there was none yet.
    pub status: Option<Status>,
    /// Why it cannot be.
    pub reason: Reason,
}

/// The reasons that the rules, and the input, can give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The live content is locked while a draft stands beside it.
    DraftExists,
    /// There is no draft to launch or to discard.
    NoDraft,
    /// The campaign was never launched.
    NotLaunched,
    /// The campaign was launched already; a stopped one is resumed.
    AlreadyLaunched,
    /// Nothing of an archived campaign changes.
    CampaignArchived,
    /// The content uses an archived segment.
    SegmentArchived,
    /// The content lacks what launching needs.
    Incomplete {
        /// It has no message.
        message: bool,
        /// It has no segment.
        segments: bool,
    },
    /// The live message is not in-app, so it has no place in the in-app order.
    NotInApp,
    /// The campaign has moved on since the client last saw it.
    VersionConflict {
        /// The version that the client expected.
        expected: i32,
        /// The version that the campaign has.
        actual: Version,
    },
    /// The input is wrong.
    Invalid(Vec<Problem>),
}
