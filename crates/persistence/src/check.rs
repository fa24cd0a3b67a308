//! Looking a database over: whether every campaign is what its events say, and every row one that the rules allow.
//!
//! All of it is read in one snapshot, so it may run beside a server that is at work, and nothing is ever written. The
//! rules are the domain's; here stands what there is to compare, a page at a time, whatever the size of the database.

mod campaigns;
mod contents;
mod differences;
mod events;
mod owners;
mod recipients;
mod references;
mod results;
mod sources;
mod tables;
mod tokens;
mod words;
mod workspaces;

use std::fmt::{self, Display};
use std::io;

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, EntityTrait as _, QueryTrait as _, Statement,
};
use understudy_domain::WorkspaceId;

use crate::backend::{Existence, Role, begin_long, connect, one_line};
use crate::entity::{compatibility, workspace};
use crate::transaction::Transaction;
use crate::{OpenError, StoreError, migrate};
use tables::{Pages, WORKSPACES};

/// One thing that is wrong, in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about: a campaign by its public id, or a row by its table and key.
    pub subject: String,
    /// What is wrong with it.
    pub what: String,
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.what)
    }
}

/// How much was looked at, and how much of it is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// The workspaces.
    pub workspaces: u64,
    /// The campaigns in them.
    pub campaigns: u64,
    /// The events in their logs.
    pub events: u64,
    /// What is wrong.
    pub findings: u64,
}

/// Why a database could not be looked over to the end. The text is one line for the person who wants it checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It cannot be opened, or is not of this version.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It failed while it was read.
    #[error("cannot check the database: {}", one_line(.0))]
    Database(#[from] DbErr),
    /// Its transaction could not begin.
    #[error("cannot check the database: {0}")]
    Store(#[from] StoreError),
    /// Nobody takes what was found.
    #[error("cannot tell what was found: {0}")]
    Untold(#[source] io::Error),
}

/// Takes the findings as they come.
type Tell<'t> = &'t mut (dyn FnMut(&Finding) -> io::Result<()> + Send);

/// Looks over the database at `url`, and tells what is wrong while it is found. It neither makes nor migrates one.
///
/// # Errors
/// If there is no database, it is not of this binary's version, it fails, or `tell` does.
pub async fn run(url: &str, tell: Tell<'_>) -> Result<Summary, CheckError> {
    let db = connect(url, Role::Read, Existence::ReadOnly).await?;
    let checked = check(url, &db, tell).await;
    migrate::close(db).await;
    checked
}

async fn check(url: &str, db: &DatabaseConnection, tell: Tell<'_>) -> Result<Summary, CheckError> {
    let db = begin_long(db).await?;
    migrate::require_all(url, db.connection()).await?;
    let mut check = Check {
        db: &db,
        tell,
        summary: Summary::default(),
    };
    check.all().await?;
    let summary = check.summary;
    db.rollback().await?;
    Ok(summary)
}

/// A check that is under way.
struct Check<'c> {
    db: &'c Transaction,
    tell: Tell<'c>,
    summary: Summary,
}

impl Check<'_> {
    async fn all(&mut self) -> Result<(), CheckError> {
        self.structure().await?;
        self.compatibility().await?;
        let mut pages = Pages::new(&WORKSPACES, workspace::Entity::find().into_query());
        let mut has_default = false;
        while let Some(rows) = pages.next(self.db).await? {
            for row in self.models::<workspace::Entity>(&WORKSPACES, &rows)? {
                self.summary.workspaces += 1;
                has_default |= row.id == WorkspaceId::DEFAULT.uuid();
                self.name(&row)?;
                self.log(&row).await?;
                let workspace = WorkspaceId::from_uuid(row.id);
                self.campaigns(workspace).await?;
                self.segments(workspace).await?;
                self.canvases(workspace).await?;
                self.tokens(workspace).await?;
                self.recipients(workspace).await?;
                self.results(workspace).await?;
            }
        }
        if !has_default {
            let missing = format!("the workspace {:?} is missing", workspace::DEFAULT_NAME);
            self.find(WorkspaceId::DEFAULT, missing)?;
        }
        self.references().await?;
        self.counts().await?;
        self.owners().await
    }

    /// What SQLite finds itself: pages and indexes that are damaged, and rows that its constraints would not let in.
    /// PostgreSQL cannot be asked, and nobody gets round its constraints.
    async fn structure(&mut self) -> Result<(), CheckError> {
        let backend = self.db.get_database_backend();
        if backend != DbBackend::Sqlite {
            return Ok(());
        }
        let question = Statement::from_string(backend, "PRAGMA integrity_check");
        for row in self.db.query_all_raw(question).await? {
            let said: String = row.try_get_by_index(0)?;
            if said != "ok" {
                self.find("the database", said)?;
            }
        }
        Ok(())
    }

    /// Which binaries can use the database stands in one row, and names a migration that there is.
    async fn compatibility(&mut self) -> Result<(), CheckError> {
        let rows = compatibility::Entity::find().all(self.db).await?;
        if rows.len() != 1 {
            self.find("compatibility", format!("expected one row, found {}", rows.len()))?;
        }
        for row in rows {
            if !migrate::is_known(&row.oldest_migration) {
                let unknown = format!("there is no migration {:?}", row.oldest_migration);
                self.find("compatibility", unknown)?;
            }
        }
        Ok(())
    }

    /// Tells a finding.
    fn find(&mut self, subject: impl Display, what: impl Display) -> Result<(), CheckError> {
        self.summary.findings += 1;
        let finding = Finding {
            subject: subject.to_string(),
            what: what.to_string(),
        };
        (self.tell)(&finding).map_err(CheckError::Untold)
    }
}
