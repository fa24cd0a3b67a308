//! Segments and Canvases, for a decision and after one.

use sea_orm::ActiveValue::NotSet;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use understudy_domain::{Canvas, CanvasId, Segment, SegmentId, SourceId};

use super::WriteTx;
use crate::StoreError;
use crate::contents;
use crate::entity::{canvas, in_app_place, segment};
use crate::rows::{self, canvas_columns, segment_columns};

impl WriteTx {
    /// The segment, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn segment(&self, id: SegmentId) -> Result<Option<Segment>, StoreError> {
        Ok(contents::segments(&self.db, self.workspace, &[id.uuid()])
            .await?
            .remove(&id.uuid()))
    }

    /// Writes a new segment.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insert_segment(&self, segment: &Segment) -> Result<(), StoreError> {
        let row = segment_columns(self.workspace, segment);
        segment::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    /// Writes a changed segment, which is one version up.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it is no longer as it was loaded, or if the database fails.
    pub async fn update_segment(&self, segment: &Segment) -> Result<(), StoreError> {
        let columns = segment::ActiveModel {
            id: NotSet,
            ..segment_columns(self.workspace, segment)
        };
        let written = segment::Entity::update_many()
            .set(columns)
            .filter(segment::Column::WorkspaceId.eq(self.workspace.uuid()))
            .filter(segment::Column::Id.eq(segment.id.uuid()))
            .filter(segment::Column::Version.eq(segment.version.number() - 1))
            .exec(&self.db)
            .await?;
        if written.rows_affected == 1 {
            Ok(())
        } else {
            Err(StoreError::Conflict)
        }
    }

    /// The Canvas, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn canvas(&self, id: CanvasId) -> Result<Option<Canvas>, StoreError> {
        let row = canvas::Entity::find_by_id(id.uuid())
            .filter(canvas::Column::WorkspaceId.eq(self.workspace.uuid()))
            .one(&self.db)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let place = in_app_place::Entity::find_by_id(id.uuid()).one(&self.db).await?;
        rows::canvas(row, place.as_ref()).map(Some)
    }

    /// Writes a new Canvas and its place.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insert_canvas(&self, canvas: &Canvas) -> Result<(), StoreError> {
        let row = canvas_columns(self.workspace, canvas);
        canvas::Entity::insert(row)
            .exec_without_returning(&self.db)
            .await?;
        self.write_place(SourceId::Canvas(canvas.id), &canvas.place).await
    }

    /// Writes a changed Canvas and its place.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn update_canvas(&self, canvas: &Canvas) -> Result<(), StoreError> {
        let columns = canvas::ActiveModel {
            id: NotSet,
            ..canvas_columns(self.workspace, canvas)
        };
        let this = canvas::Column::Id.eq(canvas.id.uuid());
        canvas::Entity::update_many()
            .set(columns)
            .filter(this)
            .exec(&self.db)
            .await?;
        self.write_place(SourceId::Canvas(canvas.id), &canvas.place).await
    }
}
