//! Lists of campaigns.

use async_graphql::{Context, Enum};
use understudy_app::read::page::sort_name;
use understudy_app::read::{self, CampaignKey, CampaignOrder, CampaignRead, CampaignSort, NameKey, Wants};
use understudy_domain::SegmentId;

use super::campaign::Campaign;
use crate::connection::{self, Connection, PageArguments, Selected};
use crate::cursor::Order as _;
use crate::error::Failed;
use crate::input::filter::CampaignFilter;
use crate::viewer::Viewer;
use crate::wants;

/// What a list of campaigns can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_app::read::CampaignSort")]
pub(crate) enum CampaignOrderField {
    /// When they were created.
    CreatedAt,
    /// When their version last went up.
    UpdatedAt,
    /// The live name, regardless of case.
    Name,
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_app::read::SortDirection")]
pub(crate) enum OrderDirection {
    /// The smallest first: the oldest, or A.
    #[graphql(name = "ASC")]
    Ascending,
    /// The largest first: the newest, or Z.
    #[graphql(name = "DESC")]
    Descending,
}

/// The page of the campaigns that use a segment.
pub(super) async fn of_segment(
    ctx: &Context<'_>,
    segment: SegmentId,
    arguments: &PageArguments,
    filter: Option<CampaignFilter>,
) -> Result<Connection<Campaign>, Failed> {
    let filter = filter.unwrap_or_default().into_filter("filter")?;
    if filter.segment.is_some_and(|other| other != segment) {
        return Err(Failed::bad_input(
            "filter.segmentId",
            "filter.segmentId names another segment than the one whose campaigns are asked for",
        ));
    }
    let filter = read::CampaignFilter {
        segment: Some(segment),
        ..filter
    };
    page(ctx, arguments, &filter, CampaignOrder::default()).await
}

/// A page of campaigns, in one read for all that is selected.
pub(crate) async fn page(
    ctx: &Context<'_>,
    arguments: &PageArguments,
    filter: &read::CampaignFilter,
    order: CampaignOrder,
) -> Result<Connection<Campaign>, Failed> {
    let page = arguments.page(&order)?;
    let selected = Selected::of(ctx);
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let slice = if selected.rows {
        let wants = wants(ctx, order);
        snapshot.campaign_page(filter, order, &page, wants).await?
    } else {
        connection::no_rows()
    };
    let total = if selected.total {
        Some(snapshot.campaign_count(filter).await?)
    } else {
        None
    };
    Connection::new(slice, total, |campaign| {
        let cursor = order.encode(&key(order, &campaign));
        Ok((cursor, campaign.into()))
    })
}

/// What the selection needs, and the cursors.
fn wants(ctx: &Context<'_>, order: CampaignOrder) -> Wants {
    let selected = wants::of_rows(ctx.field(), &[]).unwrap_or_default();
    match order.by {
        CampaignSort::CreatedAt | CampaignSort::UpdatedAt => selected,
        CampaignSort::Name => selected.and(wants::NAME),
    }
}

/// Where a campaign stands in an order.
fn key(order: CampaignOrder, campaign: &CampaignRead) -> CampaignKey {
    match order.by {
        CampaignSort::CreatedAt => CampaignKey::Time(campaign.created_at, campaign.id),
        CampaignSort::UpdatedAt => CampaignKey::Time(campaign.updated_at, campaign.id),
        CampaignSort::Name => CampaignKey::Name(NameKey {
            name: sort_name(&campaign.live.name),
            id: campaign.id.uuid(),
        }),
    }
}
