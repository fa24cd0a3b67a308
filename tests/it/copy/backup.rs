//! A copy by the database's own means, as docs/operations.md has it: a backup that is made while others write, and
//! restored.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{ConnectionTrait as _, DbBackend};
use serde_json::{Value, json};
use understudy_app::demo;
use understudy_domain::WorkspaceId;
use understudy_tests::postgres::Binaries;

use crate::harness::{Database, World, audit, email};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_was_made_while_others_wrote_is_restored_to_one_state() {
    let world = World::new().await;
    demo::fill(&world.app, WorkspaceId::DEFAULT).await.unwrap();
    let before = audit(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup");
    let is_done = AtomicBool::new(false);
    let backup = async {
        back_up(&world.database, &file).await;
        is_done.store(true, Ordering::Relaxed);
    };
    // Whoever writes ends in order: what was given up half-way may still be carried out.
    let writing = async {
        for number in 0.. {
            world.active(email(&format!("Meanwhile {number}"))).await;
            if is_done.load(Ordering::Relaxed) {
                break;
            }
        }
    };
    tokio::join!(backup, writing);
    let after = audit(&world).await;

    let restored = Database::new();
    restore(&file, &restored).await;
    let restored = World::over(restored).await;
    let books = audit(&restored).await;
    let end = books.events.len();
    assert!((before.events.len()..=after.events.len()).contains(&end));
    assert_eq!(books.events, after.events[..end], "a beginning of the log");
    for text in ["we", "tent"] {
        assert_eq!(found(&restored, text).await, found(&world, text).await, "{text}");
    }
    let names = books.campaigns.values().map(|campaign| &campaign["name"]);
    let meanwhile = names.filter(|name| name.as_str().unwrap().starts_with("Meanwhile"));
    assert_eq!(found(&restored, "meanwhile").await, meanwhile.count());
    restored.active(email("Afterwards")).await;
    assert_eq!(restored.log_end().await, i64::try_from(end).unwrap() + 2);
}

/// How many campaigns are found by a word.
async fn found(world: &World, looked_for: &str) -> Value {
    let query = "query ($word: String!) { campaigns(filter: { search: $word }) { totalCount } }";
    let mut page = world.ask(query, json!({ "word": looked_for })).await;
    page["campaigns"]["totalCount"].take()
}

/// Makes a backup of a database in a file.
async fn back_up(database: &Database, file: &Path) {
    if database.backend() == DbBackend::Sqlite {
        let db = database.connect().await;
        let vacuum = format!("VACUUM INTO '{}'", file.display());
        db.execute_unprepared(&vacuum).await.unwrap();
        db.close().await.unwrap();
    } else {
        let file = format!("--file={}", file.display());
        postgres("pg_dump", &["--format=custom", &file, database.url()]).await;
    }
}

/// Makes an empty database what it is in a backup.
async fn restore(file: &Path, database: &Database) {
    if let Some(folder) = database.folder() {
        std::fs::copy(file, folder.join("understudy.db")).unwrap();
    } else {
        let to = format!("--dbname={}", database.url());
        postgres("pg_restore", &["--exit-on-error", &to, file.to_str().unwrap()]).await;
    }
}

/// Runs a program of PostgreSQL's.
async fn postgres(program: &str, arguments: &[&str]) {
    let mut command = Command::new(Binaries::find().unwrap().folder().join(program));
    command.args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
