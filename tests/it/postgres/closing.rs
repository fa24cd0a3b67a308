//! An open server is closed by the first token of whatever workspace; nothing that it has let in is committed after that.

use std::process::Stdio;
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use tokio::process::{Child, Command};
use tokio::time::sleep;

use super::number;
use crate::harness::access::workspace;
use crate::harness::{Database, command};

/// Begins to make a token.
fn create(database: &Database, name: &str) -> Child {
    let mut create = command();
    let token = [
        "token",
        "--database",
        database.url(),
        "create",
        "--workspace",
        "Acme",
    ];
    create.args(token).args(["--role", "viewer", "--name", name]);
    let mut create = Command::from(create);
    // No secret is made where nobody would see it.
    create.kill_on_drop(true).stdout(Stdio::piped()).spawn().unwrap()
}

#[tokio::test]
async fn the_first_token_waits_for_what_an_open_server_is_writing() {
    let Some(database) = Database::postgres() else {
        return;
    };
    workspace(&database, "Acme");
    let db = database.connect().await;
    // As whoever writes into the workspace of those without a token, and has just seen that there is none.
    let lock = "SELECT id FROM workspaces WHERE name = 'default' FOR NO KEY UPDATE";
    let writing = db.begin().await.unwrap();
    writing.execute_unprepared(lock).await.unwrap();
    let mut first = create(&database, "first");
    let waits = "SELECT COUNT(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while number(&db, waits).await == 0 {
        assert_eq!(first.try_wait().unwrap(), None, "it does not wait");
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(number(&db, "SELECT COUNT(*) FROM tokens").await, 0);
    writing.commit().await.unwrap();
    assert!(first.wait().await.unwrap().success());

    // When it is closed, workspaces do not wait for each other.
    let writing = db.begin().await.unwrap();
    writing.execute_unprepared(lock).await.unwrap();
    assert!(create(&database, "second").wait().await.unwrap().success());
    writing.rollback().await.unwrap();
    assert_eq!(number(&db, "SELECT COUNT(*) FROM tokens").await, 2);
}
