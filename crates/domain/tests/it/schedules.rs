//! When a campaign sends.

use chrono::TimeDelta;
use understudy_domain::content::{ContentPatch, SchedulePatch};
use understudy_domain::text::Patched;
use understudy_domain::{ProblemKind, Schedule, ScheduleKind, Timestamp};

use crate::support::{Told, moment, try_patch};

const KINDS: [ScheduleKind; 3] = [
    ScheduleKind::OnLaunch,
    ScheduleKind::AtTime,
    ScheduleKind::ApiTriggered,
];

fn try_schedule(
    kind: ScheduleKind,
    start_at: Option<Timestamp>,
    end_at: Option<Timestamp>,
) -> Result<Schedule, Vec<Told>> {
    let schedule = SchedulePatch {
        kind,
        start_at,
        end_at,
    };
    let patch = ContentPatch {
        schedule: Patched::Set(schedule),
        ..ContentPatch::default()
    };
    try_patch(patch).map(|content| content.schedule)
}

fn told(field: &str, kind: ProblemKind) -> Told {
    (format!("schedule.{field}"), kind)
}

#[test]
fn a_start_is_needed_at_a_time_and_allowed_always() {
    for kind in KINDS {
        for end_at in [None, Some(moment(2))] {
            for start_at in [None, Some(moment(1))] {
                let expected = if kind == ScheduleKind::AtTime && start_at.is_none() {
                    Err(vec![told("startAt", ProblemKind::NoStart)])
                } else {
                    Ok(Schedule {
                        kind,
                        start_at,
                        end_at,
                    })
                };
                assert_eq!(try_schedule(kind, start_at, end_at), expected);
            }
        }
    }
}

#[test]
fn an_end_is_after_the_start() {
    let start = moment(5);
    for kind in KINDS {
        let end = |offset| try_schedule(kind, Some(start), Some(start + TimeDelta::milliseconds(offset)));
        assert!(end(1).is_ok());
        for offset in [0, -1] {
            assert_eq!(end(offset), Err(vec![told("endAt", ProblemKind::EndBeforeStart)]));
        }
    }
}

/// What the databases keep decides, or an end that was after its start would be stored as the same moment.
#[test]
fn moments_are_cut_to_milliseconds_before_they_are_compared() {
    let micros = |micros| Some(moment(5) + TimeDelta::microseconds(micros));
    let kept = try_schedule(ScheduleKind::AtTime, micros(1_999), micros(2_001));
    let (start_at, end_at) = (micros(1_000), micros(2_000));
    assert_eq!(
        kept,
        Ok(Schedule {
            kind: ScheduleKind::AtTime,
            start_at,
            end_at
        })
    );
    assert_eq!(
        try_schedule(ScheduleKind::AtTime, micros(1_000), micros(1_999)),
        Err(vec![told("endAt", ProblemKind::EndBeforeStart)])
    );
}

#[test]
fn moments_at_the_ends_of_time_bring_no_panic() {
    for start in [Timestamp::MIN_UTC, Timestamp::MAX_UTC] {
        for end in [Timestamp::MIN_UTC, Timestamp::MAX_UTC] {
            let outcome = try_schedule(ScheduleKind::AtTime, Some(start), Some(end));
            assert_eq!(outcome.is_ok(), start < end);
        }
    }
}
