//! The one task that writes.
//!
//! It takes the writes that wait, runs them in one transaction with a savepoint each, commits once, and only then
//! answers and announces. A sync of the disk is what a commit costs, so writers that wait share it; but nobody waits for
//! long for what others do in the same transaction.

use std::collections::BTreeSet;
use std::iter;
use std::time::Duration;

use sea_orm::DatabaseConnection;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::herald::Herald;
use super::job::{Job, Ran};
use super::waiting::Waiting;
use crate::backend::begin_write;
use crate::transaction::Transaction;
use crate::{StoreError, WriteTx};

/// How many writes share a commit at most.
const BATCH: usize = 64;

/// After how much time no further write is begun in a transaction. Far longer than most of them take.
const SHARED: Duration = Duration::from_millis(50);

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
    queue: mpsc::Receiver<Message>,
    /// Who waits until all is written and closed.
    closing: Option<oneshot::Sender<()>>,
    herald: Herald,
    /// What wakes up the followers of the log while there is a writer, and its connection.
    watch: JoinSet<()>,
    watching: DatabaseConnection,
}

impl Writer {
    pub(super) fn new(
        [db, watching]: [DatabaseConnection; 2],
        queue: mpsc::Receiver<Message>,
        herald: Herald,
        watch: JoinSet<()>,
    ) -> Self {
        Self {
            db,
            queue,
            closing: None,
            herald,
            watch,
            watching,
        }
    }

    /// Writes what is `waiting` and whatever comes, until the store is closed or dropped.
    pub(super) async fn run(mut self, mut waiting: Waiting) {
        loop {
            if waiting.is_empty() {
                match self.queue.recv().await {
                    Some(message) => self.take(message, &mut waiting),
                    None => break,
                }
            }
            while let Ok(message) = self.queue.try_recv() {
                self.take(message, &mut waiting);
            }
            let wanted = iter::from_fn(|| waiting.pop()).filter(|job| job.is_wanted());
            let batch: Vec<_> = wanted.take(BATCH).collect();
            if batch.is_empty() {
                continue;
            }
            for job in self.write(batch).await.into_iter().rev() {
                waiting.put_back(job);
            }
        }
        self.watch.shutdown().await;
        // SQLite tidies up when the last of all connections is closed.
        for db in [self.watching, self.db] {
            if let Err(error) = db.close().await {
                tracing::warn!(%error, "the database did not close cleanly");
            }
        }
        if let Some(done) = self.closing {
            let _ = done.send(());
        }
    }

    fn take(&mut self, message: Message, waiting: &mut Waiting) {
        match message {
            Message::Write(job) => waiting.push(job),
            Message::Close(done) => {
                // What is in the queue is still written; nothing new gets in.
                self.queue.close();
                self.closing = Some(done);
            }
        }
    }

    /// Writes a batch, but for the rest that it gives back, for which there was no time. If any of it breaks, none of it is
    /// kept, and each write gets a transaction of its own.
    async fn write(&self, mut batch: Vec<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
        match self.attempt_repeatedly(&mut batch).await {
            Ok(run) => {
                let rest = batch.split_off(run);
                for job in batch {
                    job.answer(Ok(()));
                }
                return rest;
            }
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
        vec![]
    }

    async fn write_alone(&self, job: Box<dyn Job>) {
        let mut alone = vec![job];
        match self.attempt_repeatedly(&mut alone).await {
            Ok(_) => alone.into_iter().for_each(|job| job.answer(Ok(()))),
            Err(error) => fail(alone, &error),
        }
    }

    /// Runs these writes again while they lose against others, or the connection on which nothing was committed yet. How
    /// many of them there was time for.
    async fn attempt_repeatedly(&self, batch: &mut [Box<dyn Job>]) -> Result<usize, StoreError> {
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

    /// Runs the first of these writes in one transaction and commits it, or nothing of it. How many there was time for.
    async fn attempt(&self, batch: &mut [Box<dyn Job>]) -> Result<usize, StoreError> {
        let workspaces: BTreeSet<_> = batch.iter().map(|job| job.workspace().uuid()).collect();
        let transaction = begin_write(&self.db, &workspaces).await?;
        match run(&transaction, batch).await {
            Ok((run, told_events)) => {
                transaction.commit().await.map_err(StoreError::of_commit)?;
                if told_events {
                    self.herald.committed();
                }
                Ok(run)
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

/// Runs writes, a savepoint each, until the time is up that they may share. How many of them that were, and whether any
/// told events.
async fn run(transaction: &Transaction, batch: &mut [Box<dyn Job>]) -> Result<(usize, bool), StoreError> {
    let begun = Instant::now();
    let (mut run, mut told_events) = (0, false);
    for job in batch {
        if run > 0 && begun.elapsed() >= SHARED {
            break;
        }
        run += 1;
        if !job.take_turn() {
            continue;
        }
        let mut tx = WriteTx::new(transaction.savepoint().await?, job.workspace(), job.actor());
        match job.run(&mut tx).await {
            Ran::Keep => told_events |= tx.keep().await?,
            Ran::TakeBack => tx.take_back().await?,
            Ran::Broken(error) => return Err(error),
        }
    }
    Ok((run, told_events))
}
