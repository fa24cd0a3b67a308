//! Reading segments and Canvases.

use std::collections::HashMap;

use sea_orm::sea_query::Value;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Select};
use understudy_domain::{Canvas, CanvasId, Segment, SegmentId};
use uuid::Uuid;

use super::keyset::{Keyset, slice};
use super::page::{NameKey, Page, Slice};
use super::{CanvasRead, Snapshot};
use crate::StoreError;
use crate::contents::{self, IDS};
use crate::entity::{canvas, segment};
use crate::rows::{self, corrupt};

impl Snapshot {
    /// Those of the segments that exist.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn segments(&self, ids: &[SegmentId]) -> Result<HashMap<SegmentId, Segment>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let segments = contents::segments(&self.db, self.workspace, &ids).await?;
        Ok(segments
            .into_values()
            .map(|segment| (segment.id, segment))
            .collect())
    }

    /// A page of the segments, by name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn segment_page(
        &self,
        include_archived: bool,
        page: &Page<NameKey>,
    ) -> Result<Slice<Segment>, StoreError> {
        let keyset = Keyset::ascending([segment::Column::SortName, segment::Column::Id]);
        let select = self.all_segments(include_archived);
        let slice = slice(keyset.page(select, page, key_values).all(&self.db).await?, page);
        let segments: Result<Vec<_>, _> = slice.items.iter().cloned().map(rows::segment).collect();
        Ok(slice.with_items(segments?))
    }

    /// How many segments there are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn segment_count(&self, include_archived: bool) -> Result<u64, StoreError> {
        Ok(self.all_segments(include_archived).count(&self.db).await?)
    }

    fn all_segments(&self, include_archived: bool) -> Select<segment::Entity> {
        let all = segment::Entity::find().filter(segment::Column::WorkspaceId.eq(self.workspace.uuid()));
        if include_archived {
            all
        } else {
            all.filter(segment::Column::ArchivedAt.is_null())
        }
    }

    /// Those of the Canvases that exist.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn canvases(&self, ids: &[CanvasId]) -> Result<HashMap<CanvasId, CanvasRead>, StoreError> {
        let mut canvases = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(IDS) {
            let rows = self
                .all_canvases(true)
                .filter(canvas::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
                .all(&self.db)
                .await?;
            let complete = self.complete_canvases(rows).await?;
            canvases.extend(complete.into_iter().map(|canvas| (canvas.canvas.id, canvas)));
        }
        Ok(canvases)
    }

    /// A page of the Canvases, by name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn canvas_page(
        &self,
        include_archived: bool,
        page: &Page<NameKey>,
    ) -> Result<Slice<CanvasRead>, StoreError> {
        let keyset = Keyset::ascending([canvas::Column::SortName, canvas::Column::Id]);
        let select = self.all_canvases(include_archived);
        let slice = slice(keyset.page(select, page, key_values).all(&self.db).await?, page);
        let canvases = self.complete_canvases(slice.items.clone()).await?;
        Ok(slice.with_items(canvases))
    }

    /// How many Canvases there are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn canvas_count(&self, include_archived: bool) -> Result<u64, StoreError> {
        Ok(self.all_canvases(include_archived).count(&self.db).await?)
    }

    fn all_canvases(&self, include_archived: bool) -> Select<canvas::Entity> {
        let all = canvas::Entity::find().filter(canvas::Column::WorkspaceId.eq(self.workspace.uuid()));
        if include_archived {
            all
        } else {
            all.filter(canvas::Column::ArchivedAt.is_null())
        }
    }

    async fn complete_canvases(&self, rows: Vec<canvas::Model>) -> Result<Vec<CanvasRead>, StoreError> {
        let mut standings = self.standings(rows.iter().map(|row| row.id).collect()).await?;
        let canvases = rows.into_iter().map(|row| {
            let id = CanvasId::from_uuid(row.id);
            let standing = standings
                .remove(&row.id)
                .ok_or_else(|| corrupt("Canvas without a place", id))?;
            let canvas = Canvas {
                id,
                name: row.name,
                archived_at: row.archived_at,
                place: standing.place,
            };
            Ok(CanvasRead {
                canvas,
                position: standing.position,
            })
        });
        canvases.collect()
    }
}

fn key_values(key: &NameKey) -> Vec<Value> {
    vec![key.name.clone().into(), key.id.into()]
}
