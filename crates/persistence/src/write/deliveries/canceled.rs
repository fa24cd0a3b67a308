//! Deliveries that are never to be made.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, JoinType, QueryFilter as _, QuerySelect as _};
use understudy_domain::{CampaignId, DeliveryState, RecipientId, Timestamp};
use uuid::Uuid;

use super::{Delta, Ended};
use crate::StoreError;
use crate::WriteTx;
use crate::codes::Code as _;
use crate::entity::{call, campaign, campaign_delivery, content, delivery};
use crate::read::in_app::by_content;

/// Why those are not sent that were missed, and do not come back.
pub(in crate::write) const MISSED: &str = "it was due while the campaign was stopped";

/// Which of the pending deliveries of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// All of them.
    All,
    /// Those that no call has planned.
    Planned,
}

impl WriteTx {
    /// Takes pending deliveries of a campaign out, at most so many: all of them, or those alone that no call has planned. How
    /// many there were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn cancel_pending(
        &self,
        id: CampaignId,
        which: Pending,
        reason: &str,
        most: u64,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut pending = delivery::Entity::find()
            .filter(delivery::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(delivery::Column::CampaignId.eq(id.uuid()))
            .filter(delivery::Column::State.eq(DeliveryState::Pending.code()));
        if which == Pending::Planned {
            pending = pending.filter(delivery::Column::RunId.eq(id.uuid()));
        }
        let pending = pending.limit(most).all(&self.db).await?;
        let canceled = Ended::Canceled(reason.to_owned());
        let ended: Vec<_> = pending.iter().map(|row| (row, &canceled)).collect();
        self.end(&ended, now).await?;
        Ok(pending.len())
    }

    /// Takes out what was due while these campaigns were not active, until now; where that is when all of it was to begin, it
    /// never does.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn skip_missed(&self, campaigns: &[CampaignId], now: Timestamp) -> Result<(), StoreError> {
        let paused = campaign_delivery::Entity::find()
            .filter(campaign_delivery::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(campaign_delivery::Column::CampaignId.is_in(campaigns.iter().map(|id| id.uuid())))
            .filter(campaign_delivery::Column::PausedAt.is_not_null());
        for progress in paused.all(&self.db).await? {
            let (id, paused_at) = (progress.campaign_id, progress.paused_at.unwrap_or(now));
            let missed = delivery::Entity::update_many()
                .col_expr(delivery::Column::State, Expr::val(DeliveryState::Canceled.code()))
                .col_expr(delivery::Column::EndedAt, Expr::val(now))
                .col_expr(delivery::Column::Reason, Expr::val(MISSED))
                .filter(delivery::Column::CampaignId.eq(id))
                .filter(delivery::Column::State.eq(DeliveryState::Pending.code()))
                .filter(delivery::Column::DueAt.gte(paused_at))
                .filter(delivery::Column::DueAt.lte(now))
                .exec(&self.db)
                .await?;
            let missed = i64::try_from(missed.rows_affected).unwrap_or(i64::MAX);
            let delta = Delta {
                pending: -missed,
                canceled: missed,
                ..Delta::default()
            };
            self.move_counts(&BTreeMap::from([(id, delta)])).await?;
            if !progress.is_planned && self.begins_within(id, paused_at, now).await? {
                self.plan_nobody(id).await?;
            }
        }
        Ok(())
    }

    /// Whether the live content's schedule has everything begin in this time.
    async fn begins_within(&self, id: Uuid, from: Timestamp, to: Timestamp) -> Result<bool, StoreError> {
        let start: Option<Option<Timestamp>> = content::Entity::find()
            .select_only()
            .column(content::Column::StartAt)
            .join(JoinType::InnerJoin, by_content().rev())
            .filter(campaign::Column::Id.eq(id))
            .into_tuple()
            .one(&self.db)
            .await?;
        Ok(start.flatten().is_some_and(|start| (from..=to).contains(&start)))
    }

    /// Forgets the deliveries of a recipient who is erased; what was counted of them stays counted, and what was not sent yet
    /// never is. Of what a channel has in its hands, the row goes when that has ended.
    ///
    /// # Errors
    /// If the database fails.
    pub(in crate::write) async fn forget_deliveries(&self, id: RecipientId) -> Result<(), StoreError> {
        let of_theirs = || {
            delivery::Entity::find()
                .filter(delivery::Column::WorkspaceId.eq(self.workspace.uuid()))
                .filter(delivery::Column::RecipientId.eq(id.uuid()))
        };
        let pending = of_theirs().filter(delivery::Column::State.eq(DeliveryState::Pending.code()));
        let mut deltas: BTreeMap<Uuid, Delta> = BTreeMap::new();
        let runs = of_theirs().select_only().column(delivery::Column::RunId);
        let runs: BTreeSet<Uuid> = runs.into_tuple().all(&self.db).await?.into_iter().collect();
        for row in pending.all(&self.db).await? {
            let delta = deltas.entry(row.campaign_id).or_default();
            delta.add(DeliveryState::Pending, -1);
            delta.add(DeliveryState::Canceled, 1);
        }
        self.move_counts(&deltas).await?;
        delivery::Entity::delete_many()
            .filter(delivery::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(delivery::Column::RecipientId.eq(id.uuid()))
            .filter(delivery::Column::State.ne(DeliveryState::Claimed.code()))
            .exec(&self.db)
            .await?;
        self.forget_calls(runs).await
    }

    /// Forgets those of the calls that nothing is kept of.
    pub(super) async fn forget_calls(&self, runs: BTreeSet<Uuid>) -> Result<(), StoreError> {
        let kept = delivery::Entity::find()
            .select_only()
            .column(delivery::Column::RunId)
            .distinct()
            .filter(delivery::Column::RunId.is_in(runs.iter().copied()));
        let kept: Vec<Uuid> = kept.into_tuple().all(&self.db).await?;
        let gone = runs.into_iter().filter(|run| !kept.contains(run));
        call::Entity::delete_many()
            .filter(call::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(call::Column::Id.is_in(gone))
            .exec(&self.db)
            .await?;
        Ok(())
    }
}
