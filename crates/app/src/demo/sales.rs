//! Sales, new products and what goes with them.

use understudy_domain::ScheduleKind::{ApiTriggered, AtTime, OnLaunch};

use super::audience::{
    APP_USERS, CAMPERS, CLIMBERS, CLUB, FAMILIES, LAPSED, PADDLERS, REGULARS, WINTER_TESTERS,
};
use super::table::Part::{Description, Email, InApp, Name, Schedule, Tags, To, Webhook};
use super::table::Step::{Archive, DiscardDraft, Launch, LaunchDraft, SaveDraft, Stop, Update};
use super::table::{Day, Example};

pub(super) const EXAMPLES: &[Example] = &[
    Example {
        name: "Spring tent sale",
        content: &[
            Description("Two weeks of reduced family and trekking tents, once the spring stock is in."),
            Tags(&["sale", "tents", "spring"]),
            Email(
                "Tents, 20% lighter on the wallet",
                "<p>Hello {{ recipient.attributes.firstName }},</p><p>all family and trekking tents are 20% off, for two weeks. Pitch \
                 one in the shop before you decide.</p>",
            ),
            To(&[CAMPERS, FAMILIES]),
            Schedule(AtTime, Some(Day(3, 8)), Some(Day(17, 20))),
        ],
        story: &[
            Launch,
            SaveDraft(&[Email(
                "Two weeks, 40 tents, 20% off",
                "<p>Hello {{ recipient.attributes.firstName }},</p><p>40 tents are 20% off until the end of the sale, the \
                 four-season ones too. Members of the Trail Club get the footprint on top.</p>",
            )]),
        ],
    },
    Example {
        name: "Flash sale: head torches",
        content: &[
            Description("Clears the last head torches of the old range from the warehouse."),
            Tags(&["sale", "lighting"]),
            InApp(
                "48 hours: head torches from 19 €",
                "The old range makes room for the new one. While stocks last.",
                "session_start",
            ),
            To(&[APP_USERS]),
            Schedule(OnLaunch, None, Some(Day(2, 22))),
        ],
        story: &[
            Launch,
            SaveDraft(&[
                Tags(&["sale", "lighting", "extended"]),
                Schedule(OnLaunch, None, Some(Day(4, 22))),
            ]),
        ],
    },
    Example {
        name: "Stock feed: marketplace prices",
        content: &[
            Description("Tells the marketplace about sale prices before customers see them there."),
            Tags(&["sale", "integration"]),
            Webhook(
                "marketplace/prices",
                "{\"sku\": {{ properties.sku | json }}, \"price\": {{ properties.price }}, \"until\": {{ properties.saleEnd | json }}}",
            ),
            To(&[REGULARS]),
            Schedule(ApiTriggered, None, None),
        ],
        story: &[Launch],
    },
    Example {
        name: "End of season: skis and skins",
        content: &[
            Description("Last call for touring gear before the shelves turn green."),
            Tags(&["sale", "winter", "last-season"]),
            Email(
                "The snow is going, so are the prices",
                "Touring skis, skins and boots at up to 40% off, in the shop and online, until they are \
                 gone.",
            ),
            To(&[REGULARS, CLIMBERS]),
            Schedule(AtTime, Some(Day(-45, 9)), Some(Day(-17, 22))),
        ],
        story: &[Launch, Stop, Archive],
    },
    Example {
        name: "Rope of the month",
        content: &[
            Description("One rope a month at a special price. Stopped while the supplier is late."),
            Tags(&["climbing", "series"]),
            Email(
                "Rope of the month: Lynx 9.8",
                "60 metres, dry treated, with a middle mark you can still find at dusk. This month for \
                 149 €.",
            ),
            To(&[CLIMBERS]),
            Schedule(AtTime, Some(Day(-12, 17)), None),
        ],
        story: &[
            Launch,
            Stop,
            SaveDraft(&[
                Email(
                    "Rope of the month: Marten 9.5",
                    "The lighter sister of the Lynx: 59 grams a metre, for long routes and long walks \
                     in. This month for 169 €.",
                ),
                To(&[CLIMBERS, CLUB]),
                Schedule(AtTime, Some(Day(9, 17)), None),
            ]),
        ],
    },
    Example {
        name: "New: Kestrel 45 backpack",
        content: &[
            Description("Launch of the Kestrel, our first pack with a frame that takes itself apart."),
            Tags(&["new", "backpacks"]),
            Email(
                "Meet the Kestrel 45",
                "45 litres, 1.1 kilograms, and a frame that you can repair with a coin. Come and carry it.",
            ),
            To(&[REGULARS, CAMPERS]),
            Schedule(OnLaunch, None, None),
        ],
        story: &[
            Launch,
            SaveDraft(&[Email(
                "Meet the Kestrel 45",
                "45 litres, 1.1 kilograms, and a frame that you can repair with a coin. Now also in the \
                 short back length that many of you asked for.",
            )]),
            LaunchDraft,
        ],
    },
    Example {
        name: "Kestrel 45 first look",
        content: &[
            Description("The Kestrel for those who are in the app anyway."),
            Tags(&["new", "backpacks"]),
            InApp(
                "The Kestrel 45 is here",
                "See how the frame comes apart, and reserve one at the shop near you.",
                "opened_backpacks",
            ),
            To(&[APP_USERS]),
        ],
        story: &[
            Launch,
            SaveDraft(&[InApp(
                "Kestrel 45: now in your back length",
                "Short, regular and long. Measure yours in the app, it takes a minute.",
                "opened_backpacks",
            )]),
        ],
    },
    Example {
        name: "Canoe rental, early booking",
        content: &[
            Description("Weekends are booked out by June. This goes out before, once the prices are fixed."),
            Tags(&["rental", "water"]),
            Email(
                "Summer weekends on the river: book now",
                "Canoes and kayaks for the summer can be booked from today. Early birds paddle the third day \
                 for free.",
            ),
            To(&[PADDLERS, FAMILIES]),
            Schedule(AtTime, Some(Day(21, 7)), Some(Day(50, 20))),
        ],
        story: &[],
    },
    Example {
        name: "Gift cards for the holidays",
        content: &[
            Description("For those who know who, but not what size. Waits for the card's artwork."),
            Tags(&["gifts", "holidays"]),
            Email(
                "A gift that always fits",
                "Gift cards from 20 €, printed on seed paper: plant them when they are empty.",
            ),
            To(&[REGULARS, FAMILIES, LAPSED]),
            Schedule(AtTime, Some(Day(90, 8)), Some(Day(120, 12))),
        ],
        story: &[],
    },
    Example {
        name: "Winter collection preview",
        content: &[
            Description("What the test team carried, with what they said about it."),
            Tags(&["winter", "preview"]),
            Email(
                "You tested it first: the winter collection",
                "Thank you for four months of wet gloves. Here is what became of your notes, and 30% off all \
                 of it.",
            ),
            To(&[WINTER_TESTERS]),
            Schedule(OnLaunch, None, Some(Day(30, 22))),
        ],
        story: &[
            Launch,
            SaveDraft(&[
                Email(
                    "You tested it first, now it is yours",
                    "Thank you for four months of wet gloves. Keep what you tested, we have cleared it from \
                     your account.",
                ),
                Tags(&["winter", "preview", "thanks"]),
            ]),
        ],
    },
    Example {
        name: "Ember stove launch",
        content: &[
            Description("Taken down on the day of the recall; kept for the record."),
            Tags(&["new", "stoves"]),
            Email(
                "Hot in 90 seconds: the Ember stove",
                "The Ember boils half a litre in a minute and a half, in any wind that you would cook in.",
            ),
            To(&[CAMPERS]),
        ],
        story: &[Launch, Stop, Archive],
    },
    Example {
        name: "Bundle builder: sleep system",
        content: &[
            Description("Bag, mat and liner together are cheaper. The builder itself is not finished yet."),
            Tags(&["bundle", "sleeping"]),
            InApp(
                "Build your sleep system",
                "Pick a bag, a mat and a liner, and the cheapest of the three is half price.",
                "opened_sleeping_bags",
            ),
            To(&[CAMPERS, APP_USERS]),
        ],
        story: &[],
    },
    Example {
        name: "Price drop on your wish list",
        content: &[
            Description("The shop calls this when a price on somebody's wish list falls."),
            Tags(&["sale", "wish-list"]),
            Email(
                "{{ properties.product }} just got cheaper",
                "It was {{ properties.oldPrice }}, it is {{ properties.newPrice }}. We cannot say for how long.",
            ),
            To(&[REGULARS]),
            Schedule(ApiTriggered, None, None),
        ],
        story: &[
            Launch,
            Update(&[To(&[REGULARS, LAPSED])]),
            SaveDraft(&[Email("!!! {{ properties.product }} ON SALE !!!", "Run.")]),
            DiscardDraft,
        ],
    },
    Example {
        name: "Second-hand Saturday",
        content: &[
            Description("Bring what you no longer carry; carry home what somebody else brought."),
            Tags(&["second-hand", "events"]),
            Email(
                "Your old jacket has another summit in it",
                "Every Saturday we take back what is still good, and pay for it with a voucher.",
            ),
            To(&[REGULARS, CLUB, FAMILIES]),
            Schedule(AtTime, Some(Day(-10, 6)), Some(Day(20, 18))),
        ],
        story: &[
            Launch,
            SaveDraft(&[
                Name("Second-hand weekend"),
                Schedule(AtTime, Some(Day(5, 6)), Some(Day(40, 18))),
            ]),
        ],
    },
];
