//! What is told of sending to whoever collects figures in this process.

use std::time::Duration;

use metrics::{Gauge, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use understudy_domain::Channel;
use understudy_persistence::Ended;

/// Says in words what the figures of this crate are.
pub fn describe_metrics() {
    describe_counter!(
        "understudy_deliveries_total",
        "Messages that this process has taken in hand, by what became of them then."
    );
    describe_gauge!(
        "understudy_deliveries_in_flight",
        "Messages that this process has in hand."
    );
    describe_histogram!(
        "understudy_delivery_attempt_duration_seconds",
        Unit::Seconds,
        "Time until a channel had handed over a message, or failed to."
    );
}

/// Messages that are in hand for as long as this is there.
pub(crate) struct InFlight {
    gauge: Gauge,
    number: f64,
}

impl InFlight {
    pub(crate) fn begin(channel: Option<Channel>, number: usize) -> Self {
        // There are at most some.
        #[allow(clippy::cast_precision_loss)]
        let number = number as f64;
        let gauge = gauge!("understudy_deliveries_in_flight", "channel" => name(channel));
        gauge.increment(number);
        Self { gauge, number }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.gauge.decrement(self.number);
    }
}

/// A message that was in hand is not any more.
pub(crate) fn record_ended(channel: Option<Channel>, ended: &Ended) {
    let outcome = match ended {
        Ended::Sent => "sent",
        Ended::Again(..) => "retried",
        Ended::Failed(_) => "failed",
        Ended::Canceled(_) => "canceled",
        Ended::Untried => "put_back",
    };
    let labels = [("channel", name(channel)), ("outcome", outcome)];
    counter!("understudy_deliveries_total", &labels).increment(1);
}

/// An attempt took so long.
pub(crate) fn record_attempt(channel: Channel, took: Duration) {
    let channel = name(Some(channel));
    histogram!("understudy_delivery_attempt_duration_seconds", "channel" => channel).record(took);
}

const fn name(channel: Option<Channel>) -> &'static str {
    match channel {
        Some(Channel::Email) => "email",
        Some(Channel::Webhook) => "webhook",
        Some(Channel::InApp) => "in_app",
        None => "none",
    }
}
