//! Deliveries: which recipient is to get which campaign, and what became of it; how far each campaign has come; and who
//! sends.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COUNTS: [&str; 6] = ["planned", "pending", "in_flight", "sent", "failed", "canceled"];

/// Those that there is something to do for: few, of many.
const OPEN: &str = "CREATE INDEX campaign_deliveries_open ON campaign_deliveries (workspace_id, campaign_id) \
    WHERE pending > 0 OR NOT is_planned";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let senders = Table::create()
            .table("senders")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("beat").big_integer().not_null())
            .col(ColumnDef::new("lease_seconds").integer().not_null())
            .to_owned();
        manager.create_table(senders).await?;
        manager.create_table(campaign_deliveries()).await?;
        manager.get_connection().execute_unprepared(OPEN).await?;
        manager.create_table(deliveries()).await?;
        manager
            .create_index(table::unique("deliveries", &["run_id", "recipient_id"]))
            .await?;
        for columns in [
            &["campaign_id", "state", "not_before", "id"][..],
            &["recipient_id", "state"],
            &["sender_id"],
        ] {
            manager.create_index(table::index("deliveries", columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, &["senders", "campaign_deliveries", "deliveries"]).await
    }
}

fn campaign_deliveries() -> TableCreateStatement {
    let mut progress = Table::create()
        .table("campaign_deliveries")
        .col(ColumnDef::new("campaign_id").uuid().not_null().primary_key())
        .col(ColumnDef::new("workspace_id").uuid().not_null())
        .to_owned();
    for count in COUNTS {
        progress
            .col(ColumnDef::new(count).big_integer().not_null())
            .check(Expr::cust(format!("{count} >= 0")));
    }
    progress
        .col(ColumnDef::new("is_planned").boolean().not_null())
        .col(ColumnDef::new("plan").big_integer().not_null())
        .col(ColumnDef::new("planned_to").uuid())
        .col(ColumnDef::new("paused_at").timestamp_with_time_zone())
        .check(Expr::cust(
            "planned = pending + in_flight + sent + failed + canceled",
        ))
        .foreign_key(&mut table::references(
            "campaign_deliveries",
            "campaign_id",
            "campaigns",
            "id",
        ))
        .foreign_key(&mut table::workspace("campaign_deliveries"))
        .to_owned()
}

fn deliveries() -> TableCreateStatement {
    Table::create()
        .table("deliveries")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("workspace_id").uuid().not_null())
        .col(ColumnDef::new("campaign_id").uuid().not_null())
        .col(ColumnDef::new("run_id").uuid().not_null())
        // Of whoever is erased while a channel has a message of theirs in its hands, the row stays until it has not.
        .col(ColumnDef::new("recipient_id").uuid().not_null())
        .col(ColumnDef::new("state").text().not_null())
        .col(ColumnDef::new("attempts").small_integer().not_null())
        .col(ColumnDef::new("due_at").timestamp_with_time_zone().not_null())
        .col(ColumnDef::new("not_before").timestamp_with_time_zone().not_null())
        .col(ColumnDef::new("sender_id").uuid())
        .col(ColumnDef::new("reason").text())
        .col(ColumnDef::new("ended_at").timestamp_with_time_zone())
        .check(Expr::cust(
            "state IN ('PENDING', 'CLAIMED', 'SENT', 'FAILED', 'CANCELED')",
        ))
        .check(Expr::cust("(state = 'CLAIMED') = (sender_id IS NOT NULL)"))
        .check(Expr::cust(
            "(state IN ('SENT', 'FAILED', 'CANCELED')) = (ended_at IS NOT NULL)",
        ))
        .foreign_key(&mut table::references(
            "deliveries",
            "campaign_id",
            "campaigns",
            "id",
        ))
        .foreign_key(&mut table::workspace("deliveries"))
        .to_owned()
}
