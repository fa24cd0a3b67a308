//! Working on a database behind the server's back.

use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query, Value};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend};

use super::{World, backend};

/// A connection for which references are not kept, so that what the commands would never write can be written.
#[derive(Debug)]
pub(crate) struct Tampering(DatabaseConnection);

/// A column and a value of it.
pub(crate) type Cell = (&'static str, Value);

impl World {
    /// Begins to tamper. The judge looks away from then on.
    pub(crate) async fn tamper(&self) -> Tampering {
        self.judge.look_away();
        // One connection, so that what is set for it holds for every statement.
        let mut options = ConnectOptions::new(self.database.url());
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.unwrap();
        let tampering = Tampering(db);
        match backend() {
            DbBackend::Postgres => tampering.drop_constraints('f').await,
            _ => tampering.run("PRAGMA foreign_keys = OFF").await,
        }
        tampering
    }
}

fn all(cells: &[Cell]) -> Condition {
    let each = |(column, value): &Cell| Expr::col(*column).eq(value.clone());
    cells.iter().map(each).fold(Condition::all(), Condition::add)
}

impl Tampering {
    /// Lets a row be what the CHECKs of its table forbid, too.
    pub(crate) async fn lift_checks(&self) {
        match backend() {
            DbBackend::Postgres => self.drop_constraints('c').await,
            _ => self.run("PRAGMA ignore_check_constraints = ON").await,
        }
    }

    /// PostgreSQL lets nobody get round constraints, but whoever owns a table may drop them.
    async fn drop_constraints(&self, kind: char) {
        let drop = format!(
            "DO $$ DECLARE found record; BEGIN
                FOR found IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
                    WHERE contype = '{kind}' AND connamespace = current_schema()::regnamespace
                LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.place, found.conname);
                END LOOP;
            END $$"
        );
        self.run(&drop).await;
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
        let table = match backend() {
            DbBackend::Postgres => "content_words",
            _ => "content_documents",
        };
        self.delete(table, &[("content_id", content.into())]).await;
    }

    /// Gives a content other words in the search index.
    pub(crate) async fn swap_words(&self, content: Uuid) {
        self.run(&match backend() {
            DbBackend::Postgres => format!(
                "UPDATE content_words SET words = 'other'::tsvector, text = ' other' WHERE content_id = '{content}'"
            ),
            _ => format!(
                "INSERT OR REPLACE INTO content_words (rowid, words)
                SELECT number, 'other' FROM content_documents WHERE content_id = x'{}'",
                content.simple()
            ),
        })
        .await;
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
