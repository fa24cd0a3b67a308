//! Counting what became of campaigns, and whom they have reached.

use std::collections::{BTreeMap, HashSet};

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use understudy_domain::{CampaignId, Date, RecipientId, Results};
use uuid::Uuid;

use super::WriteTx;
use crate::StoreError;
use crate::entity::{campaign_day, campaign_recipient};
use crate::rows::{day_columns, results};

/// How many pairs one statement names or writes.
const PAIRS: usize = 500;

impl WriteTx {
    /// Adds to what became of campaigns on some days. Nobody else adds meanwhile: writes of a workspace follow each other.
    pub(super) async fn count(
        &self,
        counted: &BTreeMap<(CampaignId, Date), Results>,
    ) -> Result<(), StoreError> {
        let counted: Vec<_> = counted.iter().collect();
        for counted in counted.chunks(PAIRS) {
            let keys = counted.iter().map(|((campaign, day), _)| {
                let key = [Expr::val(campaign.uuid()), Expr::val(*day)];
                Expr::tuple(key)
            });
            let columns = [campaign_day::Column::CampaignId, campaign_day::Column::Day];
            let before = campaign_day::Entity::find()
                .filter(campaign_day::Column::WorkspaceId.eq(self.workspace.uuid()))
                .filter(Expr::tuple(columns.map(Expr::col)).is_in(keys));
            let mut before: BTreeMap<(Uuid, Date), Results> = before
                .all(&self.db)
                .await?
                .into_iter()
                .map(|row| Ok(((row.campaign_id, row.day), results(&row)?)))
                .collect::<Result<_, StoreError>>()?;
            let rows = counted.iter().map(|((campaign, day), more)| {
                let before = before.remove(&(campaign.uuid(), *day)).unwrap_or_default();
                day_columns(self.workspace, *campaign, *day, before.and(**more))
            });
            let rows: Vec<_> = rows.collect();
            let known = OnConflict::columns(columns)
                .update_columns([
                    campaign_day::Column::Sent,
                    campaign_day::Column::Failed,
                    campaign_day::Column::Impressions,
                    campaign_day::Column::Clicks,
                    campaign_day::Column::Dismissals,
                    campaign_day::Column::Reached,
                    campaign_day::Column::FirstSentAt,
                    campaign_day::Column::LastSentAt,
                ])
                .to_owned();
            campaign_day::Entity::insert_many(rows)
                .on_conflict(known)
                .exec_without_returning(&self.db)
                .await?;
        }
        Ok(())
    }

    /// Notes that campaigns have reached recipients. Whom they had not reached before.
    pub(super) async fn reach(
        &self,
        pairs: &[(CampaignId, RecipientId)],
    ) -> Result<HashSet<(CampaignId, RecipientId)>, StoreError> {
        let mut new: HashSet<_> = pairs.iter().copied().collect();
        for pairs in pairs.chunks(PAIRS) {
            for pair in self.reached(pairs).await? {
                new.remove(&pair);
            }
        }
        let rows: Vec<_> = new
            .iter()
            .map(|(campaign, recipient)| campaign_recipient::ActiveModel {
                campaign_id: Set(campaign.uuid()),
                recipient_id: Set(recipient.uuid()),
                workspace_id: Set(self.workspace.uuid()),
            })
            .collect();
        for rows in rows.chunks(PAIRS) {
            campaign_recipient::Entity::insert_many(rows.iter().cloned())
                .exec_without_returning(&self.db)
                .await?;
        }
        Ok(new)
    }

    /// Those of the pairs that are noted.
    async fn reached(
        &self,
        pairs: &[(CampaignId, RecipientId)],
    ) -> Result<Vec<(CampaignId, RecipientId)>, StoreError> {
        let keys = pairs.iter().map(|(campaign, recipient)| {
            let key = [campaign.uuid(), recipient.uuid()];
            Expr::tuple(key.map(Expr::val))
        });
        let columns = [
            campaign_recipient::Column::CampaignId,
            campaign_recipient::Column::RecipientId,
        ];
        let noted = campaign_recipient::Entity::find()
            .filter(campaign_recipient::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(Expr::tuple(columns.map(Expr::col)).is_in(keys));
        let rows = noted.all(&self.db).await?.into_iter();
        let pair = |row: campaign_recipient::Model| {
            (
                CampaignId::from_uuid(row.campaign_id),
                RecipientId::from_uuid(row.recipient_id),
            )
        };
        Ok(rows.map(pair).collect())
    }
}
