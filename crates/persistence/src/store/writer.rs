//! The one task that writes.
//!
//! It takes all writes that wait, runs them in one transaction with a savepoint each, commits once, and only then
//! answers and announces. A sync of the disk is what a commit costs, so writers that wait share it.

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::DatabaseConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::herald::Herald;
use super::job::{Job, Ran};
use crate::backend::begin_write;
use crate::transaction::Transaction;
use crate::{StoreError, WriteTx};

/// How many writes share a commit at most.
const BATCH: usize = 64;

/// How often a transaction is tried that loses against others, or its connection before the commit.
const ATTEMPTS: u32 = 6;

/// How long after the first attempt another one may begin.
const TRY_WITHIN: Duration = Duration::from_secs(10);

/// How long to wait before the second attempt, at most; twice that before the third, and so on.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) enum Message {
    Write(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

pub(super) struct Writer {
    db: DatabaseConnection,
    waiting: mpsc::Receiver<Message>,
    herald: Herald,
    /// What wakes up the followers of the log while there is a writer, and its connection.
    watch: JoinSet<()>,
    watching: DatabaseConnection,
}

impl Writer {
    pub(super) fn new(
        [db, watching]: [DatabaseConnection; 2],
        waiting: mpsc::Receiver<Message>,
        herald: Herald,
        watch: JoinSet<()>,
    ) -> Self {
        Self {
            db,
            waiting,
            herald,
            watch,
            watching,
        }
    }

    /// Writes until the store is closed or dropped.
    pub(super) async fn run(mut self) {
        let mut closing = None;
        while let Some(message) = self.waiting.recv().await {
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
        self.watch.shutdown().await;
        // SQLite tidies up when the last of all connections is closed.
        for db in [self.watching, self.db] {
            if let Err(error) = db.close().await {
                tracing::warn!(%error, "the database did not close cleanly");
            }
        }
        if let Some(done) = closing {
            let _ = done.send(());
        }
    }

    /// Writes a batch, but for what its callers have given up. If any of it breaks, none of it is kept, and each write
    /// gets a transaction of its own.
    async fn write(&self, mut batch: Vec<Box<dyn Job>>) {
        batch.retain(|job| job.take_turn());
        if batch.is_empty() {
            return;
        }
        match self.attempt_repeatedly(&mut batch).await {
            Ok(()) => batch.into_iter().for_each(|job| job.answer(Ok(()))),
            // Where the database is away, it is away for all of them.
            Err(error @ (StoreError::Lost(_) | StoreError::Busy(_) | StoreError::Uncertain(_))) => {
                fail(batch, &error);
            }
            Err(error) if batch.len() == 1 => fail(batch, &error),
            // What is wrong with one of them is no other's fault.
            Err(_) => {
                for job in batch {
                    self.write_alone(job).await;
                }
            }
        }
    }

    async fn write_alone(&self, job: Box<dyn Job>) {
        let mut alone = vec![job];
        match self.attempt_repeatedly(&mut alone).await {
            Ok(()) => alone.into_iter().for_each(|job| job.answer(Ok(()))),
            Err(error) => fail(alone, &error),
        }
    }

    /// Runs these writes again while they lose against others, or the connection on which nothing was committed yet.
    async fn attempt_repeatedly(&self, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        let begun = Instant::now();
        for attempt in 1..ATTEMPTS {
            match self.attempt(batch).await {
                Err(StoreError::Conflict | StoreError::Lost(_)) if begun.elapsed() < TRY_WITHIN => {
                    sleep(pause(attempt)).await;
                }
                done_or_failed => return done_or_failed,
            }
        }
        self.attempt(batch).await
    }

    /// Runs all these writes in one transaction and commits it, or nothing of it.
    async fn attempt(&self, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        let workspaces: BTreeSet<_> = batch.iter().map(|job| job.workspace().uuid()).collect();
        let transaction = begin_write(&self.db, &workspaces).await?;
        match run_all(&transaction, batch).await {
            Ok(told_events) => {
                transaction.commit().await.map_err(StoreError::of_commit)?;
                if told_events {
                    self.herald.committed();
                }
                Ok(())
            }
            // The connection takes the transaction back before it is lent again, and nobody waits for that.
            Err(error) => Err(error),
        }
    }
}

/// How long to wait after an attempt: any time up to a limit that doubles, so that those who met do not meet again.
fn pause(attempt: u32) -> Duration {
    PAUSE.mul_f64(fastrand::f64()) * 2_u32.pow(attempt - 1)
}

fn fail(batch: Vec<Box<dyn Job>>, error: &StoreError) {
    tracing::error!(%error, writes = batch.len(), "writing failed");
    for job in batch {
        job.answer(Err(error.of_transaction()));
    }
}

/// Runs writes, a savepoint each; says whether any of them told events.
async fn run_all(transaction: &Transaction, batch: &mut [Box<dyn Job>]) -> Result<bool, StoreError> {
    let mut told_events = false;
    for job in batch {
        let mut tx = WriteTx::new(transaction.savepoint().await?, job.workspace(), job.actor());
        match job.run(&mut tx).await {
            Ran::Keep => told_events |= tx.keep().await?,
            Ran::TakeBack => tx.take_back().await?,
            Ran::Broken(error) => return Err(error),
        }
    }
    Ok(told_events)
}
