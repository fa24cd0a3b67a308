//! That a recipient is to get a campaign, and what became of it.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    /// The id, by which channels know the message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub workspace_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// What it belongs to, in which each recipient is once: the campaign itself.
    pub run_id: Uuid,
    /// Who is to get it.
    pub recipient_id: Uuid,
    /// What became of it.
    pub state: String,
    /// How often a channel has tried.
    pub attempts: i16,
    /// When it was to be sent.
    pub due_at: DateTimeUtc,
    /// When it may be tried next.
    pub not_before: DateTimeUtc,
    /// Who has handed it to a channel; set while the channel has it.
    pub sender_id: Option<Uuid>,
    /// Why it was not sent, or not by the last attempt.
    pub reason: Option<String>,
    /// When it ended.
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
