//! How a command can end without a change.

use understudy_domain::call::Uncallable;
use understudy_domain::{Problem, Refusal};
use understudy_persistence::{StoreError, WriteError};

use crate::{Ended, Forbidden, NoRandomness};

/// What the application could not do for reasons that no user caused. Its text is for the log, not for clients.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No secret can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Why a command did not take place. Either way nothing was touched.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It was refused, for a reason that the user can do something about.
    #[error("refused: {0:?}")]
    Refused(Refused),
    /// Whoever asked for it may not do it.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Whoever asked for it is no longer let in.
    #[error(transparent)]
    Ended(#[from] Ended),
    /// It failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// What it is about does not exist.
    NotFound(Target),
    /// The rules of the campaign, or its input, refuse it.
    Campaign(Refusal),
    /// The input of a segment, a recipient or a Canvas is wrong; paths below the input.
    Invalid(Vec<Problem>),
    /// The segment has moved on since the client last saw it.
    VersionConflict {
        /// The version that the client expected.
        expected: i32,
        /// The version that there is.
        actual: i32,
    },
    /// An archived segment cannot be changed.
    SegmentArchived,
    /// An archived Canvas has no position to give or to take.
    CanvasArchived(Target),
    /// What a place refers to is archived.
    CampaignArchived(Target),
    /// What a place refers to is not in the in-app order.
    NotInApp(Target),
    /// A place refers to the source itself.
    OwnNeighbour,
    /// The list that a bulk command matches has moved.
    CountMismatch {
        /// How many the client expected.
        expected: i32,
        /// How many there are.
        actual: u64,
    },
    /// The campaign is not sent by calls from outside.
    Uncallable(Uncallable),
    /// More than one command takes.
    TooMany {
        /// The most there may be.
        limit: usize,
    },
    /// An id that stands twice in one command.
    Duplicate {
        /// Where the second one stands.
        index: usize,
    },
}

/// Which argument of a command a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The thing itself that the command names.
    Subject,
    /// The neighbour that a place names.
    Neighbour,
}

impl From<Refused> for CommandError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Refused::Campaign(refusal))
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::Failed(Failure::Store(error))
    }
}

impl WriteError for CommandError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Failed(Failure::Store(error)) => Some(error),
            Self::Failed(Failure::NoRandomness(_))
            | Self::Refused(_)
            | Self::Forbidden(_)
            | Self::Ended(_) => None,
        }
    }
}
