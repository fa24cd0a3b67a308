//! A draft. Its key is the campaign: there is one at most.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "drafts")]
pub struct Model {
    /// The campaign beside whose live content it stands.
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: Uuid,
    /// Whose it is.
    pub workspace_id: Uuid,
    /// Its content, whose id is the draft's.
    #[sea_orm(unique)]
    pub content_id: Uuid,
    /// The campaign's version that it was first taken from.
    pub based_on_version: i32,
    /// When it was first saved.
    pub created_at: DateTimeUtc,
    /// When it was last saved.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
