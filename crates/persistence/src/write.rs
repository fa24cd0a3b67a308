//! The write transaction: loads what a decision needs, writes what was decided, and tells the log of it.

mod access;
mod calls;
mod contents;
mod deliveries;
mod engagements;
mod events;
mod load;
mod order;
mod plans;
mod recipients;
mod results;
mod save;
mod sources;

use std::sync::Arc;

use understudy_domain::{Campaign, CampaignEvent, WorkspaceId};

use crate::StoreError;
use crate::transaction::Transaction;

pub use deliveries::{Claim, Claims, Ended, Pending};
pub use order::Side;
pub use plans::PlanStep;

/// A transaction on one workspace. It is committed, or taken back, by the store.
#[derive(Debug)]
pub struct WriteTx {
    db: Transaction,
    workspace: WorkspaceId,
    /// Who writes, as the log is to call them.
    actor: Option<Arc<str>>,
    /// What is to be told, in the order in which it happened. The log gets it last of all, so that the counter of
    /// the workspace is held briefly.
    events: Vec<CampaignEvent>,
}

/// A campaign before and after a change.
#[derive(Debug, Clone)]
pub struct Change {
    /// As it was loaded in this transaction.
    pub before: Campaign,
    /// As it is to be.
    pub after: Campaign,
    /// What happened.
    pub event: CampaignEvent,
}

impl WriteTx {
    pub(crate) fn new(db: Transaction, workspace: WorkspaceId, actor: Option<Arc<str>>) -> Self {
        Self {
            db,
            workspace,
            actor,
            events: vec![],
        }
    }

    /// Writes the log and keeps everything; says whether there was anything to tell.
    pub(crate) async fn keep(mut self) -> Result<bool, StoreError> {
        let events = std::mem::take(&mut self.events);
        self.append(&events).await?;
        self.db.commit().await?;
        Ok(!events.is_empty())
    }

    pub(crate) async fn take_back(self) -> Result<(), StoreError> {
        Ok(self.db.rollback().await?)
    }
}
