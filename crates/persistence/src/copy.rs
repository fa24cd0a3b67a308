//! A copy of a whole database in another one, be it of the same kind or not.
//!
//! It is one transaction in the target, verified before it is committed: a target is empty or complete, whenever a copy
//! is stopped, and can be begun again. In the source it is one snapshot. Rows are carried over as they are; only the
//! search index, which is each database's own, is made anew.

mod error;
mod index;
mod sum;
mod tables;
mod target;

use sea_orm::DatabaseConnection;

use crate::StoreError;
use crate::backend::{Existence, Role, begin_long, connect, without_secrets};
use crate::migrate::{self, close};
use crate::transaction::Transaction;
use sum::Summing;
use tables::{Pages, TABLES, Table};

pub use error::CopyError;
pub use sum::Sum;

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Rows of a table are in the target.
    Copied {
        /// The table.
        table: &'static str,
        /// How many rows are there.
        rows: u64,
        /// How many there will be.
        of: u64,
    },
    /// The words of contents are in the target's search index.
    Indexed {
        /// Of how many contents.
        contents: u64,
        /// How many there will be.
        of: u64,
    },
    /// Rows of a table have been read back.
    ReadBack {
        /// The table.
        table: &'static str,
        /// How many rows.
        rows: u64,
        /// How many there will be.
        of: u64,
    },
    /// A table of the target was found to be what it is in the source.
    Verified {
        /// The table.
        table: &'static str,
        /// Its rows.
        sum: Sum,
    },
    /// All of it is about to be kept: whoever stops it now does not know whether it was.
    Committing,
}

/// What is told of a copy while it runs.
type Tell<'t> = &'t mut (dyn FnMut(Progress) + Send);

/// A table that was copied, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Its name.
    pub table: &'static str,
    /// Its rows.
    pub sum: Sum,
}

/// A database at one end of a copy, and the transaction in which everything happens there.
struct End<'u> {
    url: &'u str,
    tx: Transaction,
}

impl End<'_> {
    /// An error of this database while `doing`, e.g. "read contents from".
    fn failed(&self, doing: &str) -> impl Fn(StoreError) -> CopyError + use<> {
        CopyError::failed(doing, self.url)
    }
}

/// The names of the tables that are copied, in the order in which they are. What else a database has is not copied, but
/// made by the migrations or from the contents.
pub fn tables() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|table| table.name())
}

/// Copies all of the database at `from` into the empty one at `to`, making and migrating that where needed. Says now
/// and then how far it is; it is stopped by dropping the future.
///
/// # Errors
/// If either of them cannot be used, they are the same, the source is not at this binary's last migration, or the
/// target is not empty; or if anything fails or differs, after which nothing is in the target. After
/// [`CopyError::Uncertain`] alone, either nothing or all of it is.
pub async fn copy(
    from: &str,
    to: &str,
    mut tell: impl FnMut(Progress) + Send,
) -> Result<Vec<Copied>, CopyError> {
    let db = connect(from, Role::Source, Existence::Require).await?;
    let copied = copy_from(from, &db, to, &mut tell).await;
    close(db).await;
    copied
}

async fn copy_from(
    from: &str,
    db: &DatabaseConnection,
    to: &str,
    tell: Tell<'_>,
) -> Result<Vec<Copied>, CopyError> {
    let begun = begin_long(db).await;
    let tx = begun.map_err(CopyError::failed("read from", from))?;
    let source = End { url: from, tx };
    migrate::require_all(from, source.tx.connection()).await?;
    let db_to = connect(to, Role::Write, Existence::Create).await?;
    let copied = copy_into(&db_to, to, source, tell).await;
    close(db_to).await;
    copied
}

async fn copy_into(
    db: &DatabaseConnection,
    url: &str,
    source: End<'_>,
    tell: Tell<'_>,
) -> Result<Vec<Copied>, CopyError> {
    target::refuse_same(url, db, &source).await?;
    let target = target::begin(url, db).await?;
    let copied = fill(&target, source, tell).await;
    if copied.is_err() {
        if let Err(error) = target.tx.rollback().await {
            // The database rolls back by itself what it hears no more of.
            tracing::debug!(%error, "the copy was not rolled back cleanly");
        }
        return copied;
    }
    tell(Progress::Committing);
    let committed = target.tx.commit().await;
    committed.map_err(|error| CopyError::of_commit(url, error))?;
    copied
}

/// Copies everything and makes sure of it. The source is let go as soon as it has been read.
async fn fill(target: &End<'_>, source: End<'_>, tell: Tell<'_>) -> Result<Vec<Copied>, CopyError> {
    let mut copied = vec![];
    for table in TABLES {
        let sum = copy_table(table, &source, target, tell).await?;
        copied.push(Copied {
            table: table.name(),
            sum,
        });
    }
    drop(source);
    index::make(target, tell).await?;
    for (table, copied) in TABLES.into_iter().zip(&copied) {
        verify(table, target, copied.sum, tell).await?;
    }
    Ok(copied)
}

async fn copy_table(
    table: &'static dyn Table,
    source: &End<'_>,
    target: &End<'_>,
    tell: Tell<'_>,
) -> Result<Sum, CopyError> {
    let name = table.name();
    let unread = source.failed(&format!("read {name} from"));
    let unwritten = target.failed(&format!("write {name} to"));
    let of = table.count(&source.tx).await.map_err(&unread)?;
    tell(Progress::Copied {
        table: name,
        rows: 0,
        of,
    });
    let mut pages = Pages::of(table);
    let mut sum = Summing::new();
    while let Some(rows) = pages.next(&source.tx).await.map_err(&unread)? {
        rows.iter().try_for_each(|row| sum.add(row)).map_err(&unread)?;
        table.write(&target.tx, rows).await.map_err(&unwritten)?;
        tell(Progress::Copied {
            table: name,
            rows: sum.rows(),
            of,
        });
    }
    if sum.rows() == of {
        Ok(sum.finish())
    } else {
        // An index that lacks rows: counted through one and read through another.
        let reason = format!("it has {of} rows, of which {} can be read", sum.rows());
        Err(unread(StoreError::Corrupt {
            what: "table",
            detail: reason,
        }))
    }
}

/// Reads a table of the target back, and compares it with what was read from the source.
async fn verify(
    table: &'static dyn Table,
    target: &End<'_>,
    expected: Sum,
    tell: Tell<'_>,
) -> Result<(), CopyError> {
    let name = table.name();
    let unread = target.failed(&format!("read {name} back from"));
    let mut pages = Pages::of(table);
    let mut sum = Summing::new();
    while let Some(rows) = pages.next(&target.tx).await.map_err(&unread)? {
        rows.iter().try_for_each(|row| sum.add(row)).map_err(&unread)?;
        tell(Progress::ReadBack {
            table: name,
            rows: sum.rows(),
            of: expected.rows,
        });
    }
    let found = sum.finish();
    if found != expected {
        return Err(CopyError::Differs {
            table: name,
            url: without_secrets(target.url),
            found,
            expected,
        });
    }
    tell(Progress::Verified {
        table: name,
        sum: found,
    });
    Ok(())
}
