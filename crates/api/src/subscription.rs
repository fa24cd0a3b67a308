//! Watching.

use std::sync::Arc;

use async_graphql::{Context, ID, Subscription as GraphqlSubscription};
use futures_util::stream::{BoxStream, TryStreamExt as _, try_unfold};
use understudy_app::read::{EventFilter, Wants};
use understudy_domain::CampaignId;

use crate::error::Failed;
use crate::follower::Follower;
use crate::id;
use crate::input::filter::CampaignEventFilter;
use crate::types::event::{Beside, CampaignEvent};
use crate::viewer::Viewer;

/// The subscriptions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subscription;

/// Events, one by one. It ends after its first error.
type Events = BoxStream<'static, Result<CampaignEvent, Failed>>;

/// What can be watched.
#[GraphqlSubscription]
impl Subscription {
    /// Every committed change of every campaign, in the order of the commits, each once. A subscriber that reads slowly
    /// loses nothing: it reads the log at its own pace.
    async fn campaign_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The sequence of the last event seen: all later ones come first, then those to come. 0 for all; left out or null: only those to come. One that is beyond the end of the log is an error."
        )]
        after: Option<i64>,
        #[graphql(desc = "Which events; left out or null: all.")] filter: Option<CampaignEventFilter>,
    ) -> Result<Events, Failed> {
        let filter = filter.unwrap_or_default().into_filter("filter")?;
        events(ctx, after, filter).await
    }

    /// Only those events in which the status of a campaign changed, its creation included.
    async fn campaign_status_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this campaign; left out or null: of all. An unknown one is an error.")]
        campaign_id: Option<ID>,
        #[graphql(
            desc = "The sequence of the last event seen: all later ones come first, then those to come. 0 for all; left out or null: only those to come. One that is beyond the end of the log is an error."
        )]
        after: Option<i64>,
    ) -> Result<Events, Failed> {
        let campaigns = match campaign_id {
            Some(id) => Some(vec![existing(ctx, &id).await?]),
            None => None,
        };
        let filter = EventFilter {
            campaigns,
            kinds: None,
            status_changes_only: true,
        };
        events(ctx, after, filter).await
    }
}

/// The id of a campaign that there is. A feed of one that there is not would wait for ever.
async fn existing(ctx: &Context<'_>, id: &ID) -> Result<CampaignId, Failed> {
    let id: CampaignId = id::parse(id, "campaignId")?;
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    if snapshot
        .campaigns(&[id], Wants::default())
        .await?
        .contains_key(&id)
    {
        Ok(id)
    } else {
        Err(Failed::NotFound {
            argument: "campaignId".to_owned(),
            message: "there is no campaign with this id",
        })
    }
}

async fn events(ctx: &Context<'_>, after: Option<i64>, filter: EventFilter) -> Result<Events, Failed> {
    let follower = Follower::of(ctx);
    let after = match follower {
        Some(follower) => follower.after(after)?,
        None => after,
    };
    if after.is_some_and(|after| after < 0) {
        return Err(Failed::bad_input(
            "after",
            "after is the sequence of an event, or 0: it is not negative",
        ));
    }
    let viewer = Viewer::of(ctx)?;
    let beside = Beside::of(ctx.field());
    let feed = viewer.app.feed(viewer.caller.workspace, after, filter).await?;
    let tell = follower.map(|follower| Arc::clone(&follower.tell));
    let start = (viewer, Box::pin(feed), tell);
    // An error ends the stream, since there is nothing left to go on with.
    let events = try_unfold(start, move |(viewer, mut feed, tell)| async move {
        let Some(event) = feed.try_next().await? else {
            return Ok(None);
        };
        let sequence = event.sequence;
        let event = beside.load_one(&viewer, event).await?;
        if let Some(tell) = &tell {
            tell(sequence);
        }
        Ok(Some((event, (viewer, feed, tell))))
    });
    Ok(Box::pin(events))
}
