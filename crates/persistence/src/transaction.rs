//! A transaction in which nothing waits for ever.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement, TransactionOptions, TransactionTrait as _,
};

use crate::StoreError;

/// How long a statement may take to be answered. PostgreSQL gives up before that by itself (`statement_timeout`), so
/// only a database that says nothing at all is given up on here: a network that is gone, a machine that hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(35);

/// A transaction whose every statement is answered, with an error if need be, in a set time.
pub(crate) struct Transaction {
    db: DatabaseTransaction,
    patience: Duration,
}

impl Transaction {
    /// Begins one that reads what there is at its first statement.
    pub(crate) async fn begin(db: &DatabaseConnection) -> Result<Self, StoreError> {
        Self::begin_with(db, TransactionOptions::default()).await
    }

    pub(crate) async fn begin_with(
        db: &DatabaseConnection,
        options: TransactionOptions,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            db: within(PATIENCE, db.begin_with_options(options)).await?,
            patience: PATIENCE,
        })
    }

    /// The same one, whose statements may take that long.
    pub(crate) fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Begins a part of it that can be taken back by itself.
    pub(crate) async fn savepoint(&self) -> Result<Self, StoreError> {
        Ok(Self {
            db: within(self.patience, self.db.begin()).await?,
            patience: self.patience,
        })
    }

    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        within(self.patience, self.db.commit()).await
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        within(self.patience, self.db.rollback()).await
    }

    /// The transaction as migrations take it.
    pub(crate) fn connection(&self) -> &DatabaseTransaction {
        &self.db
    }
}

async fn within<T>(patience: Duration, answer: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| {
        let silence = format!("no answer within {} s", patience.as_secs());
        Err(DbErr::Conn(RuntimeErr::Internal(silence)))
    })
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        within(self.patience, self.db.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        within(self.patience, self.db.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        within(self.patience, self.db.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        within(self.patience, self.db.query_all_raw(statement)).await
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}
