//! Which of those that want the in-app slot gets it.

use crate::{Schedule, ScheduleKind, Timestamp};

/// What became of somebody's wish for the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InAppVerdict {
    /// It gets the slot.
    Won,
    /// It would have got it, but another one stands before it in the in-app order.
    Outranked,
    /// None of its segments that are in use holds the recipient.
    NotInSegment,
    /// The recipient has got it already; nobody gets a campaign twice.
    AlreadyShown,
    /// It is not its time.
    OutsideSchedule,
    /// Its message cannot be filled in for the recipient.
    NotRendered,
}

/// What speaks for and against an active in-app campaign, of what can be told without its message.
#[derive(Debug, Clone, Copy)]
pub struct InAppWish {
    /// Its schedule.
    pub schedule: Schedule,
    /// Whether a segment that is in use holds the recipient.
    pub is_in_segment: bool,
    /// Whether the recipient has got it already.
    pub was_shown: bool,
}

impl InAppWish {
    /// Why it does not get the slot, whoever else wants it; `None` if nothing speaks against it.
    #[must_use]
    pub fn obstacle(self, now: Timestamp) -> Option<InAppVerdict> {
        if !self.schedule.shows_at(now) {
            Some(InAppVerdict::OutsideSchedule)
        } else if !self.is_in_segment {
            Some(InAppVerdict::NotInSegment)
        } else if self.was_shown {
            Some(InAppVerdict::AlreadyShown)
        } else {
            None
        }
    }
}

impl Schedule {
    /// Whether a message inside the app may be shown now. It is shown by what happens in the app, so never on a call
    /// from outside.
    #[must_use]
    pub fn shows_at(self, now: Timestamp) -> bool {
        match self.kind {
            ScheduleKind::OnLaunch | ScheduleKind::AtTime => self.sends_at(now),
            ScheduleKind::ApiTriggered => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(second, 0).unwrap()
    }

    #[test]
    fn a_schedule_shows_from_its_start_and_no_longer_at_its_end() {
        let schedule = |kind, start: Option<i64>, end: Option<i64>| Schedule {
            kind,
            start_at: start.map(at),
            end_at: end.map(at),
        };
        let shown = |schedule: Schedule| {
            (0..5)
                .filter(|second| schedule.shows_at(at(*second)))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shown(schedule(ScheduleKind::OnLaunch, None, None)),
            [0, 1, 2, 3, 4]
        );
        assert_eq!(shown(schedule(ScheduleKind::OnLaunch, None, Some(2))), [0, 1]);
        assert_eq!(shown(schedule(ScheduleKind::AtTime, Some(3), None)), [3, 4]);
        assert_eq!(shown(schedule(ScheduleKind::AtTime, Some(1), Some(3))), [1, 2]);
        assert_eq!(shown(schedule(ScheduleKind::ApiTriggered, None, None)), [0; 0]);
    }
}
