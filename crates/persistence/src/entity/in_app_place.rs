//! The place of a campaign or a Canvas in the in-app order. The archived keep theirs.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "in_app_places")]
pub struct Model {
    /// The campaign's or the Canvas's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: Uuid,
    /// Whose it is.
    pub workspace_id: Uuid,
    /// The same id, if it is a campaign's.
    pub campaign_id: Option<Uuid>,
    /// The same id, if it is a Canvas's.
    pub canvas_id: Option<Uuid>,
    /// 1 wins over 2 over 3.
    pub level: i16,
    /// The place within the level.
    #[sea_orm(column_type = "Blob")]
    pub rank: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
