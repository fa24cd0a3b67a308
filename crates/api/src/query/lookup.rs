//! Finding things by their ids.

use std::collections::HashMap;

use async_graphql::{Context, ID};
use understudy_app::Snapshot;
use understudy_app::read::Wants;
use understudy_domain::{
    CampaignId, CanvasId, ContentId, DraftId, NodeId, RecipientId, SegmentId, WorkspaceId,
};

use super::id;
use crate::error::Failed;
use crate::types::campaign::Campaign;
use crate::types::canvas::Canvas;
use crate::types::message::MessagePreview;
use crate::types::node::Node;
use crate::types::recipient::Recipient;
use crate::types::segment::Segment;
use crate::types::viewer::Workspace;
use crate::user_error;
use crate::viewer::Viewer;
use crate::wants;

/// The most ids that `nodes` takes.
const MOST_IDS: usize = 100;

/// The node with this id.
pub(super) async fn node(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>, Failed> {
    let id: NodeId = id::parse(id, "id")?;
    let found = find(ctx, &[id]).await?;
    Ok(found.into_iter().next().flatten())
}

/// The nodes with these ids.
pub(super) async fn nodes(ctx: &Context<'_>, ids: &[ID]) -> Result<Vec<Option<Node>>, Failed> {
    if ids.len() > MOST_IDS {
        return Err(Failed::bad_input(
            "ids",
            format!("ids has more than {MOST_IDS} items"),
        ));
    }
    find(ctx, &id::parse_all::<NodeId>(ids, "ids")?).await
}

/// The campaign with this id.
pub(super) async fn campaign(ctx: &Context<'_>, id: &ID) -> Result<Option<Campaign>, Failed> {
    let id: CampaignId = id::parse(id, "id")?;
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let found = snapshot
        .campaigns(&[id], wants::of(ctx.field()))
        .await?
        .remove(&id);
    Ok(found.map(Campaign::from))
}

/// The segment with this id.
pub(super) async fn segment(ctx: &Context<'_>, id: &ID) -> Result<Option<Segment>, Failed> {
    let id: SegmentId = id::parse(id, "id")?;
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    Ok(snapshot.segments(&[id]).await?.remove(&id).map(Segment::from))
}

/// The Canvas with this id.
pub(super) async fn canvas(ctx: &Context<'_>, id: &ID) -> Result<Option<Canvas>, Failed> {
    let id: CanvasId = id::parse(id, "id")?;
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    Ok(snapshot.canvases(&[id]).await?.remove(&id).map(Canvas))
}

/// The recipient with this id, or with this external id.
pub(super) async fn recipient(
    ctx: &Context<'_>,
    id: Option<&ID>,
    external_id: Option<&str>,
) -> Result<Option<Recipient>, Failed> {
    let found = match (id, external_id) {
        (Some(id), None) => {
            let id: RecipientId = id::parse(id, "id")?;
            let snapshot = Viewer::of(ctx)?.snapshot().await?;
            snapshot.recipients(&[id]).await?.remove(&id)
        }
        (None, Some(external_id)) => {
            let snapshot = Viewer::of(ctx)?.snapshot().await?;
            snapshot.recipient_named(external_id).await?
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(Failed::BadInput {
                argument: None,
                message: "a recipient is found by one thing: give id or externalId".to_owned(),
            });
        }
    };
    Ok(found.map(Recipient))
}

/// What a recipient would get.
pub(super) async fn message_preview(
    ctx: &Context<'_>,
    content: &ID,
    recipient: &ID,
) -> Result<MessagePreview, Failed> {
    let content: ContentId = id::parse(content, "contentId")?;
    let recipient: RecipientId = id::parse(recipient, "recipientId")?;
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    Ok(
        match understudy_app::preview(&snapshot, content, recipient).await? {
            Ok(message) => MessagePreview {
                message: Some(message.into()),
                user_errors: vec![],
            },
            Err(refused) => MessagePreview {
                message: None,
                user_errors: vec![user_error::of_preview(&refused)],
            },
        },
    )
}

/// The ids of several nodes, kind by kind.
#[derive(Default)]
struct Kinds {
    campaigns: Vec<CampaignId>,
    drafts: Vec<DraftId>,
    segments: Vec<SegmentId>,
    canvases: Vec<CanvasId>,
    recipients: Vec<RecipientId>,
    workspaces: Vec<WorkspaceId>,
}

impl Kinds {
    fn of(ids: &[NodeId]) -> Self {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let mut kinds = Self::default();
        for id in ids {
            match id {
                NodeId::Campaign(id) => kinds.campaigns.push(id),
                NodeId::Draft(id) => kinds.drafts.push(id),
                NodeId::Segment(id) => kinds.segments.push(id),
                NodeId::Canvas(id) => kinds.canvases.push(id),
                NodeId::Recipient(id) => kinds.recipients.push(id),
                NodeId::Workspace(id) => kinds.workspaces.push(id),
            }
        }
        kinds
    }
}

/// All these nodes from one snapshot: one read for each kind, and one more for all drafts.
async fn find(ctx: &Context<'_>, ids: &[NodeId]) -> Result<Vec<Option<Node>>, Failed> {
    let kinds = Kinds::of(ids);
    let wants = wants::of(ctx.field());
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let mut found: HashMap<NodeId, Node> = HashMap::with_capacity(ids.len());
    add_campaigns(&snapshot, &kinds, wants, &mut found).await?;
    if !kinds.segments.is_empty() {
        let segments = snapshot.segments(&kinds.segments).await?.into_iter();
        found.extend(segments.map(|(id, segment)| (NodeId::Segment(id), Segment::from(segment).into())));
    }
    if !kinds.canvases.is_empty() {
        let canvases = snapshot.canvases(&kinds.canvases).await?.into_iter();
        found.extend(canvases.map(|(id, canvas)| (NodeId::Canvas(id), Canvas(canvas).into())));
    }
    if !kinds.recipients.is_empty() {
        let recipients = snapshot.recipients(&kinds.recipients).await?.into_iter();
        found.extend(recipients.map(|(id, recipient)| (NodeId::Recipient(id), Recipient(recipient).into())));
    }
    if !kinds.workspaces.is_empty() {
        let workspace = snapshot.workspace().await?;
        found.insert(NodeId::Workspace(workspace.id), Workspace(workspace).into());
    }
    Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
}

/// The campaigns and the drafts in one read, since a draft is read with its campaign.
async fn add_campaigns(
    snapshot: &Snapshot,
    kinds: &Kinds,
    wants: Wants,
    found: &mut HashMap<NodeId, Node>,
) -> Result<(), Failed> {
    let mut ids = kinds.campaigns.clone();
    if !kinds.drafts.is_empty() {
        ids.extend(snapshot.campaigns_of_drafts(&kinds.drafts).await?);
    }
    if ids.is_empty() {
        return Ok(());
    }
    ids.sort_unstable();
    ids.dedup();
    let wants = if kinds.drafts.is_empty() {
        wants
    } else {
        wants.and(wants::DRAFT)
    };
    for (id, campaign) in snapshot.campaigns(&ids, wants).await? {
        let campaign = Campaign::from(campaign);
        if let Some(draft) = campaign.its_draft() {
            found.insert(NodeId::Draft(draft.its_id()), draft.into());
        }
        found.insert(NodeId::Campaign(id), campaign.into());
    }
    Ok(())
}
