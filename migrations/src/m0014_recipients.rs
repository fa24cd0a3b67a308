//! Recipients, and which of them a segment holds.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let recipients = Table::create()
            .table("recipients")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("external_id").text().not_null())
            .col(ColumnDef::new("email").text())
            // As text: a database's own JSON writes numbers its own way.
            .col(ColumnDef::new("attributes").text().not_null())
            .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("updated_at").timestamp_with_time_zone().not_null())
            .check(Expr::cust("external_id <> ''"))
            .foreign_key(&mut table::workspace("recipients"))
            .to_owned();
        manager.create_table(recipients).await?;
        manager
            .create_index(table::unique("recipients", &["workspace_id", "external_id"]))
            .await?;
        // The order of the list, in which a segment's recipients are looked for too.
        manager
            .create_index(table::index("recipients", &["workspace_id", "id"]))
            .await?;
        // Segments that there are hold everyone.
        let filter = Table::alter()
            .table("segments")
            .add_column(ColumnDef::new("filter").text())
            .to_owned();
        manager.alter_table(filter).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let filter = Table::alter().table("segments").drop_column("filter").to_owned();
        manager.alter_table(filter).await?;
        table::drop(manager, &["recipients"]).await
    }
}
