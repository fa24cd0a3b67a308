//! The Trail Club, courses and days outside together.

use understudy_domain::ScheduleKind::{ApiTriggered, AtTime};

use super::audience::{APP_USERS, CAMPERS, CLIMBERS, CLUB, FAMILIES, PADDLERS, REGULARS, WINTER_TESTERS};
use super::table::Part::{Description, Email, InApp, Letter, Schedule, Tags, To, Webhook};
use super::table::Step::{Archive, Launch, LaunchDraft, SaveDraft, Stop, Unarchive};
use super::table::{Day, Example};

const CLUB_DESK: &str = "Trail Club <club@cairnfell.example>";

pub(super) const EXAMPLES: &[Example] = &[
    Example {
        name: "Trail Club monthly letter",
        content: &[
            Description("One long letter a month; the next issue is written as its draft."),
            Tags(&["club", "newsletter"]),
            Letter(
                CLUB_DESK,
                "Trail Club letter: the high route opens",
                "The huts on the high route are open again. In this issue: where to sleep, what to \
                 carry, and a recipe for the last evening.",
            ),
            To(&[CLUB]),
            Schedule(AtTime, Some(Day(-4, 6)), None),
        ],
        story: &[
            Launch,
            SaveDraft(&[Letter(
                CLUB_DESK,
                "Trail Club letter: water",
                "In this issue: lakes you may swim in, streams you may drink from, and three filters that \
                 we broke.",
            )]),
            SaveDraft(&[Schedule(AtTime, Some(Day(26, 6)), None)]),
        ],
    },
    Example {
        name: "Your Trail Club year",
        content: &[
            Description("How far, how high, how wet: the member's own numbers."),
            Tags(&["club", "app"]),
            InApp(
                "{{ recipient.attributes.kilometres }} kilometres on foot",
                "And {{ recipient.attributes.metres }} metres uphill. Here is your year, hut by hut.",
                "session_start",
            ),
            To(&[CLUB]),
        ],
        story: &[Launch],
    },
    Example {
        name: "Trail Club renewal reminder",
        content: &[
            Description("Billing calls this 30 days before a membership ends."),
            Tags(&["club", "renewal", "transactional"]),
            Letter(
                CLUB_DESK,
                "Your membership ends on {{ properties.date }}",
                "If you like it here, there is nothing to do. If not, one click ends it, and we part as \
                 friends.",
            ),
            To(&[CLUB]),
            Schedule(ApiTriggered, None, None),
        ],
        story: &[Launch],
    },
    Example {
        name: "Club nights to partner huts",
        content: &[
            Description("Tells a hut which members are coming. Three huts have no computer yet."),
            Tags(&["club", "integration"]),
            Webhook(
                "huts/arrivals",
                "{\"hut\": {{ properties.hut | json }}, \"night\": {{ properties.date | json }}, \"members\": {{ properties.count }}}",
            ),
            To(&[CLUB]),
            Schedule(ApiTriggered, Some(Day(60, 0)), None),
        ],
        story: &[],
    },
    Example {
        name: "Night hike with head torches",
        content: &[
            Description("Up in the dark, breakfast at sunrise. 40 places, the guides are booked."),
            Tags(&["events", "lighting"]),
            Email(
                "See the sun rise from Cairn Fell",
                "We start at two in the morning, walk slowly, and are up for breakfast. We lend you the \
                 torch.",
            ),
            To(&[CLUB, REGULARS]),
            Schedule(AtTime, Some(Day(12, 17)), Some(Day(19, 17))),
        ],
        story: &[],
    },
    Example {
        name: "Rate your last hike",
        content: &[
            Description("Keeps the route descriptions honest."),
            Tags(&["app", "survey"]),
            InApp(
                "How was {{ recipient.attributes.lastRoute }}?",
                "Was the time right? Was the bridge there? It takes 20 seconds.",
                "finished_route",
            ),
            To(&[APP_USERS]),
        ],
        story: &[Launch],
    },
    Example {
        name: "Storm warning on your route",
        content: &[
            Description("The weather service calls this. Only a recall may stand before it."),
            Tags(&["app", "weather", "safety"]),
            InApp(
                "Thunderstorms from {{ properties.hour }} on",
                "They cross {{ properties.route }}. Plan to be below the trees by then, or stay in the hut.",
                "planned_route",
            ),
            To(&[APP_USERS]),
            Schedule(ApiTriggered, None, None),
        ],
        story: &[Launch],
    },
    Example {
        name: "Avalanche course: places left",
        content: &[
            Description("Fills the last places of the winter's courses."),
            Tags(&["courses", "winter", "safety"]),
            Email(
                "Four places left: avalanche course",
                "Two days with beacon, probe and shovel. You dig out our guide, and he has not \
                 complained yet.",
            ),
            To(&[CLIMBERS, WINTER_TESTERS]),
            Schedule(AtTime, Some(Day(-60, 9)), None),
        ],
        story: &[Launch],
    },
    Example {
        name: "Winter test diary",
        content: &[
            Description("Asked the testers for a few lines after every tour. Stopped with the test."),
            Tags(&["winter", "survey"]),
            InApp(
                "What got wet?",
                "Three lines about today's tour, while your gloves are still drying.",
                "finished_route",
            ),
            To(&[WINTER_TESTERS]),
        ],
        story: &[Launch, Stop],
    },
    Example {
        name: "Test notes to product design",
        content: &[
            Description("Every note of the test team, straight to the people who cut the patterns."),
            Tags(&["winter", "integration"]),
            Webhook(
                "design/notes",
                "{\"product\": {{ properties.product | json }}, \"note\": {{ properties.note | json }}, \"tester\": {{ recipient.externalId | json }}}",
            ),
            To(&[WINTER_TESTERS]),
            Schedule(ApiTriggered, Some(Day(-120, 0)), None),
        ],
        story: &[Launch],
    },
    Example {
        name: "River clean-up weekend",
        content: &[
            Description("Taken back from the archive for this year. The date is not fixed yet."),
            Tags(&["events", "water"]),
            Email(
                "Gloves on: river clean-up weekend",
                "Last year we took 900 kilograms out of the river, and one bicycle. Soup and boats are ours.",
            ),
            To(&[PADDLERS, CLUB]),
            Schedule(AtTime, Some(Day(-2, 7)), Some(Day(45, 18))),
        ],
        story: &[Launch, Stop, Archive, Unarchive],
    },
    Example {
        name: "Guide to leaving no trace",
        content: &[
            Description("Began as a message in the app, where nobody wanted to read that much."),
            Tags(&["guides"]),
            InApp(
                "Leave no trace",
                "Seven rules for a night outside. The whole guide takes ten minutes.",
                "opened_tents",
            ),
            To(&[CAMPERS]),
        ],
        story: &[
            Launch,
            SaveDraft(&[Email(
                "Seven rules for a night outside",
                "Camp where others camped, carry out what you carried in, and keep the fire smaller than \
                 the pot. Here is the whole guide, to read before you go.",
            )]),
            SaveDraft(&[Tags(&["guides", "newsletter"]), To(&[CAMPERS, FAMILIES])]),
            LaunchDraft,
        ],
    },
    Example {
        name: "Paddle safety week",
        content: &[
            Description("A mail a day for a week, before the water gets warm. The draft asks too many."),
            Tags(&["courses", "water", "safety"]),
            Email(
                "Day one: getting back in",
                "Most who fall out of a kayak can swim. Getting back in is what you practise with us.",
            ),
            To(&[PADDLERS]),
            Schedule(AtTime, Some(Day(-1, 5)), Some(Day(6, 5))),
        ],
        story: &[Launch, SaveDraft(&[To(&[PADDLERS, WINTER_TESTERS])])],
    },
    Example {
        name: "Climbing hall partner offer",
        content: &[
            Description("Which halls take part, and so who gets it, is still open."),
            Tags(&["climbing", "partners"]),
            Email(
                "Rainy Sunday? The hall is on us",
                "Show your receipt for shoes or a rope at the hall, and the first entry is free.",
            ),
        ],
        story: &[],
    },
];
