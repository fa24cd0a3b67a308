//! The two databases, where they differ: how they are reached, how a write gets the workspace for itself, what their
//! errors mean, and their full-text indexes. All other SQL of this crate is the same for both.

mod postgres;
pub(crate) mod search;
mod sqlite;

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, Statement, sqlx};
use uuid::Uuid;

use crate::transaction::Transaction;
use crate::{OpenError, StoreError};

pub(crate) use postgres::Signals;

/// What connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Snapshots; as many at once as there are connections.
    Read,
    /// The one writer.
    Write,
    /// Looking at the log for what others have written, beside everything else.
    Watch,
    /// Reading all there is, once.
    Source,
}

impl Role {
    /// How many reads run at once; further ones wait.
    const READERS: u32 = 8;

    /// How many connections there are at most.
    const fn connections(self) -> u32 {
        match self {
            Self::Read => Self::READERS,
            Self::Write | Self::Watch | Self::Source => 1,
        }
    }
}

/// How a database is opened. A server's databases are never made here: only a file is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Existence {
    /// It is made if it is not there.
    Create,
    /// It must be there.
    Require,
    /// It must be there, and no statement may write.
    ReadOnly,
}

/// What an error means for those who wait for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection is gone, and with it what was not committed.
    Lost,
    /// There was no connection, no lock or no answer in time, or the database takes no writes at the moment.
    Busy,
    /// Another transaction was faster; nothing was written.
    Conflict,
    /// Something that will not pass by itself.
    Broken,
}

/// How long a statement of a copy or a check may take: to count the largest table, or to commit. Longer than a server
/// allows, or it could not say by itself that it gives up.
const COPY_PATIENCE: Duration = Duration::from_mins(16);

/// Opens connections to the database at `url`.
pub(crate) async fn connect(
    url: &str,
    role: Role,
    existence: Existence,
) -> Result<DatabaseConnection, OpenError> {
    match scheme(url).as_deref() {
        Some("sqlite") => sqlite::connect(url, role, existence).await,
        Some("postgres" | "postgresql") => postgres::connect(url, role, existence).await,
        _ => Err(OpenError::Unsupported {
            url: without_secrets(url),
            reason: "its URL must begin with sqlite://, as in sqlite://understudy.db, or with postgres://"
                .to_owned(),
        }),
    }
}

/// Whether there is no database at `url`, as far as can be told without opening it: no file.
pub(crate) fn is_missing(url: &str) -> bool {
    scheme(url).as_deref() == Some("sqlite") && sqlite::is_missing(url)
}

fn scheme(url: &str) -> Option<String> {
    url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase())
}

/// Begins a transaction that writes. No other one reads or writes these workspaces in order to decide until it ends.
pub(crate) async fn begin_write(
    db: &DatabaseConnection,
    workspaces: &BTreeSet<Uuid>,
) -> Result<Transaction, StoreError> {
    match db.get_database_backend() {
        DbBackend::Postgres => postgres::begin_write(db, workspaces).await,
        _ => sqlite::begin_write(db).await,
    }
}

/// Begins the transaction of migrations. A process that wants to migrate too waits for its end.
pub(crate) async fn begin_migration(db: &DatabaseConnection) -> Result<Transaction, StoreError> {
    match db.get_database_backend() {
        DbBackend::Postgres => postgres::begin_migration(db).await,
        _ => sqlite::begin_write(db).await,
    }
}

/// Begins a transaction that may last long, on a connection that sees one state in all of it.
pub(crate) async fn begin_long(db: &DatabaseConnection) -> Result<Transaction, StoreError> {
    match db.get_database_backend() {
        DbBackend::Postgres => postgres::begin_long(db).await,
        _ => Ok(Transaction::begin(db).await?.with_patience(COPY_PATIENCE)),
    }
}

/// Begins the transaction of a copy's target. Nobody else writes there until it ends.
pub(crate) async fn begin_target(db: &DatabaseConnection) -> Result<Transaction, StoreError> {
    let tx = match db.get_database_backend() {
        DbBackend::Postgres => postgres::begin_target(db).await,
        _ => sqlite::begin_write(db).await,
    };
    Ok(tx?.with_patience(COPY_PATIENCE))
}

/// Finds out whether the database answers.
pub(crate) async fn probe(tx: &Transaction) -> Result<(), StoreError> {
    let sql = match tx.get_database_backend() {
        DbBackend::Postgres => "SELECT 1",
        _ => sqlite::PROBE,
    };
    tx.execute_unprepared(sql).await?;
    Ok(())
}

/// What no two databases of a kind share, whatever the URLs by which they are reached.
pub(crate) async fn identity<C: ConnectionTrait>(db: &C) -> Result<Option<String>, StoreError> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => postgres::IDENTITY,
        _ => sqlite::IDENTITY,
    };
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// How connections are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// How many are open.
    pub open: u32,
    /// How many of them nobody uses.
    pub idle: u32,
    /// How many there are at most.
    pub most: u32,
}

/// How the connections of a pool are used.
pub(crate) fn connections(db: &DatabaseConnection, role: Role) -> Connections {
    let (open, idle) = if db.get_database_backend() == DbBackend::Postgres {
        let pool = db.get_postgres_connection_pool();
        (pool.size(), pool.num_idle())
    } else {
        let pool = db.get_sqlite_connection_pool();
        (pool.size(), pool.num_idle())
    };
    Connections {
        open,
        // The two are not counted at the same moment.
        idle: u32::try_from(idle).unwrap_or(open).min(open),
        most: role.connections(),
    }
}

/// What an error of the database means.
pub(crate) fn fault(error: &DbErr) -> Fault {
    match error {
        // Whatever keeps a connection from being made, it is not what was asked for.
        DbErr::Conn(RuntimeErr::SqlxError(error)) => match driver_fault(error) {
            Fault::Broken => Fault::Busy,
            known => known,
        },
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            driver_fault(error)
        }
        // `Conn(Internal)` is what a statement without an answer becomes; see `Transaction`.
        DbErr::ConnectionAcquire(_) | DbErr::Conn(RuntimeErr::Internal(_)) => Fault::Busy,
        _ => Fault::Broken,
    }
}

fn driver_fault(error: &sqlx::Error) -> Fault {
    match error {
        // `Protocol`: who hangs up in the middle of a sentence, e.g. a proxy before a database that is gone.
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => Fault::Lost,
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => Fault::Busy,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            if error
                .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
                .is_some()
            {
                postgres::fault(&code)
            } else {
                sqlite::fault(&code)
            }
        }
        _ => Fault::Broken,
    }
}

/// A URL as it may be shown. That of a server carries a password before the host or among the parameters.
#[must_use]
pub fn without_secrets(url: &str) -> String {
    if url.starts_with("sqlite:") {
        return url.to_owned();
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    // Where it is not clear what is the host, nothing is shown but the scheme.
    let is_clear = !scheme.is_empty() && rest.find('?').is_none_or(|query| !rest[query..].contains('@'));
    if !is_clear {
        return match url.split_once(':') {
            Some((scheme, _)) => format!("{scheme}:…"),
            None if url.contains(['@', '?']) => "…".to_owned(),
            None => url.to_owned(),
        };
    }
    let (hidden, place) = rest
        .rsplit_once('@')
        .map_or(("", rest), |(_, place)| ("…@", place));
    let place = place.split('?').next().unwrap_or_default();
    format!("{scheme}://{hidden}{place}")
}

fn unopenable(url: &str, error: &DbErr) -> OpenError {
    OpenError::Unopenable {
        url: without_secrets(url),
        reason: one_line(error),
    }
}

/// An error in one line, for the person who starts the server.
pub(crate) fn one_line(error: &impl ToString) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_connection_that_breaks_in_the_middle_of_a_sentence_is_lost() {
        let broken = || RuntimeErr::SqlxError(Arc::new(sqlx::Error::Protocol("no greeting".to_owned())));
        for error in [
            DbErr::Conn(broken()),
            DbErr::Query(broken()),
            DbErr::Exec(broken()),
        ] {
            assert_eq!(fault(&error), Fault::Lost, "{error}");
        }
    }

    #[test]
    fn a_connection_that_cannot_be_made_says_nothing_of_what_was_asked_for() {
        let refused =
            || RuntimeErr::SqlxError(Arc::new(sqlx::Error::InvalidArgument("no such role".to_owned())));
        assert_eq!(fault(&DbErr::Conn(refused())), Fault::Busy);
        assert_eq!(fault(&DbErr::Query(refused())), Fault::Broken);
    }

    #[test]
    fn the_databases_own_words_are_understood() {
        for (code, meaning) in [
            ("40001", Fault::Conflict),
            ("40P01", Fault::Conflict),
            ("57P01", Fault::Lost),
            ("57P05", Fault::Lost),
            ("25P04", Fault::Lost),
            ("08006", Fault::Lost),
            ("57014", Fault::Busy),
            ("55P03", Fault::Busy),
            ("25006", Fault::Busy),
            ("25P02", Fault::Busy),
            ("55000", Fault::Lost),
            ("55006", Fault::Busy),
            ("58030", Fault::Busy),
            ("57000", Fault::Busy),
            ("53300", Fault::Busy),
            ("23505", Fault::Broken),
            ("42P01", Fault::Broken),
        ] {
            assert_eq!(postgres::fault(code), meaning, "{code}");
        }
        for (code, meaning) in [
            ("5", Fault::Busy),
            ("517", Fault::Busy),
            ("15", Fault::Busy),
            ("13", Fault::Broken),
        ] {
            assert_eq!(sqlite::fault(code), meaning, "{code}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        for (url, shown) in [
            ("sqlite://a@b.db", "sqlite://a@b.db"),
            (
                "postgres://clerk:s3cret@host:1/db?x=s3cret",
                "postgres://…@host:1/db",
            ),
            ("postgres://host:1/db?password=s3c@ret", "postgres:…"),
            ("postgres:clerk:s3cret@host/db", "postgres:…"),
            ("clerk?password=s3cret", "…"),
            ("s3cret@host", "…"),
            // The name of a file, by somebody who has forgotten how they are named here.
            ("understudy.db", "understudy.db"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }
}
