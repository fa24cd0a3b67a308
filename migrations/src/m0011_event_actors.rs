//! Who did what the log tells of.

use sea_orm_migration::prelude::*;

use crate::m0008_compatibility::set_oldest;
use crate::m0010_list_columns;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // What was done before there were names was done by nobody of whom one is known.
        let actor = ColumnDef::new("actor").text().to_owned();
        let added = Table::alter()
            .table("campaign_events")
            .add_column(actor)
            .to_owned();
        manager.alter_table(added).await?;
        // A binary that knows no names would not write them.
        set_oldest(manager, self.name()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        set_oldest(manager, m0010_list_columns::Migration.name()).await?;
        let dropped = Table::alter()
            .table("campaign_events")
            .drop_column("actor")
            .to_owned();
        manager.alter_table(dropped).await
    }
}
