//! Segments.

use async_graphql::{Context, ID, Object};
use understudy_app::{Applied, SegmentArchiving};
use understudy_domain::{CampaignId, SegmentId};

use super::payload;
use crate::charge::Charge;
use crate::error::Failed;
use crate::id;
use crate::input::segment::SegmentInput;
use crate::types::campaign::Campaign;
use crate::types::payload::{ArchiveSegmentPayload, SegmentPayload};
use crate::user_error::Arguments;
use crate::viewer::Viewer;
use crate::wants;

/// The arguments `id` and `input`.
const ARGUMENTS: Arguments = Arguments {
    noun: "segment",
    subject: &["id"],
    input: &["input"],
    neighbour: &[],
    list: &[],
};

#[derive(Default)]
pub(crate) struct SegmentMutations;

/// Commands on segments.
#[Object]
impl SegmentMutations {
    /// Makes a new segment.
    async fn create_segment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The segment. It needs a name; a description that is left out is empty.")]
        input: SegmentInput,
    ) -> Result<SegmentPayload, Failed> {
        let viewer = Viewer::of(ctx)?;
        let answer = viewer.app.create_segment(&viewer.caller, input.into()).await;
        payload::segment(ctx, answer, None, &ARGUMENTS).await
    }

    /// Changes a segment's name or description. `SEGMENT_ARCHIVED` while it is archived.
    async fn update_segment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the segment.")] id: ID,
        #[graphql(desc = "A patch on the segment.")] input: SegmentInput,
        #[graphql(desc = "The version that the segment must have; left out or null: any.")]
        expected_version: Option<i32>,
    ) -> Result<SegmentPayload, Failed> {
        let id: SegmentId = id::parse(&id, "id")?;
        let viewer = Viewer::of(ctx)?;
        let answer = viewer
            .app
            .update_segment(&viewer.caller, id, input.into(), expected_version)
            .await;
        payload::segment(ctx, answer, Some(id), &ARGUMENTS).await
    }

    /// Archives a segment and, in the same transaction, every campaign whose live content uses it. A campaign whose
    /// draft alone uses it stays; that draft cannot be launched while the segment is archived.
    async fn archive_segment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the segment.")] id: ID,
        #[graphql(default = false, desc = "Say what would happen, and change nothing.")] dry_run: bool,
    ) -> Result<ArchiveSegmentPayload, Failed> {
        let id: SegmentId = id::parse(&id, "id")?;
        Charge::check(ctx)?;
        let viewer = Viewer::of(ctx)?;
        let answer = viewer.app.archive_segment(&viewer.caller, id, dry_run).await;
        let mut archived = vec![];
        let answer = answer.map(
            |SegmentArchiving {
                 segment,
                 archived_campaigns,
             }| {
                archived = archived_campaigns;
                segment
            },
        );
        let (_, end) = payload::end::<SegmentId>(answer, None, &ARGUMENTS)?;
        Charge::for_items(ctx, archived.len());
        Ok(ArchiveSegmentPayload {
            shown: payload::show_segment(ctx, Some(id)).await,
            end,
            archived_campaigns: archived_campaigns(ctx, &archived).await,
        })
    }

    /// Takes a segment back into use, the segment alone: the campaigns that were archived with it stay archived.
    async fn unarchive_segment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the segment.")] id: ID,
    ) -> Result<SegmentPayload, Failed> {
        let id: SegmentId = id::parse(&id, "id")?;
        let viewer = Viewer::of(ctx)?;
        let answer: Result<Applied<SegmentId>, _> = viewer.app.unarchive_segment(&viewer.caller, id).await;
        payload::segment(ctx, answer, Some(id), &ARGUMENTS).await
    }
}

/// All the campaigns that were archived in one read, if they are selected, in their order.
async fn archived_campaigns(ctx: &Context<'_>, ids: &[CampaignId]) -> Result<Vec<Campaign>, Failed> {
    let wants = wants::at(ctx.field(), &["archivedCampaigns"]);
    let Some(wants) = wants.filter(|_| !ids.is_empty()) else {
        return Ok(vec![]);
    };
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let mut found = snapshot.campaigns(ids, wants).await?;
    let campaigns = ids.iter().filter_map(|id| found.remove(id));
    Ok(campaigns.map(Campaign::from).collect())
}
