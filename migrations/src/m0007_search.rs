//! The words of contents, for search.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => up_postgres(manager).await,
            _ => up_sqlite(manager).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => table::drop(manager, &["content_words"]).await,
            _ => table::drop(manager, &["content_documents", "content_words"]).await,
        }
    }
}

async fn up_sqlite(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // The index names its documents by number, and only an INTEGER PRIMARY KEY survives a VACUUM as it is.
    let documents = Table::create()
        .table("content_documents")
        .col(
            ColumnDef::new("number")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(ColumnDef::new("content_id").uuid().not_null().unique_key())
        .foreign_key(&mut table::part_of(
            "content_documents",
            "content_id",
            "contents",
            "id",
        ))
        .to_owned();
    manager.create_table(documents).await?;
    let db = manager.get_connection();
    // The text stands in the contents already: the index alone is kept.
    db.execute_unprepared(
        "CREATE VIRTUAL TABLE content_words USING fts5(words, content='', contentless_delete=1, prefix='2 3', \
         tokenize='unicode61 remove_diacritics 2')",
    )
    .await?;
    db.execute_unprepared(
        "CREATE TRIGGER content_documents_deleted AFTER DELETE ON content_documents \
         BEGIN DELETE FROM content_words WHERE rowid = OLD.number; END",
    )
    .await?;
    Ok(())
}

async fn up_postgres(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let words = Table::create()
        .table("content_words")
        .col(ColumnDef::new("content_id").uuid().not_null().primary_key())
        // The beginnings of the words, and all of them in their order.
        .col(ColumnDef::new("words").custom("tsvector").not_null())
        .col(ColumnDef::new("text").text().not_null())
        .foreign_key(&mut table::part_of(
            "content_words",
            "content_id",
            "contents",
            "id",
        ))
        .to_owned();
    manager.create_table(words).await?;
    let db = manager.get_connection();
    db.execute_unprepared("CREATE INDEX content_words_words ON content_words USING gin (words)")
        .await?;
    Ok(())
}
