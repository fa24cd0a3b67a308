//! Which binaries can use the database: those that know one certain migration, and thus all before it.

use sea_orm_migration::prelude::*;

use crate::table;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let compatibility = Table::create()
            .table("compatibility")
            .col(ColumnDef::new("oldest_migration").text().not_null().primary_key())
            .to_owned();
        manager.create_table(compatibility).await?;
        let oldest = Query::insert()
            .into_table("compatibility")
            .columns(["oldest_migration"])
            .values_panic([self.name().into()])
            .to_owned();
        manager.execute(oldest).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table::drop(manager, &["compatibility"]).await
    }
}

/// Says that only binaries which know `migration` can use the database from now on.
pub(crate) async fn set_oldest(manager: &SchemaManager<'_>, migration: &str) -> Result<(), DbErr> {
    let set = Query::update()
        .table("compatibility")
        .value("oldest_migration", migration)
        .to_owned();
    manager.execute(set).await
}
