//! Who follows the log is woken up when there is more of it, wherever it was committed.
//!
//! What this process commits is announced at once. Of what others commit, servers over the same PostgreSQL tell each
//! other by signals; and the log is looked at every second, for what was not or could not be told: an operator's tool,
//! a server that died between its commit and its signal, a connection that was lost.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::backend::Signals;

/// How often the log is looked at for what others have written.
const LOOK: Duration = Duration::from_secs(1);

/// How long such a look may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Says that there is more in the log.
#[derive(Debug, Clone)]
pub(super) struct Herald {
    commits: watch::Sender<u64>,
    /// Many commits that come while a signal is under way share the next one.
    untold: Arc<Notify>,
}

impl Herald {
    pub(super) fn new() -> Self {
        Self {
            commits: watch::Sender::new(0),
            untold: Arc::new(Notify::new()),
        }
    }

    /// Wakes up after every commit; ends when the store is closed.
    pub(super) fn follow(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// To be called after a commit of this process that told events.
    pub(super) fn committed(&self) {
        self.announce();
        self.untold.notify_one();
    }

    /// Looks, and on PostgreSQL listens and tells, until what comes back is dropped.
    pub(super) fn watch(&self, url: &str, db: &DatabaseConnection) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        if db.get_database_backend() == DbBackend::Postgres {
            let signals = Signals::new(url);
            let herald = self.clone();
            tasks.spawn(signals.clone().listen(move || herald.announce()));
            tasks.spawn(self.clone().tell(signals, db.clone()));
        }
        tasks.spawn(self.clone().look(db.clone()));
        tasks
    }

    fn announce(&self) {
        self.commits.send_modify(|commits| *commits += 1);
    }

    async fn tell(self, signals: Signals, db: DatabaseConnection) {
        loop {
            self.untold.notified().await;
            match timeout(PATIENCE, signals.send(&db)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "other servers were not told of a commit"),
                Err(_) => tracing::warn!("other servers were not told of a commit in time"),
            }
        }
    }

    async fn look(self, db: DatabaseConnection) {
        let mut known = None;
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            if let Ok(Ok(ends)) = timeout(PATIENCE, log_ends(&db)).await
                && known.replace(ends) != Some(ends)
            {
                self.announce();
            }
        }
    }
}

/// The lengths of all logs together, which no commit leaves as it was that told events.
async fn log_ends(db: &DatabaseConnection) -> Result<i64, DbErr> {
    let sql = "SELECT CAST(COALESCE(SUM(event_sequence), 0) AS BIGINT) AS ends FROM workspaces";
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?;
    row.map_or(Ok(0), |row| row.try_get("", "ends"))
}
