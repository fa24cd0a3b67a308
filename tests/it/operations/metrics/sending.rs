//! The figures of what is sent.

use std::time::Duration;

use serde_json::json;
use understudy_tests::receivers::Receiver;

use super::{Scrape, until};
use crate::harness::{Server, World};
use crate::sending::hooks;

const DELIVERIES: &str = "understudy_deliveries_total";

fn ended(outcome: &str) -> [(&str, &str); 2] {
    [("channel", "webhook"), ("outcome", outcome)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_and_what_is_not_is_counted_by_channel() {
    let world = World::new().await;
    let up = Receiver::http_after(Duration::from_millis(100), "200 OK").await;
    let closed = Receiver::http(&["404 Not Found"]).await;
    let down = Receiver::http(&["503 Service Unavailable"]).await;
    world.people(300).await;
    for receiver in [&closed, &down] {
        let segment = world.segment_holding("recipient.externalId == 'it-1'").await;
        let mut content = hooks(receiver, "to");
        content["segmentIds"] = json!([segment]);
        let id = world.create(content).await.id();
        assert!(world.run("launchCampaign", &id).await.changed());
    }
    let id = world.active(hooks(&up, "to")).await;
    let database = world.closed().await;
    let server = Server::start_with(&database, &["--allow-private-webhooks"]);
    until(&server, DELIVERIES, &ended("failed"), 1.0).await;
    while Scrape::of(&server).await.value(DELIVERIES, &ended("retried")) < Some(1.0) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    // Stopped in mid-send, it waits for what is in hand.
    let stop = "mutation ($id: ID!) { stopCampaign(id: $id) { changed } }";
    let resume = "mutation ($id: ID!) { resumeCampaign(id: $id) { changed } }";
    let flight = ("understudy_deliveries_in_flight", [("channel", "webhook")]);
    loop {
        while Scrape::of(&server).await.value(flight.0, &flight.1) == Some(0.0) {}
        server.ask(stop, json!({ "id": id })).await;
        let waits = Scrape::of(&server)
            .await
            .value("understudy_fence_wait_seconds_count", &[]);
        server.ask(resume, json!({ "id": id })).await;
        if waits >= Some(1.0) {
            break;
        }
    }
    until(&server, DELIVERIES, &ended("sent"), 300.0).await;
    let name = "understudy_delivery_attempt_duration_seconds_count";
    let attempts = Scrape::of(&server).await.value(name, &[("channel", "webhook")]);
    assert!(attempts >= Some(302.0), "{attempts:?}");
    until(&server, flight.0, &flight.1, 0.0).await;
}
