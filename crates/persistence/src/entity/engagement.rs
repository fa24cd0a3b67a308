//! What a recipient did with a message, as their app told it. It goes with the recipient.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "engagements")]
pub struct Model {
    /// The row's own id, which nobody sees.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub workspace_id: Uuid,
    /// What whoever told it calls it; different in every row of the workspace.
    pub client_id: String,
    /// Whose message it was.
    pub campaign_id: Uuid,
    /// Who did it.
    pub recipient_id: Uuid,
    /// What they did.
    pub kind: String,
    /// On which day, in UTC.
    pub day: Date,
}

impl ActiveModelBehavior for ActiveModel {}
