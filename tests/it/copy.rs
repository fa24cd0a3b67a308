//! A database is moved into another one, and everything in it stays what it was.

mod backup;
mod contents;
mod differing;
mod refusals;
mod stopping;

use std::collections::BTreeSet;

use futures_util::StreamExt as _;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::json;
use understudy_app::demo;
use understudy_domain::WorkspaceId;
use understudy_persistence::copy::{self, Copied, CopyError, Progress};
use understudy_persistence::migrate;

use crate::harness::{Database, World, audit, backend, email, run, sequences};
use contents::{dump, fill, leave_in_mid_send, shown};

/// Copies a database by a call.
async fn copied(from: &Database, to: &Database) -> Result<Vec<Copied>, CopyError> {
    copy::copy(from.url(), to.url(), |_| ()).await
}

/// A database with the examples, which have something in every table.
async fn original(database: Database) -> Database {
    let world = World::over(database).await;
    demo::fill(&world.app, WorkspaceId::DEFAULT).await.unwrap();
    leave_in_mid_send(&world).await;
    world.closed().await
}

/// The kinds of databases that something is copied from, into, and back into.
fn routes() -> Vec<[fn() -> Database; 3]> {
    match backend() {
        DbBackend::Sqlite => vec![[Database::new; 3]],
        _ => vec![
            [Database::new, Database::in_file, Database::new],
            [Database::in_file, Database::new, Database::in_file],
        ],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_and_back_gives_an_equal_database() {
    for [here, there, back] in routes() {
        let world = World::over(here()).await;
        fill(&world).await;
        let (here, there, back) = (world.closed().await, there(), back());
        let first = copied(&here, &there).await.unwrap();
        let second = copied(&there, &back).await.unwrap();
        assert_eq!(first, second, "the sums are the same for every kind of database");
        let tables: Vec<_> = first.iter().map(|copied| copied.table).collect();
        assert_eq!(tables, copy::tables().collect::<Vec<_>>());
        assert!(first.iter().all(|copied| copied.sum.rows > 0), "{first:?}");

        let kept = dump(&here).await;
        assert!(kept == dump(&back).await, "a row is not what it was");
        if here.backend() == there.backend() {
            assert!(kept == dump(&there).await, "a row is not what it was");
        }
        let mut all = vec![];
        for database in [here, there, back] {
            all.push(shown(&World::over(database).await).await);
        }
        assert!(all[0] == all[1], "the copy shows something else");
        assert!(all[0] == all[2], "the copy of the copy shows something else");
    }
}

#[tokio::test]
async fn a_copy_is_gone_on_with() {
    for [here, there, _] in routes() {
        let (here, there) = (original(here()).await, there());
        copied(&here, &there).await.unwrap();
        let world = World::over(there).await;
        let end = world.log_end().await;
        let books = audit(&world).await;
        let active = |campaign: &&serde_json::Value| campaign["status"] == "ACTIVE";
        let campaign = books.campaigns.values().find(active).unwrap();
        let id = campaign["id"].as_str().unwrap();
        let stopped = world.step("stopCampaign", id).await;
        let after = stopped.changed("STOPPED", "ACTIVE", "STOPPED");
        assert_eq!(
            after["version"],
            campaign["version"].as_i64().unwrap() + 1,
            "{after}"
        );
        // A new content must not get the number of another one in the search index.
        world.create(email("Entirely newfangled")).await;
        let found = world.found(&json!({ "search": "newfangled" })).await;
        assert_eq!(found, BTreeSet::from(["Entirely newfangled".to_owned()]));
        assert_eq!(world.log_end().await, end + 2);
        audit(&world).await;
    }
}

#[tokio::test]
async fn every_table_is_copied_or_known_not_to_be() {
    for database in [Database::new(), Database::in_file()] {
        migrate::up(database.url()).await.unwrap();
        let (sql, own) = match database.backend() {
            DbBackend::Sqlite => (
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
                 AND name NOT LIKE 'content!_words!_%' ESCAPE '!'",
                &["content_documents", "content_words"][..],
            ),
            _ => (
                "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'",
                &["content_words"][..],
            ),
        };
        // What the migrations fill by themselves, and what is made anew from the contents.
        let mut expected = BTreeSet::from(["seaql_migrations", "compatibility"]);
        expected.extend(own);
        for table in copy::tables() {
            assert!(expected.insert(table), "{table} is copied twice");
        }
        let db = database.connect().await;
        let rows = db
            .query_all_raw(Statement::from_string(database.backend(), sql))
            .await;
        let found: Vec<String> = rows
            .unwrap()
            .iter()
            .map(|row| row.try_get("", "name").unwrap())
            .collect();
        db.close().await.unwrap();
        let found: BTreeSet<_> = found.iter().map(String::as_str).collect();
        assert_eq!(found, expected, "a new table is to be copied too");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_what_is_being_written_is_of_one_moment() {
    let world = World::over(original(Database::new()).await).await;
    let target = Database::new();
    let mut write = Box::pin(async {
        loop {
            world.active(email("Written on the way")).await;
        }
    });
    // The snapshot is there with the first row, and the writing goes on until the last one is read.
    let copying = copied(&world.database, &target);
    tokio::select! {
        () = &mut write => {}
        copied = copying => drop(copied.unwrap()),
    }
    drop(write);
    let copy = World::over(target).await;
    let books = audit(&copy).await;
    let kept = world.events_after(0).await;
    assert_eq!(copy.events_after(0).await, kept[..books.events.len()]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_over_the_target_finds_what_was_copied() {
    let source = original(Database::new()).await;
    let world = World::over(Database::new()).await;
    let query = "subscription { campaignEvents(after: 0) { sequence } }";
    let mut events = std::pin::pin!(world.subscribe(query, json!({})));
    let copied = copied(&source, &world.database).await.unwrap();
    let last = copied.last().unwrap();
    assert_eq!(last.table, "campaign_events");
    for sequence in 1..=last.sum.rows {
        let event = events.next().await.unwrap();
        assert_eq!(event["data"]["campaignEvents"]["sequence"], sequence);
    }
    world.create(email("Next")).await;
    let next = world.events_after(i64::try_from(last.sum.rows).unwrap()).await;
    assert_eq!(sequences(&next), [i64::try_from(last.sum.rows).unwrap() + 1]);
}

#[tokio::test]
async fn the_source_is_not_touched() {
    let Some(database) = Database::embedded("the bytes of the file") else {
        return;
    };
    let world = World::over(database).await;
    demo::fill(&world.app, WorkspaceId::DEFAULT).await.unwrap();
    // As a server leaves it that is killed: the last writes are in the log beside the file alone.
    let source = Database::in_file();
    let path = |database: &Database, name: &str| database.folder().unwrap().join(name);
    let files = ["understudy.db", "understudy.db-wal"];
    for name in files {
        std::fs::copy(path(&world.database, name), path(&source, name)).unwrap();
    }
    let bytes = || files.map(|name| std::fs::read(path(&source, name)).unwrap());
    let before = bytes();
    let target = Database::new();
    copied(&source, &target).await.unwrap();
    assert!(bytes() == before);
    assert_eq!(World::over(target).await.log_end().await, world.log_end().await);
}

#[tokio::test]
async fn progress_is_told_line_by_line_and_all_of_it_in_one() {
    let source = original(Database::new()).await;
    let target = Database::new();
    let mut told = vec![];
    let copied = copy::copy(source.url(), target.url(), |progress| told.push(progress)).await;
    let copied = copied.unwrap();
    assert_eq!(told.last(), Some(&Progress::Committing));

    let again = Database::new();
    let (stdout, stderr, status) = run(&["copy", "--from", source.url(), "--to", again.url()]);
    assert!(status.success(), "{stderr}");
    let rows: u64 = copied.iter().map(|copied| copied.sum.rows).sum();
    let total = format!("copied and verified {rows} rows of {} tables in ", copied.len());
    assert!(
        stdout.starts_with(&total) && stdout.lines().count() == 1,
        "{stdout}"
    );
    for Copied { table, sum } in &copied {
        let lines = [
            format!("{table}: copied {0} of {0}", sum.rows),
            format!("{table}: verified, {sum}"),
        ];
        for line in lines {
            assert!(stderr.lines().any(|told| told == line), "{line}\n{stderr}");
        }
    }
    let is_plain = |c: char| c == '\n' || !c.is_control();
    assert!(stderr.chars().all(is_plain), "{stderr}");
}
