//! Segments.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let segments = Table::create()
            .table("segments")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("version").integer().not_null())
            .col(ColumnDef::new("name").text().not_null())
            // The name as lists order it.
            .col(ColumnDef::new("sort_name").text().not_null())
            .col(ColumnDef::new("description").text().not_null())
            .col(ColumnDef::new("archived_at").timestamp_with_time_zone())
            .check(Expr::cust("version >= 1"))
            .check(Expr::cust("name <> ''"))
            .foreign_key(&mut table::workspace("segments"))
            .to_owned();
        manager.create_table(segments).await?;
        manager
            .create_index(table::index("segments", &["workspace_id", "sort_name", "id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, &["segments"]).await
    }
}
