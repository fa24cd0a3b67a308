//! From what the application answers to what a payload shows.

use async_graphql::Context;
use understudy_app::{Applied, CommandError, Refused};
use understudy_domain::{CampaignId, CanvasId, SegmentId, SourceId, TokenId};

use crate::error::Failed;
use crate::types::campaign::Campaign;
use crate::types::canvas::Canvas;
use crate::types::in_app::InAppSource;
use crate::types::payload::{CampaignPayload, CanvasPayload, End, SegmentPayload, Shown};
use crate::types::segment::Segment;
use crate::types::token::Token;
use crate::user_error::{Arguments, user_errors};
use crate::viewer::Viewer;
use crate::wants;

/// A command's answer, with refusals apart from failures.
pub(super) fn refusals<T>(answer: Result<T, CommandError>) -> Result<Result<T, Refused>, Failed> {
    match answer {
        Ok(applied) => Ok(Ok(applied)),
        Err(CommandError::Refused(refused)) => Ok(Err(refused)),
        Err(CommandError::Forbidden(forbidden)) => Err(forbidden.into()),
        Err(CommandError::Ended(ended)) => Err(ended.into()),
        Err(CommandError::Failed(failure)) => Err(Failed::of_command(failure)),
    }
}

/// How a command on one thing ended, and which thing to show: after a refusal `subject`, which the command was about.
pub(super) fn end<Id>(
    answer: Result<Applied<Id>, CommandError>,
    subject: Option<Id>,
    arguments: &Arguments,
) -> Result<(Option<Id>, End), Failed> {
    Ok(match refusals(answer)? {
        Ok(Applied { id, changed }) => {
            let end = End {
                changed,
                user_errors: vec![],
            };
            (Some(id), end)
        }
        Err(refused) => {
            let end = End {
                changed: false,
                user_errors: user_errors(&refused, arguments),
            };
            (subject, end)
        }
    })
}

/// The payload of a command on a campaign.
pub(super) async fn campaign(
    ctx: &Context<'_>,
    answer: Result<Applied<CampaignId>, CommandError>,
    subject: Option<CampaignId>,
    arguments: &Arguments,
) -> Result<CampaignPayload, Failed> {
    let (id, end) = end(answer, subject, arguments)?;
    let shown = show_campaign(ctx, id, "campaign").await;
    Ok(CampaignPayload { shown, end })
}

/// The payload of a command on a segment.
pub(super) async fn segment(
    ctx: &Context<'_>,
    answer: Result<Applied<SegmentId>, CommandError>,
    subject: Option<SegmentId>,
    arguments: &Arguments,
) -> Result<SegmentPayload, Failed> {
    let (id, end) = end(answer, subject, arguments)?;
    let shown = show_segment(ctx, id).await;
    Ok(SegmentPayload { shown, end })
}

/// The payload of a command on a Canvas.
pub(super) async fn canvas(
    ctx: &Context<'_>,
    answer: Result<Applied<CanvasId>, CommandError>,
    subject: Option<CanvasId>,
    arguments: &Arguments,
) -> Result<CanvasPayload, Failed> {
    let (id, end) = end(answer, subject, arguments)?;
    let shown = show_canvas(ctx, id, "canvas").await;
    Ok(CanvasPayload { shown, end })
}

/// The campaign in the payload's `field`, read only if it is selected.
async fn show_campaign(ctx: &Context<'_>, id: Option<CampaignId>, field: &str) -> Shown<Campaign> {
    let (Some(id), Some(wants)) = (id, wants::at(ctx.field(), &[field])) else {
        return Ok(None);
    };
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let found = snapshot.campaigns(&[id], wants).await?.remove(&id);
    Ok(found.map(Campaign::from))
}

/// The segment in the payload's `segment`, read only if it is selected.
pub(super) async fn show_segment(ctx: &Context<'_>, id: Option<SegmentId>) -> Shown<Segment> {
    let Some(id) = id.filter(|_| wants::selected(ctx.field(), &["segment"])) else {
        return Ok(None);
    };
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    Ok(snapshot.segments(&[id]).await?.remove(&id).map(Segment::from))
}

/// The Canvas in the payload's `field`, read only if it is selected.
async fn show_canvas(ctx: &Context<'_>, id: Option<CanvasId>, field: &str) -> Shown<Canvas> {
    let Some(id) = id.filter(|_| wants::selected(ctx.field(), &[field])) else {
        return Ok(None);
    };
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    Ok(snapshot.canvases(&[id]).await?.remove(&id).map(Canvas))
}

/// The token in the payload's `token`, read only if it is selected.
pub(super) async fn show_token(ctx: &Context<'_>, id: TokenId) -> Shown<Token> {
    if !wants::selected(ctx.field(), &["token"]) {
        return Ok(None);
    }
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    Ok(snapshot.token(id).await?.map(Token))
}

/// The campaign or Canvas in the payload's `source`, read only if it is selected.
pub(super) async fn show_source(ctx: &Context<'_>, id: Option<SourceId>) -> Shown<InAppSource> {
    Ok(match id {
        Some(SourceId::Campaign(id)) => {
            let campaign = show_campaign(ctx, Some(id), "source").await?;
            campaign.map(InAppSource::Campaign)
        }
        Some(SourceId::Canvas(id)) => {
            let canvas = show_canvas(ctx, Some(id), "source").await?;
            canvas.map(InAppSource::Canvas)
        }
        None => None,
    })
}
