//! A campaign, without what it says.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaigns")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub workspace_id: Uuid,
    /// Its live content.
    #[sea_orm(unique)]
    pub content_id: Uuid,
    /// One up with every change.
    pub version: i32,
    /// The lifecycle status.
    pub status: String,
    /// When it was launched.
    pub launched_at: Option<DateTimeUtc>,
    /// When it stopped; set while it is stopped.
    pub stopped_at: Option<DateTimeUtc>,
    /// When it was archived; set while it is archived.
    pub archived_at: Option<DateTimeUtc>,
    /// The segment that archived it.
    pub archived_by_segment_id: Option<Uuid>,
    /// The live content's name as lists order it.
    pub sort_name: String,
    /// The live content's channel.
    pub channel: Option<String>,
    /// When it was created.
    pub created_at: DateTimeUtc,
    /// When its version last went up.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
