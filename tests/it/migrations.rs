//! The schema goes up, down and up again, and the database itself keeps what no row may say.

use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;
use understudy_app::{App, OpenError};
use understudy_persistence::migrate;

use crate::harness::together;

fn fresh() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("understudy.db").display());
    (folder, url)
}

async fn tables(url: &str) -> Vec<String> {
    let db = Database::connect(url).await.unwrap();
    let sql = "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name <> 'seaql_migrations' ORDER BY name";
    let rows = db
        .query_all_raw(Statement::from_string(DbBackend::Sqlite, sql))
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

#[tokio::test]
async fn migrations_go_up_and_down_and_up_again() {
    let (_folder, url) = fresh();
    let all = migrate::up(&url).await.unwrap();
    let first = tables(&url).await;
    assert_eq!(
        migrate::up(&url).await.unwrap(),
        Vec::<String>::new(),
        "a second time there is nothing to do"
    );

    let count = u32::try_from(all.len()).unwrap();
    let mut reversed = all.clone();
    reversed.reverse();
    assert_eq!(migrate::down(&url, count).await.unwrap(), reversed);
    assert_eq!(
        tables(&url).await,
        Vec::<String>::new(),
        "down leaves nothing behind"
    );

    assert_eq!(migrate::up(&url).await.unwrap(), all);
    assert_eq!(tables(&url).await, first);
}

#[tokio::test]
async fn each_migration_can_be_taken_back_alone() {
    let (_folder, url) = fresh();
    let all = migrate::up(&url).await.unwrap();
    for name in all.iter().rev() {
        assert_eq!(migrate::down(&url, 1).await.unwrap(), vec![name.clone()]);
        let states = migrate::status(&url).await.unwrap();
        assert!(states.iter().all(|state| state.applied == (state.name < *name)));
    }
}

#[tokio::test]
async fn asking_for_the_status_makes_no_database() {
    let (folder, url) = fresh();
    assert!(matches!(
        migrate::status(&url).await,
        Err(OpenError::Unopenable { .. })
    ));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn a_database_that_is_newer_than_the_binary_is_refused_and_left_alone() {
    let (_folder, url) = fresh();
    migrate::up(&url).await.unwrap();
    let db = Database::connect(&url).await.unwrap();
    db.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 0)")
        .await
        .unwrap();
    db.execute_unprepared("UPDATE compatibility SET oldest_migration = 'm9999_future'")
        .await
        .unwrap();
    let refused = App::open(&url).await.unwrap_err();
    assert!(
        matches!(&refused, OpenError::Newer { migration, .. } if migration == "m9999_future"),
        "{refused}"
    );
}

#[tokio::test]
async fn migrations_that_break_off_leave_nothing_half_made() {
    let (_folder, url) = fresh();
    migrate::up(&url).await.unwrap();
    let all = tables(&url).await;
    // What SQLite makes for itself beside an index is not ours to make.
    let is_own = |name: &&String| all.iter().any(|table| name.starts_with(&format!("{table}_")));
    for in_the_way in all.iter().filter(|name| !is_own(name)) {
        let (_folder, url) = fresh();
        let db = Database::connect(format!("{url}?mode=rwc")).await.unwrap();
        db.execute_unprepared(&format!("CREATE TABLE {in_the_way} (words TEXT)"))
            .await
            .unwrap();
        let broken_off = migrate::up(&url).await.unwrap_err();
        assert!(
            matches!(broken_off, OpenError::Unmigratable { .. }),
            "{broken_off}"
        );
        assert_eq!(tables(&url).await, [in_the_way.as_str()]);

        db.execute_unprepared(&format!("DROP TABLE {in_the_way}"))
            .await
            .unwrap();
        db.close().await.unwrap();
        App::open(&url).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_open_a_new_database_at_once_migrate_it_once() {
    let (_folder, url) = fresh();
    let open = |url: String| async move { App::open(&url).await };
    for opened in together((0..8).map(|_| open(url.clone()))).await {
        opened.unwrap();
    }
}

/// A database with one campaign of each kind of neighbour, written as plainly as possible.
async fn furnished() -> (TempDir, DatabaseConnection) {
    let (folder, url) = fresh();
    migrate::up(&url).await.unwrap();
    let db = Database::connect(&url).await.unwrap();
    for sql in [
        "PRAGMA foreign_keys = ON",
        "INSERT INTO contents (id, workspace_id, name, sort_name, description, schedule_kind)
            SELECT x'01', id, 'A', 'a', '', 'ON_LAUNCH' FROM workspaces",
        "INSERT INTO contents (id, workspace_id, name, sort_name, description, schedule_kind)
            SELECT x'02', id, 'B', 'b', '', 'ON_LAUNCH' FROM workspaces",
        "INSERT INTO contents (id, workspace_id, name, sort_name, description, schedule_kind)
            SELECT x'03', id, 'C', 'c', '', 'ON_LAUNCH' FROM workspaces",
        "INSERT INTO segments (id, workspace_id, version, name, sort_name, description)
            SELECT x'05', id, 1, 'S', 's', '' FROM workspaces",
        "INSERT INTO campaigns (id, workspace_id, content_id, version, status, created_at, updated_at)
            SELECT x'0A', id, x'01', 1, 'UNLAUNCHED', '2026-01-01', '2026-01-01' FROM workspaces",
        "INSERT INTO drafts (campaign_id, workspace_id, content_id, based_on_version, created_at, updated_at)
            SELECT x'0A', id, x'02', 1, '2026-01-01', '2026-01-01' FROM workspaces",
        "INSERT INTO in_app_places (source_id, workspace_id, campaign_id, level, rank)
            SELECT x'0A', id, x'0A', 1, x'8000000000000000' FROM workspaces",
        "INSERT INTO content_tags SELECT x'01', 0, id, 'tag' FROM workspaces",
        "INSERT INTO content_segments SELECT x'01', 0, id, x'05' FROM workspaces",
        "INSERT INTO campaign_events (workspace_id, sequence, campaign_id, version, kind, at, status_after)
            SELECT id, 1, x'0A', 1, 'CREATED', '2026-01-01', 'UNLAUNCHED' FROM workspaces",
    ] {
        db.execute_unprepared(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    (folder, db)
}

#[tokio::test]
async fn the_database_itself_refuses_what_the_rules_forbid() {
    let (_folder, db) = furnished().await;
    for (rule, constraint, sql) in FORBIDDEN {
        let refused = db.execute_unprepared(sql).await.expect_err(rule).to_string();
        assert!(
            refused.contains(&format!("{constraint} constraint failed")),
            "{rule}: {refused}"
        );
    }
}

/// A rule, the kind of constraint that keeps it, and what would break it.
const FORBIDDEN: [(&str, &str, &str); 24] = [
    (
        "one draft at most",
        "UNIQUE",
        "INSERT INTO drafts SELECT x'0A', id, x'03', 1, '2026-01-01', '2026-01-01' FROM workspaces",
    ),
    (
        "a draft has a content",
        "FOREIGN KEY",
        "UPDATE drafts SET content_id = x'7F'",
    ),
    (
        "a content in use stays",
        "FOREIGN KEY",
        "DELETE FROM contents WHERE id = x'01'",
    ),
    (
        "a campaign with events stays",
        "FOREIGN KEY",
        "DELETE FROM campaigns",
    ),
    (
        "versions count from 1",
        "CHECK",
        "UPDATE campaigns SET version = 0",
    ),
    (
        "only the four statuses",
        "CHECK",
        "UPDATE campaigns SET status = 'PAUSED'",
    ),
    (
        "active has a launch",
        "CHECK",
        "UPDATE campaigns SET status = 'ACTIVE'",
    ),
    (
        "unlaunched has none",
        "CHECK",
        "UPDATE campaigns SET launched_at = '2026-01-01'",
    ),
    (
        "archived has a time",
        "CHECK",
        "UPDATE campaigns SET status = 'ARCHIVED'",
    ),
    (
        "only what is archived names a segment",
        "CHECK",
        "UPDATE campaigns SET archived_by_segment_id = x'05'",
    ),
    (
        "stopped has a launch",
        "CHECK",
        "UPDATE campaigns SET status = 'STOPPED', stopped_at = '2026-01-01'",
    ),
    ("a name has characters", "CHECK", "UPDATE contents SET name = ''"),
    (
        "a message has a channel",
        "CHECK",
        "UPDATE contents SET subject = 'Hello', body = ''",
    ),
    (
        "an email has a subject",
        "CHECK",
        "UPDATE contents SET channel = 'EMAIL', body = ''",
    ),
    (
        "an email has no title",
        "CHECK",
        "UPDATE contents SET channel = 'EMAIL', subject = 's', body = '', title = 't'",
    ),
    (
        "AT_TIME has a start",
        "CHECK",
        "UPDATE contents SET schedule_kind = 'AT_TIME'",
    ),
    (
        "an end comes after the start",
        "CHECK",
        "UPDATE contents SET start_at = '2026-02-01', end_at = '2026-01-01'",
    ),
    (
        "each tag once",
        "UNIQUE",
        "INSERT INTO content_tags SELECT x'01', 1, id, 'tag' FROM workspaces",
    ),
    (
        "each segment once",
        "UNIQUE",
        "INSERT INTO content_segments SELECT x'01', 1, id, x'05' FROM workspaces",
    ),
    ("a segment in use stays", "FOREIGN KEY", "DELETE FROM segments"),
    (
        "no two sources share a place",
        "UNIQUE",
        "INSERT INTO in_app_places (source_id, workspace_id, campaign_id, level, rank)
            SELECT x'0B', id, x'0B', 1, x'8000000000000000' FROM workspaces",
    ),
    (
        "a place has a source",
        "CHECK",
        "UPDATE in_app_places SET campaign_id = NULL",
    ),
    (
        "one event for each version",
        "UNIQUE",
        "INSERT INTO campaign_events
            (workspace_id, sequence, campaign_id, version, kind, at, status_before, status_after)
            SELECT id, 2, x'0A', 2, 'UPDATED', '2026-01-01', 'UNLAUNCHED', 'UNLAUNCHED' FROM workspaces
            UNION ALL
            SELECT id, 3, x'0A', 2, 'UPDATED', '2026-01-01', 'UNLAUNCHED', 'UNLAUNCHED' FROM workspaces",
    ),
    (
        "no sequence twice",
        "UNIQUE",
        "INSERT INTO campaign_events SELECT * FROM campaign_events",
    ),
];
