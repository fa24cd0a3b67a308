//! Which contents use a segment is found within a workspace alone. By the segment alone, whoever asks for one of another
//! workspace could tell from the time how much uses it there.

use sea_orm_migration::prelude::*;

use crate::table::{index, index_name};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "content_segments";
const BY_SEGMENT: [&str; 2] = ["segment_id", "content_id"];
const BY_WORKSPACE: [&str; 3] = ["workspace_id", "segment_id", "content_id"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, &BY_SEGMENT, &BY_WORKSPACE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, &BY_WORKSPACE, &BY_SEGMENT).await
    }
}

/// Puts one index in the place of another.
async fn replace(
    manager: &SchemaManager<'_>,
    old: &[&'static str],
    new: &[&'static str],
) -> Result<(), DbErr> {
    manager.create_index(index(TABLE, new)).await?;
    let name = index_name(TABLE, old);
    manager
        .drop_index(Index::drop().name(name).table(TABLE).to_owned())
        .await
}
