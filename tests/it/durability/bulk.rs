//! A command on many campaigns, killed in the middle.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Database, Dice, Server, World, audit, texts};

/// More than are written together.
const CAMPAIGNS: usize = 250;

const STOP: &str =
    "mutation ($ids: [ID!]!) { payload: stopCampaigns(selection: { ids: $ids }) { changedCount } }";
const RESUME: &str =
    "mutation ($ids: [ID!]!) { payload: resumeCampaigns(selection: { ids: $ids }) { changedCount } }";

/// How many campaigns are active, and how many stopped.
async fn counts(server: &Server) -> (Value, Value) {
    let query = "{ active: campaigns(filter: { status: [ACTIVE] }) { totalCount }
        stopped: campaigns(filter: { status: [STOPPED] }) { totalCount } }";
    let mut data = server.ask(query, json!({})).await;
    (
        data["active"]["totalCount"].take(),
        data["stopped"]["totalCount"].take(),
    )
}

/// Stops all campaigns, and kills the process while it is at it; whether that was acknowledged.
async fn stop_and_kill(database: &Database, ids: &[String], moment: Duration) -> bool {
    let server = Arc::new(Server::start(database));
    let request = tokio::spawn({
        let (server, ids) = (Arc::clone(&server), ids.to_vec());
        async move { server.try_execute(STOP, json!({ "ids": ids })).await }
    });
    tokio::time::sleep(moment).await;
    server.signal("KILL");
    let acknowledged = request.await.unwrap().is_ok();
    drop(Arc::into_inner(server).unwrap());
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn bulk_is_killed_as_a_whole() {
    // Made in this process, which is quicker; then the real one takes over.
    let world = World::new().await;
    let ids = world.crowd(CAMPAIGNS).await;
    let database = &world.database;
    world.app.clone().close().await;
    let (all, none) = (json!(CAMPAIGNS), json!(0));
    let (mut dice, mut stops) = (Dice::new(7), 0);
    for _ in 0..6 {
        // The command takes longer than most of these.
        let moment = Duration::from_millis(u64::try_from(dice.roll(60)).unwrap());
        let acknowledged = stop_and_kill(database, &ids, moment).await;

        let server = Server::start(database);
        let (active, stopped) = counts(&server).await;
        let nothing_happened = (&active, &stopped) == (&all, &none);
        assert!(
            nothing_happened || (&active, &stopped) == (&none, &all),
            "{active} are active and {stopped} stopped"
        );
        if nothing_happened {
            assert!(!acknowledged, "it was acknowledged, and is gone");
        } else {
            server.ask(RESUME, json!({ "ids": ids })).await;
            stops += 1;
        }
    }
    let books = audit(&Server::start(database)).await;
    let new = &books.events[2 * CAMPAIGNS..];
    assert_eq!(new.len(), 2 * stops * CAMPAIGNS);
    for one in new.chunks(CAMPAIGNS) {
        assert_eq!(
            texts(one, "campaignId"),
            ids,
            "in their order, and nothing in between"
        );
    }
}
