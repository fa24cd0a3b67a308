//! Reading tokens, without what their secrets leave.

use sea_orm::sea_query::Value;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Select};
use understudy_domain::{Token, TokenId};
use uuid::Uuid;

use super::Snapshot;
use super::keyset::{Keyset, slice};
use super::page::{Page, Slice};
use crate::StoreError;
use crate::entity::token;
use crate::rows;

impl Snapshot {
    /// The token, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn token(&self, id: TokenId) -> Result<Option<Token>, StoreError> {
        let with_id = self.tokens().filter(token::Column::Id.eq(id.uuid()));
        with_id.one(&self.db).await?.map(rows::token).transpose()
    }

    /// A page of the tokens, the oldest first, which is the order of their ids.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn token_page(&self, page: &Page<Uuid>) -> Result<Slice<Token>, StoreError> {
        let keyset = Keyset::ascending([token::Column::Id]);
        let select = keyset.page(self.tokens(), page, |id| vec![Value::from(*id)]);
        let slice = slice(select.all(&self.db).await?, page);
        let tokens: Result<Vec<_>, _> = slice.items.iter().cloned().map(rows::token).collect();
        Ok(slice.with_items(tokens?))
    }

    /// How many tokens there are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn token_count(&self) -> Result<u64, StoreError> {
        Ok(self.tokens().count(&self.db).await?)
    }

    fn tokens(&self) -> Select<token::Entity> {
        token::Entity::find().filter(token::Column::WorkspaceId.eq(self.workspace.uuid()))
    }
}
