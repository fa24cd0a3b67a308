//! A call from outside that sends a campaign.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "calls")]
pub struct Model {
    /// The id, which its deliveries belong to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub workspace_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// What whoever calls knows it by; different in every call of the campaign.
    pub key: String,
    /// What the message's templates are filled in with: a JSON object.
    pub properties: String,
    /// When it came first.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
