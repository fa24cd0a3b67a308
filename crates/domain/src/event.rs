//! What happened to a campaign. One change is one event; no event without a change.

use crate::{CampaignId, SegmentId, Status, Timestamp, Version};

/// One change of one campaign, as the log keeps it and the feed tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignEvent {
    /// Whose it is.
    pub campaign_id: CampaignId,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// The campaign's version after it.
    pub version: Version,
    /// The status before it; `None` for the creation.
    pub status_before: Option<Status>,
    /// The status after it.
    pub status_after: Status,
    /// The segment whose archiving brought it about, if one did.
    pub caused_by_segment: Option<SegmentId>,
}

/// What can happen to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
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
