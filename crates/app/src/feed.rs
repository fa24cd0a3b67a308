//! The feed: the event log, from where a client left off, and then on as it grows.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::try_unfold;
use tokio::sync::watch;
use tokio::time::sleep;
use understudy_domain::WorkspaceId;
use understudy_persistence::StoreError;
use understudy_persistence::read::{EventFilter, RecordedEvent};

use crate::{App, Failure, ReadShare, View, figures};

/// How many events a subscription holds in memory at most.
const CHUNK: u64 = 100;

/// How long a feed waits before it asks a database again that was not available.
const PAUSE: Duration = Duration::from_secs(1);

/// Why a feed cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The client says it has seen an event that the log does not have.
    #[error("the log ends at {end}")]
    BeyondEnd {
        /// The sequence of the last event; 0 if there is none.
        end: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// One subscriber's way through the log. It carries no events but the chunk that was read last, so a subscriber that
/// reads slowly costs nothing and loses nothing.
struct Reader {
    app: App,
    workspace: WorkspaceId,
    filter: EventFilter,
    /// Everything up to here was told or filtered out.
    cursor: i64,
    chunk: VecDeque<RecordedEvent>,
    /// Whether it has been at the end of the log, so that what it tells is new and not told again.
    is_following: bool,
    /// Says "there is more", never what.
    commits: watch::Receiver<u64>,
}

impl App {
    /// All events after the one with the sequence `after`, then those to come; without `after`, those to come.
    ///
    /// # Errors
    /// An `after` beyond the end of the log, or a failure of the database. The stream waits while the database is not
    /// available, and ends after any other failure.
    pub async fn feed(
        &self,
        workspace: WorkspaceId,
        after: Option<i64>,
        filter: EventFilter,
    ) -> Result<impl Stream<Item = Result<RecordedEvent, Failure>> + Send + 'static, FeedError> {
        // Subscribed before the log is read: what is committed in between wakes the reader up.
        let commits = self.store.commits();
        let end = self
            .snapshot(workspace)
            .await?
            .log_end()
            .await
            .map_err(Failure::from)?;
        let cursor = after.unwrap_or(end);
        if cursor > end {
            return Err(FeedError::BeyondEnd { end });
        }
        let reader = Reader {
            app: self.clone(),
            workspace,
            filter,
            cursor,
            chunk: VecDeque::new(),
            // Without `after` it begins at the end.
            is_following: after.is_none_or(|after| after == end),
            commits,
        };
        Ok(try_unfold(reader, |mut reader| async move {
            Ok(reader.next().await?.map(|event| (event, reader)))
        }))
    }
}

impl App {
    /// Reads what a feed shows beside an event: again and again while the database is not available, as the feed itself
    /// does, so that a subscription outlives the absence of its database whatever it selects.
    ///
    /// # Errors
    /// If the store is closed, or any other failure of the database.
    pub async fn read_beside<T>(
        &self,
        workspace: WorkspaceId,
        share: &ReadShare,
        read: impl for<'v> Fn(&'v View) -> BoxFuture<'v, Result<T, StoreError>> + Send,
    ) -> Result<T, Failure> {
        let commits = self.store.commits();
        loop {
            let done = match self.view(workspace, share).await {
                Ok(view) => read(&view).await.map_err(Failure::from),
                Err(failure) => Err(failure),
            };
            match done {
                Err(Failure::Store(error)) if error.is_unavailable() => wait_for(&commits, error).await?,
                done_or_failed => return done_or_failed,
            }
        }
    }
}

/// Waits a little for a database that was not available, if there is still a store to ask.
///
/// # Errors
/// Why it was not available, if the store is closed.
async fn wait_for(commits: &watch::Receiver<u64>, error: StoreError) -> Result<(), StoreError> {
    tracing::debug!(%error, "a feed waits for the database");
    if commits.has_changed().is_err() {
        return Err(error);
    }
    sleep(PAUSE).await;
    Ok(())
}

impl Reader {
    /// The next event; `None` once the store is closed.
    async fn next(&mut self) -> Result<Option<RecordedEvent>, Failure> {
        loop {
            if let Some(event) = self.chunk.pop_front() {
                if self.is_following {
                    figures::record_feed_lag(event.event.at, self.app.clock);
                }
                return Ok(Some(event));
            }
            self.commits.mark_unchanged();
            let is_at_end = match self.read().await {
                // The log is still there when the database is back, so a subscription outlives its absence.
                Err(error) if error.is_unavailable() => {
                    if wait_for(&self.commits, error).await.is_err() {
                        return Ok(None);
                    }
                    continue;
                }
                read => read?,
            };
            if is_at_end && self.chunk.is_empty() {
                self.is_following = true;
                if self.commits.changed().await.is_err() {
                    return Ok(None);
                }
            }
        }
    }

    /// Reads the next chunk; says whether the log was read to its end.
    async fn read(&mut self) -> Result<bool, StoreError> {
        let snapshot = self.app.store.snapshot(self.workspace).await?;
        let end = snapshot.log_end().await?;
        if self.cursor >= end {
            return Ok(true);
        }
        let events = snapshot.events_after(self.cursor, &self.filter, CHUNK).await?;
        let is_full = events.len() as u64 == CHUNK;
        // The snapshot has all events up to its end: what a shorter chunk lacks, the filter left out.
        self.cursor = match events.last() {
            Some(last) if is_full => last.sequence,
            Some(_) | None => end,
        };
        self.chunk = events.into();
        Ok(!is_full)
    }
}
