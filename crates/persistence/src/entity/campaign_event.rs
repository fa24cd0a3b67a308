//! An event of the log.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign_events")]
pub struct Model {
    /// Whose log it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// From 1, without gaps, in commit order.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// Which campaign changed.
    pub campaign_id: Uuid,
    /// Its version after the change.
    pub version: i32,
    /// What happened.
    pub kind: String,
    /// When.
    pub at: DateTimeUtc,
    /// The status before; none for the creation.
    pub status_before: Option<String>,
    /// The status after.
    pub status_after: String,
    /// The segment whose archiving caused it.
    pub segment_id: Option<Uuid>,
    /// The name of the token by which it was done; none for the system itself.
    pub actor: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
