//! Who is let in.

use sea_orm_migration::prelude::*;

use crate::m0008_compatibility::set_oldest;
use crate::{m0011_event_actors, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tokens = Table::create()
            .table("tokens")
            .col(ColumnDef::new("id").uuid().not_null().primary_key())
            .col(ColumnDef::new("workspace_id").uuid().not_null())
            .col(ColumnDef::new("name").text().not_null())
            .col(ColumnDef::new("role").text().not_null())
            .col(ColumnDef::new("secret_hash").blob().not_null())
            .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
            .col(ColumnDef::new("created_by").text())
            .col(ColumnDef::new("expires_at").timestamp_with_time_zone())
            .col(ColumnDef::new("revoked_at").timestamp_with_time_zone())
            .check(Expr::cust("role IN ('VIEWER', 'EDITOR', 'LAUNCHER', 'ADMIN')"))
            .check(Expr::cust("length(secret_hash) = 32"))
            .foreign_key(&mut table::workspace("tokens"))
            .to_owned();
        manager.create_table(tokens).await?;
        for columns in [&["secret_hash"][..], &["workspace_id", "name"]] {
            manager.create_index(table::unique("tokens", columns)).await?;
        }
        // Workspaces are named on the command line.
        manager
            .create_index(table::unique("workspaces", &["name"]))
            .await?;
        // A binary that knows no tokens would let everybody in.
        set_oldest(manager, self.name()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        set_oldest(manager, m0011_event_actors::Migration.name()).await?;
        let index = table::index_name("workspaces", &["name"]);
        manager
            .drop_index(Index::drop().name(index).table("workspaces").to_owned())
            .await?;
        table::drop(manager, &["tokens"]).await
    }
}
