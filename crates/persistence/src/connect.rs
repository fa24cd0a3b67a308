//! Connections to the embedded database.
//!
//! SQLite in WAL mode: one writer, any number of readers that it never blocks. `synchronous=FULL` syncs the log at
//! every commit, so what was acknowledged survives the loss of the process and of the machine's power.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::sqlx::Connection as _;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::OpenError;

/// How long a write waits for a writer of another process, e.g. a backup, and a read for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Counts the statements of the connections that share it.
pub(crate) type StatementCount = Arc<AtomicU64>;

/// How a database is opened.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Existence {
    /// It is made if it is not there.
    Create,
    /// It must be there.
    Require,
    /// It must be there, and no statement may write.
    ReadOnly,
}

/// Opens at most `connections` connections to the database at `url`.
///
/// One that comes back to the pool as if it were still in a transaction is closed, not lent again. `SQLite` ends a
/// transaction by itself where it finds the disk full or broken, which the driver does not notice: it counts on, takes
/// each later transaction for a part of the one that is gone, and "commits" it without anything being kept.
pub(crate) async fn connect(
    url: &str,
    connections: u32,
    existence: Existence,
    count: &StatementCount,
) -> Result<DatabaseConnection, OpenError> {
    check(url)?;
    let mut options = ConnectOptions::new(url);
    let create = matches!(existence, Existence::Create);
    let read_only = matches!(existence, Existence::ReadOnly);
    options
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .create_if_missing(create)
                .foreign_keys(true)
                .busy_timeout(PATIENCE);
            if read_only {
                // The mode of the journal stands in the file: to set it would be to write. To open the file itself for
                // reading alone would leave its log behind, and let SQLite's own check pass by the CHECKs of the tables.
                return sqlite.pragma("query_only", "ON");
            }
            sqlite.pragma("journal_mode", "WAL").pragma("synchronous", "FULL")
        })
        .map_sqlx_sqlite_pool_opts(|pool| {
            pool.before_acquire(|connection, _| {
                let is_idle = !connection.is_in_transaction();
                Box::pin(async move { Ok(is_idle) })
            })
        });
    let mut connection = Database::connect(options)
        .await
        .map_err(|error| OpenError::Unopenable {
            url: url.to_owned(),
            reason: one_line(&error),
        })?;
    let count = Arc::clone(count);
    connection.set_metric_callback(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    Ok(connection)
}

fn check(url: &str) -> Result<(), OpenError> {
    let unsupported = |reason| {
        Err(OpenError::Unsupported {
            url: without_secrets(url),
            reason,
        })
    };
    let Some(path) = url.strip_prefix("sqlite:") else {
        return unsupported("its URL must begin with sqlite://, as in sqlite://understudy.db");
    };
    let path = path
        .trim_start_matches("//")
        .split('?')
        .next()
        .unwrap_or_default();
    if path.is_empty() || path == ":memory:" || url.contains("mode=memory") {
        return unsupported("a database in memory would be lost with the process; name a file");
    }
    if Path::new(path).is_dir() {
        return unsupported("it is a directory; name a file");
    }
    Ok(())
}

/// A URL as it may be shown. That of a server, which somebody may have meant for another program, carries a password
/// before the host or among the parameters.
fn without_secrets(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://").filter(|(scheme, _)| *scheme != "sqlite") else {
        return url.to_owned();
    };
    let (hidden, place) = rest
        .rsplit_once('@')
        .map_or(("", rest), |(_, place)| ("…@", place));
    let place = place.split('?').next().unwrap_or_default();
    format!("{scheme}://{hidden}{place}")
}

/// An error of the database in one line, for the person who starts the server.
pub(crate) fn one_line(error: &sea_orm::DbErr) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
