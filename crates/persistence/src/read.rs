//! The read side: page-shaped models in a constant few statements, chosen by what is asked for.
//!
//! Reads never go through aggregates, and decide nothing. All of one read sees one snapshot of the database, so a
//! pair of campaign and draft is never torn by a write in between.

pub(crate) mod campaigns;
pub(crate) mod deliveries;
mod events;
pub(crate) mod in_app;
mod keyset;
pub mod model;
pub mod page;
mod recipients;
mod results;
mod snapshot;
mod sources;
mod tokens;

pub use deliveries::{FailureRead, Fenced, Held, PlanRead};
pub use model::{
    CampaignRead, CanvasRead, ContentRead, DraftRead, InAppSourceRead, RecordedEvent, Wants, WorkspaceRead,
};
pub use page::{
    CampaignFilter, CampaignKey, CampaignOrder, CampaignSort, Direction, EventFilter, NameKey, Page, Slice,
    SortDirection,
};
pub use snapshot::Snapshot;
