//! How far the sending of a campaign has come.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign_deliveries")]
pub struct Model {
    /// The campaign.
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: Uuid,
    /// Whose it is.
    pub workspace_id: Uuid,
    /// All that follow, together.
    pub planned: i64,
    /// Not handed to a channel yet.
    pub pending: i64,
    /// In the hands of a channel.
    pub in_flight: i64,
    /// Taken by a channel.
    pub sent: i64,
    /// Given up.
    pub failed: i64,
    /// Never to be sent.
    pub canceled: i64,
    /// Whether all recipients were looked at.
    pub is_planned: bool,
    /// Counts how often looking at them began anew.
    pub plan: i64,
    /// The last recipient who was looked at.
    pub planned_to: Option<Uuid>,
    /// Since when the campaign is not active; none while it is.
    pub paused_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
