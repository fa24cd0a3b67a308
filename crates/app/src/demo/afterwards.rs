//! What happens once all campaigns are there and have lived through their stories.

use understudy_domain::ScheduleKind::AtTime;

use super::table::Day;
use super::table::Part::{Description, Email, Schedule};
use super::table::Step::{self, Launch, Unarchive, Update};

/// Which campaign is cloned, the clone's name (`None`: `Copy of …`), and what happens to the clone.
pub(super) const CLONES: &[(&str, Option<&str>, &[Step])] = &[
    (
        "Spring tent sale",
        Some("Autumn tent sale"),
        &[Update(&[Schedule(AtTime, Some(Day(150, 8)), Some(Day(164, 20)))])],
    ),
    ("Winter collection preview", None, &[]),
    (
        "We miss you: 10% off",
        Some("We miss you: free shipping"),
        &[
            Update(&[
                Description("Is it the price, or the postage? Runs beside the voucher, to compare the two."),
                Email(
                    "Come back, the postage is on us",
                    "It has been a while. Until the end of the month everything ships for free.",
                ),
            ]),
            Launch,
        ],
    ),
    ("Welcome: three things to know", None, &[]),
    (
        "End of season: skis and skins",
        Some("End of season: snowshoes"),
        &[Update(&[Schedule(AtTime, Some(Day(270, 9)), Some(Day(290, 22)))])],
    ),
];

/// What follows the archiving of the segment. A campaign that comes back from it alone is stopped, and cannot be
/// resumed while its content still names the archived segment.
pub(super) const EPILOGUE: &[(&str, Step)] = &[("Winter test diary", Unarchive)];
