//! Applying and inspecting migrations.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait as _, QueryOrder as _,
    SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use sea_orm_migration::{MigrationStatus, MigratorTrait as _, seaql_migrations};
use understudy_migrations::Migrator;

use crate::OpenError;
use crate::connect::{Existence, StatementCount, connect, one_line};

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
    let db = connect(url, 1, Existence::Create, &StatementCount::default()).await?;
    let applied = apply(url, &db).await;
    close(db).await;
    applied
}

/// Takes back the last `steps` migrations; returns their names, the last one first.
///
/// # Errors
/// As [`up`]; and if there is no database.
pub async fn down(url: &str, steps: u32) -> Result<Vec<String>, OpenError> {
    let db = connect(url, 1, Existence::Require, &StatementCount::default()).await?;
    let taken_back = take_back(url, &db, steps).await;
    close(db).await;
    taken_back
}

/// All migrations that this binary knows, in order.
///
/// # Errors
/// If there is no database, it cannot be opened, or it is newer than the binary.
pub async fn status(url: &str) -> Result<Vec<MigrationState>, OpenError> {
    let db = connect(url, 1, Existence::Require, &StatementCount::default()).await?;
    let states = states(url, &db).await;
    close(db).await;
    states
}

/// As [`up`], on an open connection. All of it or nothing: a process that dies in the middle of a migration must leave
/// a database that the next one can migrate, and SQLite alone would keep what half a migration has made.
pub(crate) async fn apply(url: &str, db: &DatabaseConnection) -> Result<Vec<String>, OpenError> {
    let failed = |error| unmigratable(url, &error);
    let tx = begin(db).await.map_err(failed)?;
    let pending: Vec<String> = states(url, &tx)
        .await?
        .into_iter()
        .filter(|state| !state.applied)
        .map(|state| state.name)
        .collect();
    if !pending.is_empty() {
        Migrator::up(&tx, None).await.map_err(failed)?;
    }
    tx.commit().await.map_err(failed)?;
    Ok(pending)
}

async fn take_back(url: &str, db: &DatabaseConnection, steps: u32) -> Result<Vec<String>, OpenError> {
    let failed = |error| unmigratable(url, &error);
    let tx = begin(db).await.map_err(failed)?;
    let applied = states(url, &tx)
        .await?
        .into_iter()
        .filter(|state| state.applied)
        .rev();
    let names: Vec<String> = applied.take(steps as usize).map(|state| state.name).collect();
    Migrator::down(&tx, Some(steps)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(names)
}

/// Two processes that start at once wait for each other here, and the second finds nothing left to do.
async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    db.begin_with_options(options).await
}

/// Refuses a database that lacks migrations, or has unknown ones. It writes nothing.
pub(crate) async fn require_all(url: &str, db: &impl ConnectionTrait) -> Result<(), OpenError> {
    let states = states(url, db).await?;
    match states.into_iter().find(|state| !state.applied) {
        None => Ok(()),
        Some(pending) => Err(OpenError::Pending {
            url: url.to_owned(),
            migration: pending.name,
        }),
    }
}

/// It writes nothing, not even the table in which migrations are noted.
async fn states(url: &str, db: &impl ConnectionTrait) -> Result<Vec<MigrationState>, OpenError> {
    let migrations = match Migrator::get_migration_with_status_read_only(db).await {
        Ok(migrations) => migrations,
        // It fails in its own words where the database has migrations that are unknown here.
        Err(error) => {
            return Err(match first_unknown(db).await {
                Ok(Some(migration)) => OpenError::Newer {
                    url: url.to_owned(),
                    migration,
                },
                Ok(None) | Err(_) => unmigratable(url, &error),
            });
        }
    };
    Ok(migrations
        .iter()
        .map(|migration| MigrationState {
            name: migration.name().to_owned(),
            applied: migration.status() == MigrationStatus::Applied,
        })
        .collect())
}

async fn first_unknown(db: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
    let migrations = Migrator::migrations();
    let known: Vec<&str> = migrations.iter().map(|migration| migration.name()).collect();
    let stored = seaql_migrations::Entity::find()
        .order_by_asc(seaql_migrations::Column::Version)
        .all(db)
        .await?;
    let mut names = stored.into_iter().map(|stored| stored.version);
    Ok(names.find(|name| !known.contains(&name.as_str())))
}

fn unmigratable(url: &str, error: &DbErr) -> OpenError {
    OpenError::Unmigratable {
        url: url.to_owned(),
        reason: one_line(error),
    }
}

pub(crate) async fn close(db: DatabaseConnection) {
    if let Err(error) = db.close().await {
        tracing::warn!(%error, "the database did not close cleanly");
    }
}
