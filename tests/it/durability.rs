//! What was acknowledged survives the process, and what was not is wholly there or not at all.

mod bulk;
mod hang_up;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{
    Books, CAMPAIGN_EVENTS, Database, Dice, Server, Socket, assert_whole, audit, command, email, sequences,
};

/// How many write when the process is killed.
const WRITERS: usize = 12;

/// How often it is killed.
const ROUNDS: usize = 5;

const COMMANDS: [&str; 4] = ["saveDraft", "launchDraft", "stopCampaign", "resumeCampaign"];

/// One writer's campaign. Each of its versions follows from the one before, so that the version alone says what the
/// campaign must be like: created, launched, then draft saved, draft launched, stopped and resumed, again and again.
#[derive(Debug, Clone)]
struct Life {
    id: String,
    /// The last version that was acknowledged.
    acknowledged: i64,
}

impl Life {
    async fn begin(server: &Server, segment: &str, name: &str) -> Self {
        let query = "mutation ($content: CampaignContentInput!) {
            createCampaign(content: $content) { campaign { id } } }";
        let mut content = email(name);
        content["segmentIds"] = json!([segment]);
        let data = server.ask(query, json!({ "content": content })).await;
        let id = data["createCampaign"]["campaign"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let launch = "mutation ($id: ID!) { launchCampaign(id: $id) { changed } }";
        server.ask(launch, json!({ "id": id })).await;
        Self { id, acknowledged: 2 }
    }

    /// Lives on until the server is gone; counts what is acknowledged.
    async fn live(&mut self, server: &Server, acknowledged: &AtomicUsize) {
        loop {
            let next = self.acknowledged + 1;
            let name = COMMANDS[usize::try_from((next - 3) % 4).unwrap()];
            let argument = if name.ends_with("Draft") {
                "campaignId"
            } else {
                "id"
            };
            let content = if name == "saveDraft" {
                format!(", content: {{ description: \"Version {next}\" }}")
            } else {
                String::new()
            };
            let query = format!(
                "mutation ($id: ID!, $version: Int) {{
                    payload: {name}({argument}: $id, expectedVersion: $version{content}) {{
                        userErrors {{ code }} campaign {{ version }} }} }}"
            );
            let variables = json!({ "id": self.id, "version": self.acknowledged });
            let Ok(response) = server.try_execute(&query, variables).await else {
                return;
            };
            let payload = &response["data"]["payload"];
            assert_eq!(payload["userErrors"], json!([]), "{response}");
            assert_eq!(payload["campaign"]["version"], next);
            self.acknowledged = next;
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Checks what came through. The one command that was under way may or may not have.
    async fn check(&mut self, server: &Server, books: &Books) {
        let version = books.campaigns[&self.id]["version"].as_i64().unwrap();
        let possible = self.acknowledged..=self.acknowledged + 1;
        assert!(possible.contains(&version), "{self:?} is at {version}");
        self.acknowledged = version;

        let query = "query ($id: ID!) { campaign(id: $id) { status description draft { description } } }";
        let campaign = server.ask(query, json!({ "id": self.id })).await["campaign"].take();
        let turn = (version - 2) % 4;
        let begun = version - (version - 3).rem_euclid(4);
        let (draft, live) = match turn {
            1 => (Some(begun), begun - 4),
            _ => (None, begun),
        };
        let text = |version: i64| {
            if version < 3 {
                String::new()
            } else {
                format!("Version {version}")
            }
        };
        let draft = draft.map(|version| json!({ "description": text(version) }));
        let status = if turn == 3 { "STOPPED" } else { "ACTIVE" };
        let expected = json!({ "status": status, "description": text(live), "draft": draft });
        assert_eq!(campaign, expected, "version {version}");
    }
}

/// Reads the feed on from what was seen, until the connection is gone.
async fn follow(server: Arc<Server>, mut seen: Vec<Value>) -> Vec<Value> {
    let Ok(socket) = Socket::try_open(&server).await else {
        return seen;
    };
    let mut feed = socket
        .into_feed(CAMPAIGN_EVENTS, json!({ "after": seen.len() }))
        .await;
    while let Some(mut answer) = feed.answer().await {
        assert!(answer.get("errors").is_none(), "{answer}");
        seen.push(answer["data"]["event"].take());
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_survives_a_kill() {
    let database = Database::new();
    let mut lives = {
        let mut server = Server::start(&database);
        let segment = segment(&server).await;
        let mut lives = vec![];
        for number in 0..WRITERS {
            lives.push(Life::begin(&server, &segment, &format!("Campaign {number}")).await);
        }
        // At rest, to begin with.
        server.kill();
        lives
    };
    let mut dice = Dice::new(5);
    let mut seen = vec![];
    for _ in 0..ROUNDS {
        let server = Arc::new(Server::start(&database));
        let acknowledged = Arc::new(AtomicUsize::new(0));
        let follower = tokio::spawn(follow(Arc::clone(&server), seen));
        let writers = lives.into_iter().map(|mut life| {
            let (server, acknowledged) = (Arc::clone(&server), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                life.live(&server, &acknowledged).await;
                life
            })
        });
        let writers: Vec<_> = writers.collect();
        // It is killed while all of them write, after a number of answers that no two rounds share.
        let enough = 40 + dice.roll(80);
        while acknowledged.load(Ordering::Relaxed) < enough {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.signal("KILL");
        lives = vec![];
        for writer in writers {
            lives.push(writer.await.unwrap());
        }
        seen = follower.await.unwrap();
        drop(Arc::into_inner(server).unwrap());

        let server = Server::start(&database);
        let books = audit(&server).await;
        assert_whole(&database).await;
        for life in &mut lives {
            life.check(&server, &books).await;
        }
        // Whoever was told of an event was told the truth.
        assert_eq!(seen, books.events[..seen.len()]);
    }
    let server = Server::start(&database);
    let books = audit(&server).await;
    let left = books.events.len() - seen.len();
    let mut feed = Socket::open(&server)
        .await
        .into_feed(CAMPAIGN_EVENTS, json!({ "after": seen.len() }))
        .await;
    seen.extend(feed.events(left).await);
    assert_eq!(seen, books.events);
    let all = 1..=i64::try_from(seen.len()).unwrap();
    assert_eq!(
        sequences(&seen),
        all.collect::<Vec<_>>(),
        "over all restarts, each once"
    );
    // Once more, with a log that no server has read since the kill.
    drop(server);
    assert_whole(&database).await;
}

async fn segment(server: &Server) -> String {
    let query = "mutation { createSegment(input: { name: \"Everyone\" }) { segment { id } } }";
    let data = server.ask(query, json!({})).await;
    data["createSegment"]["segment"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_while_it_makes_its_database_can_be_started_again() {
    let mut dice = Dice::new(6);
    for _ in 0..12 {
        let database = Database::new();
        let mut child = command()
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database.url()])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // Any moment is a good one, and most of these are before it listens.
        let moment = u64::try_from(dice.roll(60)).unwrap();
        tokio::time::sleep(Duration::from_millis(moment)).await;
        child.kill().unwrap();
        child.wait().unwrap();

        let mut server = Server::start(&database);
        segment(&server).await;
        assert!(server.terminate().await.success());
        assert_whole(&database).await;
    }
}
