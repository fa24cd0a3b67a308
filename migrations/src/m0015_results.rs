//! What became of campaigns: counted by the day, whom each has reached, and what was told of them by their apps.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COUNTS: [&str; 6] = ["sent", "failed", "impressions", "clicks", "dismissals", "reached"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(days()).await?;

        let reached = Table::create()
            .table("campaign_recipients")
            .col(ColumnDef::new("campaign_id").uuid().not_null())
            .col(ColumnDef::new("recipient_id").uuid().not_null())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .primary_key(&mut table::index(
                "campaign_recipients",
                &["campaign_id", "recipient_id"],
            ))
            .foreign_key(&mut table::references(
                "campaign_recipients",
                "campaign_id",
                "campaigns",
                "id",
            ))
            .foreign_key(&mut table::part_of(
                "campaign_recipients",
                "recipient_id",
                "recipients",
                "id",
            ))
            .foreign_key(&mut table::workspace("campaign_recipients"))
            .to_owned();
        manager.create_table(reached).await?;

        let engagements = Table::create()
            .table("engagements")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("client_id").text().not_null())
            .col(ColumnDef::new("campaign_id").uuid().not_null())
            .col(ColumnDef::new("recipient_id").uuid().not_null())
            .col(ColumnDef::new("kind").text().not_null())
            .col(ColumnDef::new("day").date().not_null())
            .check(Expr::cust("client_id <> ''"))
            .check(Expr::cust("kind IN ('IMPRESSION', 'CLICK', 'DISMISSAL')"))
            .foreign_key(&mut table::references(
                "engagements",
                "campaign_id",
                "campaigns",
                "id",
            ))
            .foreign_key(&mut table::part_of(
                "engagements",
                "recipient_id",
                "recipients",
                "id",
            ))
            .foreign_key(&mut table::workspace("engagements"))
            .to_owned();
        manager.create_table(engagements).await?;
        manager
            .create_index(table::unique("engagements", &["workspace_id", "client_id"]))
            .await?;
        // Whoever is erased takes theirs along.
        for table in ["campaign_recipients", "engagements"] {
            manager
                .create_index(table::index(table, &["recipient_id"]))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, &["campaign_days", "campaign_recipients", "engagements"]).await
    }
}

fn days() -> TableCreateStatement {
    let mut days = Table::create()
        .table("campaign_days")
        .col(ColumnDef::new("campaign_id").uuid().not_null())
        .col(ColumnDef::new("day").date().not_null())
        .col(ColumnDef::new("workspace_id").uuid().not_null())
        .to_owned();
    for count in COUNTS {
        days.col(ColumnDef::new(count).big_integer().not_null())
            .check(Expr::cust(format!("{count} >= 0")));
    }
    days.col(ColumnDef::new("first_sent_at").timestamp_with_time_zone())
        .col(ColumnDef::new("last_sent_at").timestamp_with_time_zone())
        .check(Expr::cust("(sent > 0) = (first_sent_at IS NOT NULL)"))
        .check(Expr::cust("(sent > 0) = (last_sent_at IS NOT NULL)"))
        .check(Expr::cust("first_sent_at <= last_sent_at"))
        .primary_key(&mut table::index("campaign_days", &["campaign_id", "day"]))
        .foreign_key(&mut table::references(
            "campaign_days",
            "campaign_id",
            "campaigns",
            "id",
        ))
        .foreign_key(&mut table::workspace("campaign_days"))
        .to_owned()
}
