//! The number by which the search index knows a content.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "content_documents")]
pub struct Model {
    /// The number.
    #[sea_orm(primary_key)]
    pub number: i64,
    /// The content.
    #[sea_orm(unique)]
    pub content_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
