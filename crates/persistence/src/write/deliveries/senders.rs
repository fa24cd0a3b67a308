//! Senders: that they live, and what becomes of what they had in hand when they do not.

use std::time::Duration;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use understudy_domain::{CampaignId, Channel, Timestamp};
use uuid::Uuid;

use super::Ended;
use crate::StoreError;
use crate::WriteTx;
use crate::codes::Code as _;
use crate::entity::{campaign, delivery, sender};

impl WriteTx {
    /// Says that a sender lives: a number that counts up, and for how long it may hand messages to channels now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn beat(&self, id: Uuid, beat: i64, lease: Duration) -> Result<(), StoreError> {
        let row = sender::ActiveModel {
            id: Set(id),
            beat: Set(beat),
            lease_seconds: Set(i32::try_from(lease.as_secs()).unwrap_or(i32::MAX)),
        };
        let known = OnConflict::column(sender::Column::Id)
            .update_columns([sender::Column::Beat, sender::Column::LeaseSeconds])
            .to_owned();
        sender::Entity::insert(row)
            .on_conflict(known)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    /// Puts back what a sender has in hand of a campaign, and has not handed over.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn release(&self, sender: Uuid, id: CampaignId, now: Timestamp) -> Result<(), StoreError> {
        let in_hand = self.in_hand(sender, Some(id)).await?;
        let ended: Vec<_> = in_hand.iter().map(|row| (row, &Ended::Untried)).collect();
        self.end(&ended, now).await
    }

    /// Ends what a sender has in hand of a campaign, of which nobody knows whether it was handed over, and whether it has
    /// arrived. So an email is never sent again; a webhook is, `most_attempts` at most, since its receiver knows it by its
    /// key.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lose(
        &self,
        sender: Uuid,
        id: CampaignId,
        most_attempts: u32,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let in_hand = self.in_hand(sender, Some(id)).await?;
        self.end_lost(&in_hand, most_attempts, now).await
    }

    /// The same for all that a sender has in hand in this workspace that is gone; and it is forgotten, if it has nothing in
    /// any other.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn bury(&self, gone: Uuid, most_attempts: u32, now: Timestamp) -> Result<(), StoreError> {
        let in_hand = self.in_hand(gone, None).await?;
        self.end_lost(&in_hand, most_attempts, now).await?;
        let others = delivery::Entity::find().filter(delivery::Column::SenderId.eq(gone));
        if others.one(&self.db).await?.is_none() {
            sender::Entity::delete_by_id(gone).exec(&self.db).await?;
        }
        Ok(())
    }

    async fn in_hand(
        &self,
        sender: Uuid,
        campaign: Option<CampaignId>,
    ) -> Result<Vec<delivery::Model>, StoreError> {
        let mut in_hand = delivery::Entity::find()
            .filter(delivery::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(delivery::Column::SenderId.eq(sender));
        if let Some(id) = campaign {
            in_hand = in_hand.filter(delivery::Column::CampaignId.eq(id.uuid()));
        }
        Ok(in_hand.all(&self.db).await?)
    }

    async fn end_lost(
        &self,
        in_hand: &[delivery::Model],
        most_attempts: u32,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let webhooks: Vec<Uuid> = campaign::Entity::find()
            .select_only()
            .column(campaign::Column::Id)
            .filter(campaign::Column::Id.is_in(in_hand.iter().map(|row| row.campaign_id)))
            .filter(campaign::Column::Channel.eq(Channel::Webhook.code()))
            .into_tuple()
            .all(&self.db)
            .await?;
        let reason = "whoever sent it was lost while it was handed over; it may have arrived".to_owned();
        let (again, failed) = (Ended::Again(now, reason.clone()), Ended::Failed(reason));
        let ended = in_hand.iter().map(|row| {
            let attempts = u32::from(row.attempts.unsigned_abs());
            let is_known = webhooks.contains(&row.campaign_id) && attempts < most_attempts;
            (row, if is_known { &again } else { &failed })
        });
        self.end(&ended.collect::<Vec<_>>(), now).await
    }
}
