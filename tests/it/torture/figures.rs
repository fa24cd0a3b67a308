//! What it came to, in figures.

use std::fmt;
use std::time::Duration;

use super::client::Tally;
use super::storm::Havoc;
use super::subscriber::Trip;

/// The figures of a run.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) seed: u64,
    /// How long the storm was.
    pub(super) time: Duration,
    /// How many events the log has.
    pub(super) events: i64,
    pub(super) havoc: Havoc,
    pub(super) clients: Vec<Tally>,
    pub(super) subscribers: Vec<Trip>,
}

impl Figures {
    /// The longest that any client has waited for an answer, or for an error.
    pub(super) fn longest_wait(&self) -> Duration {
        let waits = self.clients.iter().map(|tally| tally.longest_wait);
        waits.max().unwrap_or_default()
    }

    /// What all clients have counted together.
    pub(super) fn sum(&self, count: impl Fn(&Tally) -> u64) -> u64 {
        self.clients.iter().map(count).sum()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let havoc = self.havoc;
        let resumptions: u64 = self.subscribers.iter().map(|trip| trip.resumptions).sum();
        let told: u64 = self.subscribers.iter().map(|trip| trip.events).sum();
        let rows: [(&str, String); 17] = [
            ("seed", self.seed.to_string()),
            ("seconds", self.time.as_secs().to_string()),
            ("commands sent", self.sum(|tally| tally.sent).to_string()),
            ("changed something", self.sum(|tally| tally.changed).to_string()),
            ("changed nothing", self.sum(|tally| tally.unchanged).to_string()),
            ("refused", self.sum(|tally| tally.refused).to_string()),
            ("unavailable", self.sum(|tally| tally.unavailable).to_string()),
            ("lost", self.sum(|tally| tally.lost).to_string()),
            ("events", self.events.to_string()),
            ("events told", told.to_string()),
            ("subscribers that went on elsewhere", resumptions.to_string()),
            ("servers killed", havoc.kills.to_string()),
            ("servers stopped in order", havoc.terminations.to_string()),
            ("servers that stood still", havoc.standstills.to_string()),
            ("the database restarted", havoc.restarts.to_string()),
            ("the database crashed", havoc.crashes.to_string()),
            ("connections cut", havoc.cuts.to_string()),
        ];
        writeln!(f)?;
        for (name, value) in rows {
            writeln!(f, "{name:<36}{value:>12}")?;
        }
        let wait = format!("{:.1} s", self.longest_wait().as_secs_f64());
        write!(f, "{:<36}{wait:>12}", "longest wait")
    }
}

/// Tells whoever asks for the output of tests, and everybody if it fails.
#[expect(
    clippy::print_stdout,
    reason = "the seed is needed to try again, and the figures are wanted"
)]
pub(super) fn say(what: impl fmt::Display) {
    println!("torture: {what}");
}
