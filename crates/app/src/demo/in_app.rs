//! What competes for the in-app slot besides campaigns, and how the in-app order came to be.

use understudy_domain::InAppLevel::{self, High, Low, Medium};

use super::table::Move::{self, After, Before, To};

/// Name, and the level on top of which it begins.
pub(super) const CANVASES: &[(&str, InAppLevel)] = &[
    ("Welcome journey", Medium),
    ("Abandoned cart rescue", High),
    ("Trail Club renewal", Medium),
    ("Boot fitting follow-up", Low),
    ("Summer photo contest", Medium),
    ("Gear care tips", Low),
];

/// The Canvas that is archived in the end.
pub(super) const ARCHIVED_CANVAS: &str = "Summer photo contest";

/// Moves of campaigns and Canvases, in this order. Each of them changes something.
pub(super) const MOVES: &[(&str, Move)] = &[
    ("Flash sale: head torches", To(High)),
    ("Recall: Ember stove valve", Before("Flash sale: head torches")),
    ("Storm warning on your route", After("Recall: Ember stove valve")),
    ("Delivery delayed by snow", Before("Flash sale: head torches")),
    ("Welcome journey", After("Abandoned cart rescue")),
    ("Tell us about your boots", To(Low)),
    ("Rate your last hike", Before("Boot fitting follow-up")),
    ("Download maps for offline use", After("Gear care tips")),
    ("Your Trail Club year", Before("Trail Club renewal")),
    ("Find your tent in four questions", After("Trail Club renewal")),
    ("Gear care tips", Before("Rate your last hike")),
];

/// What was made of messages inside the app: how many customers saw one, and how many of those followed it, and closed
/// it. It was launched.
pub(super) const SHOWN: &[(&str, Shown)] = &[
    (
        "Flash sale: head torches",
        Shown {
            impressions: 64,
            clicks: 19,
            dismissals: 31,
        },
    ),
    (
        "Rate your last hike",
        Shown {
            impressions: 40,
            clicks: 22,
            dismissals: 12,
        },
    ),
    (
        "Find your tent in four questions",
        Shown {
            impressions: 27,
            clicks: 9,
            dismissals: 16,
        },
    ),
];

/// What was made of one message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    pub(super) impressions: usize,
    pub(super) clicks: usize,
    pub(super) dismissals: usize,
}
