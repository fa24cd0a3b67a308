//! Segments and Canvases: as the checks of the input would let them in, and as they are written.

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryTrait as _};
use understudy_domain::{CanvasId, SegmentId, SourceId, WorkspaceId};
use uuid::Uuid;

use super::differences::differences;
use super::tables::{CANVASES, PLACES, Pages, SEGMENTS};
use super::words::flaw;
use super::{Check, CheckError};
use crate::entity::{canvas, in_app_place, segment};
use crate::rows::{self, canvas_columns, segment_columns};

impl Check<'_> {
    /// Looks at all segments of a workspace.
    pub(super) async fn segments(&mut self, workspace: WorkspaceId) -> Result<(), CheckError> {
        let of_workspace = segment::Column::WorkspaceId.eq(workspace.uuid());
        let all = segment::Entity::find().filter(of_workspace).into_query();
        let mut pages = Pages::new(&SEGMENTS, all);
        while let Some(rows) = pages.next(self.db).await? {
            for row in self.models::<segment::Entity>(&SEGMENTS, &rows)? {
                self.segment(workspace, &row)?;
            }
        }
        Ok(())
    }

    fn segment(&mut self, workspace: WorkspaceId, row: &segment::Model) -> Result<(), CheckError> {
        let id = SegmentId::from_uuid(row.id);
        let segment = match rows::segment(row.clone()) {
            Ok(segment) => segment,
            Err(error) => return self.find(id, error),
        };
        for found in segment.flaws() {
            self.find(id, flaw(&found))?;
        }
        for difference in differences(row, &segment_columns(workspace, &segment)) {
            self.find(id, difference)?;
        }
        Ok(())
    }

    /// Looks at all Canvases of a workspace, and at their places.
    pub(super) async fn canvases(&mut self, workspace: WorkspaceId) -> Result<(), CheckError> {
        let of_workspace = canvas::Column::WorkspaceId.eq(workspace.uuid());
        let all = canvas::Entity::find().filter(of_workspace).into_query();
        let mut pages = Pages::new(&CANVASES, all);
        while let Some(rows) = pages.next(self.db).await? {
            let canvases = self.models::<canvas::Entity>(&CANVASES, &rows)?;
            let of_canvases = in_app_place::Column::CanvasId.is_in(canvases.iter().map(|canvas| canvas.id));
            let found = in_app_place::Entity::find().filter(of_canvases).into_query();
            let places = self.all_models::<in_app_place::Entity>(&PLACES, found).await?;
            let places: HashMap<Uuid, in_app_place::Model> = places
                .into_iter()
                .filter_map(|row| Some((row.canvas_id?, row)))
                .collect();
            for row in canvases {
                let place = places.get(&row.id);
                self.canvas(workspace, &row, place)?;
            }
        }
        Ok(())
    }

    fn canvas(
        &mut self,
        workspace: WorkspaceId,
        row: &canvas::Model,
        place: Option<&in_app_place::Model>,
    ) -> Result<(), CheckError> {
        let id = CanvasId::from_uuid(row.id);
        let canvas = match rows::canvas(row.clone(), place) {
            Ok(canvas) => canvas,
            Err(error) => return self.find(id, error),
        };
        for found in canvas.flaws() {
            self.find(id, flaw(&found))?;
        }
        for difference in differences(row, &canvas_columns(workspace, &canvas)) {
            self.find(id, difference)?;
        }
        match place {
            None => Ok(()),
            Some(place) => self.place(id, workspace, SourceId::Canvas(id), place),
        }
    }
}
