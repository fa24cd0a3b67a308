//! Calls from outside that send a campaign, and an order for what could not be sent.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const ENDED: &[&str] = &["campaign_id", "state", "ended_at", "id"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let calls = Table::create()
            .table("calls")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("campaign_id").uuid().not_null())
            .col(ColumnDef::new("key").text().not_null())
            // As text: a database's own JSON writes numbers its own way.
            .col(ColumnDef::new("properties").text().not_null())
            .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
            .check(Expr::cust("key <> ''"))
            .foreign_key(&mut table::references("calls", "campaign_id", "campaigns", "id"))
            .foreign_key(&mut table::workspace("calls"))
            .to_owned();
        manager.create_table(calls).await?;
        manager
            .create_index(table::unique("calls", &["campaign_id", "key"]))
            .await?;
        manager.create_index(table::index("deliveries", ENDED)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = table::index_name("deliveries", ENDED);
        manager
            .drop_index(Index::drop().name(name).table("deliveries").to_owned())
            .await?;
        table::drop(manager, &["calls"]).await
    }
}
