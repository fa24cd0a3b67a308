//! Migrations beside servers that are at work.

use std::process::Stdio;
use std::time::{Duration, Instant};

use sea_orm::TransactionTrait as _;
use serde_json::json;
use tokio::time::sleep;

use super::execute;
use crate::harness::{Database, Server, World, command};

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_waits_for_a_table_keeps_nobody_from_it() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let world = World::over(database).await;
    world.judge.look_away();
    let segment = world.segment("It").await;
    let list = format!(
        "{{ campaigns(filter: {{ segmentId: \"{segment}\" }}) {{ totalCount }} segments {{ totalCount }}
            recipients {{ totalCount }} canvases {{ totalCount }} tokens {{ totalCount }} }}"
    );
    let server = Server::start(&world.database);
    let db = world.database.connect().await;
    // As long as a dump or a check reads a table, nobody can change it; whichever the last migration is about.
    let reading = db.begin().await.unwrap();
    let read_all = "DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
            EXECUTE format('LOCK TABLE %I IN ACCESS SHARE MODE', name);
        END LOOP; END $$";
    sea_orm::ConnectionTrait::execute_unprepared(&reading, read_all)
        .await
        .unwrap();
    let down = ["migrate", "down", "--database", world.database.url()];
    let mut migrating = command().args(down).stderr(Stdio::null()).spawn().unwrap();
    // Longer than any of these waits once.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(8) {
        let asked = Instant::now();
        server.ask(&list, json!({})).await;
        assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
        sleep(Duration::from_millis(200)).await;
    }
    assert!(migrating.try_wait().unwrap().is_none(), "nothing was in its way");
    reading.rollback().await.unwrap();
    let ended = tokio::task::spawn_blocking(move || migrating.wait().unwrap())
        .await
        .unwrap();
    assert!(ended.success());
    execute(&db, &["SELECT 1 FROM segments"]).await;
    db.close().await.unwrap();
}
