//! The store: many readers, and one queue of writes.

mod access;
mod deliveries;
mod herald;
mod job;
mod waiting;
mod writer;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sea_orm::{DatabaseConnection, DbBackend};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::Instrument as _;
use understudy_domain::WorkspaceId;

use crate::backend::{self, Connections, Existence, Role, connect, without_secrets};
use crate::transaction::Transaction;
use crate::{OpenError, Snapshot, StoreError, WriteTx, migrate};
pub use access::SecretHash;
use herald::Herald;
use job::{GivenUp, Queued, Work};
use waiting::Waiting;
use writer::{Message, Writer};

/// How many writes wait in the queue; further ones wait to get in.
const QUEUE: usize = 1_024;

/// How long a write waits for its turn.
const TURN_WITHIN: Duration = Duration::from_secs(15);

/// How long a read asks for a connection in all.
const CONNECTED_WITHIN: Duration = Duration::from_secs(11);

/// How often a read asks for another connection, where those that it got were lost while nobody used them. One more
/// than there can be.
const CONNECTIONS_TRIED: usize = 9;

/// How long the database may take to say that it is there.
const READY_WITHIN: Duration = Duration::from_secs(1);

/// The database of an application. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    readers: DatabaseConnection,
    /// The one that the store was opened on.
    runtime: Handle,
    queue: mpsc::Sender<Message>,
    /// How many writes have been taken out of the queue, and are not being carried out yet.
    taken: Arc<AtomicUsize>,
    commits: watch::Receiver<u64>,
    statements: Arc<AtomicU64>,
    is_new: bool,
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
    /// Whether there may be other processes that serve from this database.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.inner.readers.get_database_backend() == DbBackend::Postgres
    }

    /// Opens the database at `url`, making and migrating it where needed.
    ///
    /// # Errors
    /// If it cannot be opened or migrated, or is newer than this binary.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_as(url, Existence::Create).await
    }

    /// As [`open`](Self::open), but makes no database.
    ///
    /// # Errors
    /// As `open`; and if there is none.
    pub async fn open_existing(url: &str) -> Result<Self, OpenError> {
        if backend::is_missing(url) {
            return Err(OpenError::Missing {
                url: without_secrets(url),
            });
        }
        Self::open_as(url, Existence::Require).await
    }

    async fn open_as(url: &str, existence: Existence) -> Result<Self, OpenError> {
        let mut write = connect(url, Role::Write, existence).await?;
        let applied = migrate::apply(url, &write, existence).await?;
        let mut readers = connect(url, Role::Read, Existence::Require).await?;
        let watching = connect(url, Role::Watch, Existence::Require).await?;
        let statements = Arc::new(AtomicU64::new(0));
        for db in [&mut write, &mut readers] {
            let statements = Arc::clone(&statements);
            db.set_metric_callback(move |run| {
                statements.fetch_add(1, Ordering::Relaxed);
                // Without the values, which are nobody's but the users'.
                tracing::trace!(target: "understudy::sql", "{}", run.statement.sql);
            });
        }
        let herald = Herald::new();
        let commits = herald.follow();
        let watch = herald.watch(url, &watching);
        let (queue, queued) = mpsc::channel(QUEUE);
        let taken = Arc::new(AtomicUsize::new(0));
        let waiting = Waiting::counted(Arc::clone(&taken));
        tokio::spawn(Writer::new([write, watching], queued, herald, watch).run(waiting));
        Ok(Self {
            inner: Arc::new(Inner {
                readers,
                runtime: Handle::current(),
                queue,
                taken,
                commits,
                statements,
                is_new: migrate::is_made_by(&applied),
            }),
        })
    }

    /// Whether the database was made when it was opened here.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.inner.is_new
    }

    /// Runs `work` in a transaction of its own as far as it can see, and answers once that is committed. The log calls
    /// whoever did it `actor`.
    ///
    /// Writes run one after the other, those of a workspace in the order in which they came; of several, workspaces take
    /// turns. Those that wait share a commit, a savepoint each: what one writes is lost with its own error and with no other's, unless that is one of
    /// [a database that is away](StoreError::is_unavailable), which it is for all of them. `work` may run more than once,
    /// each time on a transaction in which it never ran before. A caller that goes before its turn has come gives it up; from
    /// then on it goes on to its end.
    ///
    /// # Errors
    /// What `work` fails with, after which nothing of it is written; or a store's error.
    pub async fn write<T, E, F>(
        &self,
        workspace: WorkspaceId,
        actor: Option<Arc<str>>,
        work: F,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
        F: for<'t> Fn(&'t mut WriteTx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        self.write_in_turn(Work::new(workspace, actor, work))
            .instrument(tracing::debug_span!("store write"))
            .await
    }

    async fn write_in_turn<T, E, F>(&self, (work, mut answer): Queued<F, T, E>) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
        F: for<'t> Fn(&'t mut WriteTx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        let turn = work.turn();
        let _given_up = GivenUp(turn.clone());
        let at_latest = Instant::now() + TURN_WITHIN;
        let queued = timeout_at(at_latest, self.inner.queue.send(Message::Write(Box::new(work)))).await;
        queued.map_err(|_| too_long())?.map_err(|_| StoreError::Closed)?;
        let answered = match timeout_at(at_latest, &mut answer).await {
            Ok(answered) => answered,
            Err(_) if turn.give_up() => return Err(too_long().into()),
            // It has begun, and what it waits for answers in a set time.
            Err(_) => answer.await,
        };
        answered.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// A view of a workspace in which all reads see the same state.
    ///
    /// # Errors
    /// If the database fails, or no connection is free in time.
    pub async fn snapshot(&self, workspace: WorkspaceId) -> Result<Snapshot, StoreError> {
        let span = tracing::debug_span!("store read");
        let db = self.begin_read().instrument(span.clone()).await?;
        Ok(Snapshot::new(db, workspace, span))
    }

    /// Begins a read. A connection that is opened for it belongs to the runtime that it is opened on: names are looked up
    /// on the threads of that, and whatever comes over it is read from there. So all are opened on the store's, whatever
    /// else keeps those busy that ask.
    async fn begin_read(&self) -> Result<Transaction, StoreError> {
        if self.inner.readers.get_database_backend() == DbBackend::Sqlite {
            return self.begin_read_here().await;
        }
        let store = self.clone();
        // It ends with whoever waits for it.
        let mut task = JoinSet::new();
        let read = async move { store.begin_read_here().await };
        task.spawn_on(read.in_current_span(), &self.inner.runtime);
        match task.join_next().await {
            Some(Ok(begun)) => begun,
            Some(Err(_)) | None => Err(StoreError::Closed),
        }
    }

    async fn begin_read_here(&self) -> Result<Transaction, StoreError> {
        timeout(CONNECTED_WITHIN, self.begin_read_repeatedly())
            .await
            .unwrap_or_else(|_| {
                Err(StoreError::Busy(
                    "connections break as soon as they are made".to_owned(),
                ))
            })
    }

    async fn begin_read_repeatedly(&self) -> Result<Transaction, StoreError> {
        for _ in 1..CONNECTIONS_TRIED {
            match Transaction::begin(&self.inner.readers).await {
                Err(StoreError::Lost(_)) => {}
                begun_or_failed => return begun_or_failed,
            }
        }
        Transaction::begin(&self.inner.readers).await
    }

    /// Wakes up after every commit that told events. It says that there is more, never what; it ends when the store
    /// is closed.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.inner.commits.clone()
    }

    /// Whether the database answers within a second.
    pub async fn is_ready(&self) -> bool {
        let probe = async { backend::probe(&self.begin_read().await?).await };
        timeout(READY_WITHIN, probe)
            .await
            .is_ok_and(|answer| answer.is_ok())
    }

    /// How many SQL statements were run so far.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    /// How the connections for reading are used.
    #[must_use]
    pub fn readers(&self) -> Connections {
        backend::connections(&self.inner.readers, Role::Read)
    }

    /// How many writes are in the queue, those that are being carried out not among them.
    #[must_use]
    pub fn writes_waiting(&self) -> usize {
        let queued = self.inner.queue.max_capacity() - self.inner.queue.capacity();
        queued + self.inner.taken.load(Ordering::Relaxed)
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

/// The error of a write whose turn does not come.
fn too_long() -> StoreError {
    StoreError::Busy(format!(
        "its turn did not come within {} s",
        TURN_WITHIN.as_secs()
    ))
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
