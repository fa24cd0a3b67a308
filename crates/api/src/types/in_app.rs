//! The order in which in-app messages win.

use async_graphql::{Enum, SimpleObject, Union};
use understudy_app::read::InAppSourceRead;

use super::campaign::Campaign;
use super::canvas::Canvas;
use super::message::RenderedInApp;
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

/// What is to be shown inside an app.
#[derive(SimpleObject)]
pub(crate) struct InAppDecision {
    /// What gets the slot; null if nothing does.
    pub(crate) winner: Option<InAppSource>,
    /// The message to show, filled in for the recipient; null if a Canvas won, or nothing did.
    pub(crate) message: Option<RenderedInApp>,
    /// Those who wanted the slot, in the order in which they were weighed: the in-app order.
    pub(crate) candidates: Vec<InAppCandidate>,
}

/// Something that wanted the in-app slot.
#[derive(SimpleObject)]
pub(crate) struct InAppCandidate {
    /// What it is.
    pub(crate) source: InAppSource,
    /// Why it got the slot, or not.
    pub(crate) verdict: InAppVerdict,
}

/// Why something got the in-app slot, or not. There may be more verdicts in the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_domain::InAppVerdict")]
pub(crate) enum InAppVerdict {
    /// It gets the slot.
    Won,
    /// It would have got it, but another one stands before it in the in-app order.
    Outranked,
    /// None of its segments holds the recipient.
    NotInSegment,
    /// The recipient has seen it already, as an impression has told.
    AlreadyShown,
    /// It is not its time; or it waits for a call from outside, which shows nothing inside an app.
    OutsideSchedule,
    /// Its message cannot be filled in for the recipient; `messagePreview` tells why.
    NotRendered,
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
