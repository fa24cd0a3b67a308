//! Lists read by index, however many campaigns there are: no page, filter or search reads a whole table.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use serde_json::json;

use crate::harness::{Database, Server, World, backend, command, email};

/// As many as it takes for a database not to read all of them for being few.
const CAMPAIGNS: u32 = 20_000;

/// The tables that grow with the campaigns. (Few have a draft, so to read all drafts may well be the best.)
const LARGE: [&str; 5] = [
    "campaigns",
    "contents",
    "content_tags",
    "content_segments",
    "campaign_events",
];

const ORDERS: [&str; 6] = [
    "{ field: CREATED_AT, direction: ASC }",
    "{ field: CREATED_AT, direction: DESC }",
    "{ field: UPDATED_AT, direction: ASC }",
    "{ field: UPDATED_AT, direction: DESC }",
    "{ field: NAME, direction: ASC }",
    "{ field: NAME, direction: DESC }",
];

/// Filters that find few, or many; `SEGMENT` stands for a segment's id.
const FILTERS: [&str; 13] = [
    "",
    "status: [STOPPED]",
    "status: [ACTIVE]",
    "status: [ACTIVE, STOPPED]",
    "hasDraft: true",
    "hasDraft: false",
    "channel: [WEBHOOK]",
    "channel: [EMAIL]",
    "tags: [\"rare\"]",
    "segmentId: \"SEGMENT\"",
    "search: \"needle\"",
    "search: \"needle hay\"",
    "search: \"need\", status: [ACTIVE]",
];

/// A database of many campaigns that hardly differ, and few that filters find; with it an id of a campaign and of a
/// segment.
async fn full_database() -> (Database, String, String) {
    let world = World::new().await;
    let mut rare = email("Needle in the hay");
    rare["tags"] = json!(["rare"]);
    let rare = world.active(rare).await;
    let segment = world.campaign(&rare).await["segments"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    world.save_draft(&rare, json!({ "name": "Needles" })).await;
    let hook = world
        .active(json!({ "name": "Hook", "message": { "webhook": { "url": "https://example.com/", "body": "" } } }))
        .await;
    world.run("stopCampaign", &hook).await;
    let mut common = email("Hay");
    common["tags"] = json!(["common"]);
    let common = world.active(common).await;
    world.judge.look_away();
    world.copies(&common, CAMPAIGNS).await;
    let db = world.database.connect().await;
    let (name, words) = match backend() {
        DbBackend::Sqlite => ("lower(hex(id))", "SELECT 1"),
        _ => (
            "id::text",
            "INSERT INTO content_words SELECT id, to_tsvector('simple', name), ' hay' FROM contents
            ON CONFLICT DO NOTHING",
        ),
    };
    let names = format!("UPDATE campaigns SET sort_name = {name} WHERE sort_name = 'hay'");
    let events = "INSERT INTO campaign_events
            (workspace_id, sequence, campaign_id, version, kind, at, status_after)
        SELECT workspace_id, 100 + ROW_NUMBER() OVER (), id, 1, 'CREATED', created_at, 'UNLAUNCHED' FROM campaigns
        WHERE id NOT IN (SELECT campaign_id FROM campaign_events)";
    for sql in [&names, words, events, "ANALYZE"] {
        db.execute_unprepared(sql).await.unwrap();
    }
    db.close().await.unwrap();
    world.app.clone().close().await;
    (world.database, rare, segment)
}

/// All operations that read lists, the second page of each list too.
async fn read_lists(server: &Server, campaign: &str, segment: &str) {
    let list = "query ($first: Int, $after: String, $filter: CampaignFilter, $by: CampaignOrder) {
        campaigns(first: $first, after: $after, filter: $filter, orderBy: $by) {
            pageInfo { endCursor }
            nodes { id name tags segments { id } draft { id } inAppPriority { level } }
        } }";
    for filter in FILTERS {
        for order in ORDERS {
            let filter = filter.replace("SEGMENT", segment);
            let query = list
                .replace(", $filter: CampaignFilter, $by: CampaignOrder", "")
                .replace("$filter", &format!("{{ {filter} }}"))
                .replace("$by", order);
            let first = server.ask(&query, json!({ "first": 20 })).await;
            let cursor = &first["campaigns"]["pageInfo"]["endCursor"];
            server.ask(&query, json!({ "first": 20, "after": cursor })).await;
        }
    }
    let one = "query ($id: ID!) { campaign(id: $id) { name history(first: 20) { nodes { sequence } } } }";
    server.ask(one, json!({ "id": campaign })).await;
    server
        .ask("{ inAppOrder(first: 20) { nodes { __typename } } }", json!({}))
        .await;
}

fn serve(database: &Database, log: &Path) -> Server {
    let serve = ["serve", "--listen", "127.0.0.1:0", "--database", database.url()];
    let log = File::create(log).unwrap();
    Server::start_as(
        command()
            .args(serve)
            .env("UNDERSTUDY_LOG", "understudy::sql=trace")
            .stderr(log),
    )
}

#[tokio::test]
async fn no_list_reads_a_whole_table() {
    let (database, campaign, segment) = full_database().await;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let db = database.connect().await;
    let before = rows_read_one_after_the_other(&db).await;
    let mut server = serve(&database, &log);
    read_lists(&server, &campaign, &segment).await;
    server.terminate().await;
    match backend() {
        DbBackend::Sqlite => check_plans(&db, &std::fs::read_to_string(&log).unwrap()).await,
        _ => assert_eq!(rows_read_one_after_the_other(&db).await, before),
    }
}

/// Of each large table, how many rows PostgreSQL has read in sequential scans. It counts them when the connection that
/// read them is closed.
async fn rows_read_one_after_the_other(db: &DatabaseConnection) -> Vec<(String, i64)> {
    if backend() == DbBackend::Sqlite {
        return vec![];
    }
    let open = "SELECT COUNT(*) AS open FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'understudy%'";
    loop {
        let row = db
            .query_one_raw(Statement::from_string(DbBackend::Postgres, open))
            .await
            .unwrap()
            .unwrap();
        if row.try_get::<i64>("", "open").unwrap() == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let sql = "SELECT relname::text AS name, seq_tup_read AS rows FROM pg_stat_user_tables ORDER BY relname";
    let rows = db
        .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .unwrap();
    let rows = rows
        .iter()
        .map(|row| (row.try_get("", "name").unwrap(), row.try_get("", "rows").unwrap()));
    rows.filter(|(name, _): &(String, i64)| LARGE.contains(&name.as_str()) || name == "content_words")
        .collect()
}

/// Asks `SQLite` for the plan of each statement that was run.
async fn check_plans(db: &DatabaseConnection, log: &str) {
    let statements: BTreeSet<&str> = log
        .lines()
        .filter_map(|line| line.split_once("understudy::sql: "))
        .map(|(_, sql)| sql)
        .filter(|sql| sql.starts_with("SELECT"))
        .collect();
    assert!(statements.len() > 30, "{log}");
    let mut bad = vec![];
    for sql in statements {
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let plan = db
            .query_all_raw(Statement::from_string(DbBackend::Sqlite, explain))
            .await
            .unwrap();
        let steps: Vec<String> = plan
            .iter()
            .map(|step| step.try_get("", "detail").unwrap())
            .collect();
        let is_whole = |step: &String| {
            LARGE.iter().any(|table| {
                let scan = format!("SCAN {table}");
                *step == scan || step.starts_with(&format!("{scan} ")) && !step.contains("USING")
            })
        };
        // The time would tell how much of another workspace uses one of its segments, or has a tag.
        let is_of_all = |step: &String| {
            let is_found = ["segment_id=?", "tag=?"].iter().any(|by| step.contains(by));
            is_found && !step.contains("workspace_id=?")
        };
        if steps.iter().any(is_whole) || steps.iter().any(is_of_all) {
            bad.push((sql, steps));
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
}
