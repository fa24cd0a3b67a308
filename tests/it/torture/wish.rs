//! What may be wished for by whoever runs it.

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::BuildHasher as _;
use std::time::Duration;

use super::Dice;

/// How long the storm is to last, in seconds, and by which numbers everybody's dice are to fall.
const SECONDS_VARIABLE: &str = "UNDERSTUDY_TORTURE_SECONDS";
const SEED_VARIABLE: &str = "UNDERSTUDY_TORTURE_SEED";

/// How long it lasts among the other stories. It always goes on until everything has broken once.
const SECONDS: u64 = 5;

/// How long it is to be, and how it is to go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) time: Duration,
    /// With the same one, everybody does the same as far as the answers are the same, which depends on who is first.
    pub(super) seed: u64,
}

impl Wish {
    pub(super) fn of_environment() -> Self {
        let number = |name: &str| {
            let text = env::var(name).ok()?;
            let number = text.parse();
            Some(number.unwrap_or_else(|error| panic!("{name} is {text:?}: {error}")))
        };
        Self {
            time: Duration::from_secs(number(SECONDS_VARIABLE).unwrap_or(SECONDS)),
            // Small enough to be copied by hand.
            seed: number(SEED_VARIABLE).unwrap_or_else(|| RandomState::new().hash_one(()) >> 40),
        }
    }

    /// The dice of one of all who take part.
    pub(super) fn dice(&self, number: u64) -> Dice {
        Dice::new(self.seed.wrapping_mul(1_000).wrapping_add(number))
    }

    /// How long nothing breaks, at most.
    pub(super) fn pause(&self) -> Duration {
        (self.time / 20).min(Duration::from_secs(3))
    }

    /// How long a server stands still, at most. In a long run that is longer than a transaction may be idle (5 s).
    pub(super) fn standstill(&self) -> Duration {
        (self.time / 8).min(Duration::from_secs(8))
    }

    /// How long a server, or the database, stays away, at most. In a long run that is longer than anybody waits for a
    /// connection (5 s).
    pub(super) fn absence(&self) -> Duration {
        (self.time / 20).min(Duration::from_secs(8))
    }
}
