//! A view of one workspace in which all reads see the same state.

use std::fmt;

use sea_orm::EntityTrait as _;
use tracing::Span;
use understudy_domain::WorkspaceId;

use super::WorkspaceRead;
use crate::StoreError;
use crate::entity::workspace;
use crate::rows::{self, corrupt};
use crate::transaction::Transaction;

/// A view of one workspace in which all reads see the same state: the one that its first read finds. It holds a
/// connection of the pool for as long as it lives.
pub struct Snapshot {
    pub(super) db: Transaction,
    pub(super) workspace: WorkspaceId,
    /// Lasts as long, for those who trace where the time goes.
    _span: Span,
}

impl Snapshot {
    /// With the span that its reads are counted to.
    pub(crate) fn new(db: Transaction, workspace: WorkspaceId, span: Span) -> Self {
        Self {
            db,
            workspace,
            _span: span,
        }
    }

    /// The workspace itself.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn workspace(&self) -> Result<WorkspaceRead, StoreError> {
        let row = workspace::Entity::find_by_id(self.workspace.uuid())
            .one(&self.db)
            .await?;
        let row = row.ok_or_else(|| corrupt("workspace", self.workspace))?;
        Ok(rows::workspace(row))
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}
