//! Reading campaigns.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QuerySelect as _,
};
use understudy_domain::{ArchiveCause, CampaignId, Date, DraftId, Lifecycle, Progress, Results};
use uuid::Uuid;

use super::in_app::Standing;
use super::keyset::slice;
use super::page::{CampaignFilter, CampaignKey, CampaignOrder, Page, Slice};
use super::{CampaignRead, ContentRead, DraftRead, Snapshot, Wants};
use crate::StoreError;
use crate::contents::{self, IDS};
use crate::entity::{campaign, draft};
use crate::rows::{self, corrupt};

mod filter;

pub(crate) use filter::all_ids;
use filter::{key_values, listed};

/// What belongs to campaigns and stands in other tables.
struct Parts {
    drafts: HashMap<Uuid, draft::Model>,
    contents: HashMap<Uuid, ContentRead>,
    standings: HashMap<Uuid, Standing>,
    archive_segments: HashMap<Uuid, understudy_domain::Segment>,
    results: HashMap<Uuid, Vec<(Date, Results)>>,
    progress: HashMap<Uuid, Progress>,
}

impl Snapshot {
    /// Those of the campaigns that exist.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn campaigns(
        &self,
        ids: &[CampaignId],
        wants: Wants,
    ) -> Result<HashMap<CampaignId, CampaignRead>, StoreError> {
        let mut campaigns = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(IDS) {
            let rows = campaign::Entity::find()
                .filter(campaign::Column::WorkspaceId.eq(self.workspace.uuid()))
                .filter(campaign::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
                .all(&self.db)
                .await?;
            let complete = self.complete(rows, wants).await?;
            campaigns.extend(complete.into_iter().map(|campaign| (campaign.id, campaign)));
        }
        Ok(campaigns)
    }

    /// The campaigns that those of the drafts belong to that exist, in no order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn campaigns_of_drafts(&self, ids: &[DraftId]) -> Result<Vec<CampaignId>, StoreError> {
        let mut campaigns = Vec::with_capacity(ids.len());
        for ids in ids.chunks(IDS) {
            let found: Vec<Uuid> = draft::Entity::find()
                .select_only()
                .column(draft::Column::CampaignId)
                .filter(draft::Column::WorkspaceId.eq(self.workspace.uuid()))
                .filter(draft::Column::ContentId.is_in(ids.iter().map(|id| id.uuid())))
                .into_tuple()
                .all(&self.db)
                .await?;
            campaigns.extend(found.into_iter().map(CampaignId::from_uuid));
        }
        Ok(campaigns)
    }

    /// A page of the campaigns that a filter finds.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn campaign_page(
        &self,
        filter: &CampaignFilter,
        order: CampaignOrder,
        page: &Page<CampaignKey>,
        wants: Wants,
    ) -> Result<Slice<CampaignRead>, StoreError> {
        let (select, keyset) = listed(self.db.get_database_backend(), self.workspace, filter, order);
        let rows = keyset.page(select, page, key_values).all(&self.db).await?;
        let slice = slice(rows, page);
        let campaigns = self.complete(slice.items.clone(), wants).await?;
        Ok(slice.with_items(campaigns))
    }

    /// How many campaigns a filter finds.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn campaign_count(&self, filter: &CampaignFilter) -> Result<u64, StoreError> {
        let order = CampaignOrder::default();
        Ok(
            listed(self.db.get_database_backend(), self.workspace, filter, order)
                .0
                .count(&self.db)
                .await?,
        )
    }

    /// Adds to rows what stands in other tables, in a number of statements that does not depend on theirs.
    pub(super) async fn complete(
        &self,
        rows: Vec<campaign::Model>,
        wants: Wants,
    ) -> Result<Vec<CampaignRead>, StoreError> {
        if rows.is_empty() {
            return Ok(vec![]);
        }
        let mut parts = self.parts(&rows, wants).await?;
        rows.iter().map(|row| assemble(row, &mut parts, wants)).collect()
    }

    async fn parts(&self, rows: &[campaign::Model], wants: Wants) -> Result<Parts, StoreError> {
        let ids = || rows.iter().map(|row| row.id);
        let drafts = if wants.draft {
            draft::Entity::find()
                .filter(draft::Column::WorkspaceId.eq(self.workspace.uuid()))
                .filter(draft::Column::CampaignId.is_in(ids()))
                .all(&self.db)
                .await?
        } else {
            vec![]
        };
        let content_ids: Vec<Uuid> = rows
            .iter()
            .map(|row| row.content_id)
            .chain(drafts.iter().map(|draft| draft.content_id))
            .collect();
        let contents = if wants.has_content() {
            contents::load(&self.db, self.workspace, &content_ids, wants).await?
        } else {
            HashMap::new()
        };
        let standings = if wants.priority {
            self.standings(ids().collect()).await?
        } else {
            HashMap::new()
        };
        let archive_segments = if wants.archive_segment {
            let mut segments: Vec<Uuid> = rows.iter().filter_map(|row| row.archived_by_segment_id).collect();
            segments.sort_unstable();
            segments.dedup();
            contents::segments(&self.db, self.workspace, &segments).await?
        } else {
            HashMap::new()
        };
        let results = match wants.results {
            Some(days) => self.results(&ids().collect::<Vec<_>>(), days).await?,
            None => HashMap::new(),
        };
        let progress = if wants.progress {
            self.progress(&ids().collect::<Vec<_>>()).await?
        } else {
            HashMap::new()
        };
        let drafts = drafts
            .into_iter()
            .map(|draft| (draft.campaign_id, draft))
            .collect();
        Ok(Parts {
            drafts,
            contents,
            standings,
            archive_segments,
            results,
            progress,
        })
    }
}

fn assemble(row: &campaign::Model, parts: &mut Parts, wants: Wants) -> Result<CampaignRead, StoreError> {
    let lifecycle = rows::lifecycle(row)?;
    let mut content = |id: Uuid| {
        if wants.has_content() {
            parts
                .contents
                .remove(&id)
                .ok_or_else(|| corrupt("campaign without its content", id))
        } else {
            Ok(ContentRead::default())
        }
    };
    let live = content(row.content_id)?;
    let draft = match parts.drafts.remove(&row.id) {
        None => None,
        Some(draft) => Some(DraftRead {
            id: DraftId::from_uuid(draft.content_id),
            content: content(draft.content_id)?,
            based_on_version: rows::version(draft.based_on_version)?,
            created_at: draft.created_at,
            updated_at: draft.updated_at,
        }),
    };
    let standing = parts.standings.remove(&row.id);
    let archive_segment = match lifecycle {
        Lifecycle::Archived {
            cause: ArchiveCause::Segment(id),
            ..
        } => parts.archive_segments.get(&id.uuid()).cloned(),
        Lifecycle::Archived {
            cause: ArchiveCause::Direct,
            ..
        }
        | Lifecycle::Unlaunched
        | Lifecycle::Active { .. }
        | Lifecycle::Stopped { .. } => None,
    };
    Ok(CampaignRead {
        id: CampaignId::from_uuid(row.id),
        version: rows::version(row.version)?,
        lifecycle,
        live,
        draft,
        level: standing.as_ref().map(|standing| standing.place.level),
        position: standing.as_ref().and_then(|standing| standing.position),
        place: standing.map(|standing| standing.place),
        archive_segment,
        results: parts.results.remove(&row.id).unwrap_or_default(),
        progress: parts.progress.remove(&row.id).unwrap_or_default(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
