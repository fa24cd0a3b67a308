//! How an attempt ends, and when the next one may begin.

use std::time::Duration;

/// The most attempts that are made to deliver one message.
pub const MOST_ATTEMPTS: u32 = 5;

/// The pause after the first attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause, whatever a receiver asks for.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// Why a message was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It may be delivered by another attempt.
    #[error("{reason}")]
    Temporary {
        /// Why not now.
        reason: String,
        /// How long the receiver wants to be left alone.
        after: Option<Duration>,
    },
    /// It never will be.
    #[error("{reason}")]
    Permanent {
        /// Why not.
        reason: String,
    },
    /// Nobody knows whether it was delivered: it was handed over, and the answer was lost.
    #[error("{reason}")]
    Uncertain {
        /// What became of the answer.
        reason: String,
    },
}

impl Failure {
    pub(crate) fn permanent(reason: impl Into<String>) -> Self {
        Self::Permanent {
            reason: reason.into(),
        }
    }

    pub(crate) fn temporary(reason: impl Into<String>) -> Self {
        Self::Temporary {
            reason: reason.into(),
            after: None,
        }
    }
}

/// How long to wait after the attempt of this number (from 1) before the next one: at random between half of a time that
/// doubles with each, and all of it, so that those who failed together do not come again together; and never less than
/// the receiver has asked for, up to ten minutes. `None` if there is to be no other attempt.
#[must_use]
pub fn pause(attempt: u32, failure: &Failure) -> Option<Duration> {
    let Failure::Temporary { after, .. } = failure else {
        return None;
    };
    if attempt >= MOST_ATTEMPTS {
        return None;
    }
    let longest = FIRST_PAUSE * 2_u32.saturating_pow(attempt.saturating_sub(1));
    let backoff = longest.mul_f64(0.5 + fastrand::f64() / 2.0);
    Some(backoff.max(after.unwrap_or_default()).min(LONGEST_PAUSE))
}
