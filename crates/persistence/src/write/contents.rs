//! Saving what campaigns say: live contents, drafts, and the swap of one for the other.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use understudy_domain::{Campaign, CampaignId, Content, Draft};
use uuid::Uuid;

use super::WriteTx;
use crate::StoreError;
use crate::backend::search;
use crate::entity::{campaign, content, content_segment, content_tag, draft};
use crate::rows::{content_columns, corrupt};

impl WriteTx {
    /// Writes what differs between the contents and the draft.
    pub(super) async fn write_contents(&self, before: &Campaign, after: &Campaign) -> Result<(), StoreError> {
        match (&before.draft, &after.draft) {
            (Some(draft), None) if draft.content == after.live => {
                return self.swap_in(before.id, draft).await;
            }
            (Some(draft), None) => self.delete_draft(before.id, draft).await?,
            (Some(old), Some(new)) if old != new => self.update_draft(before.id, old, new).await?,
            (None, Some(draft)) => self.insert_draft(before.id, draft).await?,
            (None, None) | (Some(_), Some(_)) => {}
        }
        if before.live != after.live {
            let id = self.live_content(before.id).await?;
            self.update_content(id, &before.live, &after.live).await?;
        }
        Ok(())
    }

    async fn live_content(&self, id: CampaignId) -> Result<Uuid, StoreError> {
        let content_id = campaign::Entity::find_by_id(id.uuid())
            .select_only()
            .column(campaign::Column::ContentId)
            .into_tuple()
            .one(&self.db)
            .await?;
        content_id.ok_or_else(|| corrupt("campaign", id))
    }

    /// Puts the draft's content in the place of the live one: the campaign points at it, and the old one goes.
    async fn swap_in(&self, id: CampaignId, draft: &Draft) -> Result<(), StoreError> {
        let old = self.live_content(id).await?;
        draft::Entity::delete_by_id(id.uuid()).exec(&self.db).await?;
        let pointed = campaign::ActiveModel {
            content_id: Set(draft.id.uuid()),
            ..Default::default()
        };
        let this = campaign::Column::Id.eq(id.uuid());
        campaign::Entity::update_many()
            .set(pointed)
            .filter(this)
            .exec(&self.db)
            .await?;
        content::Entity::delete_by_id(old).exec(&self.db).await?;
        Ok(())
    }

    async fn insert_draft(&self, id: CampaignId, draft: &Draft) -> Result<(), StoreError> {
        self.insert_content(draft.id.uuid(), &draft.content).await?;
        let row = draft::ActiveModel {
            campaign_id: Set(id.uuid()),
            workspace_id: Set(self.workspace.uuid()),
            content_id: Set(draft.id.uuid()),
            based_on_version: Set(draft.based_on_version.number()),
            created_at: Set(draft.created_at),
            updated_at: Set(draft.updated_at),
        };
        draft::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    async fn update_draft(&self, id: CampaignId, old: &Draft, new: &Draft) -> Result<(), StoreError> {
        self.update_content(new.id.uuid(), &old.content, &new.content)
            .await?;
        let saved = draft::ActiveModel {
            updated_at: Set(new.updated_at),
            ..Default::default()
        };
        let this = draft::Column::CampaignId.eq(id.uuid());
        draft::Entity::update_many()
            .set(saved)
            .filter(this)
            .exec(&self.db)
            .await?;
        Ok(())
    }

    async fn delete_draft(&self, id: CampaignId, draft: &Draft) -> Result<(), StoreError> {
        draft::Entity::delete_by_id(id.uuid()).exec(&self.db).await?;
        content::Entity::delete_by_id(draft.id.uuid())
            .exec(&self.db)
            .await?;
        Ok(())
    }

    pub(super) async fn insert_content(&self, id: Uuid, content: &Content) -> Result<(), StoreError> {
        let row = content_columns(id, self.workspace, content);
        content::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await?;
        self.insert_tags(id, &content.tags).await?;
        self.insert_segments(id, content).await?;
        search::index(&self.db, id, content).await
    }

    async fn update_content(&self, id: Uuid, old: &Content, new: &Content) -> Result<(), StoreError> {
        let columns = content::ActiveModel {
            id: NotSet,
            ..content_columns(id, self.workspace, new)
        };
        let this = content::Column::Id.eq(id);
        content::Entity::update_many()
            .set(columns)
            .filter(this)
            .exec(&self.db)
            .await?;
        if old.tags != new.tags {
            let of_content = content_tag::Column::ContentId.eq(id);
            content_tag::Entity::delete_many()
                .filter(of_content)
                .exec(&self.db)
                .await?;
            self.insert_tags(id, &new.tags).await?;
        }
        if old.segments != new.segments {
            let of_content = content_segment::Column::ContentId.eq(id);
            content_segment::Entity::delete_many()
                .filter(of_content)
                .exec(&self.db)
                .await?;
            self.insert_segments(id, new).await?;
        }
        search::index(&self.db, id, new).await
    }

    async fn insert_tags(&self, id: Uuid, tags: &[String]) -> Result<(), StoreError> {
        let rows = (0..).zip(tags).map(|(ordinal, tag)| content_tag::ActiveModel {
            content_id: Set(id),
            ordinal: Set(ordinal),
            workspace_id: Set(self.workspace.uuid()),
            tag: Set(tag.clone()),
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            content_tag::Entity::insert_many(rows)
                .exec_without_returning(&self.db)
                .await?;
        }
        Ok(())
    }

    async fn insert_segments(&self, id: Uuid, content: &Content) -> Result<(), StoreError> {
        let rows = (0..)
            .zip(&content.segments)
            .map(|(ordinal, segment)| content_segment::ActiveModel {
                content_id: Set(id),
                ordinal: Set(ordinal),
                workspace_id: Set(self.workspace.uuid()),
                segment_id: Set(segment.uuid()),
            });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            content_segment::Entity::insert_many(rows)
                .exec_without_returning(&self.db)
                .await?;
        }
        Ok(())
    }
}
