//! Deliveries: handed to a channel, and what became of them. Every change of one is counted in the same transaction.

mod canceled;
mod senders;

pub(super) use canceled::MISSED;
pub use canceled::Pending;

use std::collections::{BTreeMap, HashMap};

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde_json::{Map, Value};
use understudy_domain::{
    CampaignId, Date, DeliveryState, Recipient, RecipientId, Results, Status, Timestamp,
};
use uuid::Uuid;

use super::WriteTx;
use crate::StoreError;
use crate::codes::Code as _;
use crate::contents;
use crate::entity::{campaign, campaign_delivery, delivery, recipient};
use crate::read::deliveries::{is_in_hand, may_be_shown};
use crate::read::{ContentRead, Fenced, Held, Wants};
use crate::rows::{self, corrupt};

/// What a sender has taken in hand: the live content as it is now, and to whom it is to go.
#[derive(Debug, Clone)]
pub struct Claims {
    /// The content, with its message and its segments.
    pub content: ContentRead,
    /// One for each recipient.
    pub claims: Vec<Claim>,
}

/// A message to one recipient that a sender has in hand.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The delivery, by which channels know the message.
    pub id: Uuid,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    /// Who is to get it.
    pub recipient: Recipient,
    /// What the call brought along that sends it.
    pub properties: Map<String, Value>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// A channel has taken it.
    Sent,
    /// It may be tried again, from then on.
    Again(Timestamp, String),
    /// It was given up.
    Failed(String),
    /// It is not to be sent.
    Canceled(String),
    /// It was not handed to a channel at all.
    Untried,
}

impl Ended {
    const fn state(&self) -> DeliveryState {
        match self {
            Self::Sent => DeliveryState::Sent,
            Self::Again(..) | Self::Untried => DeliveryState::Pending,
            Self::Failed(_) => DeliveryState::Failed,
            Self::Canceled(_) => DeliveryState::Canceled,
        }
    }
}

/// By how much the counts of a campaign change.
#[derive(Debug, Clone, Copy, Default)]
struct Delta {
    pending: i64,
    in_flight: i64,
    sent: i64,
    failed: i64,
    canceled: i64,
}

impl Delta {
    fn add(&mut self, state: DeliveryState, number: i64) {
        match state {
            DeliveryState::Pending => self.pending += number,
            DeliveryState::Claimed => self.in_flight += number,
            DeliveryState::Sent => self.sent += number,
            DeliveryState::Failed => self.failed += number,
            DeliveryState::Canceled => self.canceled += number,
        }
    }
}

impl WriteTx {
    /// Takes pending deliveries of a campaign in hand, at most so many; none where it is not active, or not its time.
    /// Whoever stops it afterwards waits until they have ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim(
        &self,
        id: CampaignId,
        sender: Uuid,
        most: u64,
        now: Timestamp,
    ) -> Result<Option<Claims>, StoreError> {
        let active = campaign::Entity::find_by_id(id.uuid())
            .filter(campaign::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(campaign::Column::Status.eq(Status::Active.code()));
        let Some(row) = active.one(&self.db).await? else {
            return Ok(None);
        };
        let due = delivery::Entity::find()
            .filter(delivery::Column::CampaignId.eq(id.uuid()))
            .filter(delivery::Column::State.eq(DeliveryState::Pending.code()))
            .filter(delivery::Column::NotBefore.lte(now))
            .order_by_asc(delivery::Column::NotBefore)
            .order_by_asc(delivery::Column::Id)
            .limit(most);
        let due = due.all(&self.db).await?;
        if due.is_empty() {
            return Ok(None);
        }
        let wants = Wants {
            content: true,
            message: true,
            segments: true,
            ..Wants::default()
        };
        let mut contents = contents::load(&self.db, self.workspace, &[row.content_id], wants).await?;
        let content = contents.remove(&row.content_id);
        let content = content.ok_or_else(|| corrupt("campaign without its content", id))?;
        if !content.schedule.sends_at(now) {
            return Ok(None);
        }
        let recipients = self.recipients_of(&due).await?;
        let properties = self.properties(due.iter().map(|row| row.run_id)).await?;
        let mut claims = Vec::with_capacity(due.len());
        for row in &due {
            // One that is called twice may be there twice.
            let recipient = recipients
                .get(&row.recipient_id)
                .cloned()
                .ok_or_else(|| corrupt("delivery without its recipient", row.id))?;
            claims.push(Claim {
                id: row.id,
                attempt: u32::from(row.attempts.unsigned_abs()) + 1,
                recipient,
                properties: properties.get(&row.run_id).cloned().unwrap_or_default(),
            });
        }
        delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::val(DeliveryState::Claimed.code()))
            .col_expr(delivery::Column::SenderId, Expr::val(sender))
            .col_expr(
                delivery::Column::Attempts,
                Expr::col(delivery::Column::Attempts).add(1),
            )
            .filter(delivery::Column::Id.is_in(due.iter().map(|row| row.id)))
            .exec(&self.db)
            .await?;
        let number = i64::try_from(due.len()).unwrap_or(i64::MAX);
        let delta = Delta {
            pending: -number,
            in_flight: number,
            ..Delta::default()
        };
        self.move_counts(&BTreeMap::from([(id.uuid(), delta)])).await?;
        Ok(Some(Claims { content, claims }))
    }

    /// In whose hands something of this is. Where a campaign is not active in this transaction, nothing more of it comes into
    /// any.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn held(&self, what: Fenced<'_>) -> Result<Held, StoreError> {
        Ok(Held {
            in_hand: is_in_hand(&self.db, self.workspace, what).await?,
            may_be_shown: may_be_shown(&self.db, self.workspace, what).await?,
        })
    }

    async fn recipients_of(&self, due: &[delivery::Model]) -> Result<HashMap<Uuid, Recipient>, StoreError> {
        let found = recipient::Entity::find()
            .filter(recipient::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(recipient::Column::Id.is_in(due.iter().map(|row| row.recipient_id)));
        let rows = found.all(&self.db).await?.into_iter();
        rows.map(|row| Ok((row.id, rows::recipient(row)?))).collect()
    }

    /// Notes how attempts ended of what this sender has in hand. What it has not any more, because it was taken to be gone,
    /// is left as it is.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn finish(
        &self,
        sender: Uuid,
        ended: &[(Uuid, Ended)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let in_hand = delivery::Entity::find()
            .filter(delivery::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(delivery::Column::Id.is_in(ended.iter().map(|(id, _)| *id)))
            .filter(delivery::Column::State.eq(DeliveryState::Claimed.code()))
            .filter(delivery::Column::SenderId.eq(sender))
            .all(&self.db)
            .await?;
        let ended: HashMap<Uuid, &Ended> = ended.iter().map(|(id, ended)| (*id, ended)).collect();
        let ended = in_hand.iter().filter_map(|row| Some((row, *ended.get(&row.id)?)));
        self.end(&ended.collect::<Vec<_>>(), now).await
    }

    /// Ends deliveries, each from the state in which it was read in this transaction.
    async fn end(&self, ended: &[(&delivery::Model, &Ended)], now: Timestamp) -> Result<(), StoreError> {
        let recipients = ended
            .iter()
            .map(|(row, _)| RecipientId::from_uuid(row.recipient_id));
        let existing = self.existing_recipients(recipients).await?;
        let mut deltas: BTreeMap<Uuid, Delta> = BTreeMap::new();
        let mut results: BTreeMap<(CampaignId, Date), Results> = BTreeMap::new();
        let mut groups: Vec<(&Ended, Vec<Uuid>)> = vec![];
        let (mut reached, mut erased) = (vec![], vec![]);
        for (row, how) in ended {
            let (campaign, recipient) = (
                CampaignId::from_uuid(row.campaign_id),
                RecipientId::from_uuid(row.recipient_id),
            );
            let is_erased = !existing.contains(&recipient);
            let state = match how.state() {
                // Nobody is there any more to whom it could be sent.
                DeliveryState::Pending if is_erased => DeliveryState::Canceled,
                state => state,
            };
            let delta = deltas.entry(row.campaign_id).or_default();
            delta.add(DeliveryState::from_code(&row.state)?, -1);
            delta.add(state, 1);
            let day = results.entry((campaign, now.date_naive())).or_default();
            *day = day.and(Results::of_delivery(state, now));
            if is_erased {
                // Whom nothing is kept of was reached for the first time by the first message.
                day.reached += u64::from(state == DeliveryState::Sent);
                erased.push(row.id);
                continue;
            }
            if state == DeliveryState::Sent {
                reached.push((campaign, recipient));
            }
            match groups.iter_mut().find(|(known, _)| known == how) {
                Some((_, rows)) => rows.push(row.id),
                None => groups.push((how, vec![row.id])),
            }
        }
        for (how, rows) in &groups {
            self.write_end(rows, how, now).await?;
        }
        if !erased.is_empty() {
            delivery::Entity::delete_many()
                .filter(delivery::Column::Id.is_in(erased))
                .exec(&self.db)
                .await?;
            let runs = ended.iter().map(|(row, _)| row.run_id);
            self.forget_calls(runs.collect()).await?;
        }
        for (campaign, _) in self.reach(&reached).await? {
            results.entry((campaign, now.date_naive())).or_default().reached += 1;
        }
        results.retain(|_, results| *results != Results::default());
        self.count(&results).await?;
        self.move_counts(&deltas).await
    }

    async fn write_end(&self, rows: &[Uuid], how: &Ended, now: Timestamp) -> Result<(), StoreError> {
        let mut update = delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::val(how.state().code()))
            .col_expr(delivery::Column::SenderId, Expr::val(Option::<Uuid>::None));
        update = match how {
            Ended::Sent => update.col_expr(delivery::Column::EndedAt, Expr::val(now)),
            Ended::Again(not_before, reason) => update
                .col_expr(delivery::Column::NotBefore, Expr::val(*not_before))
                .col_expr(delivery::Column::Reason, Expr::val(reason.as_str())),
            Ended::Failed(reason) | Ended::Canceled(reason) => update
                .col_expr(delivery::Column::EndedAt, Expr::val(now))
                .col_expr(delivery::Column::Reason, Expr::val(reason.as_str())),
            Ended::Untried => update.col_expr(
                delivery::Column::Attempts,
                Expr::col(delivery::Column::Attempts).sub(1),
            ),
        };
        update
            .filter(delivery::Column::Id.is_in(rows.iter().copied()))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Moves counts of campaigns from one state to another.
    async fn move_counts(&self, deltas: &BTreeMap<Uuid, Delta>) -> Result<(), StoreError> {
        for (campaign, delta) in deltas {
            let mut update = campaign_delivery::Entity::update_many()
                .filter(campaign_delivery::Column::WorkspaceId.eq(self.workspace.uuid()))
                .filter(campaign_delivery::Column::CampaignId.eq(*campaign));
            for (column, more) in [
                (campaign_delivery::Column::Pending, delta.pending),
                (campaign_delivery::Column::InFlight, delta.in_flight),
                (campaign_delivery::Column::Sent, delta.sent),
                (campaign_delivery::Column::Failed, delta.failed),
                (campaign_delivery::Column::Canceled, delta.canceled),
            ] {
                update = update.col_expr(column, Expr::col(column).add(more));
            }
            update.exec(&self.db).await?;
        }
        Ok(())
    }
}
