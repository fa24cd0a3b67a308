//! The one clock.

use chrono::{SubsecRound as _, Utc};
use understudy_domain::Timestamp;

/// Tells the time, truncated to what both databases keep.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock;

impl Clock {
    /// Now, to the millisecond.
    #[must_use]
    #[allow(clippy::disallowed_methods)] // This is the one place that the ban points to.
    pub fn now(self) -> Timestamp {
        Utc::now().trunc_subsecs(3)
    }
}
