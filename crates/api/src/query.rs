//! Reading.

mod in_app;
mod lookup;

use async_graphql::{Context, ID, Object};
use understudy_app::read::NameKey;
use understudy_app::read::page::sort_name;
use understudy_domain::Action;

use crate::connection::{self, Connection, PageArguments, Selected};
use crate::cursor::{ByAge, ByName, ByPlace, Order as _};
use crate::error::Failed;
use crate::id;
use crate::input::filter::{CampaignFilter, CampaignOrder};
use crate::types::campaign::Campaign;
use crate::types::campaign_list;
use crate::types::canvas::Canvas;
use crate::types::in_app::{InAppDecision, InAppSource};
use crate::types::message::MessagePreview;
use crate::types::node::Node;
use crate::types::recipient::{self, Recipient};
use crate::types::segment::{Segment, compiled_filter};
use crate::types::token::Token;
use crate::viewer::Viewer;
use crate::wants;

/// The queries.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query;

/// What can be read.
#[Object]
impl Query {
    /// Who asks.
    #[expect(
        clippy::unused_async,
        reason = "a field of the root is asynchronous, or it is resolved on its own"
    )]
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer, Failed> {
        Viewer::of(ctx)
    }

    /// Whatever has this id; null if nothing has.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The id of a campaign, a draft, a segment, a recipient, a Canvas or the workspace."
        )]
        id: ID,
    ) -> Option<Result<Node, Failed>> {
        lookup::node(ctx, &id).await.transpose()
    }

    /// Whatever has these ids, in their order, with null where nothing has.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The ids of campaigns, drafts, segments, recipients, Canvases or the workspace, at most 100."
        )]
        ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>, Failed> {
        lookup::nodes(ctx, &ids).await
    }

    /// The campaign with this id; null if there is none.
    async fn campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a campaign.")] id: ID,
    ) -> Option<Result<Campaign, Failed>> {
        lookup::campaign(ctx, &id).await.transpose()
    }

    /// The workspace's campaigns. The archived are left out unless `filter.status` names `ARCHIVED`.
    #[allow(clippy::too_many_arguments)] // They are the schema's, one by one.
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 0 to 100; 20 if neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 0 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which of them; left out or null: all that are not archived.")] filter: Option<
            CampaignFilter,
        >,
        #[graphql(desc = "In which order; left out or null: the newest first.")] order_by: Option<
            CampaignOrder,
        >,
    ) -> Result<Connection<Campaign>, Failed> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let filter = filter.unwrap_or_default().into_filter("filter")?;
        let order = order_by.map(Into::into).unwrap_or_default();
        campaign_list::page(ctx, &arguments, &filter, order).await
    }

    /// The segment with this id; null if there is none.
    async fn segment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a segment.")] id: ID,
    ) -> Option<Result<Segment, Failed>> {
        lookup::segment(ctx, &id).await.transpose()
    }

    /// The workspace's segments, in the order of their names regardless of case.
    async fn segments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 0 to 100; 20 if neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 0 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
        #[graphql(default = false, desc = "Whether the archived are there too.")] include_archived: bool,
    ) -> Result<Connection<Segment>, Failed> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        segments(ctx, &arguments, include_archived).await
    }

    /// The recipient with this id, or with this external id; null if there is none. Give one of the two.
    async fn recipient(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a recipient.")] id: Option<ID>,
        #[graphql(desc = "What a recipient is called where they come from.")] external_id: Option<String>,
    ) -> Option<Result<Recipient, Failed>> {
        let found = lookup::recipient(ctx, id.as_ref(), external_id.as_deref()).await;
        found.transpose()
    }

    /// The workspace's recipients, the oldest first.
    async fn recipients(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 0 to 100; 20 if neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 0 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Recipient>, Failed> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        recipient::page(ctx, &arguments, ByAge::Recipients, None).await
    }

    /// A message as one recipient would get it: a campaign's live one, or a draft's. Nothing is sent, and nothing is noted.
    async fn message_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a campaign or of a draft, whose message it is.")] content_id: ID,
        #[graphql(desc = "The id of the recipient.")] recipient_id: ID,
    ) -> Result<MessagePreview, Failed> {
        lookup::message_preview(ctx, &content_id, &recipient_id).await
    }

    /// The Canvas with this id; null if there is none.
    async fn canvas(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a Canvas.")] id: ID,
    ) -> Option<Result<Canvas, Failed>> {
        lookup::canvas(ctx, &id).await.transpose()
    }

    /// The workspace's Canvases, in the order of their names regardless of case.
    async fn canvases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 0 to 100; 20 if neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 0 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
        #[graphql(default = false, desc = "Whether the archived are there too.")] include_archived: bool,
    ) -> Result<Connection<Canvas>, Failed> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        canvases(ctx, &arguments, include_archived).await
    }

    /// The workspace's tokens, the oldest first, those that let nobody in any more included. It needs the role `ADMIN`.
    async fn tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 0 to 100; 20 if neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 0 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Token>, Failed> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        tokens(ctx, &arguments).await
    }

    /// The in-app campaigns and the Canvases in the order in which they win: `HIGH` before `MEDIUM` before `LOW`, then
    /// the exact order. The archived are left out.
    async fn in_app_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 0 to 100; 20 if neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 0 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<InAppSource>, Failed> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        in_app_order(ctx, &arguments).await
    }

    /// What to show in a recipient's app now that something has happened in it: of the active in-app campaigns with this
    /// trigger whose segments hold the recipient, and of the Canvases that are ready, the first one in the in-app order.
    /// Nothing is noted of it: what was shown is told by `recordEngagements`.
    async fn in_app_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the recipient.")] recipient_id: ID,
        #[graphql(desc = "What has happened in the app, as the campaigns' messages name it.")]
        trigger: String,
        #[graphql(
            desc = "The ids of the Canvases that could be shown, at most 100; left out or null: none."
        )]
        ready_canvases: Option<Vec<ID>>,
    ) -> Result<InAppDecision, Failed> {
        in_app::decision(ctx, &recipient_id, trigger, &ready_canvases.unwrap_or_default()).await
    }
}

async fn segments(
    ctx: &Context<'_>,
    arguments: &PageArguments,
    include_archived: bool,
) -> Result<Connection<Segment>, Failed> {
    let page = arguments.page(&ByName::Segments)?;
    let selected = Selected::of(ctx);
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let slice = if selected.rows {
        snapshot.segment_page(include_archived, &page).await?
    } else {
        connection::no_rows()
    };
    let total = if selected.total {
        Some(snapshot.segment_count(include_archived).await?)
    } else {
        None
    };
    let are_counted = [&["nodes"][..], &["edges", "node"]]
        .into_iter()
        .any(|rows| wants::selected(ctx.field(), &[rows, &["recipientCount"]].concat()));
    let counts = if are_counted {
        let filters: Result<Vec<_>, _> = slice.items.iter().map(compiled_filter).collect();
        snapshot.recipient_counts(&filters?).await?
    } else {
        vec![]
    };
    let mut counts = counts.into_iter();
    Connection::new(slice, total, |segment| {
        let key = NameKey {
            name: sort_name(&segment.name),
            id: segment.id.uuid(),
        };
        let segment = match counts.next() {
            Some(count) => Segment::counted(segment, count),
            None => segment.into(),
        };
        Ok((ByName::Segments.encode(&key), segment))
    })
}

async fn canvases(
    ctx: &Context<'_>,
    arguments: &PageArguments,
    include_archived: bool,
) -> Result<Connection<Canvas>, Failed> {
    let page = arguments.page(&ByName::Canvases)?;
    let selected = Selected::of(ctx);
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let slice = if selected.rows {
        snapshot.canvas_page(include_archived, &page).await?
    } else {
        connection::no_rows()
    };
    let total = if selected.total {
        Some(snapshot.canvas_count(include_archived).await?)
    } else {
        None
    };
    Connection::new(slice, total, |canvas| {
        let key = NameKey {
            name: sort_name(&canvas.canvas.name),
            id: canvas.canvas.id.uuid(),
        };
        Ok((ByName::Canvases.encode(&key), Canvas(canvas)))
    })
}

async fn tokens(ctx: &Context<'_>, arguments: &PageArguments) -> Result<Connection<Token>, Failed> {
    let page = arguments.page(&ByAge::Tokens)?;
    let selected = Selected::of(ctx);
    let viewer = Viewer::of(ctx)?;
    viewer.caller.check(Action::ListTokens)?;
    let snapshot = viewer.snapshot().await?;
    let slice = if selected.rows {
        snapshot.token_page(&page).await?
    } else {
        connection::no_rows()
    };
    let total = if selected.total {
        Some(snapshot.token_count().await?)
    } else {
        None
    };
    Connection::new(slice, total, |token| {
        Ok((ByAge::Tokens.encode(&token.id.uuid()), Token(token)))
    })
}

async fn in_app_order(
    ctx: &Context<'_>,
    arguments: &PageArguments,
) -> Result<Connection<InAppSource>, Failed> {
    let page = arguments.page(&ByPlace)?;
    let selected = Selected::of(ctx);
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let slice = if selected.rows {
        let wants = wants::of_rows(ctx.field(), &[])
            .unwrap_or_default()
            .and(wants::PRIORITY);
        snapshot.in_app_page(&page, wants).await?
    } else {
        connection::no_rows()
    };
    let total = if selected.total {
        Some(snapshot.in_app_count().await?)
    } else {
        None
    };
    Connection::new(slice, total, |source| {
        let place = source
            .place()
            .ok_or_else(|| Failed::impossible("a source in the in-app order has no place"))?;
        Ok((ByPlace.encode(place), source.into()))
    })
}
