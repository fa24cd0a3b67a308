//! Who follows a feed, besides what it asks for.

use std::fmt;
use std::sync::Arc;

use async_graphql::Context;

use crate::error::Failed;

/// Where a follower stands, by whatever carries the events to it. Those who carry them put it into the data of a
/// subscription's request.
pub struct Follower {
    /// The sequence of the last event that it has seen, as it was told to it; none if it begins.
    pub seen: Option<String>,
    /// Is told the sequence of each event before its result.
    pub tell: Arc<dyn Fn(i64) + Send + Sync>,
}

impl Follower {
    /// The follower of a subscription, if somebody knows it.
    pub(crate) fn of<'ctx>(ctx: &Context<'ctx>) -> Option<&'ctx Self> {
        ctx.data_opt()
    }

    /// The sequence after which its events come, if it asks for those after `after`: it has seen those that were told to
    /// it, and asks again as it did at the beginning.
    ///
    /// # Errors
    /// If what it has seen is no sequence.
    pub(crate) fn after(&self, after: Option<i64>) -> Result<Option<i64>, Failed> {
        let Some(seen) = &self.seen else {
            return Ok(after);
        };
        match seen.parse() {
            Ok(seen) => Ok(after.max(Some(seen))),
            Err(_) => Err(Failed::bad_input(
                "after",
                "Last-Event-ID is not the sequence of an event",
            )),
        }
    }
}

impl fmt::Debug for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follower")
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}
