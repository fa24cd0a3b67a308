//! What there is to send, and who sends: asked over all workspaces, since whoever sends serves all of them.

use std::collections::HashMap;
use std::time::Duration;

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use understudy_domain::{CampaignId, Status, WorkspaceId};
use uuid::Uuid;

use super::Store;
use crate::StoreError;
use crate::codes::Code as _;
use crate::entity::{campaign, campaign_delivery, delivery, sender};

impl Store {
    /// The active campaigns that are not planned to the end, or have deliveries that are pending.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open_campaigns(&self) -> Result<Vec<(WorkspaceId, CampaignId)>, StoreError> {
        let db = self.begin_read().await?;
        let by_campaign = campaign_delivery::Entity::belongs_to(campaign::Entity)
            .from(campaign_delivery::Column::CampaignId)
            .to(campaign::Column::Id)
            .into();
        let rows: Vec<(Uuid, Uuid)> = campaign_delivery::Entity::find()
            .select_only()
            .columns([
                campaign_delivery::Column::WorkspaceId,
                campaign_delivery::Column::CampaignId,
            ])
            .join(JoinType::InnerJoin, by_campaign)
            .filter(
                Condition::any()
                    .add(campaign_delivery::Column::Pending.gt(0))
                    .add(campaign_delivery::Column::IsPlanned.eq(false)),
            )
            .filter(campaign::Column::Status.eq(Status::Active.code()))
            .order_by_asc(campaign_delivery::Column::CampaignId)
            .into_tuple()
            .all(&db)
            .await?;
        let ids =
            |(workspace, campaign)| (WorkspaceId::from_uuid(workspace), CampaignId::from_uuid(campaign));
        Ok(rows.into_iter().map(ids).collect())
    }

    /// All senders, with the numbers that they count up for as long as they live, and for how long each may hand messages
    /// to channels after it has counted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn senders(&self) -> Result<HashMap<Uuid, (i64, Duration)>, StoreError> {
        let db = self.begin_read().await?;
        let rows = sender::Entity::find().all(&db).await?.into_iter();
        let lease = |seconds: i32| Duration::from_secs(seconds.unsigned_abs().into());
        Ok(rows
            .map(|row| (row.id, (row.beat, lease(row.lease_seconds))))
            .collect())
    }

    /// The workspaces of which a sender has messages in hand.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn workspaces_of(&self, sender: Uuid) -> Result<Vec<WorkspaceId>, StoreError> {
        let db = self.begin_read().await?;
        let ids: Vec<Uuid> = delivery::Entity::find()
            .select_only()
            .column(delivery::Column::WorkspaceId)
            .distinct()
            .filter(delivery::Column::SenderId.eq(sender))
            .into_tuple()
            .all(&db)
            .await?;
        Ok(ids.into_iter().map(WorkspaceId::from_uuid).collect())
    }
}
