//! The words of contents, for search.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
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

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, &["content_documents", "content_words"]).await
    }
}
