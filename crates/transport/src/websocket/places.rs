//! Where the answers of a socket's queries and mutations wait until they are sent.
//!
//! What is small is executed whatever else holds memory, since there is a limit on how much is executed at once. But a
//! socket may have asked for a hundred answers of which its client reads none. So each has a place before it is made:
//! the one that every socket has, or one for which there must be room. Where there is none, it waits for the socket's
//! own, and the client gets its answers one after the other.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::budget::{Budget, Held};

/// How long an answer may be as it is written, in bytes, and hold nothing but its place.
const PLACE: usize = 128 * 1024;

/// The places of a socket.
#[derive(Debug)]
pub(super) struct Places {
    /// The one for which there is always room.
    own: Arc<Mutex<()>>,
    /// What the others take their room from.
    budget: Budget,
}

/// The place of one answer, until this is dropped.
#[derive(Debug)]
pub(super) enum Place {
    /// The socket's own.
    Own { _guard: OwnedMutexGuard<()> },
    /// One beside that.
    Another(Held),
}

impl Places {
    /// Those of a socket, where all but one take their room from `budget`.
    pub(super) fn new(budget: Budget) -> Self {
        Self {
            own: Arc::default(),
            budget,
        }
    }

    /// A place, if there is one now.
    pub(super) fn take(&self) -> Option<Place> {
        if let Ok(guard) = Arc::clone(&self.own).try_lock_owned() {
            return Some(Place::Own { _guard: guard });
        }
        let mut held = self.budget.hold(0);
        held.grow(PLACE).ok()?;
        Some(Place::Another(held))
    }

    /// The socket's own place, as soon as it is free.
    pub(super) fn wait(&self) -> impl Future<Output = Place> + Send + use<> {
        let own = Arc::clone(&self.own);
        async move {
            Place::Own {
                _guard: own.lock_owned().await,
            }
        }
    }
}

impl Place {
    /// Takes no more room than the answer does, which has as many bytes as it is written. What is longer than a place
    /// holds the rest by itself.
    pub(super) fn fit(&mut self, bytes: usize) {
        match self {
            Self::Own { .. } => {}
            Self::Another(held) => held.shrink_to(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_place_is_always_there_and_the_others_as_long_as_there_is_room() {
        let budget = Budget::new(2 * PLACE);
        let places = Places::new(budget.clone());
        let own = places.take().unwrap();
        assert!(matches!(own, Place::Own { .. }));
        let mut others = [places.take().unwrap(), places.take().unwrap()];
        assert!(places.take().is_none());
        // What an answer does not need is there for others.
        for other in &mut others {
            other.fit(PLACE / 2);
        }
        let third = places.take().unwrap();
        assert!(places.take().is_none());
        drop((others, third));
        assert!(budget.hold(0).grow(2 * PLACE).is_ok());

        let waiting = tokio::spawn(places.wait());
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(own);
        assert!(matches!(waiting.await.unwrap(), Place::Own { .. }));
    }

    #[test]
    fn no_socket_takes_the_place_of_another() {
        let budget = Budget::new(0);
        let (one, other) = (Places::new(budget.clone()), Places::new(budget));
        let _own = one.take().unwrap();
        assert!(one.take().is_none());
        assert!(other.take().is_some());
    }
}
