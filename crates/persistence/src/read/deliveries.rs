//! Reading how far the sending of campaigns has come, and what is in hand.

use std::collections::HashMap;
use std::iter;

use sea_orm::sea_query::{Expr, SimpleExpr, Value};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait, PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
    Select,
};
use understudy_domain::{
    CampaignId, Channel, DeliveryState, Progress, Recipient, RecipientId, Timestamp, WorkspaceId,
};
use uuid::Uuid;

use super::Snapshot;
use super::keyset::{Keyset, slice};
use super::page::{Page, Slice};
use crate::StoreError;
use crate::codes::Code as _;
use crate::contents::IDS;
use crate::entity::{campaign, campaign_delivery, delivery};
use crate::rows::{self, corrupt};

/// How far the planning of a campaign has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanRead {
    /// How often it has begun anew.
    pub plan: i64,
    /// The last recipient who was looked at.
    pub planned_to: Option<RecipientId>,
    /// Whether all were.
    pub is_planned: bool,
    /// How many deliveries are pending.
    pub pending: u64,
}

/// A delivery that was given up.
#[derive(Debug, Clone, PartialEq)]
pub struct FailureRead {
    /// The delivery.
    pub id: Uuid,
    /// Who was to get it.
    pub recipient: Recipient,
    /// Why they do not.
    pub reason: String,
    /// How often a channel has tried.
    pub attempts: u32,
    /// When it was given up.
    pub at: Timestamp,
}

impl Snapshot {
    /// A page of the deliveries of a campaign that were given up, the first one first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn failure_page(
        &self,
        campaign: CampaignId,
        page: &Page<(Timestamp, Uuid)>,
    ) -> Result<Slice<FailureRead>, StoreError> {
        let keyset = Keyset::ascending([delivery::Column::EndedAt, delivery::Column::Id]);
        let key = |(at, id): &(Timestamp, Uuid)| vec![Value::from(*at), Value::from(*id)];
        let select = keyset.page(self.failed(campaign), page, key);
        let slice = slice(select.all(&self.db).await?, page);
        let recipients = slice
            .items
            .iter()
            .map(|row| RecipientId::from_uuid(row.recipient_id));
        let recipients = self.recipients(&recipients.collect::<Vec<_>>()).await?;
        let failures = slice.items.iter().map(|row| {
            let recipient = recipients.get(&RecipientId::from_uuid(row.recipient_id));
            Ok(FailureRead {
                id: row.id,
                recipient: recipient
                    .cloned()
                    .ok_or_else(|| corrupt("delivery without its recipient", row.id))?,
                reason: row.reason.clone().unwrap_or_default(),
                attempts: row.attempts.unsigned_abs().into(),
                at: row.ended_at.ok_or_else(|| corrupt("end of a delivery", row.id))?,
            })
        });
        let failures = failures.collect::<Result<_, StoreError>>()?;
        Ok(slice.with_items(failures))
    }

    /// How many deliveries of a campaign were given up, of those whose recipients are still there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn failure_count(&self, campaign: CampaignId) -> Result<u64, StoreError> {
        Ok(self.failed(campaign).count(&self.db).await?)
    }

    fn failed(&self, campaign: CampaignId) -> Select<delivery::Entity> {
        delivery::Entity::find()
            .filter(delivery::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(delivery::Column::CampaignId.eq(campaign.uuid()))
            .filter(delivery::Column::State.eq(DeliveryState::Failed.code()))
    }

    /// How far the planning of a campaign has come; `None` if it was never launched.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn plan(&self, campaign: CampaignId) -> Result<Option<PlanRead>, StoreError> {
        let row = self.progress_rows(&[campaign.uuid()]).one(&self.db).await?;
        row.map(|row| {
            Ok(PlanRead {
                plan: row.plan,
                planned_to: row.planned_to.map(RecipientId::from_uuid),
                is_planned: row.is_planned,
                pending: rows::progress(&row)?.pending,
            })
        })
        .transpose()
    }

    /// How far the sending of each of these campaigns has come; of those that were never launched there is nothing to tell.
    pub(super) async fn progress(&self, campaigns: &[Uuid]) -> Result<HashMap<Uuid, Progress>, StoreError> {
        let mut found = HashMap::with_capacity(campaigns.len());
        for campaigns in campaigns.chunks(IDS) {
            for row in self.progress_rows(campaigns).all(&self.db).await? {
                found.insert(row.campaign_id, rows::progress(&row)?);
            }
        }
        Ok(found)
    }

    fn progress_rows(&self, campaigns: &[Uuid]) -> Select<campaign_delivery::Entity> {
        campaign_delivery::Entity::find()
            .filter(campaign_delivery::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(campaign_delivery::Column::CampaignId.is_in(campaigns.iter().copied()))
    }

    /// Whether deliveries of a campaign are pending that no call has planned.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_planned(&self, campaign: CampaignId) -> Result<bool, StoreError> {
        let planned = delivery::Entity::find()
            .select_only()
            .expr(Expr::val(1))
            .filter(delivery::Column::CampaignId.eq(campaign.uuid()))
            .filter(delivery::Column::State.eq(DeliveryState::Pending.code()))
            .filter(delivery::Column::RunId.eq(campaign.uuid()));
        let found = planned.limit(1).into_tuple::<i32>().one(&self.db).await?;
        Ok(found.is_some())
    }

    /// Whether a channel has something of this in its hands.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_in_hand(&self, what: Fenced<'_>) -> Result<bool, StoreError> {
        is_in_hand(&self.db, self.workspace, what).await
    }
}

/// What is to be out of all hands.
#[derive(Debug, Clone, Copy)]
pub enum Fenced<'a> {
    /// All messages of campaigns.
    Campaigns(&'a [CampaignId]),
    /// All messages to somebody.
    Recipient(RecipientId),
}

/// In whose hands something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    /// A channel has a message in its hands.
    pub in_hand: bool,
    /// Somebody may be about to be told to show a message inside an app.
    pub may_be_shown: bool,
}

/// Whether something of this may be shown inside an app.
pub(crate) async fn may_be_shown<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    what: Fenced<'_>,
) -> Result<bool, StoreError> {
    let Fenced::Campaigns(ids) = what else {
        return Ok(true);
    };
    let in_app = campaign::Entity::find()
        .select_only()
        .expr(Expr::val(1))
        .filter(campaign::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(campaign::Column::Channel.eq(Channel::InApp.code()))
        .limit(1);
    let parts = ids.chunks(IDS);
    let part = |ids: &[CampaignId]| campaign::Column::Id.is_in(ids.iter().map(|id| id.uuid()));
    any(db, &in_app, parts.map(part)).await
}

/// Whether a channel has something of this in its hands.
pub(crate) async fn is_in_hand<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    what: Fenced<'_>,
) -> Result<bool, StoreError> {
    let in_hand = delivery::Entity::find()
        .select_only()
        .expr(Expr::val(1))
        .filter(delivery::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(delivery::Column::State.eq(DeliveryState::Claimed.code()))
        .limit(1);
    match what {
        Fenced::Campaigns(ids) => {
            let parts = ids.chunks(IDS);
            let part =
                |ids: &[CampaignId]| delivery::Column::CampaignId.is_in(ids.iter().map(|id| id.uuid()));
            any(db, &in_hand, parts.map(part)).await
        }
        Fenced::Recipient(id) => {
            let theirs = delivery::Column::RecipientId.eq(id.uuid());
            any(db, &in_hand, iter::once(theirs)).await
        }
    }
}

/// Whether one of the selected rows is in one of the parts.
async fn any<C: ConnectionTrait, E: EntityTrait>(
    db: &C,
    select: &Select<E>,
    parts: impl Iterator<Item = SimpleExpr>,
) -> Result<bool, StoreError> {
    for part in parts {
        let found = select.clone().filter(part).into_tuple::<i32>().one(db).await?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
