//! A recipient.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recipients")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The workspace.
    pub workspace_id: Uuid,
    /// What they are called where they come from.
    pub external_id: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What else is known of them: a JSON object, its members in order.
    pub attributes: String,
    /// When they came in.
    pub created_at: DateTimeUtc,
    /// When anything of them last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
