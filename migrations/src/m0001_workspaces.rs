//! Workspaces, and the one that every installation begins with.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The workspace's id as the domain has it; a migration repeats it, since it must not change with the domain.
const DEFAULT_WORKSPACE: Uuid = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001);

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let workspaces = Table::create()
            .table("workspaces")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("name").text().not_null())
            // The sequence of the last event: the counter and the lock of the workspace's log.
            .col(
                ColumnDef::new("event_sequence")
                    .big_integer()
                    .not_null()
                    .default(0),
            )
            .check(Expr::cust("event_sequence >= 0"))
            .to_owned();
        manager.create_table(workspaces).await?;
        let default = Query::insert()
            .into_table("workspaces")
            .columns(["id", "name"])
            .values_panic([DEFAULT_WORKSPACE.into(), "default".into()])
            .to_owned();
        manager.execute(default).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, &["workspaces"]).await
    }
}
