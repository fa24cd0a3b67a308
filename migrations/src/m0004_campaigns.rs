//! Campaigns and their drafts.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Each status has exactly its own columns.
const STATUS_HAS_ITS_TIMES: &str = "CASE status \
    WHEN 'UNLAUNCHED' THEN launched_at IS NULL AND stopped_at IS NULL \
        AND archived_at IS NULL AND archived_by_segment_id IS NULL \
    WHEN 'ACTIVE' THEN launched_at IS NOT NULL AND stopped_at IS NULL \
        AND archived_at IS NULL AND archived_by_segment_id IS NULL \
    WHEN 'STOPPED' THEN launched_at IS NOT NULL AND stopped_at IS NOT NULL \
        AND archived_at IS NULL AND archived_by_segment_id IS NULL \
    WHEN 'ARCHIVED' THEN stopped_at IS NULL AND archived_at IS NOT NULL \
    ELSE 1 = 0 END";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let campaigns = Table::create()
            .table("campaigns")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("content_id").uuid().not_null().unique_key())
            .col(ColumnDef::new("version").integer().not_null())
            .col(ColumnDef::new("status").text().not_null())
            .col(ColumnDef::new("launched_at").timestamp_with_time_zone())
            .col(ColumnDef::new("stopped_at").timestamp_with_time_zone())
            .col(ColumnDef::new("archived_at").timestamp_with_time_zone())
            .col(ColumnDef::new("archived_by_segment_id").uuid())
            .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("updated_at").timestamp_with_time_zone().not_null())
            .check(Expr::cust("version >= 1"))
            .check(Expr::cust(STATUS_HAS_ITS_TIMES))
            .foreign_key(&mut table::workspace("campaigns"))
            .foreign_key(&mut table::references(
                "campaigns",
                "content_id",
                "contents",
                "id",
            ))
            .foreign_key(&mut table::references(
                "campaigns",
                "archived_by_segment_id",
                "segments",
                "id",
            ))
            .to_owned();
        manager.create_table(campaigns).await?;
        manager
            .create_index(table::index("campaigns", &["workspace_id", "created_at", "id"]))
            .await?;
        manager
            .create_index(table::index("campaigns", &["workspace_id", "updated_at", "id"]))
            .await?;
        manager
            .create_index(table::index("campaigns", &["archived_by_segment_id"]))
            .await?;

        // One draft at most: its key is the campaign.
        let drafts = Table::create()
            .table("drafts")
            .col(ColumnDef::new("campaign_id").uuid().not_null().primary_key())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("content_id").uuid().not_null().unique_key())
            .col(ColumnDef::new("based_on_version").integer().not_null())
            .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("updated_at").timestamp_with_time_zone().not_null())
            .check(Expr::cust("based_on_version >= 1"))
            .foreign_key(&mut table::workspace("drafts"))
            .foreign_key(&mut table::references("drafts", "campaign_id", "campaigns", "id"))
            .foreign_key(&mut table::references("drafts", "content_id", "contents", "id"))
            .to_owned();
        manager.create_table(drafts).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, &["campaigns", "drafts"]).await
    }
}
