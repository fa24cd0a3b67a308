//! Input that no client should send: operations made up from the schema, and lists far beyond any use. There may be
//! errors, but none that the server is to blame for, and nothing half made.

mod generator;
mod large;

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::harness::introspection::Types;
use crate::harness::{List, World, email, in_app, webhook};
use generator::{Choices, Operation, operation};

/// The codes that an error may have. Errors of the document, or of its variables, have none.
const CODES: [&str; 2] = ["BAD_USER_INPUT", "NOT_FOUND"];

/// Asserts that what went wrong, if anything did, is the client's fault.
fn check_errors(response: &Value, context: &dyn Fn() -> String) {
    for error in response["errors"].as_array().into_iter().flatten() {
        let code = &error["extensions"]["code"];
        let is_known = code.as_str().map_or(code.is_null(), |code| CODES.contains(&code));
        assert!(is_known, "{}\n{error:#}", context());
    }
}

/// A world with something of every kind, and the ids of all of it.
async fn stage() -> (World, Vec<String>) {
    let world = World::new().await;
    let mut ids = vec![];
    for content in [
        email("Email"),
        in_app("In-app"),
        webhook("Webhook"),
        in_app("Other"),
    ] {
        let id = world.active(content).await;
        let draft = world
            .save_draft(&id, json!({ "name": "Draft", "tags": ["a"] }))
            .await;
        ids.push(draft.campaign()["draft"]["id"].as_str().unwrap().to_owned());
        ids.push(draft.campaign()["segments"][0]["id"].as_str().unwrap().to_owned());
        ids.push(id);
    }
    world.run("archiveCampaign", &ids[2]).await;
    world.run("discardDraft", &ids[5]).await;
    for level in ["HIGH", "LOW"] {
        ids.push(world.unlaunched(in_app(level)).await);
        ids.push(world.canvas("Canvas", level).await);
    }
    (world, ids)
}

/// Asserts that the log has no gap, and tells of each campaign's versions one by one up to the last.
async fn check_log(world: &World) {
    let events = world.events_after(0).await;
    let mut versions: HashMap<String, i64> = HashMap::new();
    for (sequence, event) in (1..).zip(&events) {
        assert_eq!(event["sequence"], sequence, "the log has a gap");
        let version = versions.entry(event["campaignId"].to_string()).or_default();
        *version += 1;
        assert_eq!(event["version"], *version, "{event}");
        assert_eq!(event["kind"] == "CREATED", *version == 1, "{event}");
    }
    let all = json!({ "status": ["UNLAUNCHED", "ACTIVE", "STOPPED", "ARCHIVED"] });
    let keys = List::campaigns(&all, &Value::Null).keys(world).await;
    assert_eq!(
        keys.len(),
        versions.len(),
        "a campaign without its creation, or the other way round"
    );
    for key in keys {
        let campaign = world.campaign(key.trim_matches('"')).await;
        assert_eq!(campaign["version"], versions[&key], "{campaign:#}");
        let told = events
            .iter()
            .rfind(|event| event["campaignId"] == campaign["id"])
            .unwrap();
        assert_eq!(told["statusAfter"], campaign["status"]);
    }
}

/// Runs made-up operations one after the other; how many of them were accepted as they were.
async fn run(bytes: &[u8]) -> usize {
    let (world, ids) = stage().await;
    let types = Types::of(&world).await;
    let mut choices = Choices::new(bytes);
    let mut accepted = 0;
    while !choices.is_empty() {
        let Operation {
            query,
            variables,
            is_query,
        } = operation(&types, &ids, &mut choices);
        let before = world.log_end().await;
        let response = world.execute(&query, variables.clone()).await;
        check_errors(&response, &|| format!("{query}\n{variables}"));
        if is_query {
            assert_eq!(
                world.log_end().await,
                before,
                "a query has changed something: {query}"
            );
        }
        accepted += usize::from(response.get("errors").is_none());
    }
    check_log(&world).await;
    accepted
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 32,
        failure_persistence: None,
        // Each takes a database of its own.
        max_shrink_iters: 64,
        ..ProptestConfig::default()
    })]

    #[test]
    fn made_up_operations_bring_no_panic_no_internal_error_and_no_half_made_change(
        bytes in proptest::collection::vec(any::<u8>(), 0..6_000)
    ) {
        block_on(run(&bytes));
    }
}

/// Texts in which signs of the index's language stand thick.
fn searches() -> impl Strategy<Value = Vec<String>> {
    let part = r#"["*():^+,.{}\\ -]{1,3}|NEAR|AND|OR|NOT|words|Email|\PC{1,4}| "#;
    let text = proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat());
    proptest::collection::vec(text, 60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_searched_for(searches in searches()) {
        block_on(async {
            let (world, _) = stage().await;
            for search in searches {
                world.searched(&search).await;
            }
        });
    }
}

/// The generator would be worth nothing if all that it makes were refused before it is run.
#[test]
fn many_made_up_operations_are_accepted() {
    let bytes: Vec<u8> = (0..20_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0])
        .collect();
    let accepted = block_on(run(&bytes));
    assert!(accepted > 20, "{accepted} operations");
}
