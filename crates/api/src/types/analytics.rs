//! How far a campaign has come, and what became of it.

use async_graphql::{Object, SimpleObject};
use understudy_domain::{self as domain, Days, Progress, Results};

use crate::scalar::{Date, DateTime};

/// How far the sending of a campaign has come. `planned` is all of the others together.
#[derive(SimpleObject)]
pub(crate) struct CampaignDelivery {
    /// How many messages there are to be; it grows while recipients are looked at.
    planned: u64,
    /// How many are still to be sent.
    pending: u64,
    /// How many are in the hands of a channel right now, and not answered yet. 0 once the stop or the archiving of the
    /// campaign has returned.
    in_flight: u64,
    /// How many a mail server or a webhook's receiver has taken.
    sent: u64,
    /// How many were given up.
    failed: u64,
    /// How many will never be sent: the schedule was over, or their recipients had left the segments or were erased.
    canceled: u64,
}

impl From<Progress> for CampaignDelivery {
    fn from(progress: Progress) -> Self {
        let Progress {
            planned,
            pending,
            in_flight,
            sent,
            failed,
            canceled,
        } = progress;
        Self {
            planned,
            pending,
            in_flight,
            sent,
            failed,
            canceled,
        }
    }
}

/// What became of a campaign, on some days.
pub(crate) struct CampaignAnalytics {
    total: Results,
    days: Vec<(domain::Date, Results)>,
}

impl CampaignAnalytics {
    /// What became of it on those of the days that are meant.
    pub(crate) fn new(results: &[(domain::Date, Results)], days: Days) -> Self {
        let days = results.iter().filter(|(day, _)| days.contain(*day));
        let days: Vec<_> = days.copied().collect();
        let total = days.iter().map(|(_, results)| *results);
        Self {
            total: total.fold(Results::default(), Results::and),
            days,
        }
    }
}

/// What became of a campaign: counted while it happened, and kept for ever, also when the campaign is archived and
/// recipients are erased.
#[Object]
impl CampaignAnalytics {
    /// How many messages were sent: a mail server or a webhook's receiver has taken them.
    async fn sent(&self) -> u64 {
        self.total.sent
    }

    /// How many messages were given up.
    async fn failed(&self) -> u64 {
        self.total.failed
    }

    /// How often the message was seen.
    async fn impressions(&self) -> u64 {
        self.total.impressions
    }

    /// How often a link in it was followed.
    async fn clicks(&self) -> u64 {
        self.total.clicks
    }

    /// How often it was closed.
    async fn dismissals(&self) -> u64 {
        self.total.dismissals
    }

    /// How many recipients it reached for the first time, each counted once for ever: a message was sent to them, or an
    /// impression of theirs was recorded.
    async fn unique_recipients(&self) -> u64 {
        self.total.reached
    }

    /// When the first message was sent; null if none was.
    async fn first_sent_at(&self) -> Option<DateTime> {
        self.total.first_sent_at.map(DateTime)
    }

    /// When the last message was sent; null if none was.
    async fn last_sent_at(&self) -> Option<DateTime> {
        self.total.last_sent_at.map(DateTime)
    }

    /// The days in UTC on which there was anything to count, the earliest first.
    async fn daily(&self) -> Vec<AnalyticsDay> {
        let days = self.days.iter();
        days.map(|(day, results)| AnalyticsDay::new(*day, results))
            .collect()
    }
}

/// What became of a campaign on one day.
#[derive(SimpleObject)]
pub(crate) struct AnalyticsDay {
    /// The day, in UTC.
    date: Date,
    /// How many messages were sent.
    sent: u64,
    /// How many messages were given up.
    failed: u64,
    /// How often the message was seen.
    impressions: u64,
    /// How often a link in it was followed.
    clicks: u64,
    /// How often it was closed.
    dismissals: u64,
}

impl AnalyticsDay {
    fn new(day: domain::Date, results: &Results) -> Self {
        Self {
            date: Date(day),
            sent: results.sent,
            failed: results.failed,
            impressions: results.impressions,
            clicks: results.clicks,
            dismissals: results.dismissals,
        }
    }
}
