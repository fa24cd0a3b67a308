//! `expectedVersion`: of all who have seen the same version, one goes on from it.

use std::sync::Arc;

use serde_json::json;

use super::{Command, WRITERS, count, launched, outcome, race, with_draft};
use crate::harness::{Ask, World, audit, together};

/// One command of each kind that could go on from an active campaign with a draft.
fn conflicting(campaign: &str, version: i64, number: usize) -> Command {
    let command = match number % 6 {
        0 => Command::plain("stopCampaign", campaign),
        1 => Command::plain("archiveCampaign", campaign),
        2 => Command::plain("launchDraft", campaign),
        3 => Command::plain("discardDraft", campaign),
        _ => Command::edit(
            "saveDraft",
            campaign,
            json!({ "name": format!("Draft {number}") }),
        ),
    };
    command.expecting(version)
}

/// On one campaign, and then on another, since the first time may have been luck.
pub(super) async fn one_wins<A: Ask + Send + Sync + 'static>(on: &Arc<A>) {
    for round in 0..4 {
        let (id, version) = with_draft(&**on, &format!("Campaign {round}")).await;
        let commands = (0..WRITERS).map(|number| conflicting(&id, version, number + round));
        let outcomes = race(on, commands.collect()).await;
        assert_eq!(count(&outcomes, "CHANGED"), 1, "{outcomes:?}");
        assert_eq!(count(&outcomes, "VERSION_CONFLICT"), WRITERS - 1, "{outcomes:?}");
        let books = audit(&**on).await;
        assert_eq!(books.campaigns[&id]["version"], version + 1);
    }
}

/// Each reads a number in the name and writes the next one, and tries again when somebody else was faster.
pub(super) async fn nothing_is_lost<A: Ask + Send + Sync + 'static>(on: &Arc<A>, edit: &'static str) {
    const TURNS: usize = 3;
    let id = launched(&**on, "0").await;
    let count_up = |on: Arc<A>, id: String| async move {
        let query = "query ($id: ID!) { campaign(id: $id) { version name draft { name } } }";
        for _ in 0..TURNS {
            loop {
                let campaign = on.data(query, json!({ "id": id })).await["campaign"].take();
                let name = campaign["draft"]["name"].as_str().or(campaign["name"].as_str());
                let next = name.unwrap().parse::<usize>().unwrap() + 1;
                let content = json!({ "name": next.to_string() });
                let version = campaign["version"].as_i64().unwrap();
                let payload = Command::edit(edit, &id, content)
                    .expecting(version)
                    .send(&*on)
                    .await;
                match outcome(&payload) {
                    "CHANGED" => break,
                    other => assert_eq!(other, "VERSION_CONFLICT"),
                }
            }
        }
    };
    together((0..16).map(|_| count_up(Arc::clone(on), id.clone()))).await;
    let campaign = audit(&**on).await.campaigns[&id].clone();
    let name = campaign["draft"]["name"].as_str().or(campaign["name"].as_str());
    assert_eq!(name, Some((16 * TURNS).to_string().as_str()));
    assert_eq!(campaign["version"], 2 + 16 * TURNS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_conflicting_commands_wins() {
    one_wins(&Arc::new(World::new().await)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_wins_on_each_of_many_campaigns() {
    let world = Arc::new(World::new().await);
    let mut commands = vec![];
    for number in 0..16 {
        let (id, version) = with_draft(&*world, &format!("Campaign {number}")).await;
        commands.extend((0..4).map(|turn| conflicting(&id, version, number + turn)));
    }
    // Neighbours in the queue are about different campaigns.
    let queue: Vec<_> = (0..4)
        .flat_map(|turn| commands.iter().skip(turn).step_by(4).cloned())
        .collect();
    assert_eq!(queue.len(), WRITERS);
    let outcomes = race(&world, queue.clone()).await;
    for campaign in audit(&*world).await.campaigns.keys() {
        let of_campaign = queue
            .iter()
            .zip(&outcomes)
            .filter(|(command, _)| command.campaign == *campaign);
        let outcomes: Vec<_> = of_campaign.map(|(_, outcome)| outcome.clone()).collect();
        assert_eq!(count(&outcomes, "CHANGED"), 1, "{outcomes:?}");
        assert_eq!(count(&outcomes, "VERSION_CONFLICT"), 3, "{outcomes:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_first_draft_is_saved_once() {
    let world = Arc::new(World::new().await);
    let id = launched(&*world, "Campaign").await;
    let save = |number| {
        let content = json!({ "name": format!("Draft {number}") });
        Command::edit("saveDraft", &id, content).expecting(2)
    };
    let outcomes = race(&world, (0..WRITERS).map(save).collect()).await;
    assert_eq!(count(&outcomes, "CHANGED"), 1, "{outcomes:?}");
    assert_eq!(count(&outcomes, "VERSION_CONFLICT"), WRITERS - 1, "{outcomes:?}");
    // The draft is the winner's.
    let winner = outcomes.iter().position(|outcome| outcome == "CHANGED").unwrap();
    let books = audit(&*world).await;
    assert_eq!(books.campaigns[&id]["draft"]["name"], format!("Draft {winner}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn drafts_that_expect_nothing_follow_each_other() {
    let world = Arc::new(World::new().await);
    let id = launched(&*world, "Campaign").await;
    // Each adds to a field of its own, so that all of it must be there in the end.
    let save = |number: usize| {
        let field = ["name", "description"][number % 2];
        Command::edit("saveDraft", &id, json!({ field: format!("Draft {number}") }))
    };
    let outcomes = race(&world, (0..WRITERS).map(save).collect()).await;
    assert_eq!(count(&outcomes, "CHANGED"), WRITERS, "{outcomes:?}");
    let draft = world.campaign(&id).await["draft"].clone();
    assert!(draft["name"].as_str().unwrap().starts_with("Draft "), "{draft}");
    assert!(
        draft["description"].as_str().unwrap().starts_with("Draft "),
        "{draft}"
    );
    assert_eq!(audit(&*world).await.campaigns[&id]["version"], 2 + WRITERS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_change_is_lost() {
    let world = Arc::new(World::new().await);
    nothing_is_lost(&world, "updateCampaign").await;
    nothing_is_lost(&world, "saveDraft").await;
}
