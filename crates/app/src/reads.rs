//! Reads.

use understudy_domain::WorkspaceId;
use understudy_persistence::Snapshot;

use crate::{App, Failure};

impl App {
    /// A view of a workspace in which all reads see the same state.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn snapshot(&self, workspace: WorkspaceId) -> Result<Snapshot, Failure> {
        Ok(self.store.snapshot(workspace).await?)
    }
}
