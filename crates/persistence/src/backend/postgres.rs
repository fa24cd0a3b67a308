//! PostgreSQL, for many servers over one database.
//!
//! A transaction that writes takes the lock of its workspaces' rows before it reads anything, and holds it until its
//! end. So writes of a workspace run one after the other, whichever server they come from, as they do on SQLite, and
//! each decides on what is true; a server's writes that wait share one such transaction.

mod parameters;
mod signals;

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::sea_query::LockType;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, Executor as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RuntimeErr, Statement, TransactionOptions,
};
use tokio::time::timeout;
use uuid::Uuid;

use super::{COPY_PATIENCE, Existence, Fault, Role, unopenable, without_secrets};
use crate::entity::workspace;
use crate::transaction::Transaction;
use crate::{OpenError, StoreError};

pub(crate) use signals::Signals;

/// How long it may take to get a connection, whether there are none free or none to be had.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a connection may take to show that it is alive before it is lent again.
const ALIVE_WITHIN: Duration = Duration::from_secs(2);

/// What every session is told: no statement runs for longer than half a minute or waits for a lock for longer than twenty
/// seconds; and a server that stands still in the middle of a transaction, or whose machine is gone, keeps the others
/// from writing for fifteen at most.
const SESSION: &str = "SET client_min_messages = warning; SET statement_timeout = '30s'; SET lock_timeout = '20s'; \
    SET idle_in_transaction_session_timeout = '15s'";

/// A session is not ended for being quiet, nor a transaction for being long by itself. Not every version has these.
const ENDLESS: &str = "SELECT set_config(name, '0', false) FROM pg_settings \
    WHERE name IN ('idle_session_timeout', 'transaction_timeout')";

/// Of readers: all statements of a transaction see one state, and none of them writes.
const READS: &str =
    "SET default_transaction_isolation = 'repeatable read'; SET default_transaction_read_only = on";

/// Of the writer: each statement sees what was committed before it, thus all that was committed before the lock was
/// taken. What is acknowledged is on the disk, whatever the database's own setting; a stronger one is kept.
const WRITES: &str = "SET default_transaction_isolation = 'read committed'; \
    SET default_transaction_read_only = off; \
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// Of a copy, whose transactions last long: a statement may take a quarter of an hour, and the other database two minutes
/// between two of them. A machine that is gone in the middle of a copy keeps nobody from writing for longer.
const COPIES: &str =
    "SET LOCAL statement_timeout = '15min'; SET LOCAL idle_in_transaction_session_timeout = '2min'";

/// What a schema has for itself: its database, and the start of the server that runs it.
pub(super) const IDENTITY: &str =
    "SELECT concat_ws(' ', current_database(), current_schema(), pg_postmaster_start_time())";

/// The number of the lock that migrations take, of all that this database's programs might choose.
const MIGRATION_LOCK: i64 = 0x756e_6465_7273_7464;

/// Opens connections to the database at `url`.
pub(super) async fn connect(
    url: &str,
    role: Role,
    existence: Existence,
) -> Result<DatabaseConnection, OpenError> {
    let options = options(url)?.application_name(match role {
        Role::Read => "understudy read",
        Role::Write => "understudy write",
        Role::Watch => "understudy watch",
        Role::Source => "understudy copy",
    });
    let session = match role {
        Role::Read | Role::Source => format!("{SESSION}; {READS}"),
        Role::Write => format!("{SESSION}; {WRITES}"),
        Role::Watch => SESSION.to_owned(),
    };
    // A look at a database, or a copy of it, may be of a standby; a server reads what it has written.
    let is_of_server = role != Role::Source && !matches!(existence, Existence::ReadOnly);
    let pool = PgPoolOptions::new()
        .max_connections(role.connections())
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let session = session.clone();
            Box::pin(async move {
                connection.execute(sqlx::AssertSqlSafe(session)).await?;
                connection.execute(ENDLESS).await?;
                if is_of_server {
                    refuse_standby(connection).await
                } else {
                    Ok(())
                }
            })
        })
        .after_release(|connection, _| Box::pin(is_alive(connection)))
        .connect_with(options.clone())
        .await;
    let pool = match pool {
        Ok(pool) => pool,
        Err(error) => {
            return Err(unopenable(
                url,
                &connection_error(told(error, &options, is_of_server).await),
            ));
        }
    };
    let encoding = timeout(
        PATIENCE,
        sqlx::query_scalar("SHOW server_encoding").fetch_one(&pool),
    )
    .await
    .unwrap_or(Err(sqlx::Error::PoolTimedOut));
    let encoding: String = encoding.map_err(|error| unopenable(url, &connection_error(error)))?;
    if encoding != "UTF8" {
        return Err(OpenError::Unsupported {
            url: without_secrets(url),
            reason: format!(
                "its encoding is {encoding}, which has not all letters; make it with ENCODING 'UTF8'"
            ),
        });
    }
    Ok(pool.into())
}

/// Refuses a standby. What leads to the database may still lead to the one that was, when a failover has begun: the
/// connection would stay there, and read what is old and write nothing.
async fn refuse_standby(connection: &mut PgConnection) -> sqlx::Result<()> {
    let is_standby: bool = sqlx::query_scalar("SELECT pg_is_in_recovery()")
        .fetch_one(connection)
        .await?;
    if is_standby {
        return Err(sqlx::Error::Configuration(
            "it is a standby, which takes no writes".into(),
        ));
    }
    Ok(())
}

/// What there is to tell about a pool that could not be opened. Where nobody listens it tries again until its time is
/// up, and keeps to itself why.
async fn told(error: sqlx::Error, options: &PgConnectOptions, is_of_server: bool) -> sqlx::Error {
    if !matches!(error, sqlx::Error::PoolTimedOut) {
        return error;
    }
    let tried = async {
        let mut connection = PgConnection::connect_with(options).await?;
        if is_of_server {
            refuse_standby(&mut connection).await
        } else {
            Ok(())
        }
    };
    match timeout(ALIVE_WITHIN, tried).await {
        Ok(Err(reason)) => reason,
        Ok(Ok(())) | Err(_) => error,
    }
}

fn connection_error(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

fn options(url: &str) -> Result<PgConnectOptions, OpenError> {
    let unsupported = |reason| OpenError::Unsupported {
        url: without_secrets(url),
        reason,
    };
    parameters::check(url).map_err(unsupported)?;
    let options: PgConnectOptions = url
        .parse()
        .map_err(|error: sqlx::Error| unsupported(super::one_line(&error)))?;
    Ok(options.disable_statement_logging())
}

/// Whether a connection can be lent again. Without a limit of time, one to a machine that is gone would never come
/// back, and count as lent for ever.
async fn is_alive(connection: &mut PgConnection) -> sqlx::Result<bool> {
    match timeout(ALIVE_WITHIN, connection.ping()).await {
        Ok(alive) => alive.map(|()| true),
        Err(_) => Err(sqlx::Error::PoolTimedOut),
    }
}

/// Begins a transaction that has its workspaces for itself. The lock is one that foreign keys do not wait for.
pub(super) async fn begin_write(
    db: &DatabaseConnection,
    workspaces: &BTreeSet<Uuid>,
) -> Result<Transaction, StoreError> {
    let tx = Transaction::begin_with(db, TransactionOptions::default()).await?;
    workspace::Entity::find()
        .select_only()
        .column(workspace::Column::Id)
        .filter(workspace::Column::Id.is_in(workspaces.iter().copied()))
        .order_by_asc(workspace::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple::<Uuid>()
        .all(&tx)
        .await?;
    Ok(tx)
}

/// Begins a transaction without the limits of time that others have, but for one on a statement.
pub(super) async fn begin_long(db: &DatabaseConnection) -> Result<Transaction, StoreError> {
    let tx = Transaction::begin(db).await?.with_patience(COPY_PATIENCE);
    tx.execute_unprepared(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
         SET LOCAL idle_in_transaction_session_timeout = 0",
    )
    .await?;
    Ok(tx)
}

/// Begins the transaction of migrations. Unlike a table, the lock is there before the first one.
///
/// It waits for other migrations as long as they take, but not for tables: behind a change of a table that waits, all
/// others wait too who want to read it, and the servers that are at work would stand still.
pub(super) async fn begin_migration(db: &DatabaseConnection) -> Result<Transaction, StoreError> {
    let tx = begin_long(db).await?.with_patience(Duration::MAX);
    let lock = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT pg_advisory_xact_lock($1)",
        [MIGRATION_LOCK.into()],
    );
    tx.execute_raw(lock).await?;
    tx.execute_unprepared("SET LOCAL lock_timeout = '3s'").await?;
    Ok(tx)
}

/// Begins the transaction of a copy's target, which has the database for itself. Every row belongs to a workspace and
/// every write locks one, so whoever wants to write waits for this lock, be it of a workspace that is not there yet.
pub(super) async fn begin_target(db: &DatabaseConnection) -> Result<Transaction, StoreError> {
    let tx = Transaction::begin(db).await?;
    tx.execute_unprepared(COPIES).await?;
    tx.execute_unprepared("LOCK TABLE workspaces IN EXCLUSIVE MODE")
        .await?;
    Ok(tx)
}

/// What the SQLSTATE of an error means.
pub(super) fn fault(code: &str) -> Fault {
    match code {
        // serialization_failure, deadlock_detected
        "40001" | "40P01" => Fault::Conflict,
        // What ends a session: admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped, idle_session_timeout,
        // idle_in_transaction_session_timeout, transaction_timeout. And object_not_in_prerequisite_state: a worker of the
        // statement is gone, as in a crash
        "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" | "25P04" | "55000" => Fault::Lost,
        // lock_not_available, object_in_use, read_only_sql_transaction (a standby);
        // in_failed_sql_transaction: another statement of the same view has failed before, and says why
        "55P03" | "55006" | "25006" | "25P02" => Fault::Busy,
        // connection_exception
        _ if code.starts_with("08") => Fault::Lost,
        // insufficient_resources: too many connections, disk full, out of memory; operator_intervention, e.g.
        // query_canceled (statement_timeout); system_error: its files fail it
        _ if ["53", "57", "58"].iter().any(|class| code.starts_with(class)) => Fault::Busy,
        _ => Fault::Broken,
    }
}
