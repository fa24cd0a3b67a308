//! What campaigns say: each content as the checks of the input would let it in, and as it is written.

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QueryTrait as _};
use understudy_domain::content::SegmentStates;
use understudy_domain::{Content, SegmentId, WorkspaceId};
use uuid::Uuid;

use super::differences::differences;
use super::tables::{CONTENT_SEGMENTS, CONTENT_TAGS, CONTENTS, SEGMENTS};
use super::words::flaw;
use super::{Check, CheckError};
use crate::StoreError;
use crate::entity::{content, content_segment, content_tag, segment};
use crate::rows::{self, content_columns};

/// A content's rows.
pub(super) struct Stored {
    row: content::Model,
    tags: Vec<content_tag::Model>,
    segments: Vec<content_segment::Model>,
}

/// Contents by their ids, and the states of the segments that they use.
pub(super) struct Library {
    pub(super) contents: HashMap<Uuid, Stored>,
    pub(super) segments: SegmentStates,
}

impl Check<'_> {
    /// The rows of contents, as far as they are there: that one is missing is found where the references are looked at.
    pub(super) async fn library(
        &mut self,
        workspace: WorkspaceId,
        ids: &[Uuid],
    ) -> Result<Library, CheckError> {
        let ids = || ids.iter().copied();
        let found = content::Entity::find()
            .filter(content::Column::WorkspaceId.eq(workspace.uuid()))
            .filter(content::Column::Id.is_in(ids()));
        let rows = self
            .all_models::<content::Entity>(&CONTENTS, found.into_query())
            .await?;
        let found = content_tag::Entity::find()
            .filter(content_tag::Column::ContentId.is_in(ids()))
            .order_by_asc(content_tag::Column::Ordinal);
        let tags = self
            .all_models::<content_tag::Entity>(&CONTENT_TAGS, found.into_query())
            .await?;
        let found = content_segment::Entity::find()
            .filter(content_segment::Column::ContentId.is_in(ids()))
            .order_by_asc(content_segment::Column::Ordinal);
        let uses = self
            .all_models::<content_segment::Entity>(&CONTENT_SEGMENTS, found.into_query())
            .await?;

        let segments = self.segment_states(workspace, &uses).await?;
        let stored = |row: content::Model| Stored {
            row,
            tags: vec![],
            segments: vec![],
        };
        let mut contents: HashMap<Uuid, Stored> = rows.into_iter().map(|row| (row.id, stored(row))).collect();
        for tag in tags {
            if let Some(content) = contents.get_mut(&tag.content_id) {
                content.tags.push(tag);
            }
        }
        for used in uses {
            if let Some(content) = contents.get_mut(&used.content_id) {
                content.segments.push(used);
            }
        }
        Ok(Library { contents, segments })
    }

    async fn segment_states(
        &mut self,
        workspace: WorkspaceId,
        uses: &[content_segment::Model],
    ) -> Result<SegmentStates, CheckError> {
        let mut ids: Vec<Uuid> = uses.iter().map(|used| used.segment_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = segment::Entity::find()
            .filter(segment::Column::WorkspaceId.eq(workspace.uuid()))
            .filter(segment::Column::Id.is_in(ids));
        let segments = self
            .all_models::<segment::Entity>(&SEGMENTS, found.into_query())
            .await?;
        let state = |row: &segment::Model| (SegmentId::from_uuid(row.id), row.archived_at.is_some());
        Ok(segments.iter().map(state).collect())
    }

    /// Looks at one content, and gives it back if it can be read.
    pub(super) fn content(
        &mut self,
        subject: &str,
        workspace: WorkspaceId,
        stored: &Stored,
        segments: &SegmentStates,
    ) -> Result<Option<Content>, CheckError> {
        let content = match read(stored) {
            Ok(content) => content,
            Err(error) => {
                self.find(subject, error)?;
                return Ok(None);
            }
        };
        for found in content.flaws(segments) {
            self.find(subject, flaw(&found))?;
        }
        let written = content_columns(stored.row.id, workspace, &content);
        for difference in differences(&stored.row, &written) {
            self.find(subject, difference)?;
        }
        let tags: Vec<i16> = stored.tags.iter().map(|row| row.ordinal).collect();
        let uses: Vec<i16> = stored.segments.iter().map(|row| row.ordinal).collect();
        for (list, ordinals) in [("tags", tags), ("segments", uses)] {
            if !(0..).zip(&ordinals).all(|(expected, found)| expected == *found) {
                self.find(
                    subject,
                    format!("{list}: expected to be numbered from 0, found {ordinals:?}"),
                )?;
            }
        }
        Ok(Some(content))
    }
}

fn read(stored: &Stored) -> Result<Content, StoreError> {
    let Stored { row, tags, segments } = stored;
    Ok(Content {
        name: row.name.clone(),
        description: row.description.clone(),
        tags: tags.iter().map(|row| row.tag.clone()).collect(),
        message: rows::message(row.clone())?,
        segments: segments
            .iter()
            .map(|row| SegmentId::from_uuid(row.segment_id))
            .collect(),
        schedule: rows::schedule(&row.schedule_kind, row.start_at, row.end_at)?,
    })
}
