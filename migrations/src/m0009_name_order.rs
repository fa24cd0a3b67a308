//! Names are ordered by code point on both databases. SQLite does so by itself; PostgreSQL would order by the language
//! of the database, in which one and the same list begins elsewhere, and which an update of the system may change.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        collate(manager, "C").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        collate(manager, "default").await
    }
}

async fn collate(manager: &SchemaManager<'_>, collation: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    for table in ["segments", "contents", "canvases"] {
        let sql = format!("ALTER TABLE {table} ALTER COLUMN sort_name TYPE text COLLATE \"{collation}\"");
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}
