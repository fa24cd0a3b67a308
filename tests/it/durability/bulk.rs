//! A command on many campaigns, killed in the middle.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::harness::{Dice, Server, World, audit, texts};

/// More than are written together.
const CAMPAIGNS: usize = 450;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn bulk_is_killed_as_a_whole() {
    // Made in this process, which is quicker; then the real one takes over.
    let world = World::new().await;
    let ids = world.crowd(CAMPAIGNS).await;
    let database = world.url.strip_prefix("sqlite://").unwrap().to_owned();
    world.app.clone().close().await;
    let mut dice = Dice::new(7);
    let mut events = 2 * CAMPAIGNS;
    for round in 0..6 {
        let server = Arc::new(Server::start(database.as_ref()));
        let command = ["stopCampaigns", "resumeCampaigns"][round % 2];
        let query = format!(
            "mutation ($ids: [ID!]) {{ payload: {command}(selection: {{ ids: $ids }}) {{ changedCount }} }}"
        );
        let request = tokio::spawn({
            let (server, ids) = (Arc::clone(&server), ids.clone());
            async move { server.try_execute(&query, json!({ "ids": ids })).await }
        });
        // The request takes longer than most of these.
        tokio::time::sleep(Duration::from_millis(u64::try_from(dice.roll(60)).unwrap())).await;
        server.signal("KILL");
        let acknowledged = request.await.unwrap().is_ok();
        drop(Arc::into_inner(server).unwrap());

        let server = Server::start(database.as_ref());
        let books = audit(&server).await;
        let new = &books.events[events..];
        assert!(
            new.is_empty() || new.len() == CAMPAIGNS,
            "{} of {CAMPAIGNS}",
            new.len()
        );
        assert!(!new.is_empty() || !acknowledged, "it was acknowledged");
        if !new.is_empty() {
            assert_eq!(texts(new, "campaignId"), ids, "in their order");
        }
        events = books.events.len();
        // All in one state, ready for the next round.
        let all = "mutation ($ids: [ID!]) { stopCampaigns(selection: { ids: $ids }) { refusedCount changedCount } }";
        let back = "mutation ($ids: [ID!]) { resumeCampaigns(selection: { ids: $ids }) { refusedCount changedCount } }";
        let query = if round % 2 == 0 { all } else { back };
        let data = server.ask(query, json!({ "ids": ids })).await;
        let payload = data.as_object().unwrap().values().next().unwrap();
        assert_eq!(payload["refusedCount"], 0);
        events += usize::try_from(payload["changedCount"].as_i64().unwrap()).unwrap();
    }
}
