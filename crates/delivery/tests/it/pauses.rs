//! Pauses between attempts.

use std::time::Duration;

use understudy_delivery::{Failure, MOST_ATTEMPTS, pause};

fn temporary(after: Option<u64>) -> Failure {
    Failure::Temporary {
        reason: "not now".to_owned(),
        after: after.map(Duration::from_secs),
    }
}

#[test]
fn pauses_grow_and_are_never_the_same_for_all() {
    for (attempt, longest) in [(1, 1), (2, 2), (3, 4), (4, 8)] {
        let longest = Duration::from_secs(longest);
        let pauses: Vec<_> = (0..100)
            .map(|_| pause(attempt, &temporary(None)).unwrap())
            .collect();
        assert!(
            pauses.iter().all(|pause| (longest / 2..=longest).contains(pause)),
            "{pauses:?}"
        );
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
    }
    assert_eq!(pause(MOST_ATTEMPTS, &temporary(None)), None);
    assert_eq!(pause(MOST_ATTEMPTS + 1, &temporary(Some(1))), None);
}

#[test]
fn a_receiver_that_asks_for_time_gets_it_within_reason() {
    assert_eq!(pause(1, &temporary(Some(60))), Some(Duration::from_mins(1)));
    assert!(pause(4, &temporary(Some(1))).unwrap() >= Duration::from_secs(4));
    assert_eq!(
        pause(1, &temporary(Some(u64::MAX))),
        Some(Duration::from_mins(10))
    );
}

#[test]
fn what_never_works_or_may_have_worked_is_not_tried_again() {
    let reason = || "no".to_owned();
    assert_eq!(pause(1, &Failure::Permanent { reason: reason() }), None);
    assert_eq!(pause(1, &Failure::Uncertain { reason: reason() }), None);
}
