//! Campaigns that are sent by calls from outside.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::time::sleep;
use understudy_tests::receivers::Receiver;

use super::{A_WHILE, bodies, hooks};
use crate::harness::{World, channels, codes, findings};

const TRIGGER: &str = "mutation ($id: ID!, $recipients: [ID!]!, $properties: JSON, $key: String!) {
    triggerCampaign(id: $id, recipientIds: $recipients, properties: $properties, idempotencyKey: $key) {
        accepted duplicates userErrors { code message field } } }";

async fn call(world: &World, id: &str, recipients: &[&String], properties: Value, key: &str) -> Value {
    let variables = json!({ "id": id, "recipients": recipients, "properties": properties, "key": key });
    world.ask(TRIGGER, variables).await["triggerCampaign"].take()
}

fn outcome(payload: &Value) -> (i64, i64, Vec<&str>) {
    let number = |field| payload[field].as_i64().unwrap();
    (number("accepted"), number("duplicates"), codes(payload))
}

/// A launched campaign that is sent by calls, and says what they bring along.
async fn called(world: &World, hook: &Receiver) -> String {
    let mut content = hooks(hook, "{{ properties.order }} to");
    content["schedule"] = json!({ "kind": "API_TRIGGERED" });
    world.active(content).await
}

async fn people(world: &World) -> [String; 3] {
    [
        world.recipient("ada").await,
        world.recipient("eve").await,
        world.recipient("bob").await,
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_sends_to_whom_it_names_once_for_each_key() {
    let hook = Receiver::http(&["200 OK"]).await;
    let world = World::new().await;
    let [ada, eve, bob] = people(&world).await;
    let id = called(&world, &hook).await;
    let sending = world.sender(channels(None), None);
    let first = call(&world, &id, &[&ada, &eve, &ada], json!({ "order": 7 }), "k").await;
    assert_eq!(outcome(&first), (2, 1, vec![]));
    // Again after a lost answer, with others; what the first one brought along counts.
    let again = call(&world, &id, &[&ada, &eve, &bob], json!({ "order": 8 }), "k").await;
    assert_eq!(outcome(&again), (1, 2, vec![]));
    let other = call(&world, &id, &[&ada], json!({ "order": 9 }), "other").await;
    assert_eq!(outcome(&other), (1, 0, vec![]));
    assert_eq!(world.until_sent(&id, 4).await["sent"], 4);
    let expected = ["7 to ada", "7 to bob", "7 to eve", "9 to ada"];
    assert_eq!(bodies(&hook).into_iter().collect::<Vec<_>>(), expected);
    let unique = "query ($id: ID!) { campaign(id: $id) { analytics { sent uniqueRecipients } } }";
    let analytics = world.ask(unique, json!({ "id": id })).await["campaign"]["analytics"].take();
    assert_eq!(analytics, json!({ "sent": 4, "uniqueRecipients": 3 }));
    assert_eq!(findings(world.database.url()).await, [""; 0]);

    // Whoever is erased takes along what was said of them alone.
    let delete = "mutation ($id: ID!) { deleteRecipient(id: $id) { deletedId } }";
    for recipient in [&ada, &eve, &bob] {
        world.ask(delete, json!({ "id": recipient })).await;
    }
    let db = world.database.connect().await;
    let calls = sea_orm::ConnectionTrait::query_all_raw(
        &db,
        sea_orm::Statement::from_string(world.database.backend(), "SELECT id FROM calls"),
    );
    assert_eq!(calls.await.unwrap().len(), 0);
    db.close().await.unwrap();
    sending.stop().await;
}

#[tokio::test]
async fn calls_that_are_wrong_send_nothing() {
    let hook = Receiver::http(&["200 OK"]).await;
    let world = World::new().await;
    let [ada, eve, _] = people(&world).await;
    let id = called(&world, &hook).await;
    let nobody = format!("{}0000", &ada[..ada.len() - 4]);
    let payload = call(&world, &id, &[&nobody, &ada], json!(null), "k").await;
    assert_eq!(outcome(&payload), (1, 0, vec!["NOT_FOUND"]));
    assert_eq!(payload["userErrors"][0]["field"], json!(["recipientIds", "0"]));
    for (properties, key, field) in [
        (json!({}), "", "idempotencyKey"),
        (json!({}), "a\nb", "idempotencyKey"),
        (json!([1]), "k", "properties"),
        (json!({ "a": "x".repeat(20_000) }), "k", "properties"),
    ] {
        let payload = call(&world, &id, &[&eve], properties, key).await;
        assert_eq!(outcome(&payload), (0, 0, vec!["INVALID"]));
        assert_eq!(payload["userErrors"][0]["field"], json!([field]));
    }
    let many = vec![&eve; 1_001];
    assert_eq!(
        codes(&call(&world, &id, &many, json!({}), "k").await),
        ["TOO_MANY"]
    );
    assert_eq!(
        outcome(&call(&world, &id, &many[..1_000], json!({}), "k").await),
        (1, 999, vec![])
    );

    let mut content = hooks(&hook, "to");
    let otherwise = world.active(content.clone()).await;
    content["schedule"] = json!({ "kind": "API_TRIGGERED" });
    let unlaunched = world.unlaunched(content.clone()).await;
    let over = understudy_app::Clock.now() - TimeDelta::seconds(1);
    content["schedule"] = json!({ "kind": "API_TRIGGERED", "endAt": over });
    let over = world.active(content.clone()).await;
    let archived = called(&world, &hook).await;
    assert!(world.run("archiveCampaign", &archived).await.changed());
    for (id, code) in [
        (&otherwise, "INVALID"),
        (&unlaunched, "NOT_LAUNCHED"),
        (&over, "INVALID"),
        (&archived, "CAMPAIGN_ARCHIVED"),
    ] {
        let payload = call(&world, id, &[&eve], json!({}), "k").await;
        assert_eq!(outcome(&payload), (0, 0, vec![code]), "{payload}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_called_while_it_is_stopped_is_skipped_or_sent() {
    let hook = Receiver::http(&["200 OK"]).await;
    let world = World::new().await;
    let [ada, ..] = people(&world).await;
    let id = called(&world, &hook).await;
    let sending = world.sender(channels(None), None);
    let resume = "mutation ($id: ID!, $missed: MissedPolicy!) { resumeCampaign(id: $id, missed: $missed) { changed } }";
    for (key, missed) in [("skipped", "SKIP"), ("sent", "SEND")] {
        assert!(world.run("stopCampaign", &id).await.changed());
        let payload = call(&world, &id, &[&ada], json!({ "order": key }), key).await;
        assert_eq!(outcome(&payload), (1, 0, vec![]));
        sleep(A_WHILE).await;
        world.ask(resume, json!({ "id": id, "missed": missed })).await;
    }
    let delivery = world.until_sent(&id, 2).await;
    assert_eq!((&delivery["sent"], &delivery["canceled"]), (&json!(1), &json!(1)));
    assert_eq!(bodies(&hook).into_iter().collect::<Vec<_>>(), ["sent to ada"]);
    sending.stop().await;
    assert_eq!(findings(world.database.url()).await, [""; 0]);
}
