//! Workspaces and tokens, as they are made and revoked.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _};
use understudy_domain::{Timestamp, Token, TokenId, WorkspaceId};
use uuid::Uuid;

use super::WriteTx;
use crate::StoreError;
use crate::entity::{token, workspace};
use crate::rows::{self, token_columns};
use crate::store::SecretHash;

impl WriteTx {
    /// The token, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn token(&self, id: TokenId) -> Result<Option<Token>, StoreError> {
        let row = token::Entity::find_by_id(id.uuid())
            .filter(token::Column::WorkspaceId.eq(self.workspace.uuid()))
            .one(&self.db)
            .await?;
        row.map(rows::token).transpose()
    }

    /// Whether a token was ever made, in any workspace.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_tokens(&self) -> Result<bool, StoreError> {
        Ok(token::Entity::find().limit(1).count(&self.db).await? > 0)
    }

    /// Whether a token has this name, be it one that lets nobody in any more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_token_name(&self, name: &str) -> Result<bool, StoreError> {
        let named = token::Entity::find()
            .filter(token::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(token::Column::Name.eq(name));
        Ok(named.count(&self.db).await? > 0)
    }

    /// Writes a new token, with the hash of its secret. By the first one, nobody is let in without one any more: it waits
    /// for those who are just writing, and those who wait for it see it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insert_token(&self, token: &Token, secret: &SecretHash) -> Result<(), StoreError> {
        if !self.has_tokens().await? {
            // Whoever has no token writes into this workspace, of which each write has such a lock.
            workspace::Entity::find_by_id(WorkspaceId::DEFAULT.uuid())
                .select_only()
                .column(workspace::Column::Id)
                .lock(LockType::NoKeyUpdate)
                .into_tuple::<Uuid>()
                .one(&self.db)
                .await?;
        }
        let row = token_columns(self.workspace, token, secret);
        token::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    /// Writes that a token is revoked.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_token(&self, id: TokenId, at: Timestamp) -> Result<(), StoreError> {
        token::Entity::update_many()
            .col_expr(token::Column::RevokedAt, Expr::value(at))
            .filter(token::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(token::Column::Id.eq(id.uuid()))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Writes the transaction's own workspace, which is new.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insert_workspace(&self, name: &str) -> Result<(), StoreError> {
        let row = workspace::ActiveModel {
            id: Set(self.workspace.uuid()),
            name: Set(name.to_owned()),
            event_sequence: Set(0),
        };
        workspace::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    /// Whether a workspace has this name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_workspace_name(&self, name: &str) -> Result<bool, StoreError> {
        let named = workspace::Entity::find().filter(workspace::Column::Name.eq(name));
        Ok(named.count(&self.db).await? > 0)
    }
}
