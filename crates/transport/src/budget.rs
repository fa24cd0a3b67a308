//! How much memory requests may hold, all together: what they ask for, and what they are answered with until it is sent.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many bytes are taken from the budget at a time.
const STEP: usize = 16 * 1024;

/// The bytes that may be held at once. Clones share one budget.
#[derive(Debug, Clone)]
pub(crate) struct Budget(Arc<Semaphore>);

/// That the budget does not have as many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoRoom;

/// A share of the budget, which goes back when this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Budget,
    allowance: usize,
    /// What may still be held without another look at the budget.
    left: usize,
    taken: Option<OwnedSemaphorePermit>,
}

impl Budget {
    /// A budget of `bytes`.
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// A share that takes nothing from the budget until it is larger than `allowance`, so that what is small is not held
    /// up by what is large. How many such shares there are must have a limit of its own.
    pub(crate) fn hold(&self, allowance: usize) -> Held {
        Held {
            budget: self.clone(),
            allowance,
            left: allowance,
            taken: None,
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
        if let Some(missing) = bytes.checked_sub(self.left).filter(|missing| *missing > 0) {
            let step = missing.max(STEP);
            let permits = u32::try_from(step).map_err(|_| NoRoom)?;
            let taken = Arc::clone(&self.budget.0)
                .try_acquire_many_owned(permits)
                .map_err(|_| NoRoom)?;
            match &mut self.taken {
                Some(before) => before.merge(taken),
                none => *none = Some(taken),
            }
            self.left += step;
        }
        self.left -= bytes;
        Ok(())
    }

    /// Holds no more than so many bytes any longer.
    pub(crate) fn shrink_to(&mut self, bytes: usize) {
        let needed = bytes.saturating_sub(self.allowance);
        if let Some(taken) = &mut self.taken
            && let Some(excess) = taken.num_permits().checked_sub(needed)
        {
            drop(taken.split(excess));
            self.left = self.allowance.saturating_sub(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_not_there_for_others_until_it_is_dropped() {
        let budget = Budget::new(4 * STEP);
        let (mut one, mut other) = (budget.hold(0), budget.hold(0));
        assert_eq!(one.grow(3 * STEP), Ok(()));
        assert_eq!(other.grow(2 * STEP), Err(NoRoom));
        assert_eq!(other.grow(STEP), Ok(()));
        assert_eq!(other.grow(1), Err(NoRoom));
        drop(one);
        assert_eq!(other.grow(3 * STEP), Ok(()));
        assert_eq!(other.grow(1), Err(NoRoom));
    }

    #[test]
    fn what_is_small_needs_no_room() {
        let budget = Budget::new(0);
        let mut held = budget.hold(10);
        assert_eq!(held.grow(4), Ok(()));
        assert_eq!(held.grow(7), Err(NoRoom));
        assert_eq!(held.grow(6), Ok(()));
        assert_eq!(held.grow(1), Err(NoRoom));
    }

    #[test]
    fn what_is_held_no_longer_is_there_for_others() {
        let budget = Budget::new(4 * STEP);
        let (mut one, mut other) = (budget.hold(STEP), budget.hold(0));
        assert_eq!(one.grow(5 * STEP), Ok(()));
        one.shrink_to(9 * STEP);
        assert_eq!(other.grow(1), Err(NoRoom));
        one.shrink_to(3 * STEP);
        assert_eq!(other.grow(2 * STEP), Ok(()));
        assert_eq!(other.grow(1), Err(NoRoom));
        assert_eq!(one.grow(1), Err(NoRoom));
        one.shrink_to(STEP / 2);
        assert_eq!(other.grow(2 * STEP), Ok(()));
        assert_eq!(one.grow(STEP / 2), Ok(()));
        assert_eq!(one.grow(1), Err(NoRoom));
    }

    #[test]
    fn a_step_is_used_up_before_the_next_is_taken() {
        let budget = Budget::new(STEP);
        let mut held = budget.hold(0);
        for _ in 0..STEP {
            assert_eq!(held.grow(1), Ok(()));
        }
        assert_eq!(held.grow(1), Err(NoRoom));
    }
}
