//! How a commit reaches the followers of other servers.

use std::time::Duration;

use sea_orm::sqlx::postgres::PgListener;
use serde_json::json;
use tokio::time::{sleep, timeout};
use understudy_app::{App, Caller};
use understudy_domain::WorkspaceId;
use understudy_persistence::Store;

use super::{execute, number};
use crate::harness::{CAMPAIGN_EVENTS, Database, World, sequences};

/// The channel of the signals, and the connection that listens to it.
const CHANNEL: &str = "understudy_commits";
const LISTENING: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'understudy listen'";

/// How long to wait for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_signal_wakes_up_followers_though_the_log_has_nothing_new() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let store = Store::open(database.url()).await.unwrap();
    let db = database.connect().await;
    let mut commits = store.commits();
    while number(&db, LISTENING).await == 0 {
        sleep(Duration::from_millis(20)).await;
    }
    // What is announced at the start, and by the first look at the log.
    while timeout(Duration::from_secs(2), commits.changed()).await.is_ok() {}
    execute(&db, &["NOTIFY understudy_commits, 'another server'"]).await;
    timeout(PATIENCE, commits.changed()).await.unwrap().unwrap();
    store.close().await;
}

#[tokio::test]
async fn commits_are_told_after_the_fact_and_many_at_once() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let mut listener = PgListener::connect(database.url()).await.unwrap();
    listener.listen(CHANNEL).await.unwrap();
    let world = World::over(database).await;
    let query = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";
    futures_util::future::join_all((0..200).map(|_| world.ask(query, json!({})))).await;
    let mut signals = 0;
    while let Ok(signal) = timeout(Duration::from_secs(2), listener.recv()).await {
        signal.unwrap();
        signals += 1;
    }
    assert!((1..100).contains(&signals), "{signals} signals for 200 commands");
}

#[tokio::test]
async fn a_command_that_changes_nothing_is_not_told() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let world = World::over(database).await;
    let id = world
        .active(json!({ "name": "Spring", "message": { "email": { "subject": "s", "body": "b" } } }))
        .await;
    let mut listener = PgListener::connect(world.database.url()).await.unwrap();
    listener.listen(CHANNEL).await.unwrap();
    while timeout(Duration::from_secs(2), listener.recv()).await.is_ok() {}
    assert!(!world.run("launchCampaign", &id).await.changed());
    assert!(timeout(Duration::from_secs(1), listener.recv()).await.is_err());
}

#[tokio::test]
async fn followers_do_not_notice_that_the_listening_connection_is_cut() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let world = World::over(database).await;
    let other = World::beside(&world).await;
    let db = world.database.connect().await;
    let mut feed = world.feed(CAMPAIGN_EVENTS, json!({ "after": 0 }));
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'understudy listen'";
    let mut told = vec![];
    for round in 0..6 {
        let query = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";
        if round % 2 == 1 {
            execute(&db, &[cut]).await;
        }
        let (events, ()) = futures_util::future::join(feed.events(1), other.ask(query, json!({}))).await;
        told.extend(events);
    }
    assert_eq!(sequences(&told), [1, 2, 3, 4, 5, 6]);
    let back = async {
        while number(&db, LISTENING).await < 2 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, back).await.expect("nobody listens again");
}

impl World {
    /// A second server over the same database.
    async fn beside(world: &World) -> Beside {
        Beside(App::open(world.database.url()).await.unwrap())
    }
}

struct Beside(App);

impl Beside {
    async fn ask(&self, query: &str, variables: serde_json::Value) {
        let schema = understudy_api::schema(self.0.clone(), Caller::system(WorkspaceId::DEFAULT));
        let request =
            async_graphql::Request::new(query).variables(async_graphql::Variables::from_json(variables));
        let response = schema.execute(request).await;
        assert!(response.is_ok(), "{response:?}");
    }
}
