//! What holds on PostgreSQL alone, where there are many servers and a network between them and their database. These
//! stories are told where the others run on PostgreSQL too.

mod away;
mod conflicts;
mod signals;
mod start;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use understudy_tests::postgres::{Binaries, Cluster};

use crate::harness::Database;

/// A cluster of its own, for a story that stops it; none where the stories run on `SQLite`.
fn own_cluster() -> Option<Cluster> {
    Database::postgres()?;
    let binaries = Binaries::find().expect("PostgreSQL was there when the tests began");
    Some(Cluster::start(&binaries).unwrap())
}

async fn execute(db: &DatabaseConnection, statements: &[&str]) {
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
