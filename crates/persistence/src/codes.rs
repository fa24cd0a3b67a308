//! The words that stand in the database for the domain's enums. They are stored, so they never change.

use understudy_domain::{
    Channel, DeliveryState, EngagementKind, EventKind, InAppLevel, Role, ScheduleKind, Status,
};

use crate::StoreError;

/// An enum of the domain as it is stored.
pub(crate) trait Code: Sized {
    /// The word that is stored.
    fn code(self) -> &'static str;

    /// The value that a stored word means.
    fn from_code(code: &str) -> Result<Self, StoreError>;
}

macro_rules! codes {
    ($($type:ident, $what:literal { $($variant:ident = $code:literal),* $(,)? })*) => {$(
        impl Code for $type {
            fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            fn from_code(code: &str) -> Result<Self, StoreError> {
                match code {
                    $($code => Ok(Self::$variant),)*
                    _ => Err(StoreError::Corrupt { what: $what, detail: format!("{code:?}") }),
                }
            }
        }
    )*};
}

codes! {
    Status, "campaign status" {
        Unlaunched = "UNLAUNCHED",
        Active = "ACTIVE",
        Stopped = "STOPPED",
        Archived = "ARCHIVED",
    }
    Role, "role" {
        Viewer = "VIEWER",
        Editor = "EDITOR",
        Launcher = "LAUNCHER",
        Admin = "ADMIN",
    }
    Channel, "channel" {
        Email = "EMAIL",
        InApp = "IN_APP",
        Webhook = "WEBHOOK",
    }
    ScheduleKind, "schedule kind" {
        OnLaunch = "ON_LAUNCH",
        AtTime = "AT_TIME",
        ApiTriggered = "API_TRIGGERED",
    }
    DeliveryState, "delivery state" {
        Pending = "PENDING",
        Claimed = "CLAIMED",
        Sent = "SENT",
        Failed = "FAILED",
        Canceled = "CANCELED",
    }
    EngagementKind, "engagement kind" {
        Impression = "IMPRESSION",
        Click = "CLICK",
        Dismissal = "DISMISSAL",
    }
    EventKind, "event kind" {
        Created = "CREATED",
        Updated = "UPDATED",
        Launched = "LAUNCHED",
        Stopped = "STOPPED",
        Resumed = "RESUMED",
        Archived = "ARCHIVED",
        Unarchived = "UNARCHIVED",
        DraftSaved = "DRAFT_SAVED",
        DraftLaunched = "DRAFT_LAUNCHED",
        DraftDiscarded = "DRAFT_DISCARDED",
        InAppPriorityChanged = "IN_APP_PRIORITY_CHANGED",
    }
}

/// The number that is stored for a level: the smaller wins.
pub(crate) const fn level_number(level: InAppLevel) -> i16 {
    match level {
        InAppLevel::High => 1,
        InAppLevel::Medium => 2,
        InAppLevel::Low => 3,
    }
}

/// The level that a stored number means.
pub(crate) fn level_from_number(number: i16) -> Result<InAppLevel, StoreError> {
    match number {
        1 => Ok(InAppLevel::High),
        2 => Ok(InAppLevel::Medium),
        3 => Ok(InAppLevel::Low),
        _ => Err(StoreError::Corrupt {
            what: "in-app level",
            detail: number.to_string(),
        }),
    }
}
