//! To whom the examples are sent: the segments.

pub(super) const NEWCOMERS: &str = "Newcomers";
pub(super) const REGULARS: &str = "Regulars";
pub(super) const CLUB: &str = "Trail Club members";
pub(super) const CAMPERS: &str = "Campers";
pub(super) const CLIMBERS: &str = "Climbers";
pub(super) const PADDLERS: &str = "Paddlers";
pub(super) const FAMILIES: &str = "Families";
pub(super) const LAPSED: &str = "Not seen for six months";
pub(super) const APP_USERS: &str = "App users";
pub(super) const WINTER_TESTERS: &str = "Winter test team";

/// Name and description.
pub(super) const SEGMENTS: &[(&str, &str)] = &[
    (
        NEWCOMERS,
        "First order, or first visit with an account, within the last 30 days.",
    ),
    (REGULARS, "Three orders or more within the last year."),
    (CLUB, "Paying members of the Trail Club, trial months included."),
    (
        CAMPERS,
        "Bought a tent, a sleeping bag or a stove within the last two years.",
    ),
    (
        CLIMBERS,
        "Bought ropes, hardware or shoes for climbing, or booked a climbing course.",
    ),
    (PADDLERS, "Bought or rented a canoe, a kayak or a board."),
    (FAMILIES, "Ordered children's sizes at least twice."),
    (
        LAPSED,
        "Ordered once, and has neither ordered nor opened the app in the last six months.",
    ),
    (
        APP_USERS,
        "Opened the app within the last 14 days, whatever they buy.",
    ),
    (
        WINTER_TESTERS,
        "The 400 customers who tested the winter collection. The test is over.",
    ),
];

/// The segment that is archived in the end, and with it the campaigns whose live content uses it.
pub(super) const ARCHIVED_SEGMENT: &str = WINTER_TESTERS;
