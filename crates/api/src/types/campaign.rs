//! Campaigns.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Union};
use understudy_app::read::{CampaignRead, DraftRead};
use understudy_domain::rules::allowed_actions;
use understudy_domain::{self as domain, Days, Lifecycle, Standing};

use super::analytics::{CampaignAnalytics, CampaignDelivery};
use super::content;
use super::draft::CampaignDraft;
use super::event::{self, CampaignEvent};
use super::failure::{self, DeliveryFailure};
use super::in_app::InAppPriority;
use super::message::Message;
use super::schedule::Schedule;
use super::segment::Segment;
use crate::connection::{self, Connection, PageArguments};
use crate::error::Failed;
use crate::scalar::DateTime;
use crate::viewer::Viewer;

/// A campaign, with as much of it as was wanted. Clones share it, so the campaign and its draft answer from one read,
/// however often a selection goes from one to the other.
#[derive(Clone)]
pub(crate) struct Campaign {
    /// All but the draft.
    read: Arc<CampaignRead>,
    draft: Option<Arc<DraftRead>>,
    standing: Standing,
}

impl From<CampaignRead> for Campaign {
    fn from(mut read: CampaignRead) -> Self {
        let standing = read.standing();
        let draft = read.draft.take().map(Arc::new);
        Self {
            read: Arc::new(read),
            draft,
            standing,
        }
    }
}

impl Campaign {
    /// All that was read of it, but the draft.
    pub(crate) fn read(&self) -> &CampaignRead {
        &self.read
    }

    /// The draft, if there is one and it was wanted.
    pub(crate) fn its_draft(&self) -> Option<CampaignDraft> {
        let draft = self.draft.clone()?;
        Some(CampaignDraft::new(self.clone(), draft))
    }

    fn archive_cause(&self) -> Result<Option<ArchiveCause>, Failed> {
        let (at, cause) = match self.read.lifecycle {
            Lifecycle::Unlaunched | Lifecycle::Active { .. } | Lifecycle::Stopped { .. } => return Ok(None),
            Lifecycle::Archived { at, cause, .. } => (DateTime(at), cause),
        };
        Ok(Some(match cause {
            domain::ArchiveCause::Direct => ArchiveCause::Direct(DirectArchive { at }),
            domain::ArchiveCause::Segment(_) => {
                let segment = self.read.archive_segment.clone();
                let segment =
                    segment.ok_or_else(|| Failed::impossible("an archiving segment was not read"))?;
                ArchiveCause::Segment(SegmentArchive {
                    at,
                    segment: Segment::from(segment),
                })
            }
        }))
    }
}

impl connection::Node for Campaign {
    const CONNECTION: &'static str = "CampaignConnection";
    const EDGE: &'static str = "CampaignEdge";
}

/// A marketing campaign: one live content, at most one draft beside it, and a lifecycle. The fields of
/// `CampaignContent` are the live content.
#[Object]
impl Campaign {
    /// The campaign's id, with the prefix `cmp`.
    pub(crate) async fn id(&self) -> ID {
        self.read.id.into()
    }

    /// Where the campaign is in its life.
    async fn status(&self) -> CampaignStatus {
        self.read.lifecycle.status().into()
    }

    /// Counts the campaign's changes from 1, its draft's included. Pass it back as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.read.version.number()
    }

    /// The live name: 1 to 200 characters.
    pub(crate) async fn name(&self) -> &str {
        &self.read.live.name
    }

    /// What the campaign is for, up to 10,000 characters. Users never see it.
    pub(crate) async fn description(&self) -> &str {
        &self.read.live.description
    }

    /// The live tags, at most 50, each once, in the order given.
    pub(crate) async fn tags(&self) -> &[String] {
        &self.read.live.tags
    }

    /// The live message; null while there is none.
    pub(crate) async fn message(&self) -> Option<Message<'_>> {
        content::message(&self.read.live)
    }

    /// The live segments, at most 100, each once, in the order given. They may be archived.
    pub(crate) async fn segments(&self) -> Vec<Segment> {
        content::segments(&self.read.live)
    }

    /// The live schedule.
    pub(crate) async fn schedule(&self) -> Schedule {
        Schedule(self.read.live.schedule)
    }

    /// The one draft that may stand beside the live content; null if there is none. While it exists the live content
    /// is locked. An archived campaign keeps its draft, frozen.
    async fn draft(&self) -> Option<CampaignDraft> {
        self.its_draft()
    }

    /// What the viewer may do that would change the campaign now, by the same rules that decide the mutations.
    fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<CampaignAction>, Failed> {
        let actions = allowed_actions(&self.standing, Viewer::caller_of(ctx)?.role);
        Ok(actions.into_iter().map(CampaignAction::from).collect())
    }

    /// Where the campaign stands in the in-app order; null unless its live message is in-app. It is not part of the
    /// content: it never waits in a draft.
    async fn in_app_priority(&self) -> Option<InAppPriority> {
        self.read.level.map(|level| InAppPriority {
            level: level.into(),
            position: self.read.position,
        })
    }

    /// What archived the campaign; null unless it is archived.
    async fn archived_by(&self) -> Option<Result<ArchiveCause, Failed>> {
        self.archive_cause().transpose()
    }

    /// When the campaign was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.read.created_at)
    }

    /// When `version` last went up.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.read.updated_at)
    }

    /// When the campaign was first launched; null if it never was.
    async fn launched_at(&self) -> Option<DateTime> {
        self.read.lifecycle.launched_at().map(DateTime)
    }

    /// How far the sending has come. Of a campaign that was never launched, or is only shown inside apps, all is 0.
    async fn delivery(&self) -> CampaignDelivery {
        self.read.progress.into()
    }

    /// The messages that were given up, the first one first, with those of erased recipients left out.
    async fn failures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 0 to 100; 20 if neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 0 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<DeliveryFailure>, Failed> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        failure::page(ctx, self.read.id, &arguments).await
    }

    /// What became of the campaign, live content after live content; a draft adds nothing to it. It stays readable for
    /// ever, archived or not.
    async fn analytics(
        &self,
        #[graphql(
            desc = "Only the days in UTC of which some part is at this time or later; left out or null: from the first one."
        )]
        from: Option<DateTime>,
        #[graphql(
            desc = "Only the days in UTC of which some part is before this time; left out or null: to the last one."
        )]
        to: Option<DateTime>,
    ) -> CampaignAnalytics {
        let moment = |at: Option<DateTime>| at.map(|DateTime(at)| at);
        CampaignAnalytics::new(&self.read.results, Days::between(moment(from), moment(to)))
    }

    /// Everything that happened to the campaign, the oldest first.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start: 0 to 100; 20 if neither first nor last is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end: 0 to 100; not together with first.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<CampaignEvent>, Failed> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        event::history(ctx, self.read.id, &arguments).await
    }
}

/// Where a campaign is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_domain::Status")]
pub(crate) enum CampaignStatus {
    /// Never launched: nothing of it was ever sent.
    Unlaunched,
    /// Launched, and sending.
    Active,
    /// Launched, and not sending.
    Stopped,
    /// Out of use: nothing of it is sent, shown or changed.
    Archived,
}

/// What can be asked of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_domain::Command")]
pub(crate) enum CampaignAction {
    /// Change the live content: `updateCampaign`.
    Update,
    /// Start sending, for the first time: `launchCampaign`.
    Launch,
    /// Make the draft, or change it: `saveDraft`.
    SaveDraft,
    /// Put the draft in the place of the live content: `launchDraft`.
    LaunchDraft,
    /// Throw the draft away: `discardDraft`.
    DiscardDraft,
    /// Stop sending: `stopCampaign`.
    Stop,
    /// Send again: `resumeCampaign`.
    Resume,
    /// Take the campaign out of use: `archiveCampaign`.
    Archive,
    /// Take the campaign back into use, without sending: `unarchiveCampaign`.
    Unarchive,
    /// Move the campaign in the in-app order: `setInAppPriority`.
    SetInAppPriority,
    /// Make a new campaign of the live content: `cloneCampaign`.
    Clone,
}

/// What archived a campaign.
#[derive(Union)]
pub(crate) enum ArchiveCause {
    Direct(DirectArchive),
    Segment(SegmentArchive),
}

/// The campaign itself was archived.
pub(crate) struct DirectArchive {
    at: DateTime,
}

/// The campaign itself was archived.
#[Object]
impl DirectArchive {
    /// When the campaign was archived.
    async fn at(&self) -> DateTime {
        self.at
    }
}

/// A segment was archived that the live content used.
pub(crate) struct SegmentArchive {
    at: DateTime,
    segment: Segment,
}

/// A segment was archived that the campaign's live content used, and the campaign with it.
#[Object]
impl SegmentArchive {
    /// When the campaign was archived.
    async fn at(&self) -> DateTime {
        self.at
    }

    /// The segment, as it is now.
    async fn segment(&self) -> Segment {
        self.segment.clone()
    }
}
