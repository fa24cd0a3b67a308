//! What the database itself refuses, whatever the program may try.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend};
use understudy_persistence::migrate;

use crate::harness::{Database, backend};

/// A database with one campaign of each kind of neighbour, written as plainly as possible.
async fn furnished() -> (Database, DatabaseConnection) {
    let database = Database::new();
    migrate::up(database.url()).await.unwrap();
    let db = database.connect().await;
    if backend() == DbBackend::Sqlite {
        db.execute_unprepared("PRAGMA foreign_keys = ON").await.unwrap();
    }
    for sql in [
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
        db.execute_unprepared(&spelled(sql))
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    (database, db)
}

/// A statement with `SQLite`'s literals as the database spells them. What is one byte there is an id, and elsewhere
/// a whole UUID.
fn spelled(sql: &str) -> String {
    if backend() == DbBackend::Sqlite {
        return sql.to_owned();
    }
    let sql = sql.replace("'2026-", "timestamptz '2026-");
    let (head, pieces) = sql.split_once("x'").unwrap_or((&sql, ""));
    let literal = |piece: &str| match piece.split_once('\'') {
        Some((digits, rest)) if digits.len() == 2 => format!("uuid '{digits:0>32}'{rest}"),
        Some((digits, rest)) => format!("bytea '\\x{digits}'{rest}"),
        None => String::new(),
    };
    head.to_owned() + &pieces.split("x'").map(literal).collect::<String>()
}

#[tokio::test]
async fn the_database_itself_refuses_what_the_rules_forbid() {
    let (_database, db) = furnished().await;
    for (rule, constraint, sql) in FORBIDDEN {
        let sql = spelled(sql);
        let refused = db.execute_unprepared(&sql).await.expect_err(rule).to_string();
        let said = match backend() {
            DbBackend::Sqlite => format!("{constraint} constraint failed"),
            _ => format!("violates {} constraint", constraint.to_lowercase()),
        };
        assert!(refused.contains(&said), "{rule}: {refused}");
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
