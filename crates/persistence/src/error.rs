//! How the database can fail.

use sea_orm::DbErr;

use crate::backend::{Fault, fault, one_line};

/// What the store could not do. The text is for the log: it may name tables and values.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The connection to the database broke. What was not committed is gone.
    #[error("the connection to the database was lost: {0}")]
    Lost(String),
    /// There was no connection, no lock, no answer or no turn in time, or the database takes no writes at the moment.
    /// Nothing was written.
    #[error("the database is not available: {0}")]
    Busy(String),
    /// The connection broke while the database was committing: it may have, or not.
    #[error("the connection was lost during a commit: {0}")]
    Uncertain(String),
    /// Another transaction was faster; nothing was written.
    #[error("another transaction changed what this one had read")]
    Conflict,
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(DbErr),
    /// A stored row says what no command could have written.
    #[error("a stored {what} is corrupt: {detail}")]
    Corrupt {
        /// What it should have been.
        what: &'static str,
        /// What it is.
        detail: String,
    },
    /// A command panicked; nothing was written.
    #[error("a command panicked")]
    Panicked,
    /// The transaction that this write shared could not be committed; nothing was written.
    #[error("the transaction was not committed: {0}")]
    NotCommitted(String),
    /// The store is closed, or closing.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// An error of a commit. Without an answer, nobody knows whether it took place, so it is not tried again.
    pub(crate) fn of_commit(error: DbErr) -> Self {
        match Self::from(error) {
            Self::Lost(reason) | Self::Busy(reason) => Self::Uncertain(reason),
            known => known,
        }
    }

    /// Whether the database, and not what was asked of it, is why it failed: asked again later, it may well answer.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Lost(_) | Self::Busy(_) | Self::Uncertain(_) | Self::Conflict | Self::Closed => true,
            Self::Database(_) | Self::Corrupt { .. } | Self::Panicked | Self::NotCommitted(_) => false,
        }
    }

    /// What a write's error says of the transaction in which it ran.
    pub(crate) fn of_transaction(&self) -> Self {
        match self {
            Self::Lost(reason) => Self::Lost(reason.clone()),
            Self::Busy(reason) => Self::Busy(reason.clone()),
            Self::Uncertain(reason) => Self::Uncertain(reason.clone()),
            Self::Conflict => Self::Conflict,
            Self::Closed => Self::Closed,
            Self::NotCommitted(reason) => Self::NotCommitted(reason.clone()),
            Self::Database(_) | Self::Corrupt { .. } | Self::Panicked => Self::NotCommitted(self.to_string()),
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match fault(&error) {
            Fault::Lost => Self::Lost(one_line(&error)),
            Fault::Busy => Self::Busy(one_line(&error)),
            Fault::Conflict => Self::Conflict,
            Fault::Broken => Self::Database(error),
        }
    }
}

/// Why a database cannot be used. The text is one line for the person who starts the server.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is of a database that this version cannot use.
    #[error("cannot use the database {url:?}: {reason}")]
    Unsupported {
        /// The URL.
        url: String,
        /// Why not.
        reason: String,
    },
    /// The database cannot be opened.
    #[error("cannot open the database {url:?}: {reason}")]
    Unopenable {
        /// The URL.
        url: String,
        /// What the database says, in one line.
        reason: String,
    },
    /// There is none, and none was to be made.
    #[error("there is no database of Understudy at {url:?}: name the right one by --database")]
    Missing {
        /// The URL.
        url: String,
    },
    /// The database has migrations that this binary does not know.
    #[error(
        "the database {url:?} is newer than this binary: it has the migration {migration:?}, which is unknown here"
    )]
    Newer {
        /// The URL.
        url: String,
        /// The first unknown migration.
        migration: String,
    },
    /// The database lacks migrations, and was not to be migrated.
    #[error(
        "the database {url:?} lacks the migration {migration:?}: start the server over it, or `understudy migrate up`"
    )]
    Pending {
        /// The URL.
        url: String,
        /// The first that it lacks.
        migration: String,
    },
    /// A migration failed.
    #[error("cannot migrate the database {url:?}: {reason}")]
    Unmigratable {
        /// The URL.
        url: String,
        /// What the database says, in one line.
        reason: String,
    },
}
