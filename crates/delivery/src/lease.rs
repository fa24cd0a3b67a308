//! Who sends, and who has gone.
//!
//! A sender counts in the database for as long as it lives, and may hand messages to channels only for some time after it
//! has counted: its lease. Whoever sees it count no further for as long, by a clock of their own, knows that it hands over
//! nothing any more. So no two clocks are ever compared.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;
use understudy_domain::{Timestamp, WorkspaceId};
use understudy_persistence::{Store, StoreError};
use uuid::Uuid;

use crate::MOST_ATTEMPTS;

/// A sender's own lease.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) sender: Uuid,
    length: Duration,
    until: Mutex<Instant>,
}

impl Lease {
    /// One that lets nothing be handed over yet.
    pub(crate) fn new(length: Duration) -> Self {
        Self {
            sender: Uuid::now_v7(),
            length,
            until: Mutex::new(Instant::now()),
        }
    }

    /// Counts, from now on and for ever.
    pub(crate) async fn keep(&self, store: &Store) {
        let mut beat = 0;
        loop {
            beat += 1;
            if let Err(error) = self.count(store, beat).await {
                tracing::warn!(%error, "the sender could not tell that it lives");
            }
            tokio::time::sleep(self.length / 6).await;
        }
    }

    /// Counts once. The lease is from before that, since whoever sees it may see it at once.
    pub(crate) async fn count(&self, store: &Store, beat: i64) -> Result<(), StoreError> {
        let (begun, sender, length) = (Instant::now(), self.sender, self.length);
        let counted = store.write(WorkspaceId::DEFAULT, None, move |tx| {
            Box::pin(async move { tx.beat(sender, beat, length).await })
        });
        counted.await?;
        *self.lock() = begun + length;
        Ok(())
    }

    /// Whether something may be handed over that takes so long at most.
    pub(crate) fn allows(&self, duration: Duration) -> bool {
        Instant::now() + duration < *self.lock()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.until
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What somebody has seen of senders.
#[derive(Debug, Default)]
pub struct Watch {
    seen: HashMap<Uuid, (i64, Instant)>,
}

impl Watch {
    /// Looks at all senders, and ends what those had in hand that have gone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn look(&mut self, store: &Store, now: fn() -> Timestamp) -> Result<(), StoreError> {
        let senders = store.senders().await?;
        self.seen.retain(|id, _| senders.contains_key(id));
        for (id, (beat, lease)) in senders {
            let seen = self.seen.entry(id).or_insert_with(|| (beat, Instant::now()));
            if seen.0 != beat {
                *seen = (beat, Instant::now());
            } else if seen.1.elapsed() > lease {
                bury(store, id, now).await?;
            }
        }
        Ok(())
    }
}

/// Ends what a sender has in hand that hands over nothing any more, and forgets it.
pub(crate) async fn bury(store: &Store, gone: Uuid, now: fn() -> Timestamp) -> Result<(), StoreError> {
    let mut workspaces = store.workspaces_of(gone).await?;
    // Who had nothing in hand is forgotten, too.
    workspaces.push(WorkspaceId::DEFAULT);
    for workspace in workspaces {
        let buried = store.write(workspace, None, move |tx| {
            Box::pin(async move { tx.bury(gone, MOST_ATTEMPTS, now()).await })
        });
        buried.await?;
    }
    Ok(())
}
