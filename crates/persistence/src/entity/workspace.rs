//! A workspace: what everything belongs to.

use sea_orm::entity::prelude::*;

/// The name that the migrations give to the workspace that every database begins with. No command gives it another.
pub(crate) const DEFAULT_NAME: &str = "default";

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "workspaces")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The sequence of the last event of its log.
    pub event_sequence: i64,
}

impl ActiveModelBehavior for ActiveModel {}
