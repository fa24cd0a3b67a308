//! Messages as recipients get them, and templates that are none.

use serde_json::{Value, json};

use crate::harness::{World, codes};

/// What a recipient would get of a campaign or a draft.
async fn preview(world: &World, content: &str, recipient: &str) -> Value {
    let query = "query ($content: ID!, $recipient: ID!) {
        messagePreview(contentId: $content, recipientId: $recipient) {
            message {
                __typename
                ... on RenderedEmail { subject body }
                ... on RenderedInApp { title body }
                ... on RenderedWebhook { url body }
            }
            userErrors { code message field }
        } }";
    let variables = json!({ "content": content, "recipient": recipient });
    world.ask(query, variables).await["messagePreview"].take()
}

/// Somebody with a name that is none for HTML; their id.
async fn ada(world: &World) -> String {
    let ada = json!([{ "externalId": "ada", "email": "ada@example.com", "attributes": { "name": "A<b>da", "visits": 3 } }]);
    let payload = world.upsert(ada).await;
    payload["recipients"][0]["id"].as_str().unwrap().to_owned()
}

fn email(subject: &str, body: &str) -> Value {
    json!({ "name": "It", "message": { "email": { "subject": subject, "body": body } } })
}

#[tokio::test]
async fn a_campaign_and_its_draft_are_previewed_side_by_side() {
    let world = World::new().await;
    let ada = ada(&world).await;
    let live = email(
        "Hi {{ recipient.attributes.name }}",
        "<p>{{ recipient.attributes.name }}, {{ campaign.name }}</p>",
    );
    let campaign = world.active(live).await;
    let saved = world
        .save_draft(
            &campaign,
            json!({ "name": "Next", "message": { "webhook": {
                "url": "https://example.com/{{ recipient.externalId }}",
                "body": "{\"name\": {{ recipient.attributes.name | json }}, \"of\": {{ campaign.id | json }}}",
            } } }),
        )
        .await;
    let draft = saved.campaign()["draft"]["id"].as_str().unwrap();
    assert_eq!(
        preview(&world, &campaign, &ada).await,
        json!({ "userErrors": [], "message": {
            "__typename": "RenderedEmail", "subject": "Hi A<b>da", "body": "<p>A&lt;b&gt;da, It</p>" } })
    );
    let body = format!("{{\"name\": \"A<b>da\", \"of\": \"{campaign}\"}}");
    assert_eq!(
        preview(&world, draft, &ada).await,
        json!({ "userErrors": [], "message": {
            "__typename": "RenderedWebhook", "url": "https://example.com/ada", "body": body } })
    );
    let shown = json!({ "name": "It", "message": { "inApp": {
        "title": "{{ recipient.attributes.visits | plus: 1 }}", "body": "{{ 'a&b' }}", "trigger": "opened" } } });
    let shown = world.create(shown).await.id();
    assert_eq!(
        preview(&world, &shown, &ada).await["message"],
        json!({ "__typename": "RenderedInApp", "title": "4", "body": "a&amp;b" })
    );
}

#[tokio::test]
async fn whatever_has_no_preview_says_why() {
    let world = World::new().await;
    let ada = ada(&world).await;
    let empty = world.create(json!({ "name": "It" })).await.id();
    let payload = preview(&world, &empty, &ada).await;
    assert_eq!(
        (codes(&payload), &payload["message"]),
        (vec!["INCOMPLETE"], &Value::Null)
    );

    let wrong = world
        .create(email("{{ recipient.attributes.visits | divided_by: 0 }}", ""))
        .await
        .id();
    let payload = preview(&world, &wrong, &ada).await;
    assert_eq!(
        payload["userErrors"],
        json!([{
            "code": "INVALID",
            "message": "The message cannot be filled in for this recipient: subject: `divided_by`: invalid argument: can't divide by zero.",
            "field": ["contentId"],
        }])
    );

    let nobody = world.recipient("nobody").await;
    let query = "mutation ($id: ID!) { deleteRecipient(id: $id) { deletedId } }";
    world.ask(query, json!({ "id": nobody })).await;
    let payload = preview(&world, &wrong, &nobody).await;
    assert_eq!(payload["userErrors"][0]["field"], json!(["recipientId"]));
    assert_eq!(codes(&payload), ["NOT_FOUND"]);

    let draft = world.active(email("Hi", "x")).await;
    let saved = world.save_draft(&draft, json!({ "name": "Next" })).await;
    let gone = saved.campaign()["draft"]["id"].as_str().unwrap().to_owned();
    world.run("discardDraft", &draft).await;
    let payload = preview(&world, &gone, &ada).await;
    assert_eq!(payload["userErrors"][0]["field"], json!(["contentId"]));
}

#[tokio::test]
async fn what_is_no_template_is_refused_where_it_is_saved() {
    let world = World::new().await;
    let campaign = world.active(email("Hello", "x")).await;
    let end = world.log_end().await;
    let body = "<p>\n  {{ recipient.attributes.name | capitalise }}\n</p>";
    let refused = [
        world.create(email("Hi {{ name", body)).await,
        world.save_draft(&campaign, email("Hi {{ name", body)).await,
    ];
    for payload in refused {
        let errors = payload.0["userErrors"].as_array().unwrap().clone();
        let told: Vec<_> = errors
            .iter()
            .map(|error| (error["field"].to_string(), error["message"].clone()))
            .collect();
        let path = |field: &str| format!("{field:?}]");
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].0.ends_with(&path("subject")) && told[1].0.ends_with(&path("body")),
            "{told:?}"
        );
        assert_eq!(
            told[0].1,
            "The subject is wrong in line 1: `{{` is not closed by `}}`."
        );
        assert_eq!(
            told[1].1,
            "The body is wrong in line 2: there is no filter `capitalise`."
        );
    }
    assert_eq!(world.log_end().await, end);
}
