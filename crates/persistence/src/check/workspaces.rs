//! Workspaces: what they are called, which is how tokens and identity providers name them.

use understudy_domain::{WorkspaceId, token::workspace_name_flaws};

use super::words::flaw;
use super::{Check, CheckError};
use crate::entity::workspace::{self, DEFAULT_NAME};

impl Check<'_> {
    /// Looks at the name of a workspace.
    pub(super) fn name(&mut self, row: &workspace::Model) -> Result<(), CheckError> {
        let id = WorkspaceId::from_uuid(row.id);
        for found in workspace_name_flaws(&row.name) {
            self.find(id, flaw(&found))?;
        }
        if id == WorkspaceId::DEFAULT && row.name != DEFAULT_NAME {
            self.find(
                id,
                format!("name: expected {DEFAULT_NAME:?}, found {:?}", row.name),
            )?;
        }
        Ok(())
    }
}
