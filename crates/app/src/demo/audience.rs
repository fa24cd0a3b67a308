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

/// Name, description and filter.
pub(super) const SEGMENTS: &[(&str, &str, &str)] = &[
    (
        NEWCOMERS,
        "First order, or first visit with an account, within the last 30 days.",
        "recipient.attributes.daysSinceFirstVisit <= 30",
    ),
    (
        REGULARS,
        "Three orders or more within the last year.",
        "recipient.attributes.orders >= 3",
    ),
    (
        CLUB,
        "Paying members of the Trail Club, trial months included.",
        "recipient.attributes.trailClub",
    ),
    (
        CAMPERS,
        "Bought a tent, a sleeping bag or a stove within the last two years.",
        "'camping' in recipient.attributes.interests",
    ),
    (
        CLIMBERS,
        "Bought ropes, hardware or shoes for climbing, or booked a climbing course.",
        "'climbing' in recipient.attributes.interests",
    ),
    (
        PADDLERS,
        "Bought or rented a canoe, a kayak or a board.",
        "'paddling' in recipient.attributes.interests",
    ),
    (
        FAMILIES,
        "Ordered children's sizes at least twice.",
        "recipient.attributes.childrenOrders >= 2",
    ),
    (
        LAPSED,
        "Ordered once, and has neither ordered nor opened the app in the last six months.",
        "recipient.attributes.orders == 1 && recipient.attributes.daysSinceSeen > 182",
    ),
    (
        APP_USERS,
        "Opened the app within the last 14 days, whatever they buy.",
        "recipient.attributes.daysSinceApp <= 14",
    ),
    (
        WINTER_TESTERS,
        "The 400 customers who tested the winter collection. The test is over.",
        "recipient.attributes.winterTest",
    ),
];

/// The segment that is archived in the end, and with it the campaigns whose live content uses it.
pub(super) const ARCHIVED_SEGMENT: &str = WINTER_TESTERS;
