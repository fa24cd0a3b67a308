//! A segment.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "segments")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub workspace_id: Uuid,
    /// One up with every change.
    pub version: i32,
    /// The name.
    pub name: String,
    /// The name as lists order it.
    pub sort_name: String,
    /// The description.
    pub description: String,
    /// Whom it holds, as an expression; everyone if there is none.
    pub filter: Option<String>,
    /// When it was archived.
    pub archived_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
