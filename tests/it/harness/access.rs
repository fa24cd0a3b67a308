//! Tokens, made as an operator makes them.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Database, run};

/// How many tokens have been made, so that no two have one name.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// What a command says that must succeed.
pub(crate) fn told(arguments: &[&str]) -> String {
    let (told, complaint, status) = run(arguments);
    assert!(status.success(), "{arguments:?}: {complaint}");
    told.trim().to_owned()
}

/// Makes a token of the default workspace; its secret.
pub(crate) fn token(database: &Database, role: &str) -> String {
    token_of(database, "default", role, &[])
}

/// Makes a token of a workspace; its secret.
pub(crate) fn token_of(database: &Database, workspace: &str, role: &str, options: &[&str]) -> String {
    let name = format!("{role} {}", MADE.fetch_add(1, Ordering::Relaxed));
    let create = ["token", "--database", database.url(), "create", "--name", &name];
    let whose = ["--workspace", workspace, "--role", role];
    told(&[&create[..], &whose, options].concat())
}

/// Makes a workspace; its id.
pub(crate) fn workspace(database: &Database, name: &str) -> String {
    told(&["workspace", "--database", database.url(), "create", name])
}

/// The ids of the default workspace's tokens, the oldest first.
pub(crate) fn token_ids(database: &Database) -> Vec<String> {
    let listed = told(&["token", "--database", database.url(), "list"]);
    let ids = listed
        .lines()
        .map(|line| line.split('\t').next().unwrap().to_owned());
    ids.collect()
}

/// Revokes a token.
pub(crate) fn revoke(database: &Database, id: &str) {
    told(&["token", "--database", database.url(), "revoke", id]);
}
