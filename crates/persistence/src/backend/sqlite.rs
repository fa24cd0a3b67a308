//! The embedded database.
//!
//! SQLite in WAL mode: one writer, any number of readers that it never blocks. `synchronous=FULL` syncs the log at
//! every commit, so what was acknowledged survives the loss of the process and of the machine's power.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::{self, Connection as _, sqlite::SqliteConnectOptions};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr, SqliteTransactionMode,
    TransactionOptions,
};
use tokio::time::{Instant, sleep};

use super::{Existence, Fault, Role, unopenable};
use crate::transaction::Transaction;
use crate::{OpenError, StoreError};

/// How long a write waits for a writer of another process, e.g. a backup, and a read for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait before a file is opened again that somebody else is at work on.
const PAUSE: Duration = Duration::from_millis(20);

/// Where the file is, without links.
pub(super) const IDENTITY: &str = "SELECT file FROM pragma_database_list WHERE name = 'main'";

/// What nobody can answer without a look at the file.
pub(super) const PROBE: &str = "SELECT 1 FROM sqlite_schema LIMIT 1";

/// Opens connections to the file at `url`.
///
/// One that comes back to the pool as if it were still in a transaction is closed, not lent again. `SQLite` ends a
/// transaction by itself where it finds the disk full or broken, which the driver does not notice: it counts on, takes
/// each later transaction for a part of the one that is gone, and "commits" it without anything being kept.
pub(super) async fn connect(
    url: &str,
    role: Role,
    existence: Existence,
) -> Result<DatabaseConnection, OpenError> {
    check(url)?;
    let mut options = ConnectOptions::new(url);
    let create = matches!(existence, Existence::Create);
    let read_only = matches!(existence, Existence::ReadOnly);
    options
        .max_connections(role.connections())
        .acquire_timeout(PATIENCE)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .create_if_missing(create)
                .foreign_keys(true)
                .busy_timeout(PATIENCE);
            if role == Role::Source {
                // It stays as it is to the last byte, its log included.
                return sqlite.read_only(true);
            }
            if read_only {
                // The mode of the journal stands in the file: to set it would be to write. To open the file itself for
                // reading alone would leave its log behind, and let SQLite's own check pass by the CHECKs of the tables.
                return sqlite.pragma("query_only", "ON");
            }
            // What is erased is overwritten: somebody may have asked for it.
            sqlite
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("secure_delete", "ON")
        })
        .map_sqlx_sqlite_pool_opts(|pool| {
            pool.before_acquire(|connection, _| {
                let is_idle = !connection.is_in_transaction();
                Box::pin(async move { Ok(is_idle) })
            })
        });
    let begun = Instant::now();
    loop {
        match Database::connect(options.clone()).await {
            // Of several who open a new file, one gives it its mode, and SQLite does not have the others wait for that.
            Err(error) if is_busy(&error) && begun.elapsed() < PATIENCE => sleep(PAUSE).await,
            connected => return connected.map_err(|error| unopenable(url, &error)),
        }
    }
}

/// Whether there is no file at `url`, though it names one.
pub(super) fn is_missing(url: &str) -> bool {
    let named = check(url).is_ok().then(|| url.parse::<SqliteConnectOptions>());
    let Some(Ok(named)) = named else {
        return false;
    };
    matches!(named.get_filename().try_exists(), Ok(false))
}

/// Whether somebody else is at work on the file.
fn is_busy(error: &DbErr) -> bool {
    let DbErr::Conn(RuntimeErr::SqlxError(error)) = error else {
        return false;
    };
    matches!(&**error, sqlx::Error::Database(error) if fault(&error.code().unwrap_or_default()) == Fault::Busy)
}

/// Begins a transaction that has the file's one right to write, from its first statement on: a transaction that asks
/// for it only when it has read already may find that it has to give up.
pub(super) async fn begin_write(db: &DatabaseConnection) -> Result<Transaction, StoreError> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    Transaction::begin_with(db, options).await
}

/// What the code of an error means. The extended codes carry the plain one in their last byte.
pub(super) fn fault(code: &str) -> Fault {
    const BUSY: u32 = 5;
    const LOCKED: u32 = 6;
    // A read that has tried to begin for ten seconds, which somebody else's lock keeps it from.
    const PROTOCOL: u32 = 15;
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(BUSY | LOCKED | PROTOCOL) => Fault::Busy,
        _ => Fault::Broken,
    }
}

fn check(url: &str) -> Result<(), OpenError> {
    let unsupported = |reason: &str| {
        Err(OpenError::Unsupported {
            url: url.to_owned(),
            reason: reason.to_owned(),
        })
    };
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
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

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
    use tempfile::TempDir;
    use tokio::time::timeout;

    use super::*;
    use crate::backend::probe;

    /// Where a file is to be, in a folder of its own.
    fn place() -> (TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("understudy.db").display());
        (folder, url)
    }

    #[tokio::test]
    async fn who_opens_a_new_file_waits_for_who_is_at_work_on_it() {
        let (_folder, url) = place();
        let other = Database::connect(format!("{url}?mode=rwc")).await.unwrap();
        other.execute_unprepared("CREATE TABLE a (b)").await.unwrap();
        // As long as somebody writes, nobody else gives the file another mode.
        let writing = other.begin().await.unwrap();
        writing
            .execute_unprepared("INSERT INTO a VALUES (0)")
            .await
            .unwrap();
        let opening = tokio::spawn(async move { connect(&url, Role::Write, Existence::Create).await });
        let mut opening = std::pin::pin!(opening);
        let early = timeout(Duration::from_millis(500), &mut opening).await;
        assert!(early.is_err(), "{early:?}");
        writing.commit().await.unwrap();
        let db = opening.await.unwrap().unwrap();
        db.execute_unprepared("INSERT INTO a VALUES (1)").await.unwrap();
    }

    #[tokio::test]
    async fn a_file_answers_only_where_it_is_read() {
        let (_folder, url) = place();
        let writer = connect(&url, Role::Write, Existence::Create).await.unwrap();
        writer.execute_unprepared("CREATE TABLE a (b)").await.unwrap();
        let reader = connect(&url, Role::Read, Existence::Create).await.unwrap();
        let tx = Transaction::begin(&reader).await.unwrap();
        probe(&tx).await.unwrap();
        // What has read the file once sees it as it was then.
        writer.execute_unprepared("DROP TABLE a").await.unwrap();
        tx.execute_unprepared("SELECT * FROM a").await.unwrap();
    }
}
