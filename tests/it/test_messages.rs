//! Messages that are sent as tests: to the addresses that are named, and noted nowhere.

use serde_json::{Value, json};
use understudy_tests::receivers::Receiver;

use crate::harness::{World, channels, codes, email};

/// A world whose server hands emails over to this one, and lets webhooks go anywhere.
async fn world(mail: Option<&Receiver>) -> World {
    let mut world = World::new().await;
    world.send_by(channels(mail));
    world
}

async fn send(world: &World, content: &str, to: Value, recipient: Option<&str>) -> Value {
    let query = "mutation ($content: ID!, $to: [TestAddress!]!, $recipient: ID) {
        sendTestMessage(contentId: $content, to: $to, asRecipient: $recipient) {
            sent userErrors { code message field } } }";
    let variables = json!({ "content": content, "to": to, "recipient": recipient });
    world.ask(query, variables).await["sendTestMessage"].take()
}

#[tokio::test]
async fn a_campaign_and_its_draft_are_tried_without_a_trace() {
    let (mail, hooks) = (Receiver::smtp(&[]).await, Receiver::http(&["200 OK"]).await);
    let world = world(Some(&mail)).await;
    let ada = json!([{ "externalId": "ada", "attributes": { "name": "Ada" } }]);
    let ada = world.upsert(ada).await["recipients"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let live = json!({ "name": "It", "message": { "email": {
        "subject": "Hi {{ recipient.attributes.name | default: 'you' }}", "body": "<p>Now</p>" } } });
    let campaign = world.active(live).await;
    let draft = json!({ "message": { "webhook": {
        "url": "https://example.com/", "body": "{\"to\": {{ recipient.attributes.name | json }}}" } } });
    let draft = world.save_draft(&campaign, draft).await;
    let draft = draft.campaign()["draft"]["id"].as_str().unwrap().to_owned();
    let (before, end) = (world.campaign(&campaign).await, world.log_end().await);

    let to = json!([{ "email": "one@example.org" }, { "email": "two@example.org" }]);
    let payload = send(&world, &campaign, to, Some(&ada)).await;
    assert_eq!(payload, json!({ "sent": 2, "userErrors": [] }));
    let mut to: Vec<_> = mail
        .received()
        .iter()
        .map(|(lines, text)| {
            assert!(text.contains("Subject: Hi Ada\r\n"), "{text}");
            lines
                .iter()
                .find_map(|line| line.strip_prefix("RCPT TO:"))
                .unwrap()
                .to_owned()
        })
        .collect();
    to.sort();
    assert_eq!(to, ["<one@example.org>", "<two@example.org>"]);

    let payload = send(
        &world,
        &draft,
        json!([{ "webhookUrl": hooks.url("/test") }]),
        None,
    )
    .await;
    assert_eq!(payload, json!({ "sent": 1, "userErrors": [] }));
    let (lines, body) = hooks.received().remove(0);
    assert_eq!(
        (lines[0].as_str(), body.as_str()),
        ("POST /test HTTP/1.1", "{\"to\": null}")
    );

    assert_eq!(world.campaign(&campaign).await, before);
    assert_eq!(world.log_end().await, end);
}

#[tokio::test]
async fn what_is_not_delivered_is_told_address_by_address() {
    let mail = Receiver::smtp(&[("RCPT TO:<two@", "550 nobody of that name")]).await;
    let world = world(Some(&mail)).await;
    let campaign = world.create(email("It")).await.id();
    let to = json!([{ "email": "one@example.org" }, { "email": "two@example.org" }, { "email": "three@example.org" }]);
    let payload = send(&world, &campaign, to, None).await;
    assert_eq!(
        payload,
        json!({ "sent": 2, "userErrors": [{
            "code": "NOT_DELIVERED",
            "message": "The message was not delivered: the mail server answered 550.",
            "field": ["to", "1"],
        }] })
    );
}

#[tokio::test]
async fn wrong_addresses_and_too_many_send_nothing() {
    let mail = Receiver::smtp(&[]).await;
    let world = world(Some(&mail)).await;
    let campaign = world.create(email("It")).await.id();
    let many = |count: usize| json!(vec![json!({ "email": "one@example.org" }); count]);
    for (to, code, field) in [
        (many(0), "TOO_MANY", json!(["to"])),
        (many(11), "TOO_MANY", json!(["to"])),
        (
            json!([{ "email": "one@example.org" }, { "email": "nobody" }]),
            "INVALID",
            json!(["to", "1", "email"]),
        ),
        (
            json!([{ "webhookUrl": "https://example.com/" }]),
            "INVALID",
            json!(["to", "0", "webhookUrl"]),
        ),
    ] {
        let payload = send(&world, &campaign, to.clone(), None).await;
        assert_eq!(codes(&payload), [code], "{to}");
        assert_eq!(
            (&payload["sent"], &payload["userErrors"][0]["field"]),
            (&json!(0), &field),
            "{to}"
        );
    }
    assert_eq!(mail.received(), []);
    let shown =
        json!({ "name": "It", "message": { "inApp": { "title": "a", "body": "b", "trigger": "c" } } });
    let shown = world.create(shown).await.id();
    assert_eq!(codes(&send(&world, &shown, many(1), None).await), ["INVALID"]);
    // Without a mail server there is no email.
    let world = self::world(None).await;
    let campaign = world.create(email("It")).await.id();
    assert_eq!(
        codes(&send(&world, &campaign, many(1), None).await),
        ["NOT_DELIVERED"]
    );
}
