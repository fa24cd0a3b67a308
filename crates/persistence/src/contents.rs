//! Loading contents, for reads and writes alike, in a constant few statements.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DerivePartialModel, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use understudy_domain::{Channel, Message, Schedule, Segment, Timestamp, WorkspaceId};
use uuid::Uuid;

use crate::StoreError;
use crate::codes::Code as _;
use crate::entity::{content, content_segment, content_tag, segment};
use crate::read::{ContentRead, Wants};
use crate::rows::{self, corrupt};

/// How many ids one statement names.
pub(crate) const IDS: usize = 5_000;

/// A content's row without what may be large.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "content::Entity")]
struct Summary {
    id: Uuid,
    name: String,
    description: String,
    schedule_kind: String,
    start_at: Option<Timestamp>,
    end_at: Option<Timestamp>,
    channel: Option<String>,
}

/// The contents with these ids, as far as they are wanted.
pub(crate) async fn load<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    ids: &[Uuid],
    wants: Wants,
) -> Result<HashMap<Uuid, ContentRead>, StoreError> {
    let mut contents = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(IDS) {
        load_rows(db, workspace, ids, wants, &mut contents).await?;
        if wants.tags {
            load_tags(db, workspace, ids, &mut contents).await?;
        }
        if wants.segments {
            load_segments(db, workspace, ids, &mut contents).await?;
        }
    }
    Ok(contents)
}

async fn load_rows<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    ids: &[Uuid],
    wants: Wants,
    contents: &mut HashMap<Uuid, ContentRead>,
) -> Result<(), StoreError> {
    let found = content::Entity::find()
        .filter(content::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(content::Column::Id.is_in(ids.iter().copied()));
    if wants.message {
        for row in found.all(db).await? {
            let (id, name, description) = (row.id, row.name.clone(), row.description.clone());
            let channel = channel(row.channel.as_deref())?;
            let schedule = rows::schedule(&row.schedule_kind, row.start_at, row.end_at)?;
            let message = rows::message(row)?;
            contents.insert(id, blank(name, description, channel, message, schedule));
        }
    } else {
        for row in found.into_partial_model::<Summary>().all(db).await? {
            let channel = channel(row.channel.as_deref())?;
            let schedule = rows::schedule(&row.schedule_kind, row.start_at, row.end_at)?;
            contents.insert(row.id, blank(row.name, row.description, channel, None, schedule));
        }
    }
    Ok(())
}

async fn load_tags<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    ids: &[Uuid],
    contents: &mut HashMap<Uuid, ContentRead>,
) -> Result<(), StoreError> {
    let tags = content_tag::Entity::find()
        .filter(content_tag::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(content_tag::Column::ContentId.is_in(ids.iter().copied()))
        .order_by_asc(content_tag::Column::ContentId)
        .order_by_asc(content_tag::Column::Ordinal)
        .all(db)
        .await?;
    for row in tags {
        if let Some(content) = contents.get_mut(&row.content_id) {
            content.tags.push(row.tag);
        }
    }
    Ok(())
}

/// Two statements: which segments each content uses, and those segments, each once however many use it.
async fn load_segments<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    ids: &[Uuid],
    contents: &mut HashMap<Uuid, ContentRead>,
) -> Result<(), StoreError> {
    let uses = content_segment::Entity::find()
        .filter(content_segment::Column::WorkspaceId.eq(workspace.uuid()))
        .filter(content_segment::Column::ContentId.is_in(ids.iter().copied()))
        .order_by_asc(content_segment::Column::ContentId)
        .order_by_asc(content_segment::Column::Ordinal)
        .all(db)
        .await?;
    let mut ids: Vec<Uuid> = uses.iter().map(|row| row.segment_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let segments = segments(db, workspace, &ids).await?;
    for row in uses {
        let segment = segments
            .get(&row.segment_id)
            .ok_or_else(|| corrupt("use of a segment", row.content_id))?;
        if let Some(content) = contents.get_mut(&row.content_id) {
            content.segments.push(segment.clone());
        }
    }
    Ok(())
}

/// The segments with these ids.
pub(crate) async fn segments<C: ConnectionTrait>(
    db: &C,
    workspace: WorkspaceId,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Segment>, StoreError> {
    let mut segments = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(IDS) {
        let found = segment::Entity::find()
            .filter(segment::Column::WorkspaceId.eq(workspace.uuid()))
            .filter(segment::Column::Id.is_in(ids.iter().copied()));
        for row in found.all(db).await? {
            segments.insert(row.id, rows::segment(row)?);
        }
    }
    Ok(segments)
}

fn channel(code: Option<&str>) -> Result<Option<Channel>, StoreError> {
    code.map(Channel::from_code).transpose()
}

fn blank(
    name: String,
    description: String,
    channel: Option<Channel>,
    message: Option<Message>,
    schedule: Schedule,
) -> ContentRead {
    ContentRead {
        name,
        description,
        tags: vec![],
        channel,
        message,
        segments: vec![],
        schedule,
    }
}
