//! Segments.

use async_graphql::{Context, ID, Object};
use understudy_domain as domain;

use super::campaign::Campaign;
use super::campaign_list;
use crate::connection::{self, Connection, PageArguments};
use crate::error::Failed;
use crate::input::filter::CampaignFilter;
use crate::scalar::DateTime;

/// A group of users.
#[derive(Clone)]
pub(crate) struct Segment(pub(crate) domain::Segment);

impl connection::Node for Segment {
    const CONNECTION: &'static str = "SegmentConnection";
    const EDGE: &'static str = "SegmentEdge";
}

/// A group of users that campaigns are sent to. Archiving it archives every campaign whose live content uses it.
#[Object]
impl Segment {
    /// The segment's id, with the prefix `seg`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The name: 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Who is in it, in words, up to 10,000 characters.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// When it was archived; null while it is in use.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(DateTime)
    }

    /// Counts the segment's changes from 1. Pass it back as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version.number()
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
        campaign_list::of_segment(ctx, self.0.id, &arguments, filter).await
    }
}
