//! Pages by key: where a page begins is said by the values of the row before it, never by a count of rows, so that
//! rows which come and go in between neither repeat nor hide others.

use understudy_domain::{CampaignId, Channel, EventKind, SegmentId, Status, Timestamp};
use uuid::Uuid;

/// Which rows of an ordered list are wanted.
#[derive(Debug, Clone)]
pub struct Page<K> {
    /// How many at most.
    pub limit: u32,
    /// From which end they are counted.
    pub direction: Direction,
    /// Only what comes after this key.
    pub after: Option<K>,
    /// Only what comes before this key.
    pub before: Option<K>,
}

/// From which end a page is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The first rows (Relay's `first`).
    Forward,
    /// The last rows (Relay's `last`); they come in the list's order all the same.
    Backward,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Whether there are rows before them.
    pub has_previous: bool,
    /// Whether there are rows after them.
    pub has_next: bool,
}

/// Which campaigns a list has. The absent parts do not narrow it.
#[derive(Debug, Clone, Default)]
pub struct CampaignFilter {
    /// One of these. `None`: all but the archived.
    pub status: Option<Vec<Status>>,
    /// Whether there is a draft.
    pub has_draft: Option<bool>,
    /// The live message goes through one of these.
    pub channel: Option<Vec<Channel>>,
    /// The live content has all of these.
    pub tags: Vec<String>,
    /// The live content uses this one.
    pub segment: Option<SegmentId>,
    /// Words in name, description, tags or message text of the live content; each from its beginning.
    pub search: Option<String>,
}

/// The order of a list of campaigns. Equal values are ordered by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CampaignOrder {
    /// By what.
    pub by: CampaignSort,
    /// Which way.
    pub direction: SortDirection,
}

impl Default for CampaignOrder {
    /// The newest first.
    fn default() -> Self {
        Self {
            by: CampaignSort::CreatedAt,
            direction: SortDirection::Descending,
        }
    }
}

/// What campaigns can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CampaignSort {
    /// When they were created.
    CreatedAt,
    /// When they last changed.
    UpdatedAt,
    /// The live content's name, regardless of case.
    Name,
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortDirection {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// Where a campaign stands in an ordered list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CampaignKey {
    /// By creation or by last change.
    Time(Timestamp, CampaignId),
    /// By name.
    Name(NameKey),
}

/// Where something stands in a list ordered by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameKey {
    /// The name as [`sort_name`] makes it.
    pub name: String,
    /// The id, among equal names.
    pub id: Uuid,
}

/// A name as lists order it: regardless of case.
#[must_use]
pub fn sort_name(name: &str) -> String {
    name.to_lowercase()
}

/// Which events are wanted. The absent parts do not narrow it.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of one of these campaigns.
    pub campaigns: Option<Vec<CampaignId>>,
    /// Of one of these kinds.
    pub kinds: Option<Vec<EventKind>>,
    /// Only those in which the status changed, creation included.
    pub status_changes_only: bool,
}
