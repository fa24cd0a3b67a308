//! Who buys there: people who do not exist, each with what the filters of the segments ask for.

use serde_json::json;
use understudy_domain::RecipientPatch;
use understudy_domain::text::Patched;

const FIRST_NAMES: [&str; 20] = [
    "Ada", "Björn", "Chiara", "Dev", "Elif", "Femi", "Grace", "Hugo", "Ines", "Jun", "Kofi", "Lena", "Mateo",
    "Noor", "Olga", "Pia", "Quinn", "Rosa", "Sven", "Tomoko",
];

const LAST_NAMES: [&str; 12] = [
    "Alm", "Brandt", "Costa", "Demir", "Evans", "Fischer", "Gupta", "Haddad", "Ito", "Jansen", "Kovac",
    "Laurent",
];

const NEAREST_TRAILS: [&str; 4] = ["Ridge path", "Two lakes", "Old mule track", "Glacier view"];

/// One for each first name with each last name.
pub(super) const PEOPLE: usize = FIRST_NAMES.len() * LAST_NAMES.len();

/// All of them. Numbers that are prime to each other see to it that every mixture occurs.
pub(super) fn people() -> Vec<RecipientPatch> {
    (0..PEOPLE).map(person).collect()
}

fn person(number: usize) -> RecipientPatch {
    let (first, last) = (
        FIRST_NAMES[number % FIRST_NAMES.len()],
        LAST_NAMES[number / FIRST_NAMES.len()],
    );
    let interests: Vec<&str> = [("camping", 2), ("climbing", 5), ("paddling", 7)]
        .into_iter()
        .filter_map(|(interest, every)| number.is_multiple_of(every).then_some(interest))
        .collect();
    let attributes = json!({
        "firstName": first,
        "lastName": last,
        "postalAddress": format!("{} Hut Lane, Cairnfell", number + 1),
        "nearestTrails": NEAREST_TRAILS[number % NEAREST_TRAILS.len()],
        "lastRoute": NEAREST_TRAILS[number % 7 % NEAREST_TRAILS.len()],
        "voucherCode": format!("HUT-{:04}", number * 37 % 10_000),
        "kilometres": number * 17 % 800,
        "metres": number * 311 % 30_000,
        "interests": interests,
        "orders": number % 9,
        "childrenOrders": number % 4,
        "trailClub": number.is_multiple_of(6),
        "winterTest": number.is_multiple_of(11),
        "daysSinceFirstVisit": number * 13 % 900,
        "daysSinceSeen": number * 7 % 300,
        "daysSinceApp": number * 3 % 100,
    });
    // Not everybody says where mail reaches them.
    let email = if number % 10 == 9 {
        Patched::Keep
    } else {
        Patched::Set(format!("customer{number}@example.com"))
    };
    RecipientPatch {
        external_id: format!("customer-{number}"),
        email,
        attributes: Patched::Set(attributes),
    }
}
