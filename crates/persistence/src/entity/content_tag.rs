//! A tag of a content.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "content_tags")]
pub struct Model {
    /// Whose it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub content_id: Uuid,
    /// Its place in the list.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i16,
    /// Whose it is.
    pub workspace_id: Uuid,
    /// The tag.
    pub tag: String,
}

impl ActiveModelBehavior for ActiveModel {}
