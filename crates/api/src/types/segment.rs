//! Segments.

use async_graphql::{Context, ID, Object};
use understudy_domain::{self as domain, Filter};

use super::campaign::Campaign;
use super::campaign_list;
use super::recipient::{self, Recipient};
use crate::connection::{self, Connection, PageArguments};
use crate::cursor::ByAge;
use crate::error::Failed;
use crate::input::filter::CampaignFilter;
use crate::scalar::DateTime;
use crate::viewer::Viewer;

/// A group of users.
#[derive(Clone)]
pub(crate) struct Segment {
    segment: domain::Segment,
    /// How many recipients it holds, where that was counted for many segments at once.
    recipients: Option<u64>,
}

impl Segment {
    /// The segment, with how many recipients it holds.
    pub(crate) fn counted(segment: domain::Segment, recipients: u64) -> Self {
        Self {
            segment,
            recipients: Some(recipients),
        }
    }
}

impl From<domain::Segment> for Segment {
    fn from(segment: domain::Segment) -> Self {
        Self {
            segment,
            recipients: None,
        }
    }
}

impl connection::Node for Segment {
    const CONNECTION: &'static str = "SegmentConnection";
    const EDGE: &'static str = "SegmentEdge";
}

/// A group of users that campaigns are sent to. Archiving it archives every campaign whose live content uses it.
#[Object]
impl Segment {
    /// The segment's id, with the prefix `seg`.
    pub(crate) async fn id(&self) -> ID {
        self.segment.id.into()
    }

    /// The name: 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.segment.name
    }

    /// Who is in it, in words, up to 10,000 characters.
    async fn description(&self) -> &str {
        &self.segment.description
    }

    /// Whom the segment holds, as a [CEL](https://cel.dev) expression over `recipient.externalId`, `recipient.email` and
    /// `recipient.attributes`; null means everyone. Whoever lacks an attribute that it needs is not held.
    async fn filter(&self) -> Option<&str> {
        self.segment.filter.as_deref()
    }

    /// How many recipients the segment holds now. To count them, all recipients of the workspace are looked at.
    async fn recipient_count(&self, ctx: &Context<'_>) -> Result<u64, Failed> {
        if let Some(counted) = self.recipients {
            return Ok(counted);
        }
        let filter = compiled_filter(&self.segment)?;
        let snapshot = Viewer::of(ctx)?.snapshot().await?;
        let counts = snapshot.recipient_counts(&[filter]).await?;
        Ok(counts.into_iter().sum())
    }

    /// The recipients whom the segment holds now, the oldest first.
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
        let filter = compiled_filter(&self.segment)?;
        recipient::page(ctx, &arguments, ByAge::SegmentRecipients, filter).await
    }

    /// When it was archived; null while it is in use.
    async fn archived_at(&self) -> Option<DateTime> {
        self.segment.archived_at.map(DateTime)
    }

    /// Counts the segment's changes from 1. Pass it back as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.segment.version.number()
    }

    /// The campaigns whose live content uses this segment, the newest first. The archived are left out unless
    /// `filter.status` names `ARCHIVED`.
    #[allow(clippy::too_many_arguments)] // They are the schema's, one by one.
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 0 to 100; 20 if neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 0 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which of them. Its segmentId is left out here, or names this segment.")]
        filter: Option<CampaignFilter>,
    ) -> Result<Connection<Campaign>, Failed> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        campaign_list::of_segment(ctx, self.segment.id, &arguments, filter).await
    }
}

/// What tells whom the segment holds.
pub(crate) fn compiled_filter(segment: &domain::Segment) -> Result<Option<Filter>, Failed> {
    let filter = segment.compiled_filter();
    filter.map_err(|_| Failed::impossible("a segment has a filter that would not be let in"))
}
