//! Appending to the event log.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use understudy_domain::CampaignEvent;

use super::WriteTx;
use crate::StoreError;
use crate::entity::{campaign_event, workspace};
use crate::rows::{corrupt, event_columns};

/// How many events one statement inserts.
const CHUNK: usize = 1_000;

impl WriteTx {
    /// Gives the events their sequences and writes them. The workspace's row counts them, under its lock until the
    /// commit: so the numbers have no gaps and are in commit order.
    pub(super) async fn append(&self, events: &[CampaignEvent]) -> Result<(), StoreError> {
        let Ok(count) = i64::try_from(events.len()) else {
            return Err(corrupt("batch of events", events.len()));
        };
        if count == 0 {
            return Ok(());
        }
        let counted = workspace::Entity::update_many()
            .col_expr(
                workspace::Column::EventSequence,
                Expr::col(workspace::Column::EventSequence).add(count),
            )
            .filter(workspace::Column::Id.eq(self.workspace.uuid()))
            .exec_with_returning(&self.db)
            .await?;
        let last = counted
            .first()
            .ok_or_else(|| corrupt("workspace", self.workspace))?
            .event_sequence;
        let mut sequence = last - count;
        for chunk in events.chunks(CHUNK) {
            let rows = chunk.iter().map(|event| {
                sequence += 1;
                event_columns(self.workspace, sequence, self.actor.as_deref(), event)
            });
            let rows: Vec<_> = rows.collect();
            campaign_event::Entity::insert_many(rows)
                .exec_without_returning(&self.db)
                .await?;
        }
        Ok(())
    }
}
