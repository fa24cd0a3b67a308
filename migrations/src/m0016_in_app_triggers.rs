//! An index for those that want the in-app slot: the contents by what shows them.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COLUMNS: &[&str] = &["workspace_id", "trigger_event"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(table::index("contents", COLUMNS)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = table::index_name("contents", COLUMNS);
        manager
            .drop_index(Index::drop().name(name).table("contents").to_owned())
            .await
    }
}
