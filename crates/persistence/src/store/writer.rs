//! The one task that writes.
//!
//! It takes all writes that wait, runs them in one transaction with a savepoint each, commits once, and only then
//! answers and announces. A sync of the disk is what a commit costs, so writers that wait share it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sea_orm::sqlx::query_scalar;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{MissedTickBehavior, interval};
use understudy_domain::WorkspaceId;

use super::WriteError;
use crate::{StoreError, WriteTx};

/// How many writes share a commit at most.
const BATCH: usize = 64;

/// How often the log is looked at for what another process has written: a second server over the same file, or an
/// operator's tool. What this process commits is announced at once.
const LOOK: Duration = Duration::from_secs(1);

/// How often a write is run again that lost against another transaction.
const ATTEMPTS: u32 = 5;

pub(super) enum Message {
    Write(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

/// A write of any type.
pub(super) trait Job: Send {
    fn workspace(&self) -> WorkspaceId;

    /// Runs it and keeps what it answers.
    fn run<'t>(&'t mut self, tx: &'t mut WriteTx) -> BoxFuture<'t, Ran>;

    /// Tells the caller what it answered, or that it was not committed.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// What becomes of the changes of a write that has run.
pub(super) enum Ran {
    Keep,
    TakeBack,
    Broken(StoreError),
}

pub(super) struct Work<F, T, E> {
    workspace: WorkspaceId,
    run: F,
    outcome: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Work<F, T, E> {
    pub(super) fn new(workspace: WorkspaceId, run: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (answer, receiver) = oneshot::channel();
        (
            Self {
                workspace,
                run,
                outcome: None,
                answer,
            },
            receiver,
        )
    }
}

impl<F, T, E> Job for Work<F, T, E>
where
    T: Send + 'static,
    E: WriteError,
    F: for<'t> Fn(&'t mut WriteTx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
{
    fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    fn run<'t>(&'t mut self, tx: &'t mut WriteTx) -> BoxFuture<'t, Ran> {
        Box::pin(async move {
            // A panic takes back this write like an error would, and leaves the others alone.
            let outcome = AssertUnwindSafe((self.run)(tx)).catch_unwind().await;
            let outcome = outcome.unwrap_or_else(|_| Err(StoreError::Panicked.into()));
            let ran = match &outcome {
                Ok(_) => Ran::Keep,
                Err(error) => match error.store_error() {
                    None => Ran::TakeBack,
                    Some(StoreError::Conflict) => Ran::Broken(StoreError::Conflict),
                    Some(error) => Ran::Broken(StoreError::NotCommitted(error.to_string())),
                },
            };
            self.outcome = Some(outcome);
            ran
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let outcome = match (self.outcome, committed) {
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (_, Err(error)) => Err(error.into()),
            (None, Ok(())) => Err(StoreError::Closed.into()),
        };
        // The caller may be gone; what is committed is committed.
        let _ = self.answer.send(outcome);
    }
}

pub(super) struct Writer {
    db: DatabaseConnection,
    waiting: mpsc::Receiver<Message>,
    commits: watch::Sender<u64>,
}

impl Writer {
    pub(super) fn new(
        db: DatabaseConnection,
        waiting: mpsc::Receiver<Message>,
        commits: watch::Sender<u64>,
    ) -> Self {
        Self { db, waiting, commits }
    }

    /// Writes until the store is closed or dropped.
    pub(super) async fn run(mut self) {
        let mut closing = None;
        let mut known = self.log_ends().await;
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let message = tokio::select! {
                message = self.waiting.recv() => message,
                _ = look.tick() => {
                    let found = self.log_ends().await;
                    if found != known {
                        self.announce();
                        known = found;
                    }
                    continue;
                }
            };
            let Some(message) = message else { break };
            let mut batch = vec![];
            let mut next = Some(message);
            while let Some(message) = next {
                match message {
                    Message::Write(job) => batch.push(job),
                    Message::Close(done) => {
                        // What is in the queue is still written; nothing new gets in.
                        self.waiting.close();
                        closing = Some(done);
                    }
                }
                next = if batch.len() < BATCH {
                    self.waiting.try_recv().ok()
                } else {
                    None
                };
            }
            self.write(batch).await;
        }
        if let Err(error) = self.db.close().await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
        if let Some(done) = closing {
            let _ = done.send(());
        }
    }

    /// Says that there is more in the log.
    fn announce(&self) {
        self.commits.send_modify(|commits| *commits += 1);
    }

    /// The lengths of all logs together, which no commit leaves as it was that told events; `None` if the database
    /// does not say. The statement passes the count by: it is nobody's cost.
    async fn log_ends(&self) -> Option<i64> {
        let sum = query_scalar("SELECT SUM(event_sequence) FROM workspaces");
        sum.fetch_one(self.db.get_sqlite_connection_pool()).await.ok()
    }

    /// Writes a batch. If any of it breaks, none of it is kept, and each write gets a transaction of its own.
    async fn write(&self, mut batch: Vec<Box<dyn Job>>) {
        if batch.is_empty() {
            return;
        }
        match self.attempt(&mut batch).await {
            Ok(()) => batch.into_iter().for_each(|job| job.answer(Ok(()))),
            Err(error) if batch.len() == 1 => self.write_alone(batch, error).await,
            Err(_) => {
                for job in batch {
                    let mut alone = vec![job];
                    match self.attempt(&mut alone).await {
                        Ok(()) => alone.into_iter().for_each(|job| job.answer(Ok(()))),
                        Err(error) => self.write_alone(alone, error).await,
                    }
                }
            }
        }
    }

    /// Runs one write again while it loses against others, then answers it.
    async fn write_alone(&self, mut job: Vec<Box<dyn Job>>, mut error: StoreError) {
        for _ in 1..ATTEMPTS {
            if !matches!(error, StoreError::Conflict) {
                break;
            }
            match self.attempt(&mut job).await {
                Ok(()) => return job.into_iter().for_each(|job| job.answer(Ok(()))),
                Err(again) => error = again,
            }
        }
        tracing::error!(%error, "a write failed");
        let detail = error.to_string();
        for job in job {
            job.answer(Err(StoreError::NotCommitted(detail.clone())));
        }
    }

    /// Runs all these writes in one transaction and commits it, or nothing of it.
    async fn attempt(&self, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.db.begin_with_options(options).await?;
        match run_all(&transaction, batch).await {
            Ok(told_events) => {
                transaction.commit().await?;
                if told_events {
                    self.announce();
                }
                Ok(())
            }
            Err(error) => {
                if let Err(error) = transaction.rollback().await {
                    tracing::warn!(%error, "a transaction was not rolled back cleanly");
                }
                Err(error)
            }
        }
    }
}

/// Runs writes, a savepoint each; says whether any of them told events.
async fn run_all(transaction: &DatabaseTransaction, batch: &mut [Box<dyn Job>]) -> Result<bool, StoreError> {
    let mut told_events = false;
    for job in batch {
        let mut tx = WriteTx::new(transaction.begin().await?, job.workspace());
        match job.run(&mut tx).await {
            Ran::Keep => told_events |= tx.keep().await?,
            Ran::TakeBack => tx.take_back().await?,
            Ran::Broken(error) => {
                tx.take_back().await?;
                return Err(error);
            }
        }
    }
    Ok(told_events)
}
