//! A client, who does whatever comes to its mind and remembers what it was told.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::sleep;

use super::answer::Answer;
use super::commands::{Command, Deed};
use super::doors::Door;
use super::known::{Facts, Seen};
use super::{Dice, Stage};
use crate::harness::{SET_TIME, client};

/// What a server may be asked to answer with: the media type that has statuses, or plain JSON.
const ACCEPTED: [&str; 2] = ["application/graphql-response+json", "application/json"];

/// How long a client waits after a request that came to nothing, at most, in milliseconds.
const PAUSE: usize = 100;

/// One of those who send commands.
pub(super) struct Client {
    pub(super) number: u64,
    pub(super) stage: Arc<Stage>,
    pub(super) dice: Dice,
    /// How many campaigns it has asked for: each gets a name of its own.
    pub(super) made: u64,
    http: reqwest::Client,
    tally: Tally,
}

/// What a client counts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) sent: u64,
    pub(super) changed: u64,
    /// It was so already, or nothing was to be changed.
    pub(super) unchanged: u64,
    pub(super) refused: u64,
    pub(super) unavailable: u64,
    pub(super) lost: u64,
    /// From sending to the answer or the error.
    pub(super) longest_wait: Duration,
}

impl Client {
    pub(super) fn new(number: u64, stage: &Arc<Stage>, dice: Dice) -> Self {
        Self {
            number,
            stage: Arc::clone(stage),
            dice,
            made: 0,
            http: client(),
            tally: Tally::default(),
        }
    }

    /// Sends commands until it is over.
    pub(super) async fn work(mut self) -> Tally {
        while !self.stage.is_over.load(Ordering::Relaxed) {
            let door = self.stage.doors.any(&mut self.dice).await;
            let command = self.think();
            // Whatever is shown from now on is not older than what was shown before.
            let known = command
                .campaign()
                .map_or(0, |campaign| self.stage.known.seen(campaign).version);
            let begun = Instant::now();
            let answer = self.send(&door, &command).await;
            self.tally.longest_wait = self.tally.longest_wait.max(begun.elapsed());
            self.tally.sent += 1;
            self.remember(command, answer, known).await;
        }
        self.tally
    }

    /// Sends a command and waits for the answer. That there is none has to have a reason.
    async fn send(&mut self, door: &Door, command: &Command) -> Answer {
        let body = json!({ "query": command.query, "variables": command.variables });
        let request = self
            .http
            .post(format!("http://{}/graphql", door.address))
            .header("Accept", *self.dice.pick(&ACCEPTED))
            // Only a fault takes as long; how long it really took is looked at in the end.
            .timeout(2 * SET_TIME)
            .json(&body);
        let response = async {
            let response = request.send().await?;
            Ok::<_, reqwest::Error>((response.status(), response.text().await?))
        };
        match response.await {
            Ok((status, text)) => Answer::of(status, &text),
            Err(error) => {
                assert!(!error.is_timeout(), "{command:?}: {error:?}");
                assert!(door.is_closed(), "the server was well; {command:?}: {error:?}");
                Answer::Lost
            }
        }
    }

    /// Counts what came of a command, and remembers what is known by it.
    async fn remember(&mut self, command: Command, answer: Answer, known: i64) {
        match answer {
            Answer::Payload(payload) => {
                let refused = !payload["userErrors"].as_array().is_none_or(Vec::is_empty);
                if refused {
                    self.tally.refused += 1;
                } else if has_changed(&payload) && command.deed != Deed::Nothing {
                    self.tally.changed += 1;
                } else {
                    self.tally.unchanged += 1;
                }
                self.look(&payload, command.campaign(), known);
                if has_changed(&payload) {
                    self.stage
                        .known
                        .learn(|facts| acknowledged(facts, command.deed, &payload));
                }
            }
            Answer::Nonsense => {
                assert!(command.is_nonsense, "{command:?} is no nonsense");
                self.tally.refused += 1;
            }
            Answer::Unavailable { is_unchanged } => {
                self.tally.unavailable += 1;
                if !is_unchanged {
                    self.stage.known.learn(|facts| unknown(facts, command.deed));
                }
                self.pause().await;
            }
            Answer::Lost => {
                self.tally.lost += 1;
                self.stage.known.learn(|facts| unknown(facts, command.deed));
                self.pause().await;
            }
        }
    }

    async fn pause(&mut self) {
        sleep(Duration::from_millis(
            u64::try_from(self.dice.roll(PAUSE)).unwrap(),
        ))
        .await;
    }

    /// Looks at what a payload shows. A campaign that the command was about has not gone back behind the version that
    /// was known before it was sent.
    fn look(&self, payload: &Value, campaign: Option<&str>, known: i64) {
        for shown in shown(payload) {
            let id = shown["id"].as_str().unwrap();
            let version = shown["version"].as_i64().unwrap();
            assert!(
                campaign != Some(id) || version >= known,
                "{shown} has been at version {known}"
            );
            let actions = shown["allowedActions"].as_array().unwrap().iter();
            let allowed_actions = actions
                .map(|action| action.as_str().unwrap().to_owned())
                .collect();
            let seen = Seen {
                version,
                allowed_actions,
            };
            self.stage.known.saw(id, seen);
        }
        if payload["changed"] == true {
            if let Some(id) = payload["newSegment"]["id"].as_str() {
                self.stage.known.found_segment(id.to_owned());
            }
            if let Some(id) = payload["newCanvas"]["id"].as_str() {
                self.stage.known.found_canvas(id.to_owned());
            }
        }
    }
}

/// Whether a payload says that something has changed.
fn has_changed(payload: &Value) -> bool {
    payload["changed"] == true || payload["changedCount"].as_i64().is_some_and(|count| count > 0)
}

/// All campaigns that a payload shows.
fn shown(payload: &Value) -> Vec<&Value> {
    let mut shown = vec![payload, &payload["campaign"]];
    shown.extend(payload["archivedCampaigns"].as_array().into_iter().flatten());
    let results = payload["results"].as_array().into_iter().flatten();
    shown.extend(results.map(|result| &result["campaign"]));
    shown.retain(|campaign| campaign["version"].is_i64());
    shown
}

/// Notes what was acknowledged.
fn acknowledged(facts: &mut Facts, deed: Deed, payload: &Value) {
    match deed {
        Deed::Make { name } => facts.makings.entry(name).or_default().surely += 1,
        Deed::One { id, kind, expected } => {
            if let Some(version) = expected {
                facts.exact.insert((id.clone(), version + 1, kind));
            }
            facts.changes.entry((id, kind)).or_default().surely += 1;
        }
        Deed::Many { kind, .. } => {
            for result in payload["results"].as_array().unwrap() {
                if result["outcome"] == "CHANGED" {
                    let id = result["id"].as_str().unwrap().to_owned();
                    facts.changes.entry((id, kind)).or_default().surely += 1;
                }
            }
        }
        Deed::Cascade => {
            for campaign in payload["archivedCampaigns"].as_array().unwrap() {
                let id = campaign["id"].as_str().unwrap().to_owned();
                facts.changes.entry((id, "ARCHIVED")).or_default().surely += 1;
            }
        }
        Deed::Show { .. } | Deed::Nothing => {}
    }
}

/// Notes what may have happened or not.
fn unknown(facts: &mut Facts, deed: Deed) {
    match deed {
        Deed::Make { name } => facts.makings.entry(name).or_default().perhaps += 1,
        Deed::One { id, kind, .. } => facts.changes.entry((id, kind)).or_default().perhaps += 1,
        Deed::Many { kind, ids: Some(ids) } => {
            for id in ids {
                facts.changes.entry((id, kind)).or_default().perhaps += 1;
            }
        }
        Deed::Many { kind, ids: None } => *facts.anywhere.entry(kind).or_default() += 1,
        Deed::Cascade => *facts.anywhere.entry("ARCHIVED").or_default() += 1,
        Deed::Show { .. } | Deed::Nothing => {}
    }
}
