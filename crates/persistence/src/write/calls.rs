//! Calls from outside that send a campaign.

use std::collections::{HashMap, HashSet};

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use serde_json::{Map, Value};
use understudy_domain::call::Call;
use understudy_domain::{CampaignId, RecipientId, Timestamp};
use uuid::Uuid;

use super::WriteTx;
use crate::StoreError;
use crate::entity::{call, delivery};
use crate::rows;

impl WriteTx {
    /// Plans a call's deliveries to recipients who are there: of a call with this key that came before, to those of them to
    /// whom it has not planned one. How many were planned. What the first call brought along counts; one that names nobody
    /// leaves nothing behind.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn call(
        &self,
        campaign: CampaignId,
        called: &Call,
        recipients: &[RecipientId],
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        if recipients.is_empty() {
            return Ok(0);
        }
        let run = match self.call_named(campaign, &called.key).await? {
            Some(run) => run,
            None => self.insert_call(campaign, called, now).await?,
        };
        let known: Vec<Uuid> = delivery::Entity::find()
            .select_only()
            .column(delivery::Column::RecipientId)
            .filter(delivery::Column::RunId.eq(run))
            .filter(delivery::Column::RecipientId.is_in(recipients.iter().map(|id| id.uuid())))
            .into_tuple()
            .all(&self.db)
            .await?;
        let mut known: HashSet<Uuid> = known.into_iter().collect();
        let new = recipients.iter().copied().filter(|id| known.insert(id.uuid()));
        self.insert_deliveries(campaign, run, &new.collect::<Vec<_>>(), now)
            .await
    }

    async fn call_named(&self, campaign: CampaignId, key: &str) -> Result<Option<Uuid>, StoreError> {
        let named = call::Entity::find()
            .filter(call::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(call::Column::CampaignId.eq(campaign.uuid()))
            .filter(call::Column::Key.eq(key));
        Ok(named.one(&self.db).await?.map(|row| row.id))
    }

    async fn insert_call(
        &self,
        campaign: CampaignId,
        called: &Call,
        now: Timestamp,
    ) -> Result<Uuid, StoreError> {
        let id = Uuid::now_v7();
        let row = call::ActiveModel {
            id: Set(id),
            workspace_id: Set(self.workspace.uuid()),
            campaign_id: Set(campaign.uuid()),
            key: Set(called.key.clone()),
            properties: Set(Value::Object(called.properties.clone()).to_string()),
            created_at: Set(now),
        };
        call::Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(id)
    }

    /// What the calls of these runs brought along; nothing for those that are no calls.
    pub(super) async fn properties(
        &self,
        runs: impl Iterator<Item = Uuid>,
    ) -> Result<HashMap<Uuid, Map<String, Value>>, StoreError> {
        let calls = call::Entity::find()
            .filter(call::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(call::Column::Id.is_in(runs));
        let rows = calls.all(&self.db).await?.into_iter();
        rows.map(|row| Ok((row.id, rows::properties(&row)?))).collect()
    }
}
