//! Recipients: as the checks of the input would let them in, and as they are written.

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryTrait as _};
use understudy_domain::{RecipientId, WorkspaceId};

use super::differences::differences;
use super::tables::{Pages, RECIPIENTS};
use super::words::flaw;
use super::{Check, CheckError};
use crate::entity::recipient;
use crate::rows::{self, recipient_columns};

impl Check<'_> {
    /// Looks at all recipients of a workspace.
    pub(super) async fn recipients(&mut self, workspace: WorkspaceId) -> Result<(), CheckError> {
        let of_workspace = recipient::Column::WorkspaceId.eq(workspace.uuid());
        let all = recipient::Entity::find().filter(of_workspace).into_query();
        let mut pages = Pages::new(&RECIPIENTS, all);
        while let Some(rows) = pages.next(self.db).await? {
            for row in self.models::<recipient::Entity>(&RECIPIENTS, &rows)? {
                self.recipient(workspace, &row)?;
            }
        }
        Ok(())
    }

    fn recipient(&mut self, workspace: WorkspaceId, row: &recipient::Model) -> Result<(), CheckError> {
        let id = RecipientId::from_uuid(row.id);
        let recipient = match rows::recipient(row.clone()) {
            Ok(recipient) => recipient,
            Err(error) => return self.find(id, error),
        };
        for found in recipient.flaws() {
            self.find(id, flaw(&found))?;
        }
        for difference in differences(row, &recipient_columns(workspace, &recipient)) {
            self.find(id, difference)?;
        }
        Ok(())
    }
}
