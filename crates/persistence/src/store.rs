//! The store: many readers, and one queue of writes.

mod writer;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, TransactionTrait as _};
use tokio::sync::{mpsc, watch};
use understudy_domain::WorkspaceId;

use crate::connect::{Existence, StatementCount, connect};
use crate::{OpenError, Snapshot, StoreError, WriteTx, migrate};
use writer::{Message, Work, Writer};

/// How many reads run at once; further ones wait.
const READERS: u32 = 8;

/// How many writes wait in the queue; further ones wait to get in.
const QUEUE: usize = 1_024;

/// How long the database may take to say that it is there.
const READY_WITHIN: Duration = Duration::from_secs(1);

/// The database of an application. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    readers: DatabaseConnection,
    queue: mpsc::Sender<Message>,
    commits: watch::Receiver<u64>,
    statements: StatementCount,
}

/// What the closure of a write can fail with. What is not a store's error is an answer like any other: it takes back
/// this write alone.
pub trait WriteError: From<StoreError> + Send + 'static {
    /// The store's error, if it is one.
    fn store_error(&self) -> Option<&StoreError>;
}

impl WriteError for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl Store {
    /// Opens the database at `url`, making and migrating it where needed.
    ///
    /// # Errors
    /// If it cannot be opened or migrated, or is newer than this binary.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let statements = StatementCount::default();
        let write = connect(url, 1, Existence::Create, &statements).await?;
        migrate::apply(url, &write).await?;
        let readers = connect(url, READERS, Existence::Require, &statements).await?;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let (announce, commits) = watch::channel(0);
        tokio::spawn(Writer::new(write, waiting, announce).run());
        Ok(Self {
            inner: Arc::new(Inner {
                readers,
                queue,
                commits,
                statements,
            }),
        })
    }

    /// Runs `work` in a transaction of its own as far as it can see, and answers once that is committed.
    ///
    /// Writes run one after the other, in the order in which they came. Those that wait share a commit, a savepoint
    /// each: what one writes is lost with its own error and with no other's. `work` may run more than once, each time
    /// on a transaction in which it never ran before; it goes on to its end though the caller may be gone.
    ///
    /// # Errors
    /// What `work` fails with, after which nothing of it is written; or a store's error.
    pub async fn write<T, E, F>(&self, workspace: WorkspaceId, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
        F: for<'t> Fn(&'t mut WriteTx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        let (work, answer) = Work::new(workspace, work);
        let queued = self.inner.queue.send(Message::Write(Box::new(work))).await;
        queued.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// A view of a workspace in which all reads see the same state.
    ///
    /// # Errors
    /// If the database fails, or no connection is free in time.
    pub async fn snapshot(&self, workspace: WorkspaceId) -> Result<Snapshot, StoreError> {
        Ok(Snapshot::new(self.inner.readers.begin().await?, workspace))
    }

    /// Wakes up after every commit that told events. It says that there is more, never what; it ends when the store
    /// is closed.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.inner.commits.clone()
    }

    /// Whether the database answers within a second.
    pub async fn is_ready(&self) -> bool {
        let probe = self.inner.readers.execute_unprepared("SELECT 1");
        tokio::time::timeout(READY_WITHIN, probe)
            .await
            .is_ok_and(|answer| answer.is_ok())
    }

    /// How many SQL statements were run so far, for tests of cost.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    /// Lets the writes that wait finish, and closes the database. Later writes and reads fail.
    pub async fn close(&self) {
        let (done, closed) = tokio::sync::oneshot::channel();
        if self.inner.queue.send(Message::Close(done)).await.is_ok() {
            // An error means that the writer is gone, which is what is waited for.
            let _ = closed.await;
        }
        if let Err(error) = self.inner.readers.close_by_ref().await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
