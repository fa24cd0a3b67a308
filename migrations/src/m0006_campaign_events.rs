//! The event log: feed, history and audit in one.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let status = |column| format!("{column} IN ('UNLAUNCHED', 'ACTIVE', 'STOPPED', 'ARCHIVED')");
        let events = Table::create()
            .table("campaign_events")
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("sequence").big_integer().not_null())
            .col(ColumnDef::new("campaign_id").uuid().not_null())
            .col(ColumnDef::new("version").integer().not_null())
            .col(ColumnDef::new("kind").text().not_null())
            .col(ColumnDef::new("at").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("status_before").text())
            .col(ColumnDef::new("status_after").text().not_null())
            .col(ColumnDef::new("segment_id").uuid())
            .check(Expr::cust("sequence >= 1"))
            .check(Expr::cust("version >= 1"))
            .check(Expr::cust("(kind = 'CREATED') = (status_before IS NULL)"))
            .check(Expr::cust("(kind = 'CREATED') = (version = 1)"))
            .check(Expr::cust("segment_id IS NULL OR kind = 'ARCHIVED'"))
            .check(Expr::cust(format!(
                "status_before IS NULL OR {}",
                status("status_before")
            )))
            .check(Expr::cust(status("status_after")))
            .primary_key(&mut table::index(
                "campaign_events",
                &["workspace_id", "sequence"],
            ))
            .foreign_key(&mut table::workspace("campaign_events"))
            .foreign_key(&mut table::references(
                "campaign_events",
                "campaign_id",
                "campaigns",
                "id",
            ))
            .foreign_key(&mut table::references(
                "campaign_events",
                "segment_id",
                "segments",
                "id",
            ))
            .to_owned();
        manager.create_table(events).await?;
        // One change, one version, one event.
        manager
            .create_index(table::unique("campaign_events", &["campaign_id", "version"]))
            .await?;
        manager
            .create_index(table::index(
                "campaign_events",
                &["workspace_id", "campaign_id", "sequence"],
            ))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, &["campaign_events"]).await
    }
}
