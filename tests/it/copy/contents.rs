//! A database with something of everything, and all that can be read of it.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::{Value, json};
use understudy_app::demo;
use understudy_domain::WorkspaceId;
use understudy_persistence::copy;

use crate::harness::{Database, Dice, World, audit, email, in_app, webhook};

/// Commands that take only a campaign.
const COMMANDS: [&str; 7] = [
    "launchCampaign",
    "stopCampaign",
    "resumeCampaign",
    "archiveCampaign",
    "unarchiveCampaign",
    "launchDraft",
    "discardDraft",
];

/// Texts that are easily spoilt on their way, and words of them to search for.
const TEXTS: [(&str, &str); 7] = [
    ("It's \"quoted\" \\ and $1, ?, :name, {braces}", "quoted"),
    ("Crème brûlée für Straße und Øre", "creme"),
    ("Cre\u{300}me with a sign of its own", "crème"),
    ("Ελλάδα 日本語 עברית \u{200f}", "ελλάδα"),
    ("👩‍👩‍👧 family \u{1f3f4}\u{e0067}", "family"),
    ("tab\tline\r\nnext\u{2028}end ", "next"),
    ("x'00' NULL '' \\x41 \\u0041", "u0041"),
];

/// How many commands are tried by chance.
const COMMANDS_TRIED: usize = 150;

/// Has something in hand that nobody sends any more, as a process leaves it behind that is killed.
pub(super) async fn leave_in_mid_send(world: &World) {
    let db = world.database.connect().await;
    for statement in [
        "INSERT INTO senders (id, beat, lease_seconds) SELECT id, 7, 60 FROM workspaces WHERE name = 'default'",
        "INSERT INTO deliveries (id, workspace_id, campaign_id, run_id, recipient_id, state, attempts, due_at, not_before, \
         sender_id) SELECT recipients.id, recipients.workspace_id, first.id, first.id, recipients.id, 'CLAIMED', 1, \
         recipients.created_at, recipients.created_at, recipients.workspace_id \
         FROM recipients, (SELECT campaign_id AS id FROM campaign_deliveries ORDER BY campaign_id LIMIT 1) AS first",
        "INSERT INTO calls (id, workspace_id, campaign_id, key, properties, created_at) SELECT campaign_deliveries.campaign_id, \
         campaign_deliveries.workspace_id, campaign_deliveries.campaign_id, 'It''s 1', '{}', campaigns.created_at FROM campaign_deliveries JOIN campaigns ON campaigns.id = campaign_deliveries.campaign_id \
         ORDER BY campaign_deliveries.campaign_id LIMIT 1",
        "UPDATE campaign_deliveries SET planned = (SELECT COUNT(*) FROM deliveries), \
         in_flight = (SELECT COUNT(*) FROM deliveries) \
         WHERE campaign_id = (SELECT campaign_id FROM campaign_deliveries ORDER BY campaign_id LIMIT 1)",
    ] {
        db.execute_unprepared(statement).await.unwrap();
    }
    db.close().await.unwrap();
}

/// Fills a database with the examples, with a crowd, with texts of all kinds, and with what came of many commands.
pub(super) async fn fill(world: &World) {
    demo::fill(&world.app, WorkspaceId::DEFAULT).await.unwrap();
    // More events than are in memory at once.
    let crowd = world.crowd(60).await;
    world.restless(&crowd, 900).await;
    let segment = world.segment("It's \"quoted\"").await;
    for (text, _) in TEXTS {
        for mut content in [email("Letter"), in_app("Window"), webhook("Hook")] {
            content["description"] = json!(text);
            content["tags"] = json!([text.trim(), "plain"]);
            content["segmentIds"] = json!([segment]);
            content["schedule"] = json!({ "kind": "AT_TIME", "startAt": "2027-02-28T23:59:59.999Z", "endAt": "2027-03-01T00:00:00Z" });
            let id = world.unlaunched(content).await;
            world.run("launchCampaign", &id).await;
        }
    }
    let mut large = email("Large");
    large["message"]["email"]["body"] = json!("wörd ".repeat((1 << 20) / 6));
    world.create(large).await;
    wander(world).await;
    // Each table has something, whatever chance has done.
    let id = world.active(email("With a draft")).await;
    world.save_draft(&id, json!({ "name": "Its draft" })).await;
    let people: Vec<Value> = TEXTS
        .iter()
        .enumerate()
        .map(|(index, (text, _))| {
            let attributes =
                json!({ "text": text, *text: [0.1, 1e300, -0.0, 1.0, 5e-324, u64::MAX, i64::MIN, null] });
            json!({ "externalId": format!("{index} 'x'"), "attributes": attributes })
        })
        .collect();
    let made = world.upsert(json!(people)).await;
    assert_eq!(
        made["recipients"].as_array().unwrap().len(),
        TEXTS.len(),
        "{made}"
    );
    let token = "mutation { createToken(input: { name: \"It\", role: EDITOR }) { token { id } } }";
    world.ask(token, json!({})).await;
    leave_in_mid_send(world).await;
}

/// Does whatever comes to mind to campaigns and segments; much of it is refused.
async fn wander(world: &World) {
    let mut dice = Dice::new(11);
    let books = audit(world).await;
    let ids: Vec<String> = books.campaigns.keys().cloned().collect();
    for _ in 0..COMMANDS_TRIED {
        let id = dice.pick(&ids);
        let text = dice.pick(&TEXTS).0;
        match dice.roll(10) {
            0 => drop(world.save_draft(id, json!({ "name": text })).await),
            1 => drop(world.update(id, json!({ "description": text })).await),
            2 => drop(world.clone_campaign(id, Some(text)).await),
            3 => drop(world.place(id, json!({ "level": "HIGH" })).await),
            4 => drop(world.canvas(text, "LOW").await),
            _ => drop(world.run(COMMANDS[dice.roll(COMMANDS.len())], id).await),
        }
    }
    let segment = world.segment("Archived with its campaigns").await;
    let mut content = email("Archived with its segment");
    content["segmentIds"] = json!([segment]);
    world.active(content).await;
    world.archive_segment(&segment, false).await;
}

/// All rows of the tables that are copied, as the database itself writes them.
pub(super) async fn dump(database: &Database) -> BTreeMap<&'static str, Vec<String>> {
    let db = database.connect().await;
    let texts = async |sql: String| -> Vec<String> {
        let rows = db
            .query_all_raw(Statement::from_string(database.backend(), sql))
            .await;
        let text = |row: &sea_orm::QueryResult| row.try_get_by_index(0).unwrap();
        rows.unwrap().iter().map(text).collect()
    };
    let mut tables = BTreeMap::new();
    for table in copy::tables() {
        let row = match database.backend() {
            DbBackend::Sqlite => {
                let columns = texts(format!("SELECT name FROM pragma_table_info('{table}')")).await;
                let quoted = columns.iter().map(|column| format!("quote({column})"));
                quoted.collect::<Vec<_>>().join(" || ', ' || ")
            }
            _ => format!("{table}::text"),
        };
        let rows = texts(format!("SELECT {row} FROM {table} ORDER BY 1")).await;
        tables.insert(table, rows);
    }
    db.close().await.unwrap();
    tables
}

/// All that a client can be shown: campaigns and their drafts, history, feed, the in-app order, lists and searches.
pub(super) async fn shown(world: &World) -> Value {
    let books = audit(world).await;
    let mut campaigns = vec![];
    for id in books.campaigns.keys() {
        campaigns.push(world.campaign(id).await);
    }
    let query = "query ($search: String) {
        campaigns(first: 100, filter: { search: $search, status: [UNLAUNCHED, ACTIVE, STOPPED, ARCHIVED] }) {
            totalCount nodes { id } }
        segments(first: 100, includeArchived: true) { nodes { id name description archivedAt version } }
    }";
    let mut found = vec![];
    let words = ["", "sale", "wörd", "hello", "quoted plain", "hook example"].into_iter();
    for search in words.chain(TEXTS.iter().map(|(_, word)| *word)) {
        let data = world.ask(query, json!({ "search": search })).await;
        assert_ne!(data["campaigns"]["totalCount"], 0, "{search}");
        found.push(data);
    }
    json!({
        "campaigns": campaigns,
        "history": books.events,
        "feed": world.events_after(0).await,
        "order": world.sources().await,
        "found": found,
    })
}
