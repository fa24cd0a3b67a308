//! LISTEN and NOTIFY: how a server tells the others at once that it has committed.
//!
//! A signal says "there is more", never what, and may be lost: whoever needs to know looks at the log every second
//! besides. It is sent after the commit, since a NOTIFY within one would make all commits of the database wait for
//! each other.

use std::convert::Infallible;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgListener, PgPoolOptions};
use sea_orm::sqlx::{self, Executor as _};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::{ALIVE_WITHIN, ENDLESS, PATIENCE, options};
use crate::OpenError;

/// The channel. Channels belong to a database, so other installations on the same server are not heard.
const CHANNEL: &str = "understudy_commits";

/// How long nothing may be heard before the connection has to show that it is alive.
const QUIET: Duration = Duration::from_secs(30);

/// How long to wait before a lost connection is opened again.
const PAUSE: Duration = Duration::from_millis(500);

/// The signals of a server's store to those of other servers, and theirs to it.
#[derive(Debug, Clone)]
pub(crate) struct Signals {
    url: String,
    /// Which signals are its own: it knows already.
    own: String,
}

impl Signals {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            own: Uuid::new_v4().to_string(),
        }
    }

    /// Tells all others.
    pub(crate) async fn send(&self, db: &DatabaseConnection) -> Result<(), DbErr> {
        let values = [CHANNEL.into(), self.own.as_str().into()];
        let sql = "SELECT pg_notify($1, $2)";
        db.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
            .await?;
        Ok(())
    }

    /// Calls `heard` whenever another server has told, or may have while nobody listened, until it is dropped.
    pub(crate) async fn listen(self, heard: impl Fn()) {
        let mut was_lost = false;
        loop {
            let Err(error) = self.listen_once(&heard, was_lost).await;
            was_lost = true;
            tracing::warn!(%error, "not listening for other servers' commits; they are looked for every second");
            sleep(PAUSE).await;
        }
    }

    async fn listen_once(&self, heard: &impl Fn(), was_lost: bool) -> Result<Infallible, ListenError> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options(&self.url)?.application_name("understudy listen"))
            .await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        let listening = async {
            sqlx::Executor::execute(&mut listener, ENDLESS).await?;
            listener.listen(CHANNEL).await
        };
        timeout(PATIENCE, listening)
            .await
            .map_err(|_| ListenError::Lost)??;
        if was_lost {
            tracing::info!("listening for other servers' commits again");
        }
        heard();
        loop {
            match timeout(QUIET, listener.try_recv()).await {
                Ok(Ok(Some(signal))) if signal.payload() == self.own => {}
                Ok(Ok(Some(_))) => heard(),
                Ok(Ok(None)) => return Err(ListenError::Lost),
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => match timeout(ALIVE_WITHIN, listener.execute("SELECT 1")).await {
                    Ok(Ok(_)) => {}
                    Ok(Err(error)) => return Err(error.into()),
                    Err(_) => return Err(ListenError::Lost),
                },
            }
        }
    }
}

/// Why nobody listens.
#[derive(Debug, thiserror::Error)]
enum ListenError {
    #[error("the connection was lost")]
    Lost,
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Driver(#[from] sqlx::Error),
}
