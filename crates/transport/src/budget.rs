//! How much memory may be held at once: for what is being received, and for what is being answered.
//!
//! Each body, each message and each answer has a limit of its own, but anybody can begin thousands of them and end none.
//! So there are so many bytes for all of them, and who finds too few left is sent away, to come again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The part of a budget that is kept for who holds little, where one is.
const KEPT: usize = 8;

/// The bytes that may be held at once. Clones share one budget.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    /// Bytes that nobody holds.
    left: Arc<AtomicUsize>,
    /// Bytes of these that are kept for who holds little.
    kept: usize,
    /// How much is little.
    little: usize,
}

/// That the budget has too little left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Too much is going on at once. Try again.")]
pub(crate) struct NoRoom;

/// A share of the budget, which goes back when this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Budget,
    /// How many bytes need not be taken from the budget.
    allowance: usize,
    bytes: usize,
}

impl Budget {
    /// A budget of `bytes`.
    pub(crate) fn new(bytes: usize) -> Self {
        Self::keeping_a_part(bytes, 0)
    }

    /// A budget of `bytes`, of which a part is kept for who holds no more than `little`, so that some hundred who hold
    /// much for long do not keep the others out.
    pub(crate) fn keeping_a_part(bytes: usize, little: usize) -> Self {
        Self {
            left: Arc::new(AtomicUsize::new(bytes)),
            kept: if little > 0 { bytes / KEPT } else { 0 },
            little,
        }
    }

    /// A share that takes nothing from the budget until it is larger than `allowance`, so that what is small is not held
    /// up by what is large. How many shares with an allowance there are must have a limit of its own.
    pub(crate) fn hold(&self, allowance: usize) -> Held {
        Held {
            budget: self.clone(),
            allowance,
            bytes: 0,
        }
    }
}

impl Held {
    /// A share of the same budget with the same allowance, which holds nothing yet.
    pub(crate) fn another(&self) -> Self {
        self.budget.hold(self.allowance)
    }

    /// Holds so many bytes more.
    ///
    /// # Errors
    /// If the budget has no room for them; then this is as large as it was.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let held = self.bytes.checked_add(bytes).ok_or(NoRoom)?;
        let missing = held.saturating_sub(self.allowance) - self.taken();
        let kept = if held <= self.budget.little {
            0
        } else {
            self.budget.kept
        };
        if missing > 0 {
            let taken = |left: usize| left.checked_sub(missing).filter(|rest| *rest >= kept);
            // It is a number by itself, which nothing else is ordered by.
            let left = &self.budget.left;
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
                .map_err(|_| NoRoom)?;
        }
        self.bytes = held;
        Ok(())
    }

    /// Holds no more than so many bytes any longer.
    pub(crate) fn shrink_to(&mut self, bytes: usize) {
        let taken = self.taken();
        self.bytes = self.bytes.min(bytes);
        self.budget
            .left
            .fetch_add(taken - self.taken(), Ordering::Relaxed);
    }

    /// Holds no more than so many bytes any longer, since what was held is written, and what it was written from is gone:
    /// with that goes the half of the allowance that was for it.
    pub(crate) fn shrink_to_written(&mut self, bytes: usize) {
        let taken = self.taken();
        self.allowance /= 2;
        self.bytes = bytes.min(taken + self.allowance);
        self.budget
            .left
            .fetch_add(taken - self.taken(), Ordering::Relaxed);
    }

    /// What it has of the budget.
    fn taken(&self) -> usize {
        self.bytes.saturating_sub(self.allowance)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.shrink_to(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_not_there_for_others_until_it_is_dropped() {
        let budget = Budget::new(400);
        let (mut one, mut other) = (budget.hold(0), budget.hold(0));
        assert_eq!(one.grow(300), Ok(()));
        assert_eq!(other.grow(101), Err(NoRoom));
        assert_eq!(other.grow(100), Ok(()));
        assert_eq!(other.grow(1), Err(NoRoom));
        assert_eq!(other.grow(usize::MAX), Err(NoRoom));
        drop(one);
        assert_eq!(other.grow(300), Ok(()));
        assert_eq!(other.grow(1), Err(NoRoom));
        drop(other);
        assert_eq!(budget.left.load(Ordering::Relaxed), 400);
    }

    #[test]
    fn what_is_small_needs_no_room() {
        let budget = Budget::new(0);
        let mut held = budget.hold(10);
        assert_eq!(held.grow(4), Ok(()));
        assert_eq!(held.grow(7), Err(NoRoom));
        assert_eq!(held.grow(6), Ok(()));
        assert_eq!(held.grow(1), Err(NoRoom));
        assert_eq!(held.another().grow(10), Ok(()));
    }

    #[test]
    fn what_is_held_no_longer_is_there_for_others() {
        let budget = Budget::new(400);
        let (mut one, mut other) = (budget.hold(100), budget.hold(0));
        assert_eq!(one.grow(500), Ok(()));
        one.shrink_to(900);
        assert_eq!(other.grow(1), Err(NoRoom));
        one.shrink_to(300);
        assert_eq!(other.grow(200), Ok(()));
        assert_eq!(one.grow(1), Err(NoRoom));
        one.shrink_to(50);
        assert_eq!(other.grow(200), Ok(()));
        assert_eq!(one.grow(50), Ok(()));
        assert_eq!(one.grow(1), Err(NoRoom));
    }

    #[test]
    fn what_is_written_has_half_of_the_allowance() {
        let budget = Budget::new(400);
        let left = || budget.left.load(Ordering::Relaxed);
        // As it is made, twice as it is written; and a little, for which there was room without asking.
        for (made, written, taken) in [(600, 300, 200), (600, 290, 190), (200, 90, 0), (200, 110, 0)] {
            let mut held = budget.hold(200);
            held.grow(made).unwrap();
            assert_eq!(left(), 400 - (made - 200));
            held.shrink_to_written(written);
            assert_eq!(left(), 400 - taken, "{made} {written}");
            drop(held);
            assert_eq!(left(), 400);
        }
    }

    #[test]
    fn a_part_is_kept_for_who_holds_little() {
        let budget = Budget::keeping_a_part(8 * 200, 100);
        let mut large = budget.hold(0);
        large.grow(7 * 200).unwrap();
        assert_eq!(large.grow(1), Err(NoRoom));
        let (mut small, mut other) = (budget.hold(0), budget.hold(0));
        small.grow(100).unwrap();
        // Who has grown does not count as small any more.
        assert_eq!(small.grow(1), Err(NoRoom));
        other.grow(100).unwrap();
        assert_eq!(budget.hold(0).grow(1), Err(NoRoom));
        drop(small);
        budget.hold(0).grow(100).unwrap();
    }
}
