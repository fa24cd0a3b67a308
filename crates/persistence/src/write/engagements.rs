//! Engagements, for a decision and after one.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use understudy_domain::{CampaignId, Date, Engagement, EngagementKind, RecipientId, Results};
use uuid::Uuid;

use super::WriteTx;
use crate::StoreError;
use crate::codes::Code as _;
use crate::entity::{campaign, engagement, recipient};

impl WriteTx {
    /// Those of the campaigns that exist, and whether each was ever launched.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn launched(
        &self,
        ids: impl Iterator<Item = CampaignId>,
    ) -> Result<HashMap<CampaignId, bool>, StoreError> {
        let rows: Vec<(Uuid, Option<sea_orm::prelude::DateTimeUtc>)> = campaign::Entity::find()
            .select_only()
            .columns([campaign::Column::Id, campaign::Column::LaunchedAt])
            .filter(campaign::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(campaign::Column::Id.is_in(ids.map(CampaignId::uuid)))
            .into_tuple()
            .all(&self.db)
            .await?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|(id, launched_at)| (CampaignId::from_uuid(id), launched_at.is_some()))
            .collect())
    }

    /// Those of the recipients that exist.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn existing_recipients(
        &self,
        ids: impl Iterator<Item = RecipientId>,
    ) -> Result<HashSet<RecipientId>, StoreError> {
        let rows: Vec<Uuid> = recipient::Entity::find()
            .select_only()
            .column(recipient::Column::Id)
            .filter(recipient::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(recipient::Column::Id.is_in(ids.map(RecipientId::uuid)))
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().map(RecipientId::from_uuid).collect())
    }

    /// Those of the engagements' ids that were recorded before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recorded(&self, ids: impl Iterator<Item = &str>) -> Result<HashSet<String>, StoreError> {
        let rows: Vec<String> = engagement::Entity::find()
            .select_only()
            .column(engagement::Column::ClientId)
            .filter(engagement::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(engagement::Column::ClientId.is_in(ids))
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// Records engagements of which none was recorded before, and counts them; at most a thousand. An impression marks its
    /// campaign as shown to its recipient.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn record(&self, engagements: &[Engagement]) -> Result<(), StoreError> {
        let rows = engagements.iter().map(|told| engagement::ActiveModel {
            id: Set(Uuid::now_v7()),
            workspace_id: Set(self.workspace.uuid()),
            client_id: Set(told.id.clone()),
            campaign_id: Set(told.campaign.uuid()),
            recipient_id: Set(told.recipient.uuid()),
            kind: Set(told.kind.code().to_owned()),
            day: Set(told.at.date_naive()),
        });
        engagement::Entity::insert_many(rows)
            .exec_without_returning(&self.db)
            .await?;
        let mut counted: BTreeMap<(CampaignId, Date), Results> = BTreeMap::new();
        let mut shown = vec![];
        for told in engagements {
            let day = counted.entry((told.campaign, told.at.date_naive())).or_default();
            *day = day.and(Results::of_engagement(told.kind));
            if told.kind == EngagementKind::Impression {
                shown.push((told.campaign, told.recipient));
            }
        }
        let mut new = self.reach(&shown).await?;
        for told in engagements
            .iter()
            .filter(|told| told.kind == EngagementKind::Impression)
        {
            // The first of theirs, if there are several.
            if new.remove(&(told.campaign, told.recipient)) {
                let day = counted.entry((told.campaign, told.at.date_naive())).or_default();
                day.reached += 1;
            }
        }
        self.count(&counted).await
    }
}
