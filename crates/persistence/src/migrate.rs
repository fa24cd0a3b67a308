//! Applying and inspecting migrations.

use std::time::Duration;

use sea_orm::{DatabaseConnection, DbBackend, DbErr, EntityTrait as _};
use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait as _, SchemaManager, seaql_migrations};
use tokio::time::{Instant, sleep, timeout};
use understudy_migrations::Migrator;

use crate::backend::{Existence, Role, begin_migration, connect, one_line, without_secrets};
use crate::entity::compatibility;
use crate::transaction::PATIENCE;
use crate::{OpenError, StoreError};

/// How long a migration is tried again while others use the tables.
const LOCKED_FOR: Duration = Duration::from_mins(5);

/// How long others get on in between.
const LOCKED_PAUSE: Duration = Duration::from_secs(3);

/// One migration, and whether the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationState {
    /// Its name, e.g. `m0001_workspaces`.
    pub name: String,
    /// Whether it is applied.
    pub applied: bool,
}

/// Applies all pending migrations, making the database if it is not there; returns the names of those applied.
///
/// # Errors
/// If the database cannot be opened, is newer than the binary, or a migration fails.
pub async fn up(url: &str) -> Result<Vec<String>, OpenError> {
    let db = connect(url, Role::Write, Existence::Create).await?;
    let applied = apply(url, &db, Existence::Create).await;
    close(db).await;
    applied
}

/// Takes back the last `steps` migrations; returns their names, the last one first.
///
/// # Errors
/// As [`up`]; and if there is no database.
pub async fn down(url: &str, steps: u32) -> Result<Vec<String>, OpenError> {
    let db = connect(url, Role::Write, Existence::Require).await?;
    let taken_back = take_back(url, &db, steps).await;
    close(db).await;
    taken_back
}

/// All migrations that this binary knows, in order.
///
/// # Errors
/// If there is no database, it cannot be opened, or it is newer than the binary.
pub async fn status(url: &str) -> Result<Vec<MigrationState>, OpenError> {
    let db = connect(url, Role::Write, Existence::Require).await?;
    let states = states(url, &db, Newer::IfCompatible).await;
    close(db).await;
    states
}

/// As [`up`], on an open connection. All of it or nothing: a process that dies in the middle of a migration must leave
/// a database that the next one can migrate, and SQLite alone would keep what half a migration has made. Of many
/// processes that start at once, one migrates, and the others wait and find nothing left to do.
///
/// A database that must be there has one migration at least: an empty one is refused, as a file that is not there.
pub(crate) async fn apply(
    url: &str,
    db: &DatabaseConnection,
    existence: Existence,
) -> Result<Vec<String>, OpenError> {
    let states = states(url, db, Newer::IfCompatible).await?;
    if !matches!(existence, Existence::Create) && states.iter().all(|state| !state.applied) {
        return Err(OpenError::Missing {
            url: without_secrets(url),
        });
    }
    if pending(states).is_empty() {
        // Nothing is locked or written, so that a server needs no right to change the schema.
        return Ok(vec![]);
    }
    again_while_locked(url, db, Way::Up).await
}

async fn apply_once(url: &str, db: &DatabaseConnection) -> Result<Vec<String>, MigrateError> {
    let tx = begin_migration(db).await.map_err(|error| failed(url, &error))?;
    let pending = pending(states(url, tx.connection(), Newer::IfCompatible).await?);
    if !pending.is_empty() {
        let migrated = Migrator::up(tx.connection(), None).await;
        migrated.map_err(|error| failed(url, &error.into()))?;
    }
    let committed = tx.commit().await;
    committed.map_err(|error| failed(url, &StoreError::of_commit(error)))?;
    Ok(pending)
}

async fn take_back(url: &str, db: &DatabaseConnection, steps: u32) -> Result<Vec<String>, OpenError> {
    again_while_locked(url, db, Way::Down(steps)).await
}

async fn take_back_once(url: &str, db: &DatabaseConnection, steps: u32) -> Result<Vec<String>, MigrateError> {
    let tx = begin_migration(db).await.map_err(|error| failed(url, &error))?;
    let applied = states(url, tx.connection(), Newer::Never)
        .await?
        .into_iter()
        .filter(|state| state.applied)
        .rev();
    let names: Vec<String> = applied.take(steps as usize).map(|state| state.name).collect();
    let migrated = Migrator::down(tx.connection(), Some(steps)).await;
    migrated.map_err(|error| failed(url, &error.into()))?;
    let committed = tx.commit().await;
    committed.map_err(|error| failed(url, &StoreError::of_commit(error)))?;
    Ok(names)
}

/// Where a migration leads.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// To all that there are.
    Up,
    /// So many back.
    Down(u32),
}

/// Why a migration did not take place.
enum MigrateError {
    /// Somebody uses a table that it is about to change.
    Locked(OpenError),
    /// Anything else.
    Open(OpenError),
}

impl From<OpenError> for MigrateError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

fn failed(url: &str, error: &StoreError) -> MigrateError {
    let told = unmigratable(url, error);
    match error {
        StoreError::Busy(_) => MigrateError::Locked(told),
        _ => MigrateError::Open(told),
    }
}

/// Migrates again while others use the tables, on PostgreSQL: there a migration that waits for a table would keep all
/// others from it meanwhile, so it waits for moments only, and leaves pauses in which they get on. SQLite has one lock
/// for everything, for which a migration waits like everybody else.
async fn again_while_locked(url: &str, db: &DatabaseConnection, way: Way) -> Result<Vec<String>, OpenError> {
    let begun = Instant::now();
    loop {
        let migrated = match way {
            Way::Up => apply_once(url, db).await,
            Way::Down(steps) => take_back_once(url, db, steps).await,
        };
        match migrated {
            Ok(done) => return Ok(done),
            Err(MigrateError::Open(error)) => return Err(error),
            Err(MigrateError::Locked(error)) => {
                if db.get_database_backend() != DbBackend::Postgres || begun.elapsed() > LOCKED_FOR {
                    return Err(error);
                }
                tracing::warn!(%error, "a migration waits until nobody else uses the tables for long");
                sleep(LOCKED_PAUSE).await;
            }
        }
    }
}

/// Whether these migrations, which were just applied, have made a database where there was none.
pub(crate) fn is_made_by(applied: &[String]) -> bool {
    let first = Migrator::migrations().into_iter().next();
    first.is_some_and(|first| applied.iter().any(|name| name == first.name()))
}

/// Refuses a database that lacks migrations, or has unknown ones. It writes nothing.
pub(crate) async fn require_all<'c>(
    url: &str,
    db: impl IntoSchemaManagerConnection<'c>,
) -> Result<(), OpenError> {
    match pending(states(url, db, Newer::Never).await?).into_iter().next() {
        None => Ok(()),
        Some(migration) => Err(OpenError::Pending {
            url: without_secrets(url),
            migration,
        }),
    }
}

/// Refuses a database that has unknown migrations, though a binary of this age could use it.
pub(crate) async fn refuse_newer(url: &str, db: &DatabaseConnection) -> Result<(), OpenError> {
    states(url, db, Newer::Never).await.map(|_| ())
}

/// Whether there is a migration with this name, as far as this binary knows.
pub(crate) fn is_known(name: &str) -> bool {
    Migrator::migrations()
        .iter()
        .any(|migration| migration.name() == name)
}

/// Which databases are accepted that have migrations which this binary does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Newer {
    /// Those that a binary of this age can use.
    IfCompatible,
    /// None.
    Never,
}

async fn states<'c>(
    url: &str,
    db: impl IntoSchemaManagerConnection<'c>,
    newer: Newer,
) -> Result<Vec<MigrationState>, OpenError> {
    timeout(PATIENCE, states_of(url, SchemaManager::new(db), newer))
        .await
        .unwrap_or_else(|_| Err(unmigratable(url, &"the database does not answer")))
}

async fn states_of(
    url: &str,
    manager: SchemaManager<'_>,
    newer: Newer,
) -> Result<Vec<MigrationState>, OpenError> {
    let failed = |error: DbErr| unmigratable(url, &error);
    let stored = stored(&manager).await.map_err(failed)?;
    let known: Vec<String> = Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    if let Some(unknown) = stored.iter().find(|name| !known.contains(name)) {
        let oldest = oldest_migration(&manager, &stored).await.map_err(failed)?;
        let is_compatible = oldest.is_some_and(|name| known.contains(&name));
        if newer == Newer::Never || !is_compatible {
            return Err(OpenError::Newer {
                url: without_secrets(url),
                migration: unknown.clone(),
            });
        }
        tracing::info!(
            migration = unknown,
            "the database is newer than this binary, which can use it"
        );
    }
    Ok(known
        .into_iter()
        .map(|name| MigrationState {
            applied: stored.contains(&name),
            name,
        })
        .collect())
}

fn pending(states: Vec<MigrationState>) -> Vec<String> {
    let pending = states.into_iter().filter(|state| !state.applied);
    pending.map(|state| state.name).collect()
}

/// The names of the migrations that the database has; none if it does not even have a table of them.
async fn stored(manager: &SchemaManager<'_>) -> Result<Vec<String>, DbErr> {
    if !manager.has_table("seaql_migrations").await? {
        return Ok(vec![]);
    }
    let models = seaql_migrations::Entity::find()
        .all(manager.get_connection())
        .await?;
    Ok(models.into_iter().map(|model| model.version).collect())
}

/// The migration that a binary must know in order to use the database.
async fn oldest_migration(manager: &SchemaManager<'_>, stored: &[String]) -> Result<Option<String>, DbErr> {
    if !stored.iter().any(|name| name == "m0008_compatibility") {
        return Ok(None);
    }
    let row = compatibility::Entity::find()
        .one(manager.get_connection())
        .await?;
    Ok(row.map(|row| row.oldest_migration))
}

fn unmigratable(url: &str, error: &impl ToString) -> OpenError {
    OpenError::Unmigratable {
        url: without_secrets(url),
        reason: one_line(error),
    }
}

pub(crate) async fn close(db: DatabaseConnection) {
    if let Err(error) = db.close().await {
        tracing::warn!(%error, "the database did not close cleanly");
    }
}
