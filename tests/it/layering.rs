//! The arrows between the rooms point one way.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// The rooms that each room may name. A new room or arrow is entered here, and argued for in ARCHITECTURE.md.
const ARROWS: [(&str, &[&str]); 10] = [
    ("understudy-domain", &[]),
    ("understudy-migrations", &[]),
    (
        "understudy-persistence",
        &["understudy-domain", "understudy-migrations"],
    ),
    // Its channels know no database; its sender plans, takes in hand and notes what became of it.
    (
        "understudy-delivery",
        &["understudy-domain", "understudy-persistence"],
    ),
    (
        "understudy-app",
        &[
            "understudy-delivery",
            "understudy-domain",
            "understudy-persistence",
        ],
    ),
    ("understudy-api", &["understudy-app", "understudy-domain"]),
    (
        "understudy-server",
        &[
            "understudy-api",
            "understudy-app",
            "understudy-delivery",
            "understudy-domain",
            "understudy-persistence",
            "understudy-transport",
        ],
    ),
    // It could carry any schema, so it knows none.
    ("understudy-transport", &[]),
    // What tests need of the machine. The stories themselves may name any room: theirs are dependencies of a test.
    ("understudy-tests", &[]),
    ("understudy-xtask", &["understudy-tests"]),
];

/// The libraries that belong to one kind of work, and the only rooms that may name them.
const LIBRARIES: [(&str, &[&str]); 13] = [
    ("cel", &["understudy-domain"]),
    ("liquid-core", &["understudy-domain"]),
    ("liquid-lib", &["understudy-domain"]),
    ("lettre", &["understudy-delivery"]),
    ("reqwest", &["understudy-delivery"]),
    ("sea-orm", &["understudy-persistence"]),
    (
        "sea-orm-migration",
        &["understudy-migrations", "understudy-persistence"],
    ),
    (
        "async-graphql",
        &["understudy-api", "understudy-server", "understudy-transport"],
    ),
    ("actix-web", &["understudy-server", "understudy-transport"]),
    // Who asks for the figures, and what certificates are, is known where everything is put together.
    ("metrics-exporter-prometheus", &["understudy-server"]),
    ("rustls", &["understudy-delivery", "understudy-server"]),
    ("opentelemetry", &["understudy-server"]),
    (
        "tokio",
        &[
            "understudy-persistence",
            "understudy-app",
            "understudy-delivery",
            "understudy-server",
            "understudy-transport",
            // What the stories' receivers of email and webhooks run on.
            "understudy-tests",
        ],
    ),
];

/// What each workspace member depends on, tests aside.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let names = |member: &cargo_metadata::Package| {
        let normal = member
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development);
        normal.map(|dependency| dependency.name.clone()).collect()
    };
    let members = metadata.workspace_packages().into_iter();
    members
        .map(|member| (member.name.to_string(), names(member)))
        .collect()
}

#[test]
fn rooms_name_only_the_rooms_below_them() {
    let expected: BTreeMap<&str, BTreeSet<&str>> = ARROWS
        .iter()
        .map(|(room, below)| (*room, below.iter().copied().collect()))
        .collect();
    let found = dependencies();
    assert_eq!(
        found.keys().map(String::as_str).collect::<Vec<_>>(),
        expected.keys().copied().collect::<Vec<_>>(),
        "every member of the workspace has its place in the list of arrows"
    );
    for (room, named) in &found {
        for other in named.iter().filter(|name| name.starts_with("understudy-")) {
            assert!(
                expected[room.as_str()].contains(other.as_str()),
                "{room} must not name {other}"
            );
        }
    }
}

#[test]
fn libraries_stay_in_their_rooms() {
    for (room, named) in dependencies() {
        for (library, rooms) in LIBRARIES {
            assert!(
                !named.contains(library) || rooms.contains(&room.as_str()),
                "{room} must not name {library}"
            );
        }
    }
}
