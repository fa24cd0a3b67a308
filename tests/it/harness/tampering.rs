//! Working on a database behind the server's back.

use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query, Value};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend};

use super::World;

/// A connection for which references are not kept, so that what the commands would never write can be written.
#[derive(Debug)]
pub(crate) struct Tampering(DatabaseConnection);

/// A column and a value of it.
pub(crate) type Cell = (&'static str, Value);

const DROP_REFERENCES: &str = "DO $$ DECLARE reference record; BEGIN
    FOR reference IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
        WHERE contype = 'f' AND connamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', reference.place, reference.conname);
    END LOOP; END $$";

impl World {
    /// Begins to tamper. The judge looks away from then on.
    pub(crate) async fn tamper(&self) -> Tampering {
        self.judge.look_away();
        // One connection, so that what is set for it holds for every statement.
        let mut options = ConnectOptions::new(self.database.url());
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.unwrap();
        let carelessly = match db.get_database_backend() {
            // Who owns tables may not switch their references off, but may drop them.
            DbBackend::Postgres => DROP_REFERENCES,
            _ => "PRAGMA foreign_keys = OFF",
        };
        db.execute_unprepared(carelessly).await.unwrap();
        Tampering(db)
    }
}

fn all(cells: &[Cell]) -> Condition {
    let each = |(column, value): &Cell| Expr::col(*column).eq(value.clone());
    cells.iter().map(each).fold(Condition::all(), Condition::add)
}

impl Tampering {
    /// Lets a row be what its constraints forbid, too; false where the database cannot be talked into that.
    pub(crate) async fn lift_constraints(&self) -> bool {
        let is_sqlite = self.0.get_database_backend() == DbBackend::Sqlite;
        if is_sqlite {
            self.run("PRAGMA ignore_check_constraints = ON").await;
        }
        is_sqlite
    }

    /// Runs a statement as it is.
    pub(crate) async fn run(&self, sql: &str) {
        self.0.execute_unprepared(sql).await.unwrap();
    }

    /// Writes a value into the one row that has these.
    pub(crate) async fn set(&self, table: &'static str, row: &[Cell], cell: Cell) {
        self.set_all(table, row, vec![cell]).await;
    }

    /// As [`set`](Self::set), where constraints want several columns to change at once.
    pub(crate) async fn set_all(&self, table: &'static str, row: &[Cell], cells: Vec<Cell>) {
        let update = Query::update()
            .table(table)
            .values(
                cells
                    .into_iter()
                    .map(|(column, value)| (column, Expr::val(value))),
            )
            .cond_where(all(row))
            .to_owned();
        let written = self.0.execute(&update).await.unwrap();
        assert_eq!(written.rows_affected(), 1, "{table} {row:?}");
    }

    /// Deletes the one row that has these values.
    pub(crate) async fn delete(&self, table: &'static str, row: &[Cell]) {
        let delete = Query::delete().from_table(table).cond_where(all(row)).to_owned();
        let deleted = self.0.execute(&delete).await.unwrap();
        assert_eq!(deleted.rows_affected(), 1, "{table} {row:?}");
    }

    /// Takes a content out of the search index.
    pub(crate) async fn forget_words(&self, content: Uuid) {
        let entry = [("content_id", content.into())];
        let table = match self.0.get_database_backend() {
            DbBackend::Postgres => "content_words",
            _ => "content_documents",
        };
        self.delete(table, &entry).await;
    }

    /// Adds a row.
    pub(crate) async fn insert(&self, table: &'static str, row: Vec<Cell>) {
        let (columns, values): (Vec<_>, Vec<_>) = row.into_iter().unzip();
        let insert = Query::insert()
            .into_table(table)
            .columns(columns)
            .values_panic(values.into_iter().map(Expr::val))
            .to_owned();
        self.0.execute(&insert).await.unwrap();
    }
}
