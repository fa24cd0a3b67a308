//! Everything that ends the sending of a campaign, or of a part of it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::time::sleep;
use understudy_tests::receivers::Receiver;

use super::{A_WHILE, bodies, hooks, number};
use crate::harness::{World, channels, email, findings};

/// A receiver that takes its time, and a world of so many people whom a sender sends to.
async fn slow(people: usize) -> (Receiver, World) {
    let hook = Receiver::http_after(Duration::from_millis(30), "200 OK").await;
    let world = World::new().await;
    world.people(people).await;
    (hook, world)
}

async fn until_received(receiver: &Receiver, number: usize) {
    while receiver.received().len() < number {
        sleep(Duration::from_millis(1)).await;
    }
}

fn now() -> DateTime<Utc> {
    understudy_app::Clock.now()
}

/// That what was planned is accounted for, nothing is in hand, and nothing arrives any more.
async fn assert_over(world: &World, campaigns: &[String], receiver: &Receiver) {
    let arrived = receiver.received().len();
    let mut sent = 0;
    for id in campaigns {
        let delivery = world.delivery(id).await;
        assert_eq!(delivery["inFlight"], 0, "{delivery}");
        let ended = ["pending", "sent", "failed", "canceled"].map(|field| number(&delivery, field));
        assert_eq!(
            ended.iter().sum::<usize>(),
            number(&delivery, "planned"),
            "{delivery}"
        );
        sent += number(&delivery, "sent");
    }
    assert_eq!(sent, arrived);
    sleep(A_WHILE).await;
    assert_eq!(receiver.received().len(), arrived);
    assert_eq!(findings(world.database.url()).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_archiving_and_a_cascade_are_fenced_too() {
    for by_segment in [false, true] {
        let (hook, world) = slow(100).await;
        let segment = world.segment("Everyone").await;
        let mut campaigns = vec![];
        for name in ["a", "b", "c"] {
            let mut content = hooks(&hook, name);
            content["segmentIds"] = json!([segment]);
            let id = world.create(content).await.id();
            assert!(world.run("launchCampaign", &id).await.changed());
            campaigns.push(id);
        }
        let sending = world.sender(channels(None), None);
        until_received(&hook, 60).await;
        if by_segment {
            let archived = world.archive_segment(&segment, false).await["archivedCampaigns"].take();
            assert_eq!(archived.as_array().unwrap().len(), 3);
        } else {
            let query = "mutation ($ids: [ID!]!) { archiveCampaigns(selection: { ids: $ids }) { userErrors { code } } }";
            world.ask(query, json!({ "ids": campaigns })).await;
        }
        assert_over(&world, &campaigns, &hook).await;
        bodies(&hook);
        sending.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_goes_to_whoever_was_erased() {
    let (hook, world) = slow(60).await;
    let id = world.active(hooks(&hook, "to")).await;
    let find = "query ($name: String!) { recipient(externalId: $name) { id } }";
    let delete = "mutation ($id: ID!) { deleteRecipient(id: $id) { deletedId userErrors { code } } }";
    let mut recipients = vec![];
    for number in 0..60 {
        let name = format!("it-{number}");
        let found = world.ask(find, json!({ "name": name })).await;
        recipients.push((name, found["recipient"]["id"].as_str().unwrap().to_owned()));
    }
    let sending = world.sender(channels(None), Some(40));
    until_received(&hook, 10).await;
    // The last ones first: they are still to get it.
    for (name, recipient) in recipients.iter().rev() {
        world.ask(delete, json!({ "id": recipient })).await;
        let theirs = |receiver: &Receiver| bodies(receiver).contains(&format!("to {name}"));
        let had_got_it = theirs(&hook);
        sleep(Duration::from_millis(20)).await;
        assert_eq!(theirs(&hook), had_got_it, "{name}");
    }
    let delivery = world.until_sent(&id, 60).await;
    assert_eq!(
        number(&delivery, "sent") + number(&delivery, "canceled"),
        60,
        "{delivery}"
    );
    assert_ne!(delivery["canceled"], 0, "{delivery}");
    assert_over(&world, &[id], &hook).await;
    sending.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schedule_that_is_over_ends_it() {
    let (hook, world) = slow(300).await;
    let mut content = hooks(&hook, "to");
    content["schedule"] = json!({ "kind": "ON_LAUNCH", "endAt": now() + TimeDelta::seconds(2) });
    let id = world.active(content).await;
    let sending = world.sender(channels(None), Some(50));
    let delivery = world.until_sent(&id, 300).await;
    assert_ne!(delivery["sent"], 0, "{delivery}");
    assert_eq!(
        number(&delivery, "sent") + number(&delivery, "canceled"),
        300,
        "{delivery}"
    );
    assert_over(&world, &[id], &hook).await;
    sending.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_due_while_it_was_stopped_is_skipped_or_sent() {
    let (hook, world) = slow(5).await;
    let resume = "mutation ($id: ID!, $missed: MissedPolicy!) {
        resumeCampaign(id: $id, missed: $missed) { campaign { status } } }";
    let many = "mutation ($id: ID!, $missed: MissedPolicy!) {
        resumeCampaigns(selection: { ids: [$id] }, missed: $missed) { results { outcome } } }";
    let sending = world.sender(channels(None), None);
    for (query, missed, planned) in [
        (resume, "SKIP", 0),
        (resume, "SEND", 5),
        (many, "SKIP", 0),
        (many, "SEND", 5),
    ] {
        let mut content = hooks(&hook, &format!("{missed} {}", query.len()));
        let start = now() + TimeDelta::seconds(2);
        content["schedule"] = json!({ "kind": "AT_TIME", "startAt": start });
        let id = world.active(content).await;
        assert!(world.run("stopCampaign", &id).await.changed());
        while now() <= start {
            sleep(Duration::from_millis(20)).await;
        }
        world.ask(query, json!({ "id": id, "missed": missed })).await;
        if planned > 0 {
            assert_eq!(world.until_sent(&id, planned).await["sent"], planned);
        }
        sleep(A_WHILE).await;
        assert_eq!(world.delivery(&id).await["planned"], planned, "{missed}");
    }
    assert_eq!(bodies(&hook).len(), 10);
    sending.stop().await;
    assert_eq!(findings(world.database.url()).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_is_down_keeps_no_other_campaign_waiting_and_is_tried_again() {
    let (down, mail) = (
        Receiver::http(&["503 Service Unavailable"; 40]).await,
        Receiver::smtp(&[]).await,
    );
    let world = World::new().await;
    world.people(8).await;
    world.recipient("nowhere").await;
    let id = world.active(hooks(&down, "to")).await;
    let letter = world.active(email("Letter")).await;
    let sending = world.sender(channels(Some(&mail)), None);
    let delivery = world.until_sent(&letter, 9).await;
    assert_eq!(
        (&delivery["sent"], &delivery["failed"]),
        (&json!(8), &json!(1)),
        "one has no address: {delivery}"
    );
    let failures = "query ($id: ID!) { campaign(id: $id) { failures { totalCount nodes {
        key reason attempts failedAt recipient { externalId } } } } }";
    let failures = world.ask(failures, json!({ "id": letter })).await["campaign"]["failures"].take();
    assert_eq!(failures["totalCount"], 1);
    let failure = &failures["nodes"][0];
    assert_eq!(failure["recipient"]["externalId"], "nowhere");
    assert_eq!(failure["reason"], "the recipient has no email address");
    let unsent: Value = world.delivery(&id).await;
    assert_eq!(unsent["sent"], 0);
    until_received(&down, 18).await;
    let keys = |lines: &[String]| {
        let key = lines
            .iter()
            .find(|line| line.to_lowercase().starts_with("idempotency-key:"));
        key.unwrap().clone()
    };
    let received = down.received();
    let distinct: std::collections::BTreeSet<_> = received.iter().map(|(lines, _)| keys(lines)).collect();
    assert_eq!(distinct.len(), 9, "the same message has the same key");
    assert!(world.run("stopCampaign", &id).await.changed());
    let delivery = world.delivery(&id).await;
    assert_eq!(
        (&delivery["pending"], &delivery["sent"]),
        (&json!(9), &json!(0)),
        "{delivery}"
    );
    sending.stop().await;
    assert_eq!(findings(world.database.url()).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_senders_send_each_message_once() {
    let hook = Receiver::http_after(Duration::from_millis(5), "200 OK").await;
    let world = World::new().await;
    world.people(600).await;
    let id = world.active(hooks(&hook, "to")).await;
    let senders: Vec<_> = (0..3).map(|_| world.sender(channels(None), None)).collect();
    until_received(&hook, 100).await;
    assert!(world.run("stopCampaign", &id).await.changed());
    assert_over(&world, std::slice::from_ref(&id), &hook).await;
    assert!(world.run("resumeCampaign", &id).await.changed());
    assert_eq!(world.until_sent(&id, 600).await["sent"], 600);
    assert_eq!(bodies(&hook).len(), 600);
    for sender in senders {
        sender.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_put_into_the_segments_later_gets_it_and_nobody_twice() {
    let (hook, world) = slow(20).await;
    let [few, all] = [
        "recipient.attributes.number < 5",
        "recipient.attributes.number < 50",
    ];
    let (few, all) = (world.segment_holding(few).await, world.segment_holding(all).await);
    let mut content = hooks(&hook, "to");
    content["segmentIds"] = json!([few]);
    let id = world.create(content).await.id();
    assert!(world.run("launchCampaign", &id).await.changed());
    let sending = world.sender(channels(None), None);
    assert_eq!(world.until_sent(&id, 5).await["sent"], 5);
    assert!(
        world
            .save_draft(&id, json!({ "segmentIds": [all] }))
            .await
            .changed()
    );
    assert!(world.run("launchDraft", &id).await.changed());
    assert_eq!(world.until_sent(&id, 20).await["sent"], 20);
    assert_eq!(bodies(&hook).len(), 20);
    sending.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schedule_that_is_made_longer_sends_what_it_had_ended() {
    let (hook, world) = slow(50).await;
    let mut content = hooks(&hook, "to");
    content["schedule"] = json!({ "kind": "ON_LAUNCH", "endAt": now() + TimeDelta::seconds(2) });
    let id = world.active(content).await;
    let sending = world.sender(channels(None), Some(10));
    let delivery = world.until_sent(&id, 50).await;
    assert_ne!(delivery["canceled"], 0, "{delivery}");
    sending.stop().await;
    let endless = json!({ "schedule": { "kind": "ON_LAUNCH", "endAt": null } });
    assert!(world.update(&id, endless).await.changed());
    let sending = world.sender(channels(None), None);
    while world.delivery(&id).await["sent"] != 50 {
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(bodies(&hook).len(), 50);
    sending.stop().await;
    assert_eq!(findings(world.database.url()).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_becomes_a_message_inside_the_app_is_not_sent_any_more() {
    let (hook, world) = slow(50).await;
    let id = world.active(hooks(&hook, "to")).await;
    let sending = world.sender(channels(None), Some(10));
    until_received(&hook, 5).await;
    let message =
        json!({ "message": { "inApp": { "title": "Hello", "body": "Hello", "trigger": "app_opened" } } });
    assert!(world.update(&id, message).await.changed());
    let delivery = world.until_sent(&id, 50).await;
    assert_eq!(
        number(&delivery, "sent") + number(&delivery, "canceled"),
        50,
        "{delivery}"
    );
    assert_over(&world, &[id], &hook).await;
    sending.stop().await;
}
