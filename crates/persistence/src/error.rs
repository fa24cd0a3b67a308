//! How the database can fail.

use sea_orm::DbErr;

/// What the store could not do. The text is for the log: it may name tables and values.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed, or could not be reached.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// Another transaction was faster; nothing was written.
    #[error("another transaction changed what this one had read")]
    Conflict,
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

/// Why a database cannot be used. The text is one line for the person who starts the server.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is of a database that this version cannot use.
    #[error("cannot use the database {url:?}: {reason}")]
    Unsupported {
        /// The URL.
        url: String,
        /// Why not.
        reason: &'static str,
    },
    /// The database cannot be opened.
    #[error("cannot open the database {url:?}: {reason}")]
    Unopenable {
        /// The URL.
        url: String,
        /// What the database says, in one line.
        reason: String,
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
