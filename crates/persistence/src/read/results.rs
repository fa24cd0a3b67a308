//! Reading what became of campaigns.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use understudy_domain::{CampaignId, Date, Days, RecipientId, Results};
use uuid::Uuid;

use super::Snapshot;
use crate::StoreError;
use crate::contents::IDS;
use crate::entity::{campaign_day, campaign_recipient};
use crate::rows;

impl Snapshot {
    /// Those of the campaigns that have reached a recipient.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reached_by(
        &self,
        recipient: RecipientId,
        campaigns: &[CampaignId],
    ) -> Result<HashSet<CampaignId>, StoreError> {
        let mut found = HashSet::new();
        for campaigns in campaigns.chunks(IDS) {
            let ids: Vec<Uuid> = campaign_recipient::Entity::find()
                .select_only()
                .column(campaign_recipient::Column::CampaignId)
                .filter(campaign_recipient::Column::WorkspaceId.eq(self.workspace.uuid()))
                .filter(campaign_recipient::Column::RecipientId.eq(recipient.uuid()))
                .filter(campaign_recipient::Column::CampaignId.is_in(campaigns.iter().map(|id| id.uuid())))
                .into_tuple()
                .all(&self.db)
                .await?;
            found.extend(ids.into_iter().map(CampaignId::from_uuid));
        }
        Ok(found)
    }

    /// What became of each of these campaigns on these days, the earliest first, in one statement. Days of which there is
    /// nothing to tell are left out, and so are campaigns.
    pub(super) async fn results(
        &self,
        campaigns: &[Uuid],
        days: Days,
    ) -> Result<HashMap<Uuid, Vec<(Date, Results)>>, StoreError> {
        let mut found: HashMap<Uuid, Vec<(Date, Results)>> = HashMap::new();
        for campaigns in campaigns.chunks(IDS) {
            let mut select = campaign_day::Entity::find()
                .filter(campaign_day::Column::WorkspaceId.eq(self.workspace.uuid()))
                .filter(campaign_day::Column::CampaignId.is_in(campaigns.iter().copied()))
                .order_by_asc(campaign_day::Column::CampaignId)
                .order_by_asc(campaign_day::Column::Day);
            if let Some(first) = days.first {
                select = select.filter(campaign_day::Column::Day.gte(first));
            }
            if let Some(last) = days.last {
                select = select.filter(campaign_day::Column::Day.lte(last));
            }
            for row in select.all(&self.db).await? {
                let results = rows::results(&row)?;
                found.entry(row.campaign_id).or_default().push((row.day, results));
            }
        }
        Ok(found)
    }
}
