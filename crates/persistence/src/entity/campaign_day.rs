//! What became of a campaign on one day, in UTC.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign_days")]
pub struct Model {
    /// The campaign.
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: Uuid,
    /// The day.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// Whose it is.
    pub workspace_id: Uuid,
    /// Messages that a channel took.
    pub sent: i64,
    /// Messages that were given up.
    pub failed: i64,
    /// How often it was shown or opened.
    pub impressions: i64,
    /// How often it was clicked.
    pub clicks: i64,
    /// How often it was closed.
    pub dismissals: i64,
    /// Recipients whom it reached for the first time.
    pub reached: i64,
    /// When the first message was sent; set where one was.
    pub first_sent_at: Option<DateTimeUtc>,
    /// When the last message was sent; set where one was.
    pub last_sent_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
