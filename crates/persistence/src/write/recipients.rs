//! Recipients, for a decision and after one.

use std::collections::HashMap;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use understudy_domain::{Recipient, RecipientId};

use super::WriteTx;
use crate::StoreError;
use crate::entity::recipient;
use crate::rows::{self, recipient_columns};

impl WriteTx {
    /// Those of the recipients with these external ids that there are, by those.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recipients_named(
        &self,
        external_ids: impl Iterator<Item = &str>,
    ) -> Result<HashMap<String, Recipient>, StoreError> {
        // Nobody is called so, and not every database could compare with one.
        let external_ids = external_ids.filter(|external_id| !external_id.contains('\0'));
        let named = recipient::Entity::find()
            .filter(recipient::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(recipient::Column::ExternalId.is_in(external_ids));
        let mut recipients = HashMap::new();
        for row in named.all(&self.db).await? {
            recipients.insert(row.external_id.clone(), rows::recipient(row)?);
        }
        Ok(recipients)
    }

    /// Writes recipients that are new, or that have changed, in one statement; at most a thousand.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn write_recipients(&self, recipients: &[Recipient]) -> Result<(), StoreError> {
        let rows = recipients
            .iter()
            .map(|recipient| recipient_columns(self.workspace, recipient));
        let changed = OnConflict::column(recipient::Column::Id)
            .update_columns([
                recipient::Column::Email,
                recipient::Column::Attributes,
                recipient::Column::UpdatedAt,
            ])
            .to_owned();
        recipient::Entity::insert_many(rows)
            .on_conflict(changed)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    /// Erases a recipient. Whether there was one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delete_recipient(&self, id: RecipientId) -> Result<bool, StoreError> {
        self.forget_deliveries(id).await?;
        let deleted = recipient::Entity::delete_by_id(id.uuid())
            .filter(recipient::Column::WorkspaceId.eq(self.workspace.uuid()))
            .exec(&self.db)
            .await?;
        Ok(deleted.rows_affected > 0)
    }
}
