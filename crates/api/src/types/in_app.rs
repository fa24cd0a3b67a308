//! The order in which in-app messages win.

use async_graphql::{Enum, SimpleObject, Union};
use understudy_app::read::InAppSourceRead;

use super::campaign::Campaign;
use super::canvas::Canvas;
use crate::connection;

/// Something that competes for the in-app slot: an in-app campaign or a Canvas.
#[derive(Clone, Union)]
pub(crate) enum InAppSource {
    Campaign(Campaign),
    Canvas(Canvas),
}

impl connection::Node for InAppSource {
    const CONNECTION: &'static str = "InAppSourceConnection";
    const EDGE: &'static str = "InAppSourceEdge";
}

impl From<InAppSourceRead> for InAppSource {
    fn from(read: InAppSourceRead) -> Self {
        match read {
            InAppSourceRead::Campaign(campaign) => Self::Campaign((*campaign).into()),
            InAppSourceRead::Canvas(canvas) => Self::Canvas(Canvas(canvas)),
        }
    }
}

/// How urgent an in-app message is, against all others of the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_domain::InAppLevel")]
pub(crate) enum InAppLevel {
    /// Wins over the two others.
    High,
    /// Where everything enters that was not given another level.
    Medium,
    /// Wins when nothing else wants the slot.
    Low,
}

/// Where something stands in the in-app order. The order is total: no two stand in the same place.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub(crate) struct InAppPriority {
    /// The level.
    pub(crate) level: InAppLevel,
    /// The position, counted from 1 over the whole workspace with the archived left out: `HIGH` before `MEDIUM` before
    /// `LOW`, then the exact order. Null while archived.
    pub(crate) position: Option<i64>,
}
