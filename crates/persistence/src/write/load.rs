//! Loading campaigns for a decision.

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use understudy_domain::content::SegmentStates;
use understudy_domain::{Campaign, CampaignId, Draft, DraftId, SegmentId};
use uuid::Uuid;

use super::WriteTx;
use crate::StoreError;
use crate::contents::{self, IDS};
use crate::entity::{campaign, content_segment, draft, in_app_place};
use crate::read::{CampaignFilter, CampaignOrder, ContentRead, Wants};
use crate::rows::{self, corrupt};

impl WriteTx {
    /// The campaign, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, StoreError> {
        Ok(self.campaigns(&[id]).await?.pop())
    }

    /// Those of the campaigns that exist, in no order, in a number of statements that does not depend on theirs.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn campaigns(&self, ids: &[CampaignId]) -> Result<Vec<Campaign>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let campaigns = campaign::Entity::find()
            .filter(campaign::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(campaign::Column::Id.is_in(ids.iter().copied()))
            .all(&self.db)
            .await?;
        let drafts = draft::Entity::find()
            .filter(draft::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(draft::Column::CampaignId.is_in(ids.iter().copied()))
            .all(&self.db)
            .await?;
        let places = in_app_place::Entity::find()
            .filter(in_app_place::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(in_app_place::Column::SourceId.is_in(ids))
            .all(&self.db)
            .await?;
        let content_ids: Vec<Uuid> = campaigns
            .iter()
            .map(|row| row.content_id)
            .chain(drafts.iter().map(|row| row.content_id))
            .collect();
        let mut contents = contents::load(&self.db, self.workspace, &content_ids, Wants::ALL).await?;
        let mut drafts: HashMap<Uuid, draft::Model> =
            drafts.into_iter().map(|row| (row.campaign_id, row)).collect();
        let places: HashMap<Uuid, in_app_place::Model> =
            places.into_iter().map(|row| (row.source_id, row)).collect();
        campaigns
            .into_iter()
            .map(|row| assemble(&row, drafts.remove(&row.id), places.get(&row.id), &mut contents))
            .collect()
    }

    /// The campaigns that a filter finds, in the order of its list.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn matching_campaigns(&self, filter: &CampaignFilter) -> Result<Vec<CampaignId>, StoreError> {
        let order = CampaignOrder::default();
        crate::read::campaigns::all_ids(&self.db, self.workspace, filter, order).await
    }

    /// The campaigns whose live content uses the segment, the oldest first; the archived too.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn campaigns_using(&self, id: SegmentId) -> Result<Vec<CampaignId>, StoreError> {
        let uses = content_segment::Entity::find()
            .select_only()
            .column(content_segment::Column::ContentId)
            .filter(content_segment::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(content_segment::Column::SegmentId.eq(id.uuid()));
        let ids: Vec<Uuid> = campaign::Entity::find()
            .select_only()
            .column(campaign::Column::Id)
            .filter(campaign::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(campaign::Column::ContentId.in_subquery(sea_orm::QueryTrait::into_query(uses)))
            .order_by_asc(campaign::Column::Id)
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(ids.into_iter().map(CampaignId::from_uuid).collect())
    }

    /// Which of the segments exist, and which of them are archived.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn segment_states(
        &self,
        ids: impl IntoIterator<Item = SegmentId>,
    ) -> Result<SegmentStates, StoreError> {
        let mut ids: Vec<Uuid> = ids.into_iter().map(SegmentId::uuid).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut states = vec![];
        for ids in ids.chunks(IDS) {
            let found = contents::segments(&self.db, self.workspace, ids).await?;
            states.extend(
                found
                    .into_values()
                    .map(|segment| (segment.id, segment.archived_at.is_some())),
            );
        }
        Ok(states.into_iter().collect())
    }
}

fn assemble(
    row: &campaign::Model,
    draft: Option<draft::Model>,
    place: Option<&in_app_place::Model>,
    contents: &mut HashMap<Uuid, ContentRead>,
) -> Result<Campaign, StoreError> {
    let mut content = |id| {
        let content: Option<ContentRead> = contents.remove(&id);
        content
            .map(|content| content.to_content())
            .ok_or_else(|| corrupt("campaign without its content", id))
    };
    let live = content(row.content_id)?;
    let draft = match draft {
        None => None,
        Some(draft) => Some(Draft {
            id: DraftId::from_uuid(draft.content_id),
            content: content(draft.content_id)?,
            based_on_version: rows::version(draft.based_on_version)?,
            created_at: draft.created_at,
            updated_at: draft.updated_at,
        }),
    };
    if place.is_some() != live.is_in_app() {
        return Err(corrupt(
            "place in the in-app order",
            CampaignId::from_uuid(row.id),
        ));
    }
    Ok(Campaign {
        id: CampaignId::from_uuid(row.id),
        version: rows::version(row.version)?,
        lifecycle: rows::lifecycle(row)?,
        live,
        draft,
        place: place.map(rows::place).transpose()?,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
