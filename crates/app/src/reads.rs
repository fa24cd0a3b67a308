//! Reads.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use understudy_domain::WorkspaceId;
use understudy_persistence::Snapshot;

use crate::{App, Failure};

/// How many views one operation has at once; it waits for further ones by itself, not in the queue of everyone's.
const VIEWS: usize = 2;

/// One operation's share of the store's readers. A selection may ask for thousands of lists in lists, and all of them
/// are wanted at once: without a share they would keep every other reader waiting until its patience ends.
#[derive(Debug, Clone)]
pub struct ReadShare(Arc<Semaphore>);

impl Default for ReadShare {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(VIEWS)))
    }
}

/// A snapshot, and the part of its operation's share that it takes for as long as it lives.
#[derive(Debug)]
pub struct View {
    snapshot: Snapshot,
    _part: Option<OwnedSemaphorePermit>,
}

impl Deref for View {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl App {
    /// A view of a workspace in which all reads see the same state.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn snapshot(&self, workspace: WorkspaceId) -> Result<Snapshot, Failure> {
        Ok(self.store.snapshot(workspace).await?)
    }

    /// As [`snapshot`](Self::snapshot), within an operation's share of the readers.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn view(&self, workspace: WorkspaceId, share: &ReadShare) -> Result<View, Failure> {
        // A share is never closed; if it were, its operation would read without one.
        let part = Arc::clone(&share.0).acquire_owned().await.ok();
        Ok(View {
            snapshot: self.snapshot(workspace).await?,
            _part: part,
        })
    }
}
