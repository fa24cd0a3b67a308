//! What is told of the use cases to whoever collects figures in this process.

use std::time::Duration;

use metrics::{Unit, describe_histogram, histogram};
use understudy_domain::{LifecycleCommand, Timestamp};

use crate::Clock;

/// Says in words what the figures of this crate are.
pub fn describe_metrics() {
    describe_histogram!(
        "understudy_bulk_campaigns",
        "Campaigns that one bulk command was carried out on, dry runs aside."
    );
    describe_histogram!(
        "understudy_feed_lag_seconds",
        Unit::Seconds,
        "Time from an event to when it is handed to a subscriber who had reached the end of the log before."
    );
    describe_histogram!(
        "understudy_fence_wait_seconds",
        Unit::Seconds,
        "Time that a command has waited until nothing was in the hands of a channel, where something was."
    );
}

/// A bulk command was carried out on so many campaigns.
pub(crate) fn record_bulk(command: LifecycleCommand, campaigns: usize) {
    let command = match command {
        LifecycleCommand::Launch => "launch",
        LifecycleCommand::Stop => "stop",
        LifecycleCommand::Resume(_) => "resume",
        LifecycleCommand::Archive(_) => "archive",
        LifecycleCommand::Unarchive => "unarchive",
    };
    // There are at most some thousands.
    #[allow(clippy::cast_precision_loss)]
    histogram!("understudy_bulk_campaigns", "command" => command).record(campaigns as f64);
}

/// A command has waited so long until nothing was in hand.
pub(crate) fn record_fence(waited: Duration) {
    histogram!("understudy_fence_wait_seconds").record(waited);
}

/// An event of this time is handed to a subscriber. The clock of another server may be ahead of this one's.
pub(crate) fn record_feed_lag(at: Timestamp, clock: Clock) {
    let lag = (clock.now() - at).to_std().unwrap_or_default();
    histogram!("understudy_feed_lag_seconds").record(lag);
}
