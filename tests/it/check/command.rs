//! The command itself: what it prints, its exit codes, and that it only reads.

use std::fs;

use sea_orm::ConnectionTrait as _;
use understudy_persistence::migrate;

use super::event;
use crate::harness::{Database, Server, World, email, run};

/// Runs `understudy check`, which must fail without having looked; the one line that says why.
fn complaint(url: &str) -> String {
    let (stdout, stderr, status) = run(&["check", "--database", url]);
    assert_eq!((stdout.as_str(), status.code()), ("", Some(1)), "{stderr}");
    let line = stderr.strip_prefix("understudy: ").unwrap();
    let line = line.strip_suffix('\n').unwrap();
    assert!(!line.contains('\n'), "{line}");
    line.to_owned()
}

#[tokio::test]
async fn what_is_clean_ends_well_and_what_is_not_does_not() {
    let world = World::new().await;
    let id = world.active(email("Spring")).await;
    let (stdout, stderr, status) = run(&["check", "--database", world.database.url()]);
    assert_eq!(stdout, "workspaces: 1, campaigns: 1, events: 2, findings: 0\n");
    assert_eq!((stderr.as_str(), status.code()), ("", Some(0)));

    let tampering = world.tamper().await;
    let kind = ("kind", "STOPPED".into());
    tampering.set("campaign_events", &event(&id, 2), kind).await;
    let (stdout, stderr, status) = run(&["check", "--database", world.database.url()]);
    let lines = [
        format!(
            "{id}: event 2 (STOPPED, version 2): the rules refuse it where the campaign is UNLAUNCHED: NotLaunched"
        ),
        "workspaces: 1, campaigns: 1, events: 2, findings: 1".to_owned(),
    ];
    assert_eq!(stdout, lines.map(|line| line + "\n").concat());
    assert_eq!((stderr.as_str(), status.code()), ("", Some(1)));
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_made() {
    let Some(database) = Database::embedded("a file that is not there") else {
        return;
    };
    assert!(complaint(database.url()).contains("unable to open"));
    assert_eq!(database.folder().unwrap().read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn a_database_of_another_version_is_refused() {
    let database = Database::new();
    let url = database.url();
    // Makes the file, where it is one.
    database
        .connect()
        .await
        .execute_unprepared("CREATE TABLE other (id INTEGER)")
        .await
        .unwrap();
    let lacking = complaint(url);
    assert!(lacking.contains("lacks the migration \"m0001_"), "{lacking}");

    let last = migrate::up(url).await.unwrap().pop().unwrap();
    migrate::down(url, 1).await.unwrap();
    let lacking = complaint(url);
    assert!(
        lacking.contains(&format!("lacks the migration {last:?}")),
        "{lacking}"
    );

    migrate::up(url).await.unwrap();
    let db = database.connect().await;
    db.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 0)")
        .await
        .unwrap();
    db.close().await.unwrap();
    let newer = complaint(url);
    assert!(
        newer.contains("newer than this binary") && newer.contains("m9999_future"),
        "{newer}"
    );
}

#[tokio::test]
async fn a_file_that_is_refused_is_left_alone() {
    let Some(database) = Database::embedded("what stands in it") else {
        return;
    };
    let path = database.folder().unwrap().join("understudy.db");
    fs::write(&path, "").unwrap();
    let lacking = complaint(database.url());
    assert!(lacking.contains("lacks the migration \"m0001_"), "{lacking}");
    assert_eq!(
        fs::read(&path).unwrap(),
        b"",
        "not even the list of migrations is made"
    );
    let letter = "Dear database,\n".repeat(1_000);
    fs::write(&path, &letter).unwrap();
    assert!(complaint(database.url()).contains("not a database"));
    assert_eq!(fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn it_only_reads() {
    let Some(database) = Database::embedded("its bytes") else {
        return;
    };
    let (folder, url) = (database.folder().unwrap(), database.url());
    let path = folder.join("understudy.db");
    let mut server = Server::start_with(&database, &["--demo"]);
    assert!(server.terminate().await.success());
    let before = fs::read(&path).unwrap();
    let (stdout, _, status) = run(&["check", "--database", url]);
    assert!(status.success(), "{stdout}");
    assert!(fs::read(&path).unwrap() == before);
    assert_eq!(
        folder.read_dir().unwrap().count(),
        1,
        "and leaves nothing beside it"
    );

    // A backup is not in WAL mode, and stays so.
    let backup = folder.join("backup.db");
    let db = database.connect().await;
    let sql = format!("VACUUM INTO '{}'", backup.display());
    db.execute_unprepared(&sql).await.unwrap();
    db.close().await.unwrap();
    let before = fs::read(&backup).unwrap();
    let (again, _, status) = run(&["check", "--database", &format!("sqlite://{}", backup.display())]);
    assert!(status.success() && again == stdout, "{again}");
    assert!(fs::read(&backup).unwrap() == before);
}
