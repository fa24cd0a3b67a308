//! First steps, and ways back.

use understudy_domain::ScheduleKind::{ApiTriggered, AtTime, OnLaunch};

use super::audience::{APP_USERS, CAMPERS, CLUB, LAPSED, NEWCOMERS, REGULARS};
use super::table::Part::{Description, Email, InApp, Schedule, Tags, To, Webhook};
use super::table::Step::{Archive, Launch, LaunchDraft, Resume, SaveDraft, Stop, Update};
use super::table::{Day, Example};

pub(super) const EXAMPLES: &[Example] = &[
    Example {
        name: "Welcome: three things to know",
        content: &[
            Description("The first mail after the first order. Everybody reads it, so every word counts."),
            Tags(&["welcome", "onboarding"]),
            Email(
                "Welcome to Cairnfell, {{ recipient.attributes.firstName }}",
                "Three things: returns are free for 100 days, repairs are free for ever, and the coffee in \
                 the shop is free too.",
            ),
            To(&[NEWCOMERS]),
        ],
        story: &[
            Launch,
            SaveDraft(&[Email(
                "Welcome to Cairnfell, {{ recipient.attributes.firstName }}",
                "Three things: returns are free for 100 days, repairs are free for ever, and the app knows \
                 the weather on your route.",
            )]),
        ],
    },
    Example {
        name: "Find your tent in four questions",
        content: &[
            Description("Leads newcomers to the tent finder instead of to 140 tents."),
            Tags(&["onboarding", "tents"]),
            InApp(
                "Which tent? Four questions.",
                "How many, how far, how cold, how much? We show you three that fit.",
                "opened_tents",
            ),
            To(&[NEWCOMERS, CAMPERS]),
        ],
        story: &[Launch],
    },
    Example {
        name: "Welcome card by post",
        content: &[
            Description("The print shop sends a card with a map of the nearest trails."),
            Tags(&["welcome", "print", "integration"]),
            Webhook(
                "print/welcome-card",
                "{\"to\": {{ recipient.attributes.postalAddress | json }}, \"map\": {{ recipient.attributes.nearestTrails | json }}, \"name\": \
                 {{ recipient.attributes.firstName | json }}}",
            ),
            To(&[NEWCOMERS]),
        ],
        story: &[Launch],
    },
    Example {
        name: "Your first hike checklist",
        content: &[
            Description("Was stopped for a day, because the checklist had forgotten the water."),
            Tags(&["onboarding", "guides"]),
            Email(
                "What goes into the pack, and what stays at home",
                "Twelve things for a day in the hills. The list is sorted by how much you would miss them. \
                 Water comes first.",
            ),
            To(&[NEWCOMERS]),
        ],
        story: &[Launch, Stop, Resume],
    },
    Example {
        name: "We miss you: 10% off",
        content: &[
            Description("The first of two mails to those who have not been here for half a year."),
            Tags(&["win-back", "voucher"]),
            Email(
                "The trails are still there, and so are we",
                "It has been a while. With the code BACKAGAIN the next order is 10% off.",
            ),
            To(&[LAPSED]),
        ],
        story: &[
            Launch,
            SaveDraft(&[
                Email(
                    "10% off, and the trails are dry",
                    "It has been a while. The code DRYTRAILS takes 10% off the next order, boots included.",
                ),
                Tags(&["win-back", "voucher", "test-b"]),
                To(&[LAPSED, APP_USERS]),
            ]),
        ],
    },
    Example {
        name: "We miss you: last call",
        content: &[
            Description("The second mail. Stopped: more people unsubscribed than came back."),
            Tags(&["win-back", "voucher"]),
            Email(
                "Last call: your 10% end on Sunday",
                "The code BACKAGAIN ends on Sunday at midnight. After that we leave you in peace.",
            ),
            To(&[LAPSED]),
            Schedule(AtTime, Some(Day(-6, 16)), Some(Day(1, 22))),
        ],
        story: &[Launch, Stop],
    },
    Example {
        name: "Download maps for offline use",
        content: &[
            Description("Because there is no signal where it matters."),
            Tags(&["app", "maps"]),
            InApp(
                "No signal up there",
                "Save the map of your region now, while you have one.",
                "planned_route",
            ),
            To(&[APP_USERS]),
        ],
        story: &[Launch],
    },
    Example {
        name: "Turn on trail alerts",
        content: &[
            Description("Asks for the permission to notify. Stopped until the alerts are quicker."),
            Tags(&["app", "alerts"]),
            InApp(
                "Shall we wake you when the path is closed?",
                "Trail alerts tell you about closures and weather on the routes that you have planned.",
                "planned_route",
            ),
            To(&[APP_USERS]),
        ],
        story: &[Launch, Update(&[Tags(&["app", "alerts", "permission"])]), Stop],
    },
    Example {
        name: "Second order nudge",
        content: &[
            Description("Three weeks after the first order. Waits for the rules of the voucher."),
            Tags(&["onboarding", "voucher"]),
            Email(
                "How are the boots?",
                "Tell us, and the next pair of socks is on us.",
            ),
            To(&[NEWCOMERS]),
            Schedule(AtTime, Some(Day(14, 10)), None),
        ],
        story: &[
            Update(&[Email(
                "How is your new gear?",
                "Tell us, and the next pair of socks is on us.",
            )]),
            Update(&[Schedule(AtTime, Some(Day(28, 10)), None)]),
        ],
    },
    Example {
        name: "Complete your profile",
        content: &[
            Description("Replaced by the four questions of the tent finder."),
            Tags(&["app", "onboarding", "last-season"]),
            InApp(
                "Tell us who you are",
                "Your profile is 40% complete. Add your shoe size and your favourite weather.",
                "session_start",
            ),
            To(&[NEWCOMERS, APP_USERS]),
        ],
        story: &[Launch, Archive],
    },
    Example {
        name: "Birthday voucher",
        content: &[
            Description("The customer database calls this at seven in the morning."),
            Tags(&["birthday", "voucher"]),
            Email(
                "Happy birthday, {{ recipient.attributes.firstName }}",
                "15 € towards whatever you wished for and did not get. Valid for a month.",
            ),
            To(&[REGULARS, CLUB]),
            Schedule(ApiTriggered, None, None),
        ],
        story: &[
            Launch,
            SaveDraft(&[Email(
                "Happy birthday, {{ recipient.attributes.firstName }}!",
                "20 € towards whatever you wished for and did not get. Valid for two months.",
            )]),
            LaunchDraft,
            SaveDraft(&[Schedule(ApiTriggered, Some(Day(7, 5)), Some(Day(372, 5)))]),
        ],
    },
    Example {
        name: "Browse abandonment: footwear",
        content: &[
            Description("Somebody looked at the same boots three times. The text is still to be written."),
            Tags(&["footwear"]),
            To(&[REGULARS]),
        ],
        story: &[],
    },
    Example {
        name: "Win-back postcard",
        content: &[
            Description("For those who do not read mails. Stopped at the end of the print budget."),
            Tags(&["win-back", "print", "integration"]),
            Webhook(
                "print/postcard",
                "{\"to\": {{ recipient.attributes.postalAddress | json }}, \"motif\": \"empty-hut\", \"code\": {{ recipient.attributes.voucherCode | json }}}",
            ),
            To(&[LAPSED]),
            Schedule(OnLaunch, Some(Day(-30, 0)), Some(Day(60, 0))),
        ],
        story: &[Launch, Stop],
    },
    Example {
        name: "Tell us about your boots",
        content: &[
            Description("Five questions, 100 kilometres after the purchase, as far as the app has counted."),
            Tags(&["survey", "footwear"]),
            InApp(
                "100 kilometres in the same boots",
                "How do they feel? Five questions, and no prize but better boots.",
                "distance_100_km",
            ),
            To(&[APP_USERS, REGULARS]),
        ],
        story: &[
            Launch,
            SaveDraft(&[InApp(
                "250 kilometres in the same boots",
                "How do they feel? Three questions, and no prize but better boots.",
                "distance_250_km",
            )]),
        ],
    },
];
