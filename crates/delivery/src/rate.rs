//! How many messages a second.

use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// So many messages a second, and not more of them at once than of one second.
#[derive(Debug)]
pub(crate) struct Rate {
    /// `None`: as many as there are.
    per_second: Option<NonZeroU32>,
    /// Up to when all that may go has gone.
    used_up: Mutex<Instant>,
}

impl Rate {
    pub(crate) fn new(per_second: Option<NonZeroU32>) -> Self {
        Self {
            per_second,
            used_up: Mutex::new(Instant::now()),
        }
    }

    /// How many may go at once, of so many.
    pub(crate) fn at_once(&self, wanted: u32) -> u32 {
        self.per_second.map_or(wanted, |rate| wanted.min(rate.get()))
    }

    /// Waits until so many may go, which are no more than [may at once](Self::at_once).
    pub(crate) async fn take(&self, number: u32) {
        let Some(rate) = self.per_second else {
            return;
        };
        let from = {
            let mut used_up = self
                .used_up
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let from = (*used_up).max(Instant::now());
            *used_up = from + Duration::from_secs(1) / rate.get() * number;
            from
        };
        sleep_until(from).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn so_many_a_second_and_no_more() {
        let rate = Rate::new(NonZeroU32::new(10));
        let begun = Instant::now();
        assert_eq!((rate.at_once(16), rate.at_once(3)), (10, 3));
        for _ in 0..10 {
            rate.take(5).await;
        }
        // Fifty at ten a second, of which the first five went at once.
        assert_eq!(begun.elapsed().as_millis(), 4_500);
        tokio::time::sleep(Duration::from_mins(1)).await;
        let begun = Instant::now();
        rate.take(10).await;
        rate.take(10).await;
        assert_eq!(begun.elapsed().as_millis(), 1_000, "nothing is saved up");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_rate_nobody_waits() {
        let (rate, begun) = (Rate::new(None), Instant::now());
        rate.take(rate.at_once(16)).await;
        rate.take(1_000_000).await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
