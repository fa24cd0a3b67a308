//! What became of a campaign: how much was sent, shown and answered, counted by the day in UTC.

use crate::{DeliveryState, EngagementKind, Timestamp};

/// A day, in UTC.
pub type Date = chrono::NaiveDate;

/// What happened of one campaign, on one day or on many. Who it was about is not in it, so it outlives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Results {
    /// Messages that a channel took.
    pub sent: u64,
    /// Messages that were given up.
    pub failed: u64,
    /// How often it was shown or opened.
    pub impressions: u64,
    /// How often it was clicked.
    pub clicks: u64,
    /// How often it was closed.
    pub dismissals: u64,
    /// Recipients whom it reached for the first time: a message was sent to them, or an impression of theirs recorded. The
    /// sum over all days is how many it has ever reached.
    pub reached: u64,
    /// When the first message was sent.
    pub first_sent_at: Option<Timestamp>,
    /// When the last message was sent.
    pub last_sent_at: Option<Timestamp>,
}

impl Results {
    /// Of one engagement; whom it reached is counted apart.
    #[must_use]
    pub fn of_engagement(kind: EngagementKind) -> Self {
        let mut results = Self::default();
        match kind {
            EngagementKind::Impression => results.impressions = 1,
            EngagementKind::Click => results.clicks = 1,
            EngagementKind::Dismissal => results.dismissals = 1,
        }
        results
    }

    /// Of one delivery that has come to this; whom it reached is counted apart.
    #[must_use]
    pub fn of_delivery(state: DeliveryState, at: Timestamp) -> Self {
        let nothing = Self::default();
        match state {
            DeliveryState::Sent => Self {
                sent: 1,
                first_sent_at: Some(at),
                last_sent_at: Some(at),
                ..nothing
            },
            DeliveryState::Failed => Self { failed: 1, ..nothing },
            DeliveryState::Pending | DeliveryState::Claimed | DeliveryState::Canceled => nothing,
        }
    }

    /// Of both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let earliest = [self.first_sent_at, other.first_sent_at];
        Self {
            sent: self.sent + other.sent,
            failed: self.failed + other.failed,
            impressions: self.impressions + other.impressions,
            clicks: self.clicks + other.clicks,
            dismissals: self.dismissals + other.dismissals,
            reached: self.reached + other.reached,
            first_sent_at: earliest.into_iter().flatten().min(),
            last_sent_at: self.last_sent_at.max(other.last_sent_at),
        }
    }
}

/// Days that follow each other. An end that is absent is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    /// The first one.
    pub first: Option<Date>,
    /// The last one. Before the first, where there are none.
    pub last: Option<Date>,
}

impl Days {
    /// All days of which some part is at `from` or later, and before `to`.
    #[must_use]
    pub fn between(from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        // Of the earliest moment of all there is none before; no day of a campaign's is as old.
        let before = |to: Timestamp| to.checked_sub_signed(chrono::TimeDelta::milliseconds(1));
        Self {
            first: from.map(|from| from.date_naive()),
            last: to.map(|to| before(to).unwrap_or(to).date_naive()),
        }
    }

    /// Whether a day is one of them.
    #[must_use]
    pub fn contain(self, day: Date) -> bool {
        self.first.is_none_or(|first| first <= day) && self.last.is_none_or(|last| day <= last)
    }

    /// The fewest days that follow each other, of which both are part.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self {
            first: self.first.zip(other.first).map(|(one, other)| one.min(other)),
            last: self.last.zip(other.last).map(|(one, other)| one.max(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_counts_if_a_part_of_it_does_and_the_end_is_not_a_part() {
        let days = |from: &str, to: &str| Days::between(Some(at(from)), Some(at(to)));
        let two = days("2026-03-01T23:59:59.999Z", "2026-03-02T00:00:00.001Z");
        assert!(two.contain(day("2026-03-01")) && two.contain(day("2026-03-02")));
        assert!(!two.contain(day("2026-02-28")) && !two.contain(day("2026-03-03")));
        let one = days("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z");
        assert!(one.contain(day("2026-03-01")) && !one.contain(day("2026-03-02")));
        let none = days("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
        assert!(!none.contain(day("2026-03-01")) && !none.contain(day("2026-02-28")));
        assert!(Days::default().contain(Date::MIN) && Days::default().contain(Date::MAX));
    }

    #[test]
    fn a_hull_is_as_open_as_either() {
        let days = |first: &str, last: &str| Days {
            first: Some(day(first)),
            last: Some(day(last)),
        };
        let (march, may) = (days("2026-03-01", "2026-03-31"), days("2026-05-01", "2026-05-31"));
        assert_eq!(may.hull(march), days("2026-03-01", "2026-05-31"));
        let until_may = Days { first: None, ..may };
        assert_eq!(march.hull(until_may), until_may);
    }

    #[test]
    fn results_add_up() {
        let sent = |at: Timestamp| Results::of_delivery(DeliveryState::Sent, at);
        let (early, late) = (at("2026-03-01T10:00:00Z"), at("2026-03-02T10:00:00Z"));
        let both = sent(late)
            .and(sent(early))
            .and(Results::of_engagement(EngagementKind::Click));
        assert_eq!((both.sent, both.clicks), (2, 1));
        assert_eq!((both.first_sent_at, both.last_sent_at), (Some(early), Some(late)));
    }
}
