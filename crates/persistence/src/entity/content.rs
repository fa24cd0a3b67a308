//! A content: the live one of a campaign, or a draft's.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contents")]
pub struct Model {
    /// The id; a draft's content has the draft's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub workspace_id: Uuid,
    /// The name.
    pub name: String,
    /// The name as lists order it.
    pub sort_name: String,
    /// The description.
    pub description: String,
    /// What starts the sending.
    pub schedule_kind: String,
    /// Not before.
    pub start_at: Option<DateTimeUtc>,
    /// Not from then on.
    pub end_at: Option<DateTimeUtc>,
    /// The channel of the message; the columns that follow belong to it.
    pub channel: Option<String>,
    /// Of an email.
    pub subject: Option<String>,
    /// Of an in-app message.
    pub title: Option<String>,
    /// Of an in-app message.
    pub trigger_event: Option<String>,
    /// Of a webhook.
    pub url: Option<String>,
    /// Of an email.
    pub from_address: Option<String>,
    /// Of an email.
    pub reply_to: Option<String>,
    /// Of a webhook: a list of pairs.
    #[sea_orm(column_type = "JsonBinary")]
    pub headers: Option<Json>,
    /// Of any message.
    pub body: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
