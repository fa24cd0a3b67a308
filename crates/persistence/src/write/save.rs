//! Saving campaigns: compare-and-set on the version, then only what differs.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _};
use understudy_domain::{Campaign, CampaignEvent, CampaignId, SourceId, Version};

use super::{Change, WriteTx};
use crate::StoreError;
use crate::entity::campaign;
use crate::rows::{lifecycle_columns, list_columns};

/// How many campaigns one statement updates. SQLite nests the alternatives of a condition, a thousand deep at most.
const CHUNK: usize = 400;

impl WriteTx {
    /// Writes a new campaign.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insert_campaign(
        &mut self,
        campaign: &Campaign,
        event: CampaignEvent,
    ) -> Result<(), StoreError> {
        // The first content has the campaign's id; each later one has the id of the draft that it was.
        let content_id = campaign.id.uuid();
        self.insert_content(content_id, &campaign.live).await?;
        let listed = list_columns(&campaign.live);
        let row = campaign::ActiveModel {
            sort_name: listed.sort_name,
            channel: listed.channel,
            id: Set(campaign.id.uuid()),
            workspace_id: Set(self.workspace.uuid()),
            content_id: Set(content_id),
            version: Set(campaign.version.number()),
            created_at: Set(campaign.created_at),
            updated_at: Set(campaign.updated_at),
            ..lifecycle_columns(campaign.lifecycle)
        };
        campaign::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await?;
        if let Some(place) = &campaign.place {
            self.write_place(SourceId::Campaign(campaign.id), place).await?;
        }
        self.events.push(event);
        Ok(())
    }

    /// Writes a changed campaign.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it is no longer as it was loaded, or if the database fails.
    pub async fn update_campaign(
        &mut self,
        before: &Campaign,
        after: &Campaign,
        event: CampaignEvent,
    ) -> Result<(), StoreError> {
        self.update_rows(&changed_columns(before, after), &[(before.id, before.version)])
            .await?;
        self.write_parts(before, after).await?;
        self.follow(&[(before, after)]).await?;
        self.events.push(event);
        Ok(())
    }

    /// Writes many changed campaigns. Those whose rows become the same share a statement.
    ///
    /// # Errors
    /// As [`update_campaign`](Self::update_campaign), for any of them.
    pub async fn update_campaigns(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut groups: Vec<(campaign::ActiveModel, Vec<(CampaignId, Version)>)> = vec![];
        for Change { before, after, .. } in &changes {
            let columns = changed_columns(before, after);
            let key = (before.id, before.version);
            match groups.iter_mut().find(|(known, _)| *known == columns) {
                Some((_, keys)) => keys.push(key),
                None => groups.push((columns, vec![key])),
            }
        }
        for (columns, keys) in &groups {
            for keys in keys.chunks(CHUNK) {
                self.update_rows(columns, keys).await?;
            }
        }
        let pairs: Vec<_> = changes
            .iter()
            .map(|change| (&change.before, &change.after))
            .collect();
        self.follow(&pairs).await?;
        for Change { before, after, event } in changes {
            self.write_parts(&before, &after).await?;
            self.events.push(event);
        }
        Ok(())
    }

    /// Writes the same columns to all rows that are still at the version they were loaded at, and counts that up.
    async fn update_rows(
        &self,
        columns: &campaign::ActiveModel,
        keys: &[(CampaignId, Version)],
    ) -> Result<(), StoreError> {
        let as_loaded = keys.iter().fold(Condition::any(), |any, (id, version)| {
            let same = campaign::Column::Id
                .eq(id.uuid())
                .and(campaign::Column::Version.eq(version.number()));
            any.add(same)
        });
        let written = campaign::Entity::update_many()
            .set(columns.clone())
            .col_expr(
                campaign::Column::Version,
                Expr::col(campaign::Column::Version).add(1),
            )
            .filter(campaign::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(as_loaded)
            .exec(&self.db)
            .await?;
        if written.rows_affected == keys.len() as u64 {
            Ok(())
        } else {
            Err(StoreError::Conflict)
        }
    }

    /// Writes what differs between the contents, the draft and the place.
    async fn write_parts(&self, before: &Campaign, after: &Campaign) -> Result<(), StoreError> {
        self.write_contents(before, after).await?;
        match (&before.place, &after.place) {
            (old, Some(new)) if old.as_ref() != Some(new) => {
                self.write_place(SourceId::Campaign(after.id), new).await
            }
            (Some(_), None) => self.delete_place(SourceId::Campaign(after.id)).await,
            (None, None) | (_, Some(_)) => Ok(()),
        }
    }
}

/// What a change makes of a campaign's row, the version aside.
fn changed_columns(before: &Campaign, after: &Campaign) -> campaign::ActiveModel {
    let columns = lifecycle_columns(after.lifecycle);
    let listed = if before.live == after.live {
        campaign::ActiveModel::default()
    } else {
        list_columns(&after.live)
    };
    let is_launch_kept = before.lifecycle.launched_at() == after.lifecycle.launched_at();
    campaign::ActiveModel {
        // Left out where it stays, so that campaigns which were launched at different times can share a statement.
        launched_at: if is_launch_kept {
            NotSet
        } else {
            columns.launched_at
        },
        updated_at: Set(after.updated_at),
        sort_name: listed.sort_name,
        channel: listed.channel,
        ..columns
    }
}
