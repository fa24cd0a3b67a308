//! Two commands that meet, many times over. Whoever is first, both answers must make sense.

use std::sync::Arc;

use serde_json::json;

use super::{Command, created, launched, race, with_draft};
use crate::harness::{Books, World, audit};

/// How often they meet.
const MEETINGS: usize = 32;

/// Sends two commands to each campaign at once, in turns one or the other first; what became of each pair, in the
/// order of `campaigns`, and the books afterwards.
async fn meet(
    world: &Arc<World>,
    campaigns: &[(String, Option<i64>)],
    pair: [&dyn Fn(&str) -> Command; 2],
) -> (Vec<[String; 2]>, Books) {
    let mut commands = vec![];
    for (number, (id, version)) in campaigns.iter().enumerate() {
        let mut both = pair.map(|make| Command {
            expected_version: *version,
            ..make(id)
        });
        both.rotate_left(number % 2);
        commands.extend(both);
    }
    let outcomes = race(world, commands).await;
    let pairs = outcomes.chunks(2).enumerate().map(|(number, outcomes)| {
        let mut both = [outcomes[0].clone(), outcomes[1].clone()];
        both.rotate_left(number % 2);
        both
    });
    (pairs.collect(), audit(&**world).await)
}

/// The kinds of a campaign's events after the first `skipped`.
fn kinds<'b>(books: &'b Books, id: &str, skipped: usize) -> Vec<&'b str> {
    let events = books.history(id).into_iter().skip(skipped);
    events.map(|event| event["kind"].as_str().unwrap()).collect()
}

async fn ready_to_launch(world: &World, version: Option<i64>) -> Vec<(String, Option<i64>)> {
    let segment = json!(world.segment("Everyone").await);
    let mut campaigns = vec![];
    for number in 0..MEETINGS {
        campaigns.push((
            created(world, &format!("Campaign {number}"), &segment).await,
            version,
        ));
    }
    campaigns
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn launch_meets_archive() {
    let world = Arc::new(World::new().await);
    let launch = |id: &str| Command::plain("launchCampaign", id);
    let archive = |id: &str| Command::plain("archiveCampaign", id);
    let campaigns = ready_to_launch(&world, None).await;
    let (pairs, books) = meet(&world, &campaigns, [&launch, &archive]).await;
    for ((id, _), [launched, archived]) in campaigns.iter().zip(&pairs) {
        assert_eq!(archived, "CHANGED");
        assert_eq!(books.campaigns[id]["status"], "ARCHIVED");
        match launched.as_str() {
            "CHANGED" => assert_eq!(kinds(&books, id, 1), ["LAUNCHED", "ARCHIVED"]),
            other => {
                assert_eq!(other, "CAMPAIGN_ARCHIVED");
                assert_eq!(kinds(&books, id, 1), ["ARCHIVED"]);
            }
        }
    }

    let campaigns = ready_to_launch(&world, Some(1)).await;
    let (pairs, books) = meet(&world, &campaigns, [&launch, &archive]).await;
    for ((id, _), pair) in campaigns.iter().zip(&pairs) {
        let status = match pair.each_ref().map(String::as_str) {
            ["CHANGED", "VERSION_CONFLICT"] => "ACTIVE",
            ["VERSION_CONFLICT", "CHANGED"] => "ARCHIVED",
            other => panic!("not one of two: {other:?}"),
        };
        assert_eq!(books.campaigns[id]["status"], status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn stop_meets_launch_draft() {
    let world = Arc::new(World::new().await);
    let stop = |id: &str| Command::plain("stopCampaign", id);
    let launch = |id: &str| Command::plain("launchDraft", id);
    let (mut free, mut bound) = (vec![], vec![]);
    for number in 0..MEETINGS {
        free.push((with_draft(&*world, &format!("Free {number}")).await.0, None));
        let (id, version) = with_draft(&*world, &format!("Bound {number}")).await;
        bound.push((id, Some(version)));
    }
    let (pairs, books) = meet(&world, &free, [&stop, &launch]).await;
    for ((id, _), pair) in free.iter().zip(&pairs) {
        assert_eq!(pair.each_ref().map(String::as_str), ["CHANGED", "CHANGED"]);
        assert_eq!(
            books.campaigns[id]["status"], "STOPPED",
            "launching a draft resumes nothing"
        );
        assert!(books.campaigns[id]["draft"].is_null());
    }
    let (pairs, books) = meet(&world, &bound, [&stop, &launch]).await;
    for ((id, _), pair) in bound.iter().zip(&pairs) {
        let campaign = &books.campaigns[id];
        match pair.each_ref().map(String::as_str) {
            ["CHANGED", "VERSION_CONFLICT"] => {
                assert_eq!(campaign["status"], "STOPPED");
                assert!(!campaign["draft"].is_null());
            }
            ["VERSION_CONFLICT", "CHANGED"] => {
                assert_eq!(campaign["status"], "ACTIVE");
                assert!(campaign["draft"].is_null());
            }
            other => panic!("not one of two: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn launch_draft_meets_discard_draft() {
    let world = Arc::new(World::new().await);
    let launch = |id: &str| Command::plain("launchDraft", id);
    let discard = |id: &str| Command::plain("discardDraft", id);
    let mut campaigns = vec![];
    for number in 0..MEETINGS {
        campaigns.push((with_draft(&*world, &format!("Campaign {number}")).await.0, None));
    }
    let (pairs, books) = meet(&world, &campaigns, [&launch, &discard]).await;
    for ((id, _), pair) in campaigns.iter().zip(&pairs) {
        let description = world.campaign(id).await["description"].take();
        match pair.each_ref().map(String::as_str) {
            ["CHANGED", "NO_DRAFT"] => assert_eq!(description, "To come"),
            ["NO_DRAFT", "CHANGED"] => assert_eq!(description, ""),
            other => panic!("not one of two: {other:?}"),
        }
        assert_eq!(kinds(&books, id, 3).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn update_meets_save_draft() {
    let world = Arc::new(World::new().await);
    let update = |id: &str| Command::edit("updateCampaign", id, json!({ "name": "Live" }));
    let save = |id: &str| Command::edit("saveDraft", id, json!({ "description": "Draft" }));
    let mut campaigns = vec![];
    for number in 0..MEETINGS {
        campaigns.push((launched(&*world, &format!("Campaign {number}")).await, None));
    }
    let (pairs, books) = meet(&world, &campaigns, [&update, &save]).await;
    for ((id, _), pair) in campaigns.iter().zip(&pairs) {
        let draft = &books.campaigns[id]["draft"]["name"];
        match pair.each_ref().map(String::as_str) {
            // The draft was taken from the new name.
            ["CHANGED", "CHANGED"] => assert_eq!(draft, "Live"),
            ["DRAFT_EXISTS", "CHANGED"] => assert_ne!(draft, "Live"),
            other => panic!("the live content was changed beside a draft: {other:?}"),
        }
    }
}
