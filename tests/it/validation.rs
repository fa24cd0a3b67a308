//! Input that is wrong: each rule at its limit and beyond it, through every mutation that takes the input.

mod messages;
mod sources;
mod texts;
mod times;

use serde_json::{Value, json};

use crate::harness::{Payload, World, email};

/// The mutations that take a content.
const DOORS: [&str; 3] = ["createCampaign", "updateCampaign", "saveDraft"];

/// A campaign for each mutation, and segments to name.
struct Stage {
    world: World,
    unlaunched: String,
    active: String,
    segments: Vec<String>,
    /// One more, which is archived.
    archived_segment: String,
}

impl Stage {
    async fn new() -> Self {
        let world = World::new().await;
        let segments = (0..101).map(|index| format!("Segment {index}"));
        let segments =
            futures_util::future::join_all(segments.map(async |name| world.segment(&name).await)).await;
        let mut content = email("Before");
        content["description"] = json!("Before");
        content["tags"] = json!(["before"]);
        content["segmentIds"] = json!([segments[0]]);
        let unlaunched = world.unlaunched(content.clone()).await;
        let active = world.active(content).await;
        assert!(
            world
                .save_draft(&active, json!({ "name": "Rehearsed" }))
                .await
                .changed()
        );
        let archived_segment = world.segment("Archived").await;
        let query = "mutation ($id: ID!) { archiveSegment(id: $id) { changed } }";
        world.ask(query, json!({ "id": archived_segment })).await;
        Self {
            world,
            unlaunched,
            active,
            segments,
            archived_segment,
        }
    }

    /// Sends a content through a mutation. A campaign that is made gets a name where there is none.
    async fn send(&self, door: &str, mut content: Value) -> Payload {
        match door {
            "createCampaign" => {
                if content.get("name").is_none() {
                    content["name"] = json!("New");
                }
                self.world.create(content).await
            }
            "updateCampaign" => self.world.update(&self.unlaunched, content).await,
            _ => self.world.save_draft(&self.active, content).await,
        }
    }

    /// The side of the campaign that the content went to.
    fn side<'a>(door: &str, payload: &'a Payload) -> &'a Value {
        match door {
            "saveDraft" => &payload.campaign()["draft"],
            _ => payload.campaign(),
        }
    }

    /// Sends a content that is right through every mutation; what each has then.
    async fn accept(&self, content: &Value) -> Vec<Value> {
        let mut sides = vec![];
        for door in DOORS {
            let payload = self.send(door, content.clone()).await;
            let shown: String = content.to_string().chars().take(200).collect();
            assert_eq!(payload.codes(), Vec::<&str>::new(), "{door} {shown}");
            sides.push(Self::side(door, &payload).clone());
        }
        sides
    }

    /// Sends a content that is wrong through every mutation: these fields are, and nothing is changed.
    async fn refuse(&self, content: &Value, fields: &[&str]) {
        let told: Vec<(&str, &str)> = fields.iter().map(|field| ("INVALID", *field)).collect();
        self.refuse_with(content, &told).await;
    }

    /// As [`refuse`](Self::refuse), with the code of each field.
    async fn refuse_with(&self, content: &Value, expected: &[(&str, &str)]) {
        let before = self.state().await;
        for door in DOORS {
            let payload = self.send(door, content.clone()).await;
            let told = told(&payload.0);
            let expected: Vec<(String, String)> = expected
                .iter()
                .map(|(code, field)| ((*code).to_owned(), format!("content.{field}")))
                .collect();
            let shown: String = content.to_string().chars().take(200).collect();
            assert_eq!(told, expected, "{door} {shown}");
            assert!(!payload.changed());
            assert_eq!(payload.campaign().is_null(), door == "createCampaign");
        }
        assert_eq!(self.state().await, before, "something was changed");
    }

    /// All that could have been changed.
    async fn state(&self) -> (i64, Value, Value, Value) {
        let count = self
            .world
            .ask("{ campaigns { totalCount } segments { totalCount } }", json!({}))
            .await;
        (
            self.world.log_end().await,
            self.world.campaign(&self.unlaunched).await,
            self.world.campaign(&self.active).await,
            count,
        )
    }
}

/// The codes and the fields of a payload's errors. Each has a message.
fn told(payload: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let error = |error: &Value| {
        assert!(text(&error["message"]).ends_with('.'), "{error}");
        let field: Vec<String> = error["field"].as_array().unwrap().iter().map(text).collect();
        (text(&error["code"]), field.join("."))
    };
    payload["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(error)
        .collect()
}

#[tokio::test]
async fn all_problems_of_an_input_are_told_at_once() {
    let stage = Stage::new().await;
    let unknown = "seg_01jd0000000000000000000000";
    let content = json!({
        "name": " ",
        "description": "d".repeat(10_001),
        "tags": ["fine", "", "fine", "a\0b", "t".repeat(101)],
        "message": { "webhook": {
            "url": "ftp://example.com", "body": "b\0",
            "headers": [{ "name": "fine", "value": "fine" }, { "name": "not fine", "value": "a\nb" }],
        } },
        "segmentIds": [stage.segments[1], stage.archived_segment, unknown, stage.segments[1]],
        "schedule": { "kind": "AT_TIME", "endAt": "2030-01-01T00:00:00Z" },
    });
    let expected = [
        ("INVALID", "name"),
        ("INVALID", "description"),
        ("INVALID", "tags.1"),
        ("INVALID", "tags.3"),
        ("INVALID", "tags.4"),
        ("INVALID", "tags.2"),
        ("INVALID", "message.webhook.url"),
        ("INVALID", "message.webhook.body"),
        ("INVALID", "message.webhook.headers.1.name"),
        ("INVALID", "message.webhook.headers.1.value"),
        ("SEGMENT_ARCHIVED", "segmentIds.1"),
        ("INVALID", "segmentIds.2"),
        ("INVALID", "segmentIds.3"),
        ("INVALID", "schedule.startAt"),
    ];
    stage.refuse_with(&content, &expected).await;
}

#[tokio::test]
async fn null_clears_the_message_and_nothing_else() {
    let stage = Stage::new().await;
    for field in ["name", "description", "tags", "segmentIds", "schedule"] {
        let mut content = json!({});
        content[field] = Value::Null;
        stage.refuse(&content, &[field]).await;
    }
    let nulls = json!({ "name": null, "description": null, "tags": null, "message": null, "segmentIds": null,
        "schedule": null });
    stage
        .refuse(&nulls, &["name", "description", "tags", "segmentIds", "schedule"])
        .await;
    let optional = json!({ "message": { "email": { "subject": "S", "body": "B", "from": null, "replyTo": null } },
        "schedule": { "kind": "API_TRIGGERED", "startAt": null, "endAt": null } });
    for side in stage.accept(&optional).await {
        assert_eq!(side["message"]["from"], Value::Null);
        assert_eq!(
            side["schedule"],
            json!({ "kind": "API_TRIGGERED", "startAt": null, "endAt": null })
        );
    }
    for side in stage.accept(&json!({ "message": { "webhook": { "url": "https://example.com", "body": "", "headers": null } } })).await {
        assert_eq!(side["message"]["headers"], json!([]));
    }
    for side in stage.accept(&json!({ "message": null })).await {
        assert_eq!(side["message"], Value::Null);
    }
}

#[tokio::test]
async fn what_is_left_out_stays_and_only_a_new_campaign_needs_a_name() {
    let stage = Stage::new().await;
    let payload = stage.world.create(json!({})).await;
    assert_eq!(
        told(&payload.0),
        [("INVALID".to_owned(), "content.name".to_owned())]
    );
    for door in ["updateCampaign", "saveDraft"] {
        let payload = stage.send(door, json!({})).await;
        assert_eq!((payload.changed(), payload.codes()), (false, vec![]), "{door}");
    }
    let side = &stage.accept(&json!({ "tags": ["after"] })).await[1];
    assert_eq!(
        (&side["name"], &side["description"]),
        (&json!("Before"), &json!("Before"))
    );
    assert_eq!(side["message"]["subject"], "Hello");
    assert_eq!(side["tags"], json!(["after"]));
}

#[tokio::test]
async fn lists_have_their_limits_and_each_item_once() {
    let stage = Stage::new().await;
    let tags: Vec<String> = (0..51).map(|index| format!("tag {index}")).collect();
    for side in stage.accept(&json!({ "tags": tags[..50] })).await {
        assert_eq!(side["tags"], json!(tags[..50]));
    }
    stage.refuse(&json!({ "tags": tags }), &["tags"]).await;
    stage
        .refuse(
            &json!({ "tags": ["a", "b", "a", " b\u{3000}", "A"] }),
            &["tags.2", "tags.3"],
        )
        .await;
    for side in stage.accept(&json!({ "tags": [] })).await {
        assert_eq!(side["tags"], json!([]));
    }
    for side in stage
        .accept(&json!({ "segmentIds": stage.segments[..100] }))
        .await
    {
        assert_eq!(side["segments"].as_array().unwrap().len(), 100);
        assert_eq!(side["segments"][99]["id"], stage.segments[99]);
    }
    stage
        .refuse(&json!({ "segmentIds": stage.segments }), &["segmentIds"])
        .await;
    let twice = [&stage.segments[1], &stage.segments[2], &stage.segments[1]];
    stage
        .refuse(&json!({ "segmentIds": twice }), &["segmentIds.2"])
        .await;
    let unknown = "seg_01jd0000000000000000000000";
    stage
        .refuse(&json!({ "segmentIds": [unknown] }), &["segmentIds.0"])
        .await;
    let archived = json!({ "segmentIds": [stage.segments[0], stage.archived_segment] });
    stage
        .refuse_with(&archived, &[("SEGMENT_ARCHIVED", "segmentIds.1")])
        .await;
}
