//! Which binaries can use the database.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "compatibility")]
pub struct Model {
    /// The migration that a binary must know.
    #[sea_orm(primary_key, auto_increment = false)]
    pub oldest_migration: String,
}

impl ActiveModelBehavior for ActiveModel {}
