//! Tokens: as the checks of the input would let them in, and as they are written.

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryTrait as _};
use understudy_domain::{TokenId, WorkspaceId};

use super::differences::differences;
use super::tables::{Pages, TOKENS};
use super::words::flaw;
use super::{Check, CheckError};
use crate::entity::token;
use crate::rows::{self, token_columns};
use crate::store::SecretHash;

impl Check<'_> {
    /// Looks at all tokens of a workspace.
    pub(super) async fn tokens(&mut self, workspace: WorkspaceId) -> Result<(), CheckError> {
        let of_workspace = token::Column::WorkspaceId.eq(workspace.uuid());
        let all = token::Entity::find().filter(of_workspace).into_query();
        let mut pages = Pages::new(&TOKENS, all);
        while let Some(rows) = pages.next(self.db).await? {
            for row in self.models::<token::Entity>(&TOKENS, &rows)? {
                self.token(workspace, &row)?;
            }
        }
        Ok(())
    }

    fn token(&mut self, workspace: WorkspaceId, row: &token::Model) -> Result<(), CheckError> {
        let id = TokenId::from_uuid(row.id);
        let token = match rows::token(row.clone()) {
            Ok(token) => token,
            Err(error) => return self.find(id, error),
        };
        for found in token.flaws() {
            self.find(id, flaw(&found))?;
        }
        let Ok(secret) = SecretHash::try_from(row.secret_hash.as_slice()) else {
            return self.find(id, "secret_hash: it is no SHA-256");
        };
        for difference in differences(row, &token_columns(workspace, &token, &secret)) {
            self.find(id, difference)?;
        }
        Ok(())
    }
}
