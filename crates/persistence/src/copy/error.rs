//! Why there is no copy.

use sea_orm::DbErr;

use super::Sum;
use crate::backend::{one_line, without_secrets};
use crate::{OpenError, StoreError};

/// Why a database was not copied. The text is one line for the person who wanted it.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// One of the two cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Both are the same database, whatever their URLs.
    #[error("cannot copy the database {url:?} to itself")]
    Same {
        /// The target's URL.
        url: String,
    },
    /// The target holds something already.
    #[error("the database {url:?} is not empty: there is something in {table}; a copy needs a new one")]
    NotEmpty {
        /// Its URL.
        url: String,
        /// A table that is not as the migrations leave it.
        table: &'static str,
    },
    /// A database failed, or somebody else kept it busy. Nothing was copied.
    #[error("cannot {doing} the database {url:?}: {reason}; nothing was copied")]
    Failed {
        /// What was being done.
        doing: String,
        /// Its URL.
        url: String,
        /// What the database says, in one line.
        reason: String,
    },
    /// What was written is not what was read. Nothing was copied.
    #[error(
        "{table} came out different in the database {url:?}: {found}, instead of {expected}; nothing was copied"
    )]
    Differs {
        /// The table.
        table: &'static str,
        /// The target's URL.
        url: String,
        /// What is in the target.
        found: Sum,
        /// What is in the source.
        expected: Sum,
    },
    /// There was no answer to the commit, so everything was copied, or nothing.
    #[error(
        "the database {url:?} was lost while it kept the copy ({reason}): copy again, which it refuses if it has it"
    )]
    Uncertain {
        /// The target's URL.
        url: String,
        /// What the database says, in one line.
        reason: String,
    },
}

impl CopyError {
    /// An error of the database at `url` while `doing`.
    pub(super) fn failed(doing: &str, url: &str) -> impl Fn(StoreError) -> Self + use<> {
        let (doing, url) = (doing.to_owned(), without_secrets(url));
        move |error| Self::Failed {
            doing: doing.clone(),
            url: url.clone(),
            reason: one_line(&error),
        }
    }

    /// An error of the commit.
    pub(super) fn of_commit(url: &str, error: DbErr) -> Self {
        match StoreError::of_commit(error) {
            StoreError::Uncertain(reason) => Self::Uncertain {
                url: without_secrets(url),
                reason,
            },
            error => Self::failed("keep the copy in", url)(error),
        }
    }
}
