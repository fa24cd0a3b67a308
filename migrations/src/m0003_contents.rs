//! Contents: what campaigns say, to whom and when. Live content and draft are rows of the same table, so that
//! launching a draft is to point the campaign at another row.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Each channel has exactly its own columns.
const MESSAGE_IS_OF_ITS_CHANNEL: &str = "CASE channel \
    WHEN 'EMAIL' THEN subject IS NOT NULL AND body IS NOT NULL \
        AND title IS NULL AND trigger_event IS NULL AND url IS NULL AND headers IS NULL \
    WHEN 'IN_APP' THEN title IS NOT NULL AND body IS NOT NULL AND trigger_event IS NOT NULL \
        AND subject IS NULL AND from_address IS NULL AND reply_to IS NULL AND url IS NULL AND headers IS NULL \
    WHEN 'WEBHOOK' THEN url IS NOT NULL AND body IS NOT NULL AND headers IS NOT NULL \
        AND subject IS NULL AND title IS NULL AND trigger_event IS NULL AND from_address IS NULL AND reply_to IS NULL \
    ELSE channel IS NULL AND body IS NULL AND subject IS NULL AND title IS NULL AND trigger_event IS NULL \
        AND from_address IS NULL AND reply_to IS NULL AND url IS NULL AND headers IS NULL END";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(contents()).await?;
        manager
            .create_index(table::index("contents", &["workspace_id", "sort_name"]))
            .await?;

        let tags = Table::create()
            .table("content_tags")
            .col(ColumnDef::new("content_id").uuid().not_null())
            .col(ColumnDef::new("ordinal").small_integer().not_null())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("tag").text().not_null())
            .check(Expr::cust("tag <> ''"))
            .primary_key(&mut table::index("content_tags", &["content_id", "ordinal"]))
            .foreign_key(&mut table::part_of(
                "content_tags",
                "content_id",
                "contents",
                "id",
            ))
            .foreign_key(&mut table::workspace("content_tags"))
            .to_owned();
        manager.create_table(tags).await?;
        manager
            .create_index(table::unique("content_tags", &["content_id", "tag"]))
            .await?;
        manager
            .create_index(table::index(
                "content_tags",
                &["workspace_id", "tag", "content_id"],
            ))
            .await?;

        let segments = Table::create()
            .table("content_segments")
            .col(ColumnDef::new("content_id").uuid().not_null())
            .col(ColumnDef::new("ordinal").small_integer().not_null())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("segment_id").uuid().not_null())
            .primary_key(&mut table::index("content_segments", &["content_id", "ordinal"]))
            .foreign_key(&mut table::part_of(
                "content_segments",
                "content_id",
                "contents",
                "id",
            ))
            .foreign_key(&mut table::references(
                "content_segments",
                "segment_id",
                "segments",
                "id",
            ))
            .foreign_key(&mut table::workspace("content_segments"))
            .to_owned();
        manager.create_table(segments).await?;
        manager
            .create_index(table::unique("content_segments", &["content_id", "segment_id"]))
            .await?;
        manager
            .create_index(table::index("content_segments", &["segment_id", "content_id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, &["contents", "content_tags", "content_segments"]).await
    }
}

fn contents() -> TableCreateStatement {
    Table::create()
        .table("contents")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("workspace_id").uuid().not_null())
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("sort_name").text().not_null())
        .col(ColumnDef::new("description").text().not_null())
        .col(ColumnDef::new("schedule_kind").text().not_null())
        .col(ColumnDef::new("start_at").timestamp_with_time_zone())
        .col(ColumnDef::new("end_at").timestamp_with_time_zone())
        .col(ColumnDef::new("channel").text())
        .col(ColumnDef::new("subject").text())
        .col(ColumnDef::new("title").text())
        .col(ColumnDef::new("trigger_event").text())
        .col(ColumnDef::new("url").text())
        .col(ColumnDef::new("from_address").text())
        .col(ColumnDef::new("reply_to").text())
        .col(ColumnDef::new("headers").json_binary())
        // Last, since it may be large: what stands before it is read without it.
        .col(ColumnDef::new("body").text())
        .check(Expr::cust("name <> ''"))
        .check(Expr::cust(
            "schedule_kind IN ('ON_LAUNCH', 'AT_TIME', 'API_TRIGGERED')",
        ))
        .check(Expr::cust("schedule_kind <> 'AT_TIME' OR start_at IS NOT NULL"))
        .check(Expr::cust(
            "start_at IS NULL OR end_at IS NULL OR end_at > start_at",
        ))
        .check(Expr::cust(MESSAGE_IS_OF_ITS_CHANNEL))
        .foreign_key(&mut table::workspace("contents"))
        .to_owned()
}
