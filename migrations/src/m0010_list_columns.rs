//! What lists of campaigns are ordered and filtered by stands in the campaign's own row, so that an index has it: of
//! the live content the name as lists order it, and the channel.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::{m0008_compatibility, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const INDEXES: [&[&str]; 3] = [
    &["workspace_id", "sort_name", "id"],
    &["workspace_id", "status", "created_at", "id"],
    &["workspace_id", "channel", "created_at", "id"],
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut name = ColumnDef::new("sort_name")
            .text()
            .not_null()
            .default("")
            .to_owned();
        if manager.get_database_backend() == DbBackend::Postgres {
            name.extra("COLLATE \"C\"");
        }
        for column in [name, ColumnDef::new("channel").text().to_owned()] {
            let added = Table::alter().table("campaigns").add_column(column).to_owned();
            manager.alter_table(added).await?;
        }
        let db = manager.get_connection();
        db.execute_unprepared(
            "UPDATE campaigns SET sort_name = (SELECT sort_name FROM contents WHERE contents.id = content_id), \
             channel = (SELECT channel FROM contents WHERE contents.id = content_id)",
        )
        .await?;
        for columns in INDEXES {
            manager.create_index(table::index("campaigns", columns)).await?;
        }
        // A binary that does not know the columns would not write them.
        m0008_compatibility::set_oldest(manager, self.name()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        m0008_compatibility::set_oldest(manager, m0008_compatibility::Migration.name()).await?;
        for columns in INDEXES {
            let index = table::index_name("campaigns", columns);
            manager
                .drop_index(Index::drop().name(index).table("campaigns").to_owned())
                .await?;
        }
        for column in ["channel", "sort_name"] {
            let dropped = Table::alter().table("campaigns").drop_column(column).to_owned();
            manager.alter_table(dropped).await?;
        }
        Ok(())
    }
}
