//! A segment is archived while others are about to use it. Nobody may end up active for it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Command, created, launched, outcome};
use crate::harness::{Books, World, audit, email, together};

/// How many campaigns meet the segment's end.
const CAMPAIGNS: usize = 24;

/// Archives the segment while the commands run, somewhere among them; what became of each command, the campaigns
/// that were archived with it, and the books.
async fn archive_among(
    world: &Arc<World>,
    segment: &str,
    commands: Vec<Command>,
) -> (Vec<String>, Vec<String>, Books) {
    let archive = {
        let (world, segment) = (Arc::clone(world), segment.to_owned());
        async move { archive(&world, &segment).await }
    };
    let half = commands.len() / 2;
    let sent = commands.into_iter().map(|command| {
        let world = Arc::clone(world);
        async move { outcome(&command.send(&*world).await).to_owned() }
    });
    let mut sent: Vec<_> = sent.collect();
    let second = sent.split_off(half);
    let (first, archived, second) = tokio::join!(together(sent), archive, together(second));
    (
        first.into_iter().chain(second).collect(),
        archived,
        audit(&**world).await,
    )
}

/// Archives a segment; the campaigns that were archived with it.
async fn archive(world: &World, segment: &str) -> Vec<String> {
    let query = "mutation ($id: ID!) { payload: archiveSegment(id: $id) {
        changed archivedCampaigns { id } userErrors { code } } }";
    let payload = world.ask(query, json!({ "id": segment })).await["payload"].take();
    assert_eq!(outcome(&payload), "CHANGED");
    let ids = payload["archivedCampaigns"].as_array().unwrap().iter();
    ids.map(|campaign| campaign["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Campaigns that use the segment, unlaunched.
async fn users(world: &World, segment: &str) -> Vec<String> {
    let mut ids = vec![];
    for number in 0..CAMPAIGNS {
        ids.push(created(world, &format!("Campaign {number}"), &json!(segment)).await);
    }
    ids
}

/// Whether the campaign was brought down by the segment.
fn fell_with(books: &Books, id: &str, segment: &str) -> bool {
    let falls = |event: &&&Value| event["causedBySegment"]["id"] == segment && event["kind"] == "ARCHIVED";
    books.history(id).iter().filter(falls).count() == 1
}

/// Runs one command on all users of a segment while it is archived: all of them must be archived in the end, and only
/// what came before may have taken place.
async fn all_users_fall(prepare: &[&str], command: &'static str, kind: &str) {
    let world = Arc::new(World::new().await);
    let segment = world.segment("Some").await;
    let ids = users(&world, &segment).await;
    for (id, step) in ids
        .iter()
        .flat_map(|id| prepare.iter().map(move |step| (id, step)))
    {
        assert!(world.run(step, id).await.changed());
    }
    let commands = ids.iter().map(|id| Command::plain(command, id)).collect();
    let (outcomes, mut archived, books) = archive_among(&world, &segment, commands).await;
    archived.sort();
    let mut all = ids.clone();
    all.sort();
    assert_eq!(archived, all);
    for (id, outcome) in ids.iter().zip(&outcomes) {
        assert_eq!(books.campaigns[id]["status"], "ARCHIVED");
        assert!(fell_with(&books, id, &segment));
        let took_place = books
            .history(id)
            .iter()
            .filter(|event| event["kind"] == kind)
            .count();
        match outcome.as_str() {
            "CHANGED" => assert_eq!(took_place, 1),
            other => {
                assert_eq!((other, took_place), ("CAMPAIGN_ARCHIVED", 0));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn archiving_a_segment_meets_launches() {
    all_users_fall(&[], "launchCampaign", "LAUNCHED").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn archiving_a_segment_meets_resumes() {
    all_users_fall(&["launchCampaign", "stopCampaign"], "resumeCampaign", "RESUMED").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn archiving_a_segment_meets_drafts_that_add_it() {
    let world = Arc::new(World::new().await);
    let segment = world.segment("Some").await;
    let mut ids = vec![];
    for number in 0..CAMPAIGNS {
        ids.push(launched(&*world, &format!("Campaign {number}")).await);
    }
    let save = |id: &String| Command::edit("saveDraft", id, json!({ "segmentIds": [segment] }));
    let (outcomes, archived, books) = archive_among(&world, &segment, ids.iter().map(save).collect()).await;
    assert_eq!(archived, Vec::<String>::new(), "no live content uses it");
    for (id, outcome) in ids.iter().zip(&outcomes) {
        assert_eq!(books.campaigns[id]["status"], "ACTIVE");
        let draft = &books.campaigns[id]["draft"];
        match outcome.as_str() {
            "CHANGED" => {
                assert_eq!(draft["segments"], json!([{ "id": segment }]));
                assert_eq!(world.run("launchDraft", id).await.codes(), ["SEGMENT_ARCHIVED"]);
            }
            other => {
                assert_eq!(other, "SEGMENT_ARCHIVED");
                assert!(draft.is_null());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn archiving_a_segment_meets_drafts_that_are_launched_with_it() {
    let world = Arc::new(World::new().await);
    let segment = world.segment("Some").await;
    let mut ids = vec![];
    for number in 0..CAMPAIGNS {
        let id = launched(&*world, &format!("Campaign {number}")).await;
        world.save_draft(&id, json!({ "segmentIds": [segment] })).await;
        ids.push(id);
    }
    let launch = |id: &String| Command::plain("launchDraft", id);
    let (outcomes, archived, books) = archive_among(&world, &segment, ids.iter().map(launch).collect()).await;
    for (id, outcome) in ids.iter().zip(&outcomes) {
        let campaign = &books.campaigns[id];
        match outcome.as_str() {
            "CHANGED" => {
                assert_eq!(campaign["status"], "ARCHIVED");
                assert!(fell_with(&books, id, &segment) && archived.contains(id));
            }
            other => {
                assert_eq!(other, "SEGMENT_ARCHIVED");
                assert_eq!(campaign["status"], "ACTIVE");
                assert!(!campaign["draft"].is_null() && !archived.contains(id));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn archiving_a_segment_meets_campaigns_that_are_made_for_it() {
    let world = Arc::new(World::new().await);
    for _ in 0..4 {
        let segment = world.segment("Some").await;
        let create = |number: usize| {
            let (world, segment) = (Arc::clone(&world), segment.clone());
            async move {
                let mut content = email(&format!("Campaign {number}"));
                content["segmentIds"] = json!([segment]);
                world.create(content).await
            }
        };
        let (made, archived, more) = tokio::join!(
            together((0..8).map(create)),
            archive(&world, &segment),
            together((8..16).map(create)),
        );
        let mut born = vec![];
        for payload in made.iter().chain(&more) {
            if payload.changed() {
                born.push(payload.id());
            } else {
                assert_eq!(payload.codes(), ["SEGMENT_ARCHIVED"]);
            }
        }
        born.sort();
        let mut fallen = archived;
        fallen.sort();
        assert_eq!(
            fallen, born,
            "who was made before it fell with it, and nobody was made after it"
        );
        let books = audit(&*world).await;
        assert!(born.iter().all(|id| books.campaigns[id]["status"] == "ARCHIVED"));
    }
}
