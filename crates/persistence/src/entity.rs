//! The tables as SeaORM entities. They are plain rows: what a row means is said in [`rows`](crate::rows).

// The macros make public items beside each model; none of them leaves the crate.
#![allow(unreachable_pub)]

pub(crate) mod call;
pub(crate) mod campaign;
pub(crate) mod campaign_day;
pub(crate) mod campaign_delivery;
pub(crate) mod campaign_event;
// All of its columns are ids.
#[allow(clippy::struct_field_names)]
pub(crate) mod campaign_recipient;
pub(crate) mod canvas;
pub(crate) mod compatibility;
pub(crate) mod content;
pub(crate) mod content_document;
pub(crate) mod content_segment;
pub(crate) mod content_tag;
pub(crate) mod delivery;
pub(crate) mod draft;
pub(crate) mod engagement;
pub(crate) mod in_app_place;
pub(crate) mod recipient;
pub(crate) mod segment;
pub(crate) mod sender;
pub(crate) mod token;
pub(crate) mod workspace;
