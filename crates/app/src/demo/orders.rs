//! What follows an order, and what has to be said whether it sells anything or not.

use understudy_domain::ScheduleKind::{ApiTriggered, AtTime, OnLaunch};

use super::audience::{APP_USERS, CAMPERS, CLUB, FAMILIES, NEWCOMERS, REGULARS};
use super::table::Part::{Description, Email, InApp, Letter, Schedule, Tags, To, Webhook};
use super::table::Step::{
    Archive, DiscardDraft, Launch, LaunchDraft, Resume, SaveDraft, Stop, Unarchive, Update,
};
use super::table::{Day, Example};

const ORDERS: &str = "Cairnfell Orders <orders@cairnfell.example>";
const WORKSHOP: &str = "Cairnfell Workshop <workshop@cairnfell.example>";
const SAFETY: &str = "Cairnfell Product Safety <safety@cairnfell.example>";

pub(super) const EXAMPLES: &[Example] = &[
    Example {
        name: "Order confirmed",
        content: &[
            Description("The till calls this. It must never be stopped without a word to the people there."),
            Tags(&["orders", "transactional"]),
            Letter(
                ORDERS,
                "Your order {{ properties.orderNumber }}",
                "Thank you, {{ recipient.attributes.firstName }}. We are packing {{ properties.itemCount }} things for you, and write \
                 again when they leave.",
            ),
            To(&[NEWCOMERS, REGULARS]),
            Schedule(ApiTriggered, None, None),
        ],
        story: &[Launch],
    },
    Example {
        name: "Parcel on its way",
        content: &[
            Description("Sent when the carrier scans the parcel for the first time."),
            Tags(&["orders", "transactional"]),
            Letter(
                ORDERS,
                "{{ properties.orderNumber }} is on its way",
                "Your parcel left our warehouse. Follow it at {{ properties.trackingLink }}.",
            ),
            To(&[NEWCOMERS, REGULARS]),
            Schedule(ApiTriggered, None, None),
        ],
        story: &[
            Launch,
            SaveDraft(&[Letter(
                ORDERS,
                "{{ properties.orderNumber }} is on its way",
                "Your parcel left our warehouse by cargo bike, van or train. Follow it at {{ properties.trackingLink }}, \
                 or send it to a shop instead.",
            )]),
        ],
    },
    Example {
        name: "Delivery delayed by snow",
        content: &[
            Description("Stays here, stopped, for the next winter in which the pass is closed."),
            Tags(&["orders", "weather"]),
            InApp(
                "Your parcel is stuck in the snow",
                "The pass is closed. We send it as soon as the ploughs are through, usually within two days.",
                "opened_orders",
            ),
            To(&[APP_USERS]),
            Schedule(OnLaunch, None, None),
        ],
        story: &[Launch, Stop, Resume, Stop],
    },
    Example {
        name: "Ready for pickup",
        content: &[
            Description("The shop calls this when the parcel is on the shelf."),
            Tags(&["orders", "shops"]),
            InApp(
                "It is here",
                "Your order waits at {{ properties.shop }} for ten days. Show this message at the counter.",
                "near_shop",
            ),
            To(&[APP_USERS]),
            Schedule(ApiTriggered, None, None),
        ],
        story: &[Launch],
    },
    Example {
        name: "Parcel tracking to the support desk",
        content: &[
            Description("Support sees a delay before the customer asks about it."),
            Tags(&["orders", "integration"]),
            Webhook(
                "support/parcels",
                "{\"order\": {{ properties.orderNumber | json }}, \"state\": {{ properties.parcelState | json }}, \"late\": {{ properties.isLate }}}",
            ),
            To(&[REGULARS, NEWCOMERS]),
            Schedule(ApiTriggered, None, None),
        ],
        story: &[Launch, Stop, Resume],
    },
    Example {
        name: "Review your purchase",
        content: &[
            Description("Two weeks after the delivery, when it has been rained on."),
            Tags(&["orders", "reviews"]),
            Email(
                "Did it keep what we promised?",
                "Two weeks with {{ properties.product }}: tell others what it is like. Bad reviews stay up too.",
            ),
            To(&[REGULARS, NEWCOMERS]),
        ],
        story: &[
            Launch,
            SaveDraft(&[Email(
                "5 stars?",
                "Rate {{ properties.product }} with five stars and win a voucher.",
            )]),
            DiscardDraft,
        ],
    },
    Example {
        name: "Recall: Ember stove valve",
        content: &[
            Description("Nothing in the app may stand before this."),
            Tags(&["recall", "stoves", "safety"]),
            InApp(
                "Please do not use your Ember stove",
                "The valve of some stoves can leak. Bring yours to any shop, or let us collect it. You \
                 get your money back at once.",
                "session_start",
            ),
            To(&[CAMPERS, APP_USERS]),
        ],
        story: &[Launch],
    },
    Example {
        name: "Recall: Ember stove valve, by email",
        content: &[
            Description("The same as in the app, for everyone who ever bought one."),
            Tags(&["recall", "stoves", "safety"]),
            Letter(
                SAFETY,
                "Important: do not use your Ember stove",
                "The valve of some Ember stoves can leak. Please do not use yours. Bring it to any shop or \
                 answer this mail, and we collect it.",
            ),
            To(&[CAMPERS]),
        ],
        story: &[
            Launch,
            SaveDraft(&[Letter(
                SAFETY,
                "Important: do not use your Ember stove",
                "The valve of Ember stoves with numbers from E100 to E460 can leak. Please do not use yours. \
                 Bring it to any shop or answer this mail, and we collect it.",
            )]),
            SaveDraft(&[Tags(&["recall", "stoves", "safety", "with-numbers"])]),
            LaunchDraft,
        ],
    },
    Example {
        name: "Return received",
        content: &[
            Description("The warehouse calls this when a return is on the table."),
            Tags(&["returns", "transactional"]),
            Letter(
                ORDERS,
                "We have your return",
                "It came back in one piece. {{ properties.refund }} are on their way to your account.",
            ),
            To(&[REGULARS, NEWCOMERS, FAMILIES]),
            Schedule(ApiTriggered, None, None),
        ],
        story: &[Launch],
    },
    Example {
        name: "Repair estimate",
        content: &[
            Description("For the new workshop. Goes live when the workshop's software can call it."),
            Tags(&["repairs", "transactional"]),
            Letter(
                WORKSHOP,
                "We can mend it: {{ properties.product }}",
                "It takes {{ properties.days }} days and costs {{ properties.price }}. Answer with yes, and we begin.",
            ),
            To(&[REGULARS, CLUB]),
            Schedule(ApiTriggered, Some(Day(35, 6)), None),
        ],
        story: &[Update(&[Tags(&["repairs", "workshop", "transactional"])])],
    },
    Example {
        name: "Invoices to accounting",
        content: &[
            Description("Accounting fetches them itself now."),
            Tags(&["orders", "integration", "last-season"]),
            Webhook(
                "accounting/invoices",
                "{\"order\": {{ properties.orderNumber | json }}}",
            ),
            To(&[REGULARS]),
            Schedule(ApiTriggered, Some(Day(-200, 0)), Some(Day(-20, 0))),
        ],
        story: &[Launch, Archive],
    },
    Example {
        name: "How to send something back",
        content: &[
            Description("Came back from the archive once, by mistake. The form it links to is gone."),
            Tags(&["returns", "last-season"]),
            Email(
                "Sending something back?",
                "Print the form, tape it to the parcel, and hand it in at any post office.",
            ),
            To(&[NEWCOMERS]),
        ],
        story: &[Launch, Stop, Archive, Unarchive, Archive],
    },
    Example {
        name: "Warranty registration",
        content: &[
            Description("Legal reads the text until the end of the month."),
            Tags(&["warranty"]),
            InApp(
                "Ten years instead of two",
                "Register {{ properties.product }} within a month of buying it, and we repair it for ten years.",
                "order_delivered",
            ),
            To(&[REGULARS, NEWCOMERS]),
            Schedule(AtTime, Some(Day(32, 8)), None),
        ],
        story: &[],
    },
    Example {
        name: "Back in stock",
        content: &[
            Description("For those who asked to be told."),
            Tags(&["stock"]),
            Email(
                "{{ properties.product }} is back, in your size",
                "You asked us to tell you. There are {{ properties.count }} of them.",
            ),
            To(&[REGULARS]),
            Schedule(ApiTriggered, None, None),
        ],
        story: &[Launch, SaveDraft(&[Tags(&["stock", "wish-list"])])],
    },
];
