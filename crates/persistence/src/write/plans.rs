//! Planning: which recipients are to get a campaign.

use std::collections::HashSet;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, UpdateMany};
use understudy_domain::{
    Campaign, CampaignId, DeliveryState, PlanChange, RecipientId, Status, Timestamp, plan_changes,
};
use uuid::Uuid;

use super::WriteTx;
use super::deliveries::MISSED;
use crate::StoreError;
use crate::codes::Code as _;
use crate::entity::{campaign, campaign_delivery, delivery};

/// How many rows one statement writes.
const ROWS: usize = 500;

/// A part of the recipients that was looked at, and those of them who are to get a campaign.
#[derive(Debug, Clone)]
pub struct PlanStep {
    /// The campaign.
    pub campaign: CampaignId,
    /// How often looking at them had begun anew.
    pub plan: i64,
    /// The last recipient before the part.
    pub from: Option<RecipientId>,
    /// The last one of the part; `None` if there are no more.
    pub to: Option<RecipientId>,
    /// Who is to get it; at most a thousand.
    pub recipients: Vec<RecipientId>,
    /// When they are to.
    pub due_at: Timestamp,
}

impl WriteTx {
    /// Keeps the sending in step with changes of campaigns, each as it was and as it is.
    pub(super) async fn follow(&self, changed: &[(&Campaign, &Campaign)]) -> Result<(), StoreError> {
        let of = |wanted: PlanChange, is_planned: Option<bool>| -> Vec<Uuid> {
            let these = changed.iter().filter(|(before, after)| {
                plan_changes(before, after).contains(&wanted)
                    && is_planned.is_none_or(|is| after.live.is_planned() == is)
            });
            these.map(|(_, after)| after.id.uuid()).collect()
        };
        let begin = changed
            .iter()
            .filter(|(before, after)| plan_changes(before, after).contains(&PlanChange::Begin));
        let rows: Vec<_> = begin.map(|(_, after)| self.nothing_sent(after)).collect();
        if !rows.is_empty() {
            campaign_delivery::Entity::insert_many(rows)
                .exec_without_returning(&self.db)
                .await?;
        }
        let paused = of(PlanChange::Pause, None);
        if let Some((_, after)) = changed.first() {
            self.update_plans(&paused, |update| {
                update
                    .col_expr(campaign_delivery::Column::PausedAt, Expr::val(after.updated_at))
                    .filter(campaign_delivery::Column::PausedAt.is_null())
            })
            .await?;
        }
        let none = || Expr::val(Option::<Timestamp>::None);
        self.update_plans(&of(PlanChange::Resume, None), |update| {
            update.col_expr(campaign_delivery::Column::PausedAt, none())
        })
        .await?;
        for is_planned in [true, false] {
            self.update_plans(&of(PlanChange::Anew, Some(is_planned)), |update| {
                let next = Expr::col(campaign_delivery::Column::Plan).add(1);
                update
                    .col_expr(campaign_delivery::Column::Plan, next)
                    .col_expr(campaign_delivery::Column::IsPlanned, Expr::val(!is_planned))
                    .col_expr(
                        campaign_delivery::Column::PlannedTo,
                        Expr::val(Option::<Uuid>::None),
                    )
            })
            .await?;
        }
        Ok(())
    }

    fn nothing_sent(&self, campaign: &Campaign) -> campaign_delivery::ActiveModel {
        campaign_delivery::ActiveModel {
            campaign_id: Set(campaign.id.uuid()),
            workspace_id: Set(self.workspace.uuid()),
            planned: Set(0),
            pending: Set(0),
            in_flight: Set(0),
            sent: Set(0),
            failed: Set(0),
            canceled: Set(0),
            is_planned: Set(!campaign.live.is_planned()),
            plan: Set(1),
            planned_to: Set(None),
            paused_at: Set(None),
        }
    }

    async fn update_plans(
        &self,
        campaigns: &[Uuid],
        change: impl FnOnce(UpdateMany<campaign_delivery::Entity>) -> UpdateMany<campaign_delivery::Entity>,
    ) -> Result<(), StoreError> {
        if campaigns.is_empty() {
            return Ok(());
        }
        let these = campaign_delivery::Entity::update_many()
            .filter(campaign_delivery::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(campaign_delivery::Column::CampaignId.is_in(campaigns.iter().copied()));
        change(these).exec(&self.db).await?;
        Ok(())
    }

    /// Plans nobody whom it was not planned for already.
    pub(super) async fn plan_nobody(&self, campaign: Uuid) -> Result<(), StoreError> {
        self.update_plans(&[campaign], |update| {
            update
                .col_expr(campaign_delivery::Column::IsPlanned, Expr::val(true))
                .col_expr(
                    campaign_delivery::Column::PlannedTo,
                    Expr::val(Option::<Uuid>::None),
                )
        })
        .await
    }

    /// Whether a campaign is active.
    pub(super) async fn is_active(&self, id: CampaignId) -> Result<bool, StoreError> {
        let status: Option<String> = campaign::Entity::find()
            .select_only()
            .column(campaign::Column::Status)
            .filter(campaign::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(campaign::Column::Id.eq(id.uuid()))
            .into_tuple()
            .one(&self.db)
            .await?;
        Ok(status.as_deref() == Some(Status::Active.code()))
    }

    /// Plans a part of the recipients: those who have not got the campaign yet, and are not to get it already, are to get
    /// it; those, too, whom it was canceled for, unless they have missed it. Whether it was the part that comes next; where it was not, nothing is written.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn plan(&self, step: &PlanStep) -> Result<bool, StoreError> {
        let progress = campaign_delivery::Entity::find_by_id(step.campaign.uuid())
            .filter(campaign_delivery::Column::WorkspaceId.eq(self.workspace.uuid()))
            .one(&self.db)
            .await?;
        let is_next = progress.is_some_and(|progress| {
            !progress.is_planned
                && progress.plan == step.plan
                && progress.planned_to == step.from.map(RecipientId::uuid)
        });
        if !is_next || !self.is_active(step.campaign).await? {
            return Ok(false);
        }
        let known: Vec<(Uuid, Uuid, String, Option<String>)> = delivery::Entity::find()
            .select_only()
            .columns([
                delivery::Column::RecipientId,
                delivery::Column::Id,
                delivery::Column::State,
                delivery::Column::Reason,
            ])
            .filter(delivery::Column::RunId.eq(step.campaign.uuid()))
            .filter(delivery::Column::RecipientId.is_in(step.recipients.iter().map(|id| id.uuid())))
            .into_tuple()
            .all(&self.db)
            .await?;
        let canceled = known.iter().filter(|(_, _, state, reason)| {
            state == DeliveryState::Canceled.code() && reason.as_deref() != Some(MISSED)
        });
        let again: Vec<Uuid> = canceled.map(|(_, id, ..)| *id).collect();
        self.plan_again(step, &again).await?;
        let known: HashSet<Uuid> = known.into_iter().map(|(recipient, ..)| recipient).collect();
        let new = step.recipients.iter().copied();
        let new: Vec<RecipientId> = new.filter(|id| !known.contains(&id.uuid())).collect();
        let run = step.campaign.uuid();
        self.insert_deliveries(step.campaign, run, &new, step.due_at)
            .await?;
        self.update_plans(&[run], |update| {
            update
                .col_expr(campaign_delivery::Column::IsPlanned, Expr::val(step.to.is_none()))
                .col_expr(
                    campaign_delivery::Column::PlannedTo,
                    Expr::val(step.to.map(RecipientId::uuid)),
                )
        })
        .await?;
        Ok(true)
    }

    /// Those who were not to get it any more are to get it after all.
    async fn plan_again(&self, step: &PlanStep, canceled: &[Uuid]) -> Result<(), StoreError> {
        if canceled.is_empty() {
            return Ok(());
        }
        delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::val(DeliveryState::Pending.code()))
            .col_expr(delivery::Column::DueAt, Expr::val(step.due_at))
            .col_expr(delivery::Column::NotBefore, Expr::val(step.due_at))
            .col_expr(delivery::Column::Reason, Expr::val(Option::<String>::None))
            .col_expr(delivery::Column::EndedAt, Expr::val(Option::<Timestamp>::None))
            .filter(delivery::Column::Id.is_in(canceled.iter().copied()))
            .exec(&self.db)
            .await?;
        let number = i64::try_from(canceled.len()).unwrap_or(i64::MAX);
        let moved = |column: campaign_delivery::Column, more: i64| Expr::col(column).add(more);
        self.update_plans(&[step.campaign.uuid()], |update| {
            update
                .col_expr(
                    campaign_delivery::Column::Canceled,
                    moved(campaign_delivery::Column::Canceled, -number),
                )
                .col_expr(
                    campaign_delivery::Column::Pending,
                    moved(campaign_delivery::Column::Pending, number),
                )
        })
        .await
    }

    /// Writes pending deliveries to those of the recipients who are there, and who have none of this run. How many.
    pub(super) async fn insert_deliveries(
        &self,
        campaign: CampaignId,
        run: Uuid,
        recipients: &[RecipientId],
        due_at: Timestamp,
    ) -> Result<usize, StoreError> {
        let existing = self.existing_recipients(recipients.iter().copied()).await?;
        let new = recipients.iter().filter(|id| existing.contains(id));
        let rows: Vec<_> = new
            .map(|recipient| delivery::ActiveModel {
                id: Set(Uuid::now_v7()),
                workspace_id: Set(self.workspace.uuid()),
                campaign_id: Set(campaign.uuid()),
                run_id: Set(run),
                recipient_id: Set(recipient.uuid()),
                state: Set(DeliveryState::Pending.code().to_owned()),
                attempts: Set(0),
                due_at: Set(due_at),
                not_before: Set(due_at),
                sender_id: Set(None),
                reason: Set(None),
                ended_at: Set(None),
            })
            .collect();
        for rows in rows.chunks(ROWS) {
            delivery::Entity::insert_many(rows.iter().cloned())
                .exec_without_returning(&self.db)
                .await?;
        }
        let planned = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let more = |column: campaign_delivery::Column| Expr::col(column).add(planned);
        let (all, pending) = (
            more(campaign_delivery::Column::Planned),
            more(campaign_delivery::Column::Pending),
        );
        self.update_plans(&[campaign.uuid()], |update| {
            update
                .col_expr(campaign_delivery::Column::Planned, all)
                .col_expr(campaign_delivery::Column::Pending, pending)
        })
        .await?;
        Ok(rows.len())
    }
}
