//! What happened to campaigns.

use std::collections::HashMap;

use async_graphql::{Context, Enum, ID, Object, SelectionField};
use understudy_app::read::{RecordedEvent, Slice, Wants};
use understudy_app::{Snapshot, StoreError};
use understudy_domain::CampaignId;

use super::campaign::{Campaign, CampaignStatus};
use super::segment::Segment;
use crate::connection::{self, Connection, PageArguments, Selected};
use crate::cursor::{BySequence, Order as _};
use crate::error::Failed;
use crate::scalar::DateTime;
use crate::viewer::Viewer;
use crate::wants;

/// An event, with what the selection shows beside it.
pub(crate) struct CampaignEvent {
    recorded: RecordedEvent,
    /// There if it is selected.
    campaign: Option<Campaign>,
    /// There if it is selected and the event has one.
    segment: Option<Segment>,
}

impl connection::Node for CampaignEvent {
    const CONNECTION: &'static str = "CampaignEventConnection";
    const EDGE: &'static str = "CampaignEventEdge";
}

/// One committed change of one campaign. Events are numbered within the workspace, from 1 and without gaps, in the
/// order of their commits.
#[Object]
impl CampaignEvent {
    /// The event's number in the workspace: from 1, without gaps, in the order of the commits. A client can see for
    /// itself that it missed nothing, and pass it as `after` to go on from here.
    async fn sequence(&self) -> i64 {
        self.recorded.sequence
    }

    /// What happened.
    async fn kind(&self) -> CampaignEventKind {
        self.recorded.event.kind.into()
    }

    /// When it happened.
    async fn at(&self) -> DateTime {
        DateTime(self.recorded.event.at)
    }

    /// The campaign's version after the event.
    async fn version(&self) -> i32 {
        self.recorded.event.version.number()
    }

    /// The campaign's status before the event; null for its creation.
    async fn status_before(&self) -> Option<CampaignStatus> {
        self.recorded.event.status_before.map(CampaignStatus::from)
    }

    /// The campaign's status after the event.
    async fn status_after(&self) -> CampaignStatus {
        self.recorded.event.status_after.into()
    }

    /// The segment whose archiving brought the event about, as it is now; null if none did.
    async fn caused_by_segment(&self) -> Option<Result<Segment, Failed>> {
        let not_read = || Failed::impossible("an event's segment was not read");
        let _ = self.recorded.event.caused_by_segment?;
        Some(self.segment.clone().ok_or_else(not_read))
    }

    /// Who did it: the name of their token, or what their identity provider calls them; null for the system itself, and
    /// for anybody at a server that is open. What was done to the campaigns of a segment that was
    /// archived was done by whoever archived it; `causedBySegment` tells it apart.
    async fn actor(&self) -> Option<&str> {
        self.recorded.actor.as_deref()
    }

    /// The id of the campaign that the event happened to.
    async fn campaign_id(&self) -> ID {
        self.recorded.event.campaign_id.into()
    }

    /// The campaign that the event happened to, as it is now: it may have changed since.
    fn campaign(&self) -> Result<Campaign, Failed> {
        let not_read = || Failed::impossible("an event's campaign was not read");
        self.campaign.clone().ok_or_else(not_read)
    }
}

/// What can happen to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_domain::EventKind")]
pub(crate) enum CampaignEventKind {
    /// It came into being, by creation or as a clone.
    Created,
    /// Its live content was changed directly.
    Updated,
    /// It was launched.
    Launched,
    /// It was stopped.
    Stopped,
    /// It was resumed.
    Resumed,
    /// It was archived, directly or with a segment.
    Archived,
    /// It was unarchived.
    Unarchived,
    /// Its draft was made or changed.
    DraftSaved,
    /// Its draft became the live content.
    DraftLaunched,
    /// Its draft was thrown away.
    DraftDiscarded,
    /// It was moved in the in-app order.
    InAppPriorityChanged,
}

/// What a selection shows beside events.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Beside {
    campaign: Option<Wants>,
    segment: bool,
}

impl Beside {
    /// What is selected of the single events that `field` answers with.
    pub(crate) fn of(field: SelectionField<'_>) -> Self {
        Self {
            campaign: wants::at(field, &["campaign"]),
            segment: wants::selected(field, &["causedBySegment"]),
        }
    }

    /// What is selected of the events on the page that `field` answers with.
    fn of_page(field: SelectionField<'_>) -> Self {
        Self {
            campaign: wants::of_rows(field, &["campaign"]),
            segment: wants::of_rows(field, &["causedBySegment"]).is_some(),
        }
    }

    /// Whether something has to be read beside the event.
    fn is_read(self, event: &RecordedEvent) -> bool {
        self.campaign.is_some() || (self.segment && event.event.caused_by_segment.is_some())
    }

    /// An event of the feed with what is shown beside it.
    pub(crate) async fn load_one(
        self,
        viewer: &Viewer,
        event: RecordedEvent,
    ) -> Result<CampaignEvent, Failed> {
        if !self.is_read(&event) {
            return Ok(CampaignEvent {
                recorded: event,
                campaign: None,
                segment: None,
            });
        }
        let complete = viewer.read_beside(move |snapshot| {
            let event = event.clone();
            Box::pin(async move { self.load(snapshot, vec![event]).await })
        });
        let event = complete.await?.pop();
        event.ok_or_else(|| Failed::impossible("one event went in and none came out"))
    }

    /// The events with what is shown beside them, in a constant number of reads.
    async fn load(
        self,
        snapshot: &Snapshot,
        events: Vec<RecordedEvent>,
    ) -> Result<Vec<CampaignEvent>, StoreError> {
        let campaigns: HashMap<CampaignId, Campaign> = match self.campaign {
            Some(wants) => {
                let ids = each_once(events.iter().map(|event| event.event.campaign_id));
                let campaigns = snapshot.campaigns(&ids, wants).await?.into_iter();
                campaigns.map(|(id, campaign)| (id, campaign.into())).collect()
            }
            None => HashMap::new(),
        };
        let ids = each_once(events.iter().filter_map(|event| event.event.caused_by_segment));
        let segments = if self.segment && !ids.is_empty() {
            snapshot.segments(&ids).await?
        } else {
            HashMap::new()
        };
        let complete = events.into_iter().map(|recorded| {
            let segment = recorded.event.caused_by_segment;
            CampaignEvent {
                campaign: campaigns.get(&recorded.event.campaign_id).cloned(),
                segment: segment
                    .and_then(|id| segments.get(&id).cloned())
                    .map(Segment::from),
                recorded,
            }
        });
        Ok(complete.collect())
    }
}

fn each_once<Id: Ord>(ids: impl Iterator<Item = Id>) -> Vec<Id> {
    let mut ids: Vec<Id> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A page of what happened to a campaign.
pub(super) async fn history(
    ctx: &Context<'_>,
    campaign: CampaignId,
    arguments: &PageArguments,
) -> Result<Connection<CampaignEvent>, Failed> {
    let page = arguments.page(&BySequence)?;
    let selected = Selected::of(ctx);
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let slice = if selected.rows {
        let slice = snapshot.history_page(campaign, &page).await?;
        let beside = Beside::of_page(ctx.field());
        Slice {
            items: beside.load(&snapshot, slice.items).await?,
            has_previous: slice.has_previous,
            has_next: slice.has_next,
        }
    } else {
        connection::no_rows()
    };
    let total = if selected.total {
        Some(snapshot.history_count(campaign).await?)
    } else {
        None
    };
    Connection::new(slice, total, |event| {
        let cursor = BySequence.encode(&event.recorded.sequence);
        Ok((cursor, event))
    })
}
