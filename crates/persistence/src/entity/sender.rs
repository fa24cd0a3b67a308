//! A process that sends, for as long as it does.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "senders")]
pub struct Model {
    /// The id that it gave itself when it began.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Counts up for as long as it lives.
    pub beat: i64,
    /// For how long it may hand messages to channels after it has counted.
    pub lease_seconds: i32,
}

impl ActiveModelBehavior for ActiveModel {}
