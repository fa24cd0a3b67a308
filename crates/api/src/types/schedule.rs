//! When a campaign sends.

use async_graphql::{Enum, Object};
use understudy_domain::Schedule as DomainSchedule;

use crate::scalar::DateTime;

/// When a campaign sends.
pub(crate) struct Schedule(pub(crate) DomainSchedule);

/// When a campaign sends.
#[Object]
impl Schedule {
    /// What starts the sending.
    async fn kind(&self) -> ScheduleKind {
        self.0.kind.into()
    }

    /// Nothing is sent before; null: as soon as the campaign is launched. Never null where `kind` is `AT_TIME`.
    async fn start_at(&self) -> Option<DateTime> {
        self.0.start_at.map(DateTime)
    }

    /// Nothing is sent from then on; null: no end. Always after `startAt`.
    async fn end_at(&self) -> Option<DateTime> {
        self.0.end_at.map(DateTime)
    }
}

/// What starts a campaign's sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_domain::ScheduleKind")]
pub(crate) enum ScheduleKind {
    /// Its launch.
    OnLaunch,
    /// A set time, which `startAt` gives.
    AtTime,
    /// A call from another system, for each user singly.
    ApiTriggered,
}
