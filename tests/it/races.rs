//! Many at once: every command is decided on what it finds, one of those that exclude each other wins, and no client
//! ever hears of a database that is busy.

mod commits;
mod http;
mod pairs;
mod priority;
mod segments;
mod versions;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::harness::{Ask, Books, Dice, audit, together};

/// How many write at the same time.
const WRITERS: usize = 64;

/// The commands that take nothing but a campaign.
const PLAIN: [&str; 7] = [
    "launchCampaign",
    "stopCampaign",
    "resumeCampaign",
    "archiveCampaign",
    "unarchiveCampaign",
    "launchDraft",
    "discardDraft",
];

/// A command on one campaign.
#[derive(Debug, Clone)]
struct Command {
    name: &'static str,
    campaign: String,
    /// For those that have one.
    content: Option<Value>,
    expected_version: Option<i64>,
}

impl Command {
    fn plain(name: &'static str, campaign: &str) -> Self {
        Self {
            name,
            campaign: campaign.to_owned(),
            content: None,
            expected_version: None,
        }
    }

    fn edit(name: &'static str, campaign: &str, content: Value) -> Self {
        Self {
            content: Some(content),
            ..Self::plain(name, campaign)
        }
    }

    fn expecting(self, version: i64) -> Self {
        Self {
            expected_version: Some(version),
            ..self
        }
    }

    /// Sends it; the payload of the answer, which must have no errors.
    async fn send(&self, to: &impl Ask) -> Value {
        let Self { name, content, .. } = self;
        let id = if name.ends_with("Draft") {
            "campaignId"
        } else {
            "id"
        };
        let (definition, argument) = match content {
            Some(_) => (", $content: CampaignContentInput!", ", content: $content"),
            None => ("", ""),
        };
        let query = format!(
            "mutation ($id: ID!, $version: Int{definition}) {{
                payload: {name}({id}: $id, expectedVersion: $version{argument}) {{
                    changed userErrors {{ code }} campaign {{ version status }} }} }}"
        );
        let mut variables = json!({ "id": self.campaign, "version": self.expected_version });
        if let Some(content) = content {
            variables["content"] = content.clone();
        }
        to.data(&query, variables).await["payload"].take()
    }
}

/// In one word, what became of a command.
fn outcome(payload: &Value) -> &str {
    let errors = payload["userErrors"].as_array().unwrap();
    match (errors.first(), payload["changed"].as_bool().unwrap()) {
        (Some(error), false) => error["code"].as_str().unwrap(),
        (None, true) => "CHANGED",
        (None, false) => "UNCHANGED",
        (Some(_), true) => panic!("refused, and changed all the same: {payload}"),
    }
}

/// Sends all commands at once; what became of each.
async fn race<A: Ask + Send + Sync + 'static>(to: &Arc<A>, commands: Vec<Command>) -> Vec<String> {
    let send = |command: Command| {
        let to = Arc::clone(to);
        async move { outcome(&command.send(&*to).await).to_owned() }
    };
    together(commands.into_iter().map(send)).await
}

fn count(outcomes: &[String], wanted: &str) -> usize {
    outcomes.iter().filter(|outcome| *outcome == wanted).count()
}

/// A campaign that is active and has a draft, and its version.
async fn with_draft(on: &impl Ask, name: &str) -> (String, i64) {
    let id = launched(on, name).await;
    let draft = Command::edit("saveDraft", &id, json!({ "description": "To come" }));
    let payload = draft.send(on).await;
    assert_eq!(outcome(&payload), "CHANGED");
    (id, payload["campaign"]["version"].as_i64().unwrap())
}

/// A campaign that is active.
async fn launched(on: &impl Ask, name: &str) -> String {
    let segment = "mutation { payload: createSegment(input: { name: \"Everyone\" }) { segment { id } } }";
    let segment = on.data(segment, json!({})).await["payload"]["segment"]["id"].take();
    let id = created(on, name, &segment).await;
    let payload = Command::plain("launchCampaign", &id).send(on).await;
    assert_eq!(outcome(&payload), "CHANGED");
    id
}

/// A campaign that can be launched.
async fn created(on: &impl Ask, name: &str, segment: &Value) -> String {
    let query = "mutation ($content: CampaignContentInput!) { payload: createCampaign(content: $content) {
        changed userErrors { code } campaign { id } } }";
    let mut content = crate::harness::email(name);
    content["segmentIds"] = json!([segment]);
    let payload = on.data(query, json!({ "content": content })).await["payload"].take();
    assert_eq!(outcome(&payload), "CHANGED");
    payload["campaign"]["id"].as_str().unwrap().to_owned()
}

/// Many writers send whatever comes to their minds to a few campaigns. Afterwards the books must be right.
async fn tumult<A: Ask + Send + Sync + 'static>(on: &Arc<A>, commands: usize) -> Books {
    let mut campaigns = vec![];
    for number in 0..6 {
        campaigns.push(with_draft(&**on, &format!("Campaign {number}")).await.0);
    }
    let changed = together((0..WRITERS).map(|writer| {
        let (on, campaigns) = (Arc::clone(on), campaigns.clone());
        async move {
            let mut dice = Dice::new(writer as u64);
            let mut changed = 0;
            for turn in 0..commands {
                let campaign = dice.pick(&campaigns);
                let text = format!("Writer {writer}, turn {turn}");
                let command = match dice.roll(10) {
                    0 => Command::edit("updateCampaign", campaign, json!({ "name": text })),
                    1 | 2 => Command::edit("saveDraft", campaign, json!({ "description": text })),
                    _ => Command::plain(PLAIN[dice.roll(PLAIN.len())], campaign),
                };
                changed += usize::from(outcome(&command.send(&*on).await) == "CHANGED");
            }
            changed
        }
    }))
    .await;
    let books = audit(&**on).await;
    let before = 3 * campaigns.len();
    assert_eq!(
        books.events.len(),
        before + changed.iter().sum::<usize>(),
        "an event for each command that was told to have changed something, and no other"
    );
    books
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_many_do_at_once_the_books_are_right() {
    let world = Arc::new(crate::harness::World::new().await);
    let books = tumult(&world, 12).await;
    let kinds: std::collections::BTreeSet<_> = books
        .events
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert!(kinds.len() >= 7, "they did not meet each other: {kinds:?}");
}
