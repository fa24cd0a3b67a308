//! What is shown inside an app: who gets the slot, and why the others do not.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::harness::{Dice, World, in_app};

const DECISION: &str = "query ($recipient: ID!, $trigger: String!, $ready: [ID!]) {
    inAppDecision(recipientId: $recipient, trigger: $trigger, readyCanvases: $ready) {
        winner { ... on Campaign { id name } ... on Canvas { id name } }
        message { title body }
        candidates { verdict source { ... on Campaign { id status } ... on Canvas { id } } } } }";

/// What happens in the app.
const TRIGGERS: [&str; 2] = ["app_opened", "cart_seen"];

async fn decide(world: &World, recipient: &str, trigger: &str, ready: Value) -> Value {
    let variables = json!({ "recipient": recipient, "trigger": trigger, "ready": ready });
    world.ask(DECISION, variables).await["inAppDecision"].take()
}

/// Who wanted the slot, in their order, and what became of it.
fn verdicts(decision: &Value) -> Vec<(String, String)> {
    let candidates = decision["candidates"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    candidates
        .map(|candidate| (text(&candidate["source"]["id"]), text(&candidate["verdict"])))
        .collect()
}

fn expected(verdicts: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = verdicts
        .iter()
        .map(|(id, verdict)| ((*id).to_owned(), (*verdict).to_owned()));
    owned.collect()
}

async fn saw(world: &World, id: &str, campaign: &str, recipient: &str) {
    let seen = json!([{ "id": id, "campaignId": campaign, "recipientId": recipient, "kind": "IMPRESSION" }]);
    assert_eq!(world.record(seen).await["recorded"], 1);
}

fn now() -> DateTime<Utc> {
    understudy_app::Clock.now()
}

#[tokio::test]
async fn the_first_in_the_order_wins_and_everyone_learns_why() {
    let world = World::new().await;
    let pro = world.segment_holding("recipient.attributes.plan == 'pro'").await;
    let made = json!([
        { "externalId": "ada", "attributes": { "plan": "pro", "name": "A<b>da" } },
        { "externalId": "eve" },
    ]);
    let made = world.upsert(made).await["recipients"].take();
    let [ada, eve] = [0, 1].map(|index: usize| made[index]["id"].as_str().unwrap().to_owned());
    // What comes in later stands on top.
    let general = world.active(in_app("General")).await;
    let tour = world.canvas("Tour", "MEDIUM").await;
    let mut content = in_app("For {{ recipient.attributes.plan }}");
    content["message"]["inApp"]["body"] = json!("<p>{{ recipient.attributes.name }}</p>");
    content["segmentIds"] = json!([pro]);
    let special = world.create(content).await.id();
    let launched = world.run("launchCampaign", &special).await;
    assert_eq!(launched.status(), "ACTIVE");
    let mut other = in_app("Elsewhere");
    other["message"]["inApp"]["trigger"] = json!("cart_seen");
    world.active(other).await;

    let decision = decide(&world, &ada, "app_opened", json!(null)).await;
    assert_eq!(decision["winner"]["id"], special);
    assert_eq!(
        decision["message"],
        json!({ "title": "Hello", "body": "<p>A&lt;b&gt;da</p>" })
    );
    assert_eq!(
        verdicts(&decision),
        expected(&[(&special, "WON"), (&general, "OUTRANKED")])
    );
    let decision = decide(&world, &eve, "app_opened", json!([tour])).await;
    assert_eq!(
        (&decision["winner"]["id"], &decision["message"]),
        (&json!(tour), &json!(null))
    );
    let weighed = [
        (&*special, "NOT_IN_SEGMENT"),
        (&tour, "WON"),
        (&general, "OUTRANKED"),
    ];
    assert_eq!(verdicts(&decision), expected(&weighed));

    // The order changes at once, draft or no draft.
    assert!(
        world
            .save_draft(&general, json!({ "name": "Next" }))
            .await
            .changed()
    );
    world.place(&general, json!({ "level": "HIGH" })).await;
    let decision = decide(&world, &ada, "app_opened", json!([tour])).await;
    let weighed = [(&*general, "WON"), (&special, "OUTRANKED"), (&tour, "OUTRANKED")];
    assert_eq!(verdicts(&decision), expected(&weighed));
    assert_eq!(decision["winner"]["name"], "General", "a draft is never shown");

    // Only an impression marks it as shown, and to nobody else.
    let click = json!([{ "id": "c", "campaignId": general, "recipientId": ada, "kind": "CLICK" }]);
    assert_eq!(world.record(click).await["recorded"], 1);
    assert_eq!(
        decide(&world, &ada, "app_opened", json!([])).await["winner"]["id"],
        general
    );
    saw(&world, "i", &general, &ada).await;
    let decision = decide(&world, &ada, "app_opened", json!([])).await;
    assert_eq!(
        verdicts(&decision),
        expected(&[(&general, "ALREADY_SHOWN"), (&special, "WON")])
    );
    assert_eq!(
        decide(&world, &eve, "app_opened", json!([])).await["winner"]["id"],
        general
    );

    // Whoever is stopped or archived does not ask for the slot.
    assert!(world.run("stopCampaign", &special).await.changed());
    world.run_on_canvas("archiveCanvas", &tour).await;
    let decision = decide(&world, &ada, "app_opened", json!([tour])).await;
    assert_eq!(verdicts(&decision), expected(&[(&general, "ALREADY_SHOWN")]));
    assert_eq!(
        (&decision["winner"], &decision["message"]),
        (&json!(null), &json!(null))
    );
    for trigger in ["", "APP_OPENED", "a\0b"] {
        let decision = decide(&world, &ada, trigger, json!(null)).await;
        assert_eq!(decision["candidates"], json!([]), "{trigger:?}");
    }
}

#[tokio::test]
async fn whatever_cannot_be_filled_in_leaves_the_slot_to_the_next() {
    let world = World::new().await;
    let ada = world.recipient("ada").await;
    let general = world.active(in_app("General")).await;
    let mut broken = in_app("Broken");
    broken["message"]["inApp"]["body"] =
        json!("{{ recipient.attributes.list[recipient.attributes.nothing] }}");
    let broken = world.active(broken).await;
    let decision = decide(&world, &ada, "app_opened", json!(null)).await;
    assert_eq!(
        verdicts(&decision),
        expected(&[(&broken, "NOT_RENDERED"), (&general, "WON")])
    );
    assert_eq!(decision["message"]["title"], "Hello");
}

#[tokio::test]
async fn questions_about_nobody_and_nothing_are_refused() {
    let world = World::new().await;
    let ada = world.recipient("ada").await;
    let tour = world.canvas("Tour", "LOW").await;
    let unknown = |id: &str| format!("{}0000", &id[..id.len() - 4]);
    for (recipient, ready, code, argument) in [
        (unknown(&ada), json!([]), "NOT_FOUND", "recipientId"),
        (
            ada.clone(),
            json!([tour, unknown(&tour)]),
            "NOT_FOUND",
            "readyCanvases.1",
        ),
        (ada.clone(), json!([ada]), "BAD_USER_INPUT", "readyCanvases.0"),
        (
            ada.clone(),
            json!(vec![&tour; 101]),
            "BAD_USER_INPUT",
            "readyCanvases",
        ),
    ] {
        let variables = json!({ "recipient": recipient, "trigger": "app_opened", "ready": ready });
        let answer = world.execute(DECISION, variables).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(
            (&extensions["code"], &extensions["argument"]),
            (&json!(code), &json!(argument)),
            "{answer}"
        );
    }
    let decision = decide(&world, &ada, "app_opened", json!(vec![&tour; 100])).await;
    assert_eq!(
        verdicts(&decision),
        expected(&[(&tour, "WON")]),
        "named often, it stands there once"
    );
}

/// A workspace with some of everything that can stand in a decision's way.
struct Scene {
    world: World,
    recipients: Vec<String>,
    canvases: Vec<String>,
    /// Who has seen what.
    seen: BTreeSet<(String, String)>,
}

impl Scene {
    async fn new(dice: &mut Dice) -> Self {
        let world = World::new().await;
        let mut segments = vec![world.segment("Everyone").await];
        for filter in [
            "recipient.attributes.number < 3",
            "recipient.attributes.number > 1",
            "false",
        ] {
            segments.push(world.segment_holding(filter).await);
        }
        let people = (0..5)
            .map(|number| json!({ "externalId": number.to_string(), "attributes": { "number": number } }));
        let people = world.upsert(people.collect()).await["recipients"].take();
        let id = |person: &Value| person["id"].as_str().unwrap().to_owned();
        let mut scene = Self {
            recipients: people.as_array().unwrap().iter().map(id).collect(),
            world,
            canvases: vec![],
            seen: BTreeSet::new(),
        };
        for number in 0..12 {
            scene.add_campaign(dice, number, &segments).await;
            if number % 4 == 0 {
                let level = dice.pick(&["HIGH", "MEDIUM", "LOW"]);
                scene.canvases.push(scene.world.canvas("Canvas", level).await);
            }
        }
        let canvas = dice.pick(&scene.canvases);
        scene.world.run_on_canvas("archiveCanvas", canvas).await;
        if dice.roll(2) == 0 {
            scene.world.archive_segment(&segments[1], false).await;
        }
        scene
    }

    async fn add_campaign(&mut self, dice: &mut Dice, number: usize, segments: &[String]) {
        let world = &self.world;
        let mut content = in_app(&number.to_string());
        content["message"]["inApp"]["trigger"] = json!(dice.pick(&TRIGGERS));
        content["segmentIds"] = json!([dice.pick(&segments[..2]), dice.pick(&segments[2..])]);
        if dice.roll(3) == 0 {
            content["segmentIds"] = json!([dice.pick(segments)]);
        }
        let time = |days| json!(now() + TimeDelta::days(days));
        content["schedule"] = match dice.roll(6) {
            0 => json!({ "kind": "API_TRIGGERED" }),
            1 => json!({ "kind": "AT_TIME", "startAt": time(1) }),
            2 => json!({ "kind": "AT_TIME", "startAt": time(-2), "endAt": time(-1) }),
            3 => json!({ "kind": "AT_TIME", "startAt": time(-1), "endAt": time(1) }),
            _ => json!({ "kind": "ON_LAUNCH" }),
        };
        let id = world.create(content).await.id();
        if dice.roll(8) > 0 {
            assert!(world.run("launchCampaign", &id).await.changed());
            for recipient in &self.recipients {
                if dice.roll(4) == 0 {
                    saw(world, &format!("{number} {recipient}"), &id, recipient).await;
                    self.seen.insert((id.clone(), recipient.clone()));
                }
            }
        }
        match dice.roll(8) {
            0 => drop(world.run("stopCampaign", &id).await),
            1 => drop(world.run("archiveCampaign", &id).await),
            2 => drop(
                world
                    .save_draft(
                        &id,
                        json!({ "segmentIds": [], "schedule": { "kind": "ON_LAUNCH" } }),
                    )
                    .await,
            ),
            _ => {}
        }
        let level = json!({ "level": dice.pick(&["HIGH", "MEDIUM", "LOW"]) });
        world.place(&id, level).await;
    }

    /// What is to be decided, by the rules as they are written, one after the other.
    async fn reference(&self, recipient: &str, trigger: &str, ready: &[String]) -> Vec<(String, String)> {
        let query = "{ inAppOrder(first: 100) { nodes { ... on Canvas { id } ... on Campaign { id status
            message { ... on InAppMessage { trigger } } schedule { kind startAt endAt }
            segments { archivedAt recipients { nodes { id } } } } } } }";
        let order = self.world.ask(query, json!({})).await;
        let (mut weighed, mut has_winner) = (vec![], false);
        for source in order["inAppOrder"]["nodes"].as_array().unwrap() {
            let id = source["id"].as_str().unwrap().to_owned();
            let obstacle = if source.get("status").is_none() {
                if !ready.contains(&id) {
                    continue;
                }
                None
            } else {
                if source["status"] != "ACTIVE" || source["message"]["trigger"] != trigger {
                    continue;
                }
                self.obstacle(source, recipient)
            };
            let verdict = match obstacle {
                Some(obstacle) => obstacle,
                None if has_winner => "OUTRANKED",
                None => "WON",
            };
            has_winner |= verdict == "WON";
            weighed.push((id, verdict.to_owned()));
        }
        weighed
    }

    fn obstacle(&self, campaign: &Value, recipient: &str) -> Option<&'static str> {
        let schedule = &campaign["schedule"];
        let time = |field: &str| {
            schedule[field]
                .as_str()
                .map(|at| at.parse::<DateTime<Utc>>().unwrap())
        };
        let is_early = time("startAt").is_some_and(|start| now() < start);
        let is_late = time("endAt").is_some_and(|end| now() >= end);
        if schedule["kind"] == "API_TRIGGERED" || is_early || is_late {
            return Some("OUTSIDE_SCHEDULE");
        }
        let holds = |segment: &Value| {
            let mut held = segment["recipients"]["nodes"].as_array().unwrap().iter();
            segment["archivedAt"].is_null() && held.any(|held| held["id"] == recipient)
        };
        if !campaign["segments"].as_array().unwrap().iter().any(holds) {
            return Some("NOT_IN_SEGMENT");
        }
        let pair = (campaign["id"].as_str().unwrap().to_owned(), recipient.to_owned());
        self.seen.contains(&pair).then_some("ALREADY_SHOWN")
    }
}

#[tokio::test]
async fn decisions_are_those_of_the_rules_written_down_plainly() {
    let mut met = BTreeSet::new();
    for seed in 0..8 {
        let mut dice = Dice::new(seed);
        let scene = Scene::new(&mut dice).await;
        for recipient in &scene.recipients {
            for trigger in TRIGGERS {
                let ready: Vec<String> = scene
                    .canvases
                    .iter()
                    .filter(|_| dice.roll(2) == 0)
                    .cloned()
                    .collect();
                let decision = decide(&scene.world, recipient, trigger, json!(ready)).await;
                let reference = scene.reference(recipient, trigger, &ready).await;
                assert_eq!(verdicts(&decision), reference, "seed {seed}");
                let won = reference.iter().find(|(_, verdict)| verdict == "WON");
                let winner = won.map_or(json!(null), |(id, _)| json!(id));
                let told = decision["winner"].get("id").unwrap_or(&Value::Null);
                assert_eq!(*told, winner, "seed {seed}");
                met.extend(reference.into_iter().map(|(_, verdict)| verdict));
            }
        }
    }
    let all = [
        "ALREADY_SHOWN",
        "NOT_IN_SEGMENT",
        "OUTRANKED",
        "OUTSIDE_SCHEDULE",
        "WON",
    ];
    assert_eq!(met.iter().collect::<Vec<_>>(), all, "each of them was met");
}
