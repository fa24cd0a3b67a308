//! What is not copied, and that one line says why.

use std::fs;

use sea_orm::{ConnectionTrait as _, DbBackend, TransactionTrait as _};
use serde_json::json;
use understudy_persistence::migrate;

use crate::harness::{Database, World, backend, run};

/// A copy that must be refused; the one line that says why.
fn refused(from: &str, to: &str) -> String {
    let (stdout, stderr, status) = run(&["copy", "--from", from, "--to", to]);
    assert_eq!(status.code(), Some(1), "{stderr}");
    assert_eq!(stdout, "");
    let line = stderr.strip_suffix('\n').unwrap();
    // That a password stands in the command line is told before.
    let (warning, line) = line.split_once('\n').unwrap_or(("", line));
    let has_password = [from, to].iter().any(|url| url.contains(":secret@"));
    assert_eq!(
        warning.contains("a password stands in the command line"),
        has_password,
        "{stderr}"
    );
    assert_eq!(warning.is_empty(), !has_password, "{stderr}");
    assert!(!line.contains('\n'), "{stderr}");
    line.strip_prefix("understudy: ").unwrap().to_owned()
}

/// A database with all migrations.
async fn migrated() -> Database {
    let database = Database::new();
    migrate::up(database.url()).await.unwrap();
    database
}

async fn execute(database: &Database, sql: &str) {
    let db = database.connect().await;
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_target_that_is_not_empty() {
    let source = migrated().await;
    let world = World::new().await;
    world.segment("Everyone").await;
    let target = world.closed().await;
    let line = refused(source.url(), target.url());
    assert!(
        line.contains("is not empty") && line.contains("segments"),
        "{line}"
    );

    for change in ["name = 'mine'", "event_sequence = 1"] {
        let target = migrated().await;
        execute(&target, &format!("UPDATE workspaces SET {change}")).await;
        let line = refused(source.url(), target.url());
        assert!(
            line.contains("is not empty") && line.contains("workspaces"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_database_to_itself() {
    let database = migrated().await;
    let url = database.url();
    let other = match backend() {
        DbBackend::Sqlite => url.replace("/understudy.db", "/./understudy.db"),
        _ => format!("{url}?application_name=other"),
    };
    for to in [url, &other] {
        let line = refused(url, to);
        assert!(line.contains("to itself"), "{line}");
    }
}

#[tokio::test]
async fn a_source_that_is_not_there() {
    let (source, target) = (Database::in_file(), Database::in_file());
    let line = refused(source.url(), target.url());
    assert!(
        line.contains(source.url()) && line.contains("unable to open"),
        "{line}"
    );
    for database in [source, target] {
        let mut files = database.folder().unwrap().read_dir().unwrap();
        assert!(files.next().is_none(), "a file was made");
    }
}

#[tokio::test]
async fn a_source_with_other_migrations_than_the_binary() {
    let source = migrated().await;
    let last = migrate::down(source.url(), 1).await.unwrap().remove(0);
    let target = Database::in_file();
    let line = refused(source.url(), target.url());
    assert!(
        line.contains(&last) && line.contains("understudy migrate up"),
        "{line}"
    );

    // One that this binary could use all the same.
    let source = migrated().await;
    execute(
        &source,
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 0)",
    )
    .await;
    let line = refused(source.url(), target.url());
    assert!(line.contains("newer") && line.contains("m9999_future"), "{line}");
    assert!(target.folder().unwrap().read_dir().unwrap().next().is_none());

    let line = refused(migrated().await.url(), source.url());
    assert!(
        line.contains("newer") && line.contains("m9999_future"),
        "as a target: {line}"
    );
}

#[tokio::test]
async fn a_target_that_cannot_be_reached() {
    let source = migrated().await;
    for (to, said) in [
        ("postgres://someone:secret@127.0.0.1:1/understudy", "cannot open"),
        ("mysql://someone:secret@host/db", "cannot use"),
        ("sqlite://", "memory"),
        ("sqlite:///nowhere/at/all/understudy.db", "unable to open"),
    ] {
        let line = refused(source.url(), to);
        assert!(line.contains(said) && !line.contains("secret"), "{line}");
    }
}

#[tokio::test]
async fn a_target_that_takes_no_writes() {
    let (source, target) = (migrated().await, migrated().await);
    let url = if backend() == DbBackend::Sqlite {
        format!("{}?mode=ro", target.url())
    } else {
        execute(&target, "REVOKE ALL ON workspaces FROM CURRENT_USER").await;
        target.url().to_owned()
    };
    let line = refused(source.url(), &url);
    assert!(
        line.contains("readonly database") || line.contains("permission denied"),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_somebody_else_writes() {
    let (source, target) = (migrated().await, migrated().await);
    let db = target.connect().await;
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("UPDATE workspaces SET event_sequence = 0")
        .await
        .unwrap();
    let line = refused(source.url(), target.url());
    assert!(line.contains("cannot write to"), "{line}");
    tx.rollback().await.unwrap();
    let (_, stderr, status) = run(&["copy", "--from", source.url(), "--to", target.url()]);
    assert!(status.success(), "{stderr}");
}

#[tokio::test]
async fn what_is_no_database_of_ours() {
    let source = Database::in_file();
    let path = source.folder().unwrap().join("understudy.db");
    fs::write(&path, "Dear database,\n".repeat(1_000)).unwrap();
    let line = refused(source.url(), migrated().await.url());
    assert!(line.contains("not a database"), "{line}");

    let source = Database::new();
    execute(&source, "CREATE TABLE letters (words TEXT)").await;
    let line = refused(source.url(), migrated().await.url());
    assert!(line.contains("lacks the migration"), "{line}");
}

#[tokio::test]
async fn what_cannot_be_indexed() {
    let world = World::new().await;
    let webhook = crate::harness::webhook("Spoilt");
    world.create(webhook).await;
    let source = world.closed().await;
    execute(&source, "UPDATE contents SET headers = '7'").await;
    let target = Database::new();
    let (stdout, stderr, status) = run(&["copy", "--from", source.url(), "--to", target.url()]);
    assert_eq!((stdout.as_str(), status.code()), ("", Some(1)), "{stderr}");
    let line = stderr.lines().last().unwrap();
    assert!(
        line.contains("headers") && line.contains("nothing was copied"),
        "{line}"
    );
    let world = World::over(target).await;
    let data = world.ask("{ campaigns { totalCount } }", json!({})).await;
    assert_eq!(data["campaigns"]["totalCount"], 0);
}
