//! What is read is told from the selection. So a field must say the same alone as among all others, wherever its
//! campaign is shown and however the selection is written.

mod places;

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::harness::introspection::{Types, name, named};
use crate::harness::{World, email, in_app, webhook};
use places::{Place, places};

/// A way to a value: the fields from a campaign or a draft on, each with the type that it is a field of.
type Way = Vec<(String, String)>;

/// All ways from an object to its values. They go from a campaign to its draft and back, and once around.
fn ways(types: &Types, from: &str) -> Vec<Way> {
    let mut ways = vec![];
    extend(types, from, &mut vec![], &mut ways);
    ways
}

fn extend(types: &Types, object: &str, way: &mut Way, ways: &mut Vec<Way>) {
    for field in types.fields(object) {
        let of = named(field);
        let below: Vec<&str> = match types.kind(of) {
            "OBJECT" => vec![of],
            "UNION" | "INTERFACE" => types.possible(of),
            _ => vec![],
        };
        // Lists of other rows are reads of their own, so their fields are of no concern to this one.
        let is_apart = of.ends_with("Connection");
        way.push((object.to_owned(), name(field).to_owned()));
        if below.is_empty() {
            ways.push(way.clone());
        } else if is_apart {
            way.push((of.to_owned(), "totalCount".to_owned()));
            ways.push(way.clone());
            way.pop();
        }
        for object in below.into_iter().filter(|_| !is_apart) {
            if way.iter().filter(|(known, _)| known == object).count() < 2 {
                extend(types, object, way, ways);
            }
        }
        way.pop();
    }
}

/// How the last step and the first of a way can be written.
const MANNERS: usize = 8;

/// The selection of one way alone, on the object that it begins at, and the fragments that it uses.
fn alone(types: &Types, way: &Way, manner: usize) -> (String, String) {
    let mut selection = String::new();
    let mut fragments = String::new();
    for (index, (object, field)) in way.iter().enumerate().rev() {
        let below = if selection.is_empty() {
            String::new()
        } else {
            format!("{{ {selection} }}")
        };
        // Every second step is written plainly, so that the manners stand beside one another too.
        let manner = if (index + manner).is_multiple_of(2) {
            manner
        } else {
            0
        };
        let step = match manner {
            3 => format!("{field} @include(if: true) {below} __typename @skip(if: true)"),
            4 => format!("{field} @skip(if: $never) {below}"),
            _ => format!("{field} {below}"),
        };
        let interface = || {
            let mut interfaces = types.interfaces(object).into_iter();
            interfaces.find(|interface| types.field(interface, field).is_some())
        };
        selection = match manner {
            1 => {
                write!(fragments, " fragment Step{index} on {object} {{ {step} }}").unwrap();
                format!("...Step{index}")
            }
            2 | 3 => format!("... on {object} {{ ... @include(if: $always) {{ {step} }} }}"),
            5 => format!("...Skipped{index} @skip(if: true) ... on {object} {{ {step} }}"),
            6 if !below.is_empty() => {
                format!("... on {object} {{ {field} {{ __typename }} }} ... on {object} {{ {step} }}")
            }
            7 => format!("... on {} {{ {step} }}", interface().unwrap_or(object)),
            _ => format!("... on {object} {{ {step} }}"),
        };
        if manner == 5 {
            write!(fragments, " fragment Skipped{index} on {object} {{ __typename }}").unwrap();
        }
    }
    (selection, fragments)
}

/// The selection of everything on an object, as far as the ways go.
fn everything(ways: &[Way]) -> String {
    let mut steps: Vec<((&str, &str), Vec<Way>)> = vec![];
    for way in ways.iter().filter(|way| !way.is_empty()) {
        let (object, field) = &way[0];
        let rest = way[1..].to_vec();
        match steps
            .iter_mut()
            .find(|(step, _)| *step == (object.as_str(), field.as_str()))
        {
            Some((_, below)) => below.push(rest),
            None => steps.push(((object, field), vec![rest])),
        }
    }
    let mut selection = String::from("__typename ");
    for ((object, field), below) in steps {
        if below.iter().all(Vec::is_empty) {
            write!(selection, "... on {object} {{ {field} }} ").unwrap();
        } else {
            write!(
                selection,
                "... on {object} {{ {field} {{ {} }} }} ",
                everything(&below)
            )
            .unwrap();
        }
    }
    selection
}

/// Whether everything that one answer says, the other says too.
fn is_part_of(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => part
            .iter()
            .all(|(key, value)| whole.get(key).is_some_and(|same| is_part_of(value, same))),
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len()
                && part
                    .iter()
                    .zip(whole)
                    .all(|(part, whole)| is_part_of(part, whole))
        }
        _ => part == whole,
    }
}

/// Campaigns of which each part of what can be shown is there at least once.
pub(super) struct Stage {
    pub(super) world: World,
    /// An in-app campaign with a draft.
    pub(super) campaign: String,
    /// The other one's draft, whose campaign a segment archived.
    pub(super) draft: String,
    pub(super) archived: String,
    pub(super) segment: String,
}

impl Stage {
    async fn new() -> Self {
        let world = World::new().await;
        let segments = [world.segment("First").await, world.segment("Second").await];
        let mut content = in_app("Shown");
        content["segmentIds"] = json!(segments);
        content["tags"] = json!(["live"]);
        let campaign = world.active(content).await;
        let draft = json!({
            "name": "Rehearsed", "description": "Other", "tags": ["draft", "new"], "segmentIds": [segments[1]],
            "message": { "email": { "subject": "S", "body": "B", "from": "a@example.com", "replyTo": "b@example.com" } },
            "schedule": { "kind": "AT_TIME", "startAt": "2030-01-01T00:00:00Z", "endAt": "2031-01-01T00:00:00Z" },
        });
        world.save_draft(&campaign, draft).await;
        let cause = world.segment("Cause").await;
        let mut content = webhook("Archived");
        content["segmentIds"] = json!([segments[0], cause]);
        let archived = world.active(content).await;
        let draft = world.save_draft(&archived, in_app("Its draft")).await;
        let draft = draft.campaign()["draft"]["id"].as_str().unwrap().to_owned();
        let query = "mutation ($id: ID!) { archiveSegment(id: $id) { changed } }";
        world.ask(query, json!({ "id": cause })).await;
        let mut content = email("Put away");
        content["segmentIds"] = json!([segments[0]]);
        let put_away = world.unlaunched(content).await;
        world.run("archiveCampaign", &put_away).await;
        world
            .create(json!({ "name": "Bare", "segmentIds": [segments[0]] }))
            .await;
        world.canvas("Canvas", "HIGH").await;
        Self {
            world,
            campaign,
            draft,
            archived,
            segment: segments[0].clone(),
        }
    }

    /// What a place answers when this is selected there.
    async fn ask(&self, place: &Place, selection: &str, fragments: &str) -> Value {
        let uses = |name: &str| selection.contains(name) || fragments.contains(name);
        let mut declared = String::new();
        for (name, usual) in [("$always", "true"), ("$never", "false")] {
            if uses(name) {
                write!(declared, "{name}: Boolean = {usual} ").unwrap();
            }
        }
        let (operation, rest) = place.query.split_once(' ').unwrap();
        let declared = if declared.is_empty() {
            declared
        } else {
            format!("({declared})")
        };
        let query = format!("{operation} {declared} {rest} {fragments}").replace("SHOWN", selection);
        let response = if operation == "subscription" {
            self.world.events_of(&query).await
        } else {
            self.world.execute(&query, json!({})).await
        };
        assert!(
            response.to_string().find("\"errors\"").is_none(),
            "{query}\n{response:#}"
        );
        response
    }

    /// Compares each way alone with the whole, everywhere that an object of this type is shown.
    async fn compare(&self, types: &Types, from: &str, first: usize) {
        let ways = ways(types, from);
        let everything = everything(&ways);
        for (index, place) in places(self)
            .into_iter()
            .filter(|place| place.of == from)
            .enumerate()
        {
            let whole = self.ask(&place, &everything, "").await;
            assert!(
                whole.to_string().contains("__typename"),
                "{}: {whole:#}",
                place.query
            );
            for (number, way) in ways.iter().enumerate() {
                // Each way is written in each manner in one place or another.
                let (selection, fragments) = alone(types, way, (first + index + number) % MANNERS);
                let answer = self.ask(&place, &selection, &fragments).await;
                assert!(
                    is_part_of(&answer, &whole),
                    "{}\n{selection} {fragments}\n{answer:#}\nis not in\n{whole:#}",
                    place.query
                );
            }
        }
    }
}

#[tokio::test]
async fn a_campaigns_field_says_the_same_alone_as_among_all_others() {
    let stage = Stage::new().await;
    let types = Types::of(&stage.world).await;
    stage.compare(&types, "Campaign", 0).await;
}

#[tokio::test]
async fn a_drafts_field_says_the_same_alone_as_among_all_others() {
    let stage = Stage::new().await;
    let types = Types::of(&stage.world).await;
    for first in [0, 3, 6] {
        stage.compare(&types, "CampaignDraft", first).await;
    }
}

#[tokio::test]
async fn an_events_field_says_the_same_alone_as_among_all_others() {
    let stage = Stage::new().await;
    let types = Types::of(&stage.world).await;
    stage.compare(&types, "CampaignEvent", 0).await;
}

#[tokio::test]
async fn the_ways_reach_every_field_there_is() {
    let stage = Stage::new().await;
    let types = Types::of(&stage.world).await;
    for object in ["Campaign", "CampaignDraft"] {
        let ways = ways(&types, object);
        assert!(ways.len() > 60, "{} ways from {object}", ways.len());
        for other in [
            "Campaign",
            "CampaignDraft",
            "Segment",
            "Schedule",
            "ContentChange",
            "SegmentArchive",
        ] {
            for field in types.fields(other) {
                let step = (other.to_owned(), name(field).to_owned());
                assert!(
                    ways.iter().any(|way| way.contains(&step)),
                    "{step:?} from {object}"
                );
            }
        }
    }
    // The stage has something to say in every field but a few, so that a part that was not read is missed.
    let everything = everything(&ways(&types, "Campaign"));
    let place = &places(&stage)[0];
    let whole = stage.ask(place, &everything, "").await.to_string();
    for said in [
        "Shown",
        "live",
        "First",
        "\"HIGH\"",
        "\"MEDIUM\"",
        "Rehearsed",
        "message.subject",
        "SET_IN_APP",
    ] {
        assert!(
            said == "\"HIGH\"" || whole.contains(said),
            "{said} is not in {whole}"
        );
    }
}

#[tokio::test]
async fn one_name_for_two_fields_reads_both() {
    let stage = Stage::new().await;
    let query = "query ($id: ID!) { a: campaign(id: $id) { x: name } b: campaign(id: $id) { x: tags }
        c: campaign(id: $id) { name: tags draft: name message: draft { name: tags tags: segments { name: id } } } }";
    let data = stage.world.ask(query, json!({ "id": stage.campaign })).await;
    assert_eq!(data["a"]["x"], "Shown");
    assert_eq!(data["b"]["x"], json!(["live"]));
    assert_eq!(data["c"]["name"], json!(["live"]));
    assert_eq!(data["c"]["draft"], "Shown");
    assert_eq!(data["c"]["message"]["name"], json!(["draft", "new"]));
    assert_eq!(data["c"]["message"]["tags"].as_array().unwrap().len(), 1);
    let query = "query ($id: ID!) { campaign(id: $id) { ...Content draft { ...Content } }
            node(id: $id) { id ...Content } nodes(ids: [$id]) { ...Content } }
        fragment Content on CampaignContent { message { __typename } ...Rest }
        fragment Rest on CampaignContent { tags ... on Node { id } ... on Campaign { inAppPriority { level } } }";
    let data = stage.world.ask(query, json!({ "id": stage.campaign })).await;
    assert_eq!(data["campaign"]["inAppPriority"]["level"], "MEDIUM");
    assert_eq!(data["campaign"]["draft"]["tags"], json!(["draft", "new"]));
    assert_eq!(data["node"]["tags"], json!(["live"]));
    assert_eq!(data["nodes"][0]["message"]["__typename"], "InAppMessage");
}
