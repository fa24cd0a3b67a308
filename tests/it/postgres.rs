//! What holds on PostgreSQL alone, where there are many servers and a network between them and their database. These
//! stories are told where the others run on PostgreSQL too.

mod away;
mod closing;
mod conflicts;
mod failover;
mod migrating;
mod runtimes;
mod signals;
mod start;
mod tls;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use understudy_tests::postgres::{Binaries, Cluster};

use crate::harness::backend;

/// A cluster of its own, for a story that stops it; none where the stories run on `SQLite`.
pub(crate) fn own_cluster() -> Option<Cluster> {
    if backend() != DbBackend::Postgres {
        return None;
    }
    let binaries = Binaries::find().expect("PostgreSQL was there when the tests began");
    Some(Cluster::start(&binaries).unwrap())
}

/// Makes a database in a cluster of one's own; its URL.
pub(crate) async fn make_database(cluster: &Cluster) -> String {
    let db = sea_orm::Database::connect(cluster.url("postgres")).await.unwrap();
    execute(&db, &["CREATE DATABASE understudy"]).await;
    db.close().await.unwrap();
    cluster.url("understudy")
}

pub(crate) async fn execute(db: &DatabaseConnection, statements: &[&str]) {
    for sql in statements {
        db.execute_unprepared(sql).await.unwrap();
    }
}

/// The one number that a query brings.
async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}
