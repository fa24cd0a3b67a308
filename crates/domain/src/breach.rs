//! What no command leads to, by the campaign alone.

use crate::rules::{self, Command};
use crate::{Reason, Standing, Status};

/// A promise that a campaign breaks by the way in which it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    /// The live message is in-app, and there is no place in the in-app order.
    NoPlace,
    /// There is a place in the in-app order, and the live message is not in-app.
    NeedlessPlace,
    /// It is ACTIVE, and could not be resumed if it were stopped.
    ///
    /// Nothing leads to that: launching, launching a draft and resuming ask for what resuming asks for, an update cannot
    /// take it away, and archiving a segment archives what is sent to it. An ACTIVE campaign may well have lost its
    /// message or all of its segments by an update, which resuming does not ask for either.
    Sending(Reason),
}

impl Standing {
    /// What no command can have led to.
    #[must_use]
    pub fn breaches(&self, has_place: bool) -> Vec<Breach> {
        let place = match (self.in_app, has_place) {
            (true, false) => Some(Breach::NoPlace),
            (false, true) => Some(Breach::NeedlessPlace),
            (true, true) | (false, false) => None,
        };
        let if_stopped = Self {
            status: Status::Stopped,
            ..*self
        };
        let sending = match self.status {
            Status::Active => rules::decide(Command::Resume, &if_stopped).err(),
            Status::Unlaunched | Status::Stopped | Status::Archived => None,
        };
        place.into_iter().chain(sending.map(Breach::Sending)).collect()
    }
}
