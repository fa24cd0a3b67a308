//! What must hold in the end.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use tokio::time::timeout;

use super::figures::Figures;
use super::house::House;
use super::known::Facts;
use super::{SUBSCRIBERS, Stage};
use crate::harness::{Books, SET_TIME, Server};

/// What must come in the set time, once all servers are well and nobody writes any more.
pub(super) async fn in_time<T>(what: impl Future<Output = T>) -> T {
    timeout(SET_TIME, what)
        .await
        .expect("subscribers are not told of all there is")
}

/// Checks everything.
pub(super) async fn pronounce(stage: &Stage, books: &Books, figures: &Figures, house: House) {
    stage.told.check(&books.events);
    let told: u64 = figures.subscribers.iter().map(|trip| trip.events).sum();
    assert_eq!(told, SUBSCRIBERS * u64::try_from(books.events.len()).unwrap());
    stage.known.learn(|facts| {
        check_makings(facts, books);
        check_changes(facts, books);
    });
    check_order(house.any_server()).await;
    house.check();
    house.check_logs();
    let wait = figures.longest_wait();
    assert!(wait < SET_TIME, "somebody waited for {wait:?}");
}

/// Checks that the campaigns are those that clients have made: all that were acknowledged, and of those that nobody
/// knows about any.
fn check_makings(facts: &Facts, books: &Books) {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for campaign in books.campaigns.values() {
        *count.entry(campaign["name"].as_str().unwrap()).or_default() += 1;
    }
    for (name, times) in &facts.makings {
        let count = count.remove(name.as_str()).unwrap_or_default();
        let possible = times.surely..=times.surely + times.perhaps;
        assert!(possible.contains(&count), "{name}: {count} of {times:?}");
    }
    assert!(count.is_empty(), "nobody has made these: {count:?}");
}

/// Checks that each campaign has all events that were acknowledged, and of those that nobody knows about any, and no
/// others; and that nobody was shown a version that it does not have.
fn check_changes(facts: &Facts, books: &Books) {
    let mut logged: HashMap<(&str, &str), usize> = HashMap::new();
    let mut by_version: HashMap<(&str, i64), &str> = HashMap::new();
    for event in &books.events {
        let (id, kind) = (
            event["campaignId"].as_str().unwrap(),
            event["kind"].as_str().unwrap(),
        );
        *logged.entry((id, kind)).or_default() += 1;
        by_version.insert((id, event["version"].as_i64().unwrap()), kind);
    }
    for ((id, kind), times) in &facts.changes {
        let anywhere = facts.anywhere.get(kind).copied().unwrap_or_default();
        let count = logged.remove(&(id.as_str(), *kind)).unwrap_or_default();
        let possible = times.surely..=times.surely + times.perhaps + anywhere;
        assert!(
            possible.contains(&count),
            "{id}: {count} times {kind}, of {times:?} and {anywhere}"
        );
    }
    for ((id, kind), count) in logged {
        let possible = match kind {
            "CREATED" => 1,
            kind => facts.anywhere.get(kind).copied().unwrap_or_default(),
        };
        assert!(
            count <= possible,
            "{id}: {count} times {kind}, which nobody asked for"
        );
    }
    for (id, version, kind) in &facts.exact {
        assert_eq!(
            by_version.get(&(id.as_str(), *version)),
            Some(kind),
            "{id} at {version}"
        );
    }
    for (id, seen) in &facts.seen {
        assert!(
            by_version.contains_key(&(id.as_str(), seen.version)),
            "{id}: {seen:?}"
        );
    }
}

/// Checks that the in-app order is one: everybody in it has the position at which it stands.
async fn check_order(server: &Server) {
    // A campaign may have none, and a canvas always has one: fields of two types.
    let query = "query ($after: String) { page: inAppOrder(first: 100, after: $after) {
        nodes { ... on Campaign { inAppPriority { position } } ... on Canvas { always: inAppPriority { position } } }
        pageInfo { hasNextPage endCursor } } }";
    let (mut after, mut position) = (Value::Null, 0);
    loop {
        let page = server.ask(query, json!({ "after": after })).await["page"].take();
        for source in page["nodes"].as_array().unwrap() {
            position += 1;
            let priority = source.get("inAppPriority").unwrap_or(&source["always"]);
            assert_eq!(priority["position"], position);
        }
        if page["pageInfo"]["hasNextPage"] == false {
            return;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
