//! That a campaign has reached a recipient. It goes with the recipient.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign_recipients")]
pub struct Model {
    /// The campaign.
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: Uuid,
    /// The recipient.
    #[sea_orm(primary_key, auto_increment = false)]
    pub recipient_id: Uuid,
    /// Whose it is.
    pub workspace_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
