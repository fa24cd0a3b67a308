//! Canvases, and the one order in which they and the in-app campaigns win.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let canvases = Table::create()
            .table("canvases")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("name").text().not_null())
            .col(ColumnDef::new("sort_name").text().not_null())
            .col(ColumnDef::new("archived_at").timestamp_with_time_zone())
            .check(Expr::cust("name <> ''"))
            .foreign_key(&mut table::workspace("canvases"))
            .to_owned();
        manager.create_table(canvases).await?;
        manager
            .create_index(table::index("canvases", &["workspace_id", "sort_name", "id"]))
            .await?;

        let places = Table::create()
            .table("in_app_places")
            // The campaign's or the Canvas's id: which of the two says the column that repeats it.
            .col(ColumnDef::new("source_id").uuid().not_null().primary_key())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("campaign_id").uuid().unique_key())
            .col(ColumnDef::new("canvas_id").uuid().unique_key())
            // 1 wins over 2 over 3.
            .col(ColumnDef::new("level").small_integer().not_null())
            .col(ColumnDef::new("rank").blob().not_null())
            .check(Expr::cust("level BETWEEN 1 AND 3"))
            .check(Expr::cust("length(rank) >= 8"))
            .check(Expr::cust("(campaign_id IS NULL) <> (canvas_id IS NULL)"))
            .check(Expr::cust("source_id = COALESCE(campaign_id, canvas_id)"))
            .foreign_key(&mut table::workspace("in_app_places"))
            .foreign_key(&mut table::references(
                "in_app_places",
                "campaign_id",
                "campaigns",
                "id",
            ))
            .foreign_key(&mut table::references(
                "in_app_places",
                "canvas_id",
                "canvases",
                "id",
            ))
            .to_owned();
        manager.create_table(places).await?;
        // The order is total: no two sources share a place.
        manager
            .create_index(table::unique("in_app_places", &["workspace_id", "level", "rank"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, &["canvases", "in_app_places"]).await
    }
}
