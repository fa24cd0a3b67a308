//! Who is let in: all that is asked before it is known which workspace somebody is in.

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use understudy_domain::{Token, TokenId, WorkspaceId};
use uuid::Uuid;

use super::Store;
use crate::StoreError;
use crate::entity::{token, workspace};
use crate::read::WorkspaceRead;
use crate::rows;

/// The SHA-256 of a token's secret.
pub type SecretHash = [u8; 32];

impl Store {
    /// The token with this secret, and the workspace that it lets into; whether it still does is not looked at.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn token_of(&self, secret: &SecretHash) -> Result<Option<(WorkspaceId, Token)>, StoreError> {
        let db = self.begin_read().await?;
        let row = token::Entity::find()
            .filter(token::Column::SecretHash.eq(secret.as_slice()))
            .one(&db)
            .await?;
        let workspace_and_token = |row: token::Model| {
            let workspace = WorkspaceId::from_uuid(row.workspace_id);
            Ok((workspace, rows::token(row)?))
        };
        row.map(workspace_and_token).transpose()
    }

    /// Whether a token was ever made, in any workspace.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_tokens(&self) -> Result<bool, StoreError> {
        let db = self.begin_read().await?;
        Ok(token::Entity::find().limit(1).count(&db).await? > 0)
    }

    /// Those of these tokens that are revoked.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoked(&self, ids: &[TokenId]) -> Result<Vec<TokenId>, StoreError> {
        let db = self.begin_read().await?;
        let ids = ids.iter().map(|id| id.uuid());
        let revoked: Vec<Uuid> = token::Entity::find()
            .select_only()
            .column(token::Column::Id)
            .filter(token::Column::Id.is_in(ids))
            .filter(token::Column::RevokedAt.is_not_null())
            .into_tuple()
            .all(&db)
            .await?;
        Ok(revoked.into_iter().map(TokenId::from_uuid).collect())
    }

    /// The workspace with this id, or with this name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn workspace_named(&self, named: &str) -> Result<Option<WorkspaceId>, StoreError> {
        // No workspace has one in its name, and PostgreSQL would refuse to look for it.
        if named.contains('\0') {
            return Ok(None);
        }
        let db = self.begin_read().await?;
        let by_id = named.parse().ok().map(WorkspaceId::uuid);
        let found: Vec<Uuid> = workspace::Entity::find()
            .select_only()
            .column(workspace::Column::Id)
            .filter(
                Condition::any()
                    .add(workspace::Column::Name.eq(named))
                    .add_option(by_id.map(|id| workspace::Column::Id.eq(id))),
            )
            .into_tuple()
            .all(&db)
            .await?;
        // Whatever another one is called, an id is its own.
        let with_id = found.iter().copied().find(|id| Some(*id) == by_id);
        Ok(with_id.or(found.first().copied()).map(WorkspaceId::from_uuid))
    }

    /// All workspaces, by name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceRead>, StoreError> {
        let db = self.begin_read().await?;
        let rows = workspace::Entity::find()
            .order_by_asc(workspace::Column::Name)
            .all(&db)
            .await?;
        Ok(rows.into_iter().map(rows::workspace).collect())
    }
}
