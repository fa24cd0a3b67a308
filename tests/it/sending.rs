//! Campaigns that are really sent, and really stop.

mod calls;
mod ends;
mod servers;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;
use understudy_tests::receivers::Receiver;

use crate::harness::{World, channels, email, findings};

/// Longer than a sender takes to begin with something, if it does.
const A_WHILE: Duration = Duration::from_millis(1_500);

/// A campaign of webhooks to this receiver, with this in each body.
pub(crate) fn hooks(receiver: &Receiver, what: &str) -> Value {
    json!({ "name": "Hook", "message": { "webhook": {
        "url": receiver.url("/hook"),
        "body": format!("{what} {{{{ recipient.externalId }}}}"),
    } } })
}

/// The bodies that have arrived, which may be none twice.
fn bodies(hook: &Receiver) -> BTreeSet<String> {
    let received = hook.received();
    let bodies: BTreeSet<_> = received.iter().map(|(_, body)| body.clone()).collect();
    assert_eq!(bodies.len(), received.len(), "something has come twice");
    bodies
}

fn number(delivery: &Value, field: &str) -> usize {
    usize::try_from(delivery[field].as_u64().unwrap()).unwrap()
}

async fn analytics(world: &World, id: &str) -> Value {
    let query = "query ($id: ID!) { campaign(id: $id) { analytics { sent failed uniqueRecipients daily { sent } } } }";
    world.ask(query, json!({ "id": id })).await["campaign"]["analytics"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_in_a_segment_gets_a_launched_campaign_once() {
    let (mail, hook) = (Receiver::smtp(&[]).await, Receiver::http(&["200 OK"]).await);
    let world = World::new().await;
    world.people(1_200).await;
    let odd = world
        .segment_holding("recipient.attributes.number % 2 == 1")
        .await;
    let mut content = hooks(&hook, "to");
    content["segmentIds"] = json!([odd]);
    let by_hook = world.create(content).await.id();
    assert!(world.run("launchCampaign", &by_hook).await.changed());
    let by_mail = world.active(email("Letter")).await;
    let sending = world.sender(channels(Some(&mail)), None);
    let delivery = world.until_sent(&by_hook, 600).await;
    assert_eq!(delivery["sent"], 600, "{delivery}");
    let expected: BTreeSet<_> = (0..600)
        .map(|number| format!("to it-{}", number * 2 + 1))
        .collect();
    assert_eq!(bodies(&hook), expected);
    assert_eq!(world.until_sent(&by_mail, 1_200).await["sent"], 1_200);
    assert_eq!(mail.received().len(), 1_200);
    for (id, sent) in [(&by_hook, 600), (&by_mail, 1_200)] {
        let analytics = analytics(&world, id).await;
        assert_eq!(
            (&analytics["sent"], &analytics["uniqueRecipients"]),
            (&json!(sent), &json!(sent))
        );
    }
    // Whoever comes in later was not there when it was sent.
    world.recipient("late").await;
    sleep(A_WHILE).await;
    assert_eq!(world.delivery(&by_mail).await["planned"], 1_200);
    sending.stop().await;
    assert_eq!(findings(world.database.url()).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_leaves_once_a_campaign_is_stopped() {
    let hook = Receiver::http_after(Duration::from_millis(30), "200 OK").await;
    let world = World::new().await;
    world.people(400).await;
    let id = world.active(hooks(&hook, "to")).await;
    let sending = world.sender(channels(None), None);
    for (command, goes_on) in [
        ("stopCampaign", &["resumeCampaign"][..]),
        ("archiveCampaign", &["unarchiveCampaign", "resumeCampaign"]),
        ("stopCampaign", &["resumeCampaign"]),
    ] {
        let before = hook.received().len();
        while hook.received().len() < before + 50 {
            sleep(Duration::from_millis(1)).await;
        }
        assert!(world.run(command, &id).await.changed());
        let arrived = hook.received().len();
        let delivery = world.delivery(&id).await;
        assert_eq!(delivery["inFlight"], 0, "{delivery}");
        assert_eq!(number(&delivery, "sent"), arrived, "{delivery}");
        sleep(A_WHILE).await;
        assert_eq!(hook.received().len(), arrived, "{command}");
        for command in goes_on {
            assert!(world.run(command, &id).await.changed());
        }
    }
    let delivery = world.until_sent(&id, 400).await;
    assert_eq!(delivery["sent"], 400, "{delivery}");
    assert_eq!(bodies(&hook).len(), 400);
    sending.stop().await;
    assert_eq!(findings(world.database.url()).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_that_is_launched_in_mid_send_goes_to_those_who_have_not_got_it() {
    let hook = Receiver::http_after(Duration::from_millis(20), "200 OK").await;
    let world = World::new().await;
    world.people(300).await;
    let id = world.active(hooks(&hook, "old")).await;
    let draft = json!({ "message": hooks(&hook, "new")["message"] });
    assert!(world.save_draft(&id, draft).await.changed());
    let sending = world.sender(channels(None), None);
    while hook.received().len() < 100 {
        sleep(Duration::from_millis(1)).await;
    }
    assert!(world.run("launchDraft", &id).await.changed());
    let old = hook.received().len();
    assert_eq!(world.until_sent(&id, 300).await["sent"], 300);
    let received = hook.received();
    let bodies = bodies(&hook);
    let to: BTreeSet<_> = bodies
        .iter()
        .map(|body| body.split(' ').nth(1).unwrap())
        .collect();
    assert_eq!(to.len(), 300, "somebody has got both");
    let is_old = |(_, body): &(Vec<String>, String)| body.starts_with("old ");
    assert!(received.iter().any(is_old) && !received.iter().all(is_old));
    assert!(
        !received[old..].iter().any(is_old),
        "what is sent is the live content"
    );
    sending.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_is_killed_keeps_nobody_waiting_for_ever() {
    let hook = Receiver::http_after(Duration::from_mins(10), "200 OK").await;
    let world = World::new().await;
    world.people(20).await;
    let id = world.active(hooks(&hook, "to")).await;
    let sending = world.sender(channels(None), None);
    while hook.received().is_empty() {
        sleep(Duration::from_millis(1)).await;
    }
    assert_ne!(world.delivery(&id).await["inFlight"], 0);
    sending.kill().await;
    let stopped = world.run("stopCampaign", &id).await;
    assert!(stopped.changed(), "{stopped:?}");
    let delivery = world.delivery(&id).await;
    assert_eq!(delivery["inFlight"], 0, "{delivery}");
    assert_eq!(
        number(&delivery, "pending"),
        20,
        "they are sent again by their keys: {delivery}"
    );
    assert_eq!(findings(world.database.url()).await, [""; 0]);
}
