//! A database that is away, or too busy: everybody is told in a set time, and served again when it is back.

use std::time::Instant;

use reqwest::StatusCode;
use sea_orm::TransactionTrait as _;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use understudy_tests::postgres::Cluster;

use super::{execute, make_database, own_cluster};
use crate::harness::{CAMPAIGN_EVENTS, Database, SET_TIME, Server, Socket, World, command, email, sequences};

pub(super) const CREATE: &str = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";
pub(super) const LIST: &str = "{ campaigns { totalCount } }";

pub(super) async fn serve(cluster: &Cluster) -> Server {
    let url = make_database(cluster).await;
    Server::start_as(command().args(["serve", "--listen", "127.0.0.1:0", "--database", &url]))
}

/// Posts a request; the status and the body.
pub(super) async fn post(server: &Server, query: &str, accept: &str) -> (StatusCode, Value) {
    let response = reqwest::Client::new()
        .post(server.url("/graphql"))
        .header("Accept", accept)
        .timeout(SET_TIME)
        .json(&json!({ "query": query }))
        .send()
        .await
        .unwrap();
    (response.status(), response.json().await.unwrap())
}

pub(super) async fn ready(server: &Server) -> StatusCode {
    reqwest::get(server.url("/readyz")).await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_outlives_its_database() {
    let Some(mut cluster) = own_cluster() else { return };
    let server = serve(&cluster).await;
    server.ask(CREATE, json!({})).await;
    let mut feed = Socket::open(&server)
        .await
        .into_feed(CAMPAIGN_EVENTS, json!({ "after": 0 }))
        .await;
    let mut told = feed.events(1).await;
    for restart in 1..=2 {
        // All connections of the pool are in use once, and lost.
        futures_util::future::join_all((0..16).map(|_| server.ask(LIST, json!({})))).await;
        if restart == 1 {
            cluster.stop().unwrap();
        } else {
            cluster.kill().unwrap();
        }
        assert_eq!(ready(&server).await, StatusCode::SERVICE_UNAVAILABLE);
        let graphql = "application/graphql-response+json";
        for query in [LIST, CREATE] {
            let begun = Instant::now();
            let (status, answer) = post(&server, query, graphql).await;
            assert!(begun.elapsed() < SET_TIME);
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
            assert_eq!(
                answer["errors"][0]["extensions"]["code"], "UNAVAILABLE",
                "{answer}"
            );
            assert_eq!(answer["errors"][0]["extensions"]["changed"], false, "{answer}");
            assert!(answer.get("data").is_none(), "{answer}");
        }
        let (status, answer) = post(&server, LIST, "application/json").await;
        // It is refused before anything is executed, since nobody knows who is let in.
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "UNAVAILABLE",
            "{answer}"
        );

        cluster.start_again().unwrap();
        let (status, answer) = post(&server, LIST, graphql).await;
        assert_eq!(
            (status, &answer["data"]["campaigns"]["totalCount"]),
            (StatusCode::OK, &json!(restart))
        );
        server.ask(CREATE, json!({})).await;
        assert_eq!(ready(&server).await, StatusCode::OK);
        told.extend(feed.events(1).await);
    }
    assert_eq!(sequences(&told), [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_hangs_up_in_the_middle_of_the_greeting_is_away() {
    let Some(mut cluster) = own_cluster() else { return };
    let server = serve(&cluster).await;
    cluster.stop().unwrap();
    // As PostgreSQL does for a moment while it stops: it takes a connection, and answers nothing.
    let address = cluster.url("").split(['@', '/']).nth(3).unwrap().to_owned();
    let listener = TcpListener::bind(address).await.unwrap();
    let curt = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 64]).await;
        }
    });
    for query in [LIST, CREATE] {
        let (_, answer) = post(&server, query, "application/json").await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "UNAVAILABLE",
            "{answer}"
        );
    }
    curt.abort();
    assert!(curt.await.unwrap_err().is_cancelled());
    cluster.start_again().unwrap();
    server.ask(CREATE, json!({})).await;
}

#[tokio::test]
async fn connections_that_were_lost_unused_are_noticed_by_nobody() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let world = World::over(database).await;
    let id = world.active(email("Spring")).await;
    let db = world.database.connect().await;
    for (round, command) in ["stopCampaign", "resumeCampaign", "stopCampaign"]
        .into_iter()
        .enumerate()
    {
        futures_util::future::join_all((0..16).map(|_| world.campaign(&id))).await;
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'understudy%'";
        execute(&db, &[cut]).await;
        if round % 2 == 0 {
            futures_util::future::join_all((0..16).map(|_| world.campaign(&id))).await;
        }
        assert!(world.run(command, &id).await.changed());
    }
    assert_eq!(sequences(&world.events_after(0).await), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn what_cannot_have_its_turn_is_told_so_and_written_never() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let world = World::over(database).await;
    let id = world.active(email("Spring")).await;
    let db = world.database.connect().await;
    // Somebody has the workspace's lock and does nothing.
    let lock = db.begin().await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&lock, "SELECT 1 FROM workspaces FOR UPDATE")
        .await
        .unwrap();
    let query = "mutation ($id: ID!) { stopCampaign(id: $id) { changed } }";
    let begun = Instant::now();
    let codes = (0..70).map(|_| world.error_code(query, json!({ "id": id })));
    let codes = futures_util::future::join_all(codes).await;
    assert!(codes.iter().all(|code| code == "UNAVAILABLE"), "{codes:?}");
    assert!(begun.elapsed() < SET_TIME, "{:?}", begun.elapsed());
    // Reads go on meanwhile.
    assert_eq!(world.campaign(&id).await["status"], "ACTIVE");
    lock.rollback().await.unwrap();
    assert!(world.run("archiveCampaign", &id).await.changed());
    assert_eq!(sequences(&world.events_after(0).await), [1, 2, 3]);
}

#[tokio::test]
async fn a_pool_that_is_used_up_is_told_and_free_again() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let world = World::over(database).await;
    let id = world.active(email("Spring")).await;
    let db = world.database.connect().await;
    let lock = db.begin().await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&lock, "LOCK TABLE campaigns IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let begun = Instant::now();
    let codes = (0..30).map(|_| world.error_code(LIST, json!({})));
    let codes = futures_util::future::join_all(codes).await;
    assert!(codes.iter().all(|code| code == "UNAVAILABLE"), "{codes:?}");
    assert!(begun.elapsed() < SET_TIME, "{:?}", begun.elapsed());
    lock.rollback().await.unwrap();
    assert_eq!(world.campaign(&id).await["status"], "ACTIVE");
}

#[tokio::test]
async fn a_mutation_that_may_have_changed_something_is_not_to_be_sent_again() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let server = Server::start(&database);
    let db = database.connect().await;
    let function = "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'for the test' USING ERRCODE = '55P03'; END $$";
    let trigger = "CREATE TRIGGER fail AFTER INSERT ON contents
        FOR EACH ROW WHEN (NEW.name = 'bad') EXECUTE FUNCTION fail()";
    execute(&db, &[function, trigger]).await;
    let graphql = "application/graphql-response+json";
    let bad = "createCampaign(content: { name: \"bad\" }) { changed }";

    let (status, answer) = post(&server, &format!("mutation {{ {bad} }}"), graphql).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    assert_eq!(answer["errors"][0]["extensions"]["changed"], false, "{answer}");

    let two =
        format!("mutation {{ good: createCampaign(content: {{ name: \"good\" }}) {{ changed }} {bad} }}");
    let (status, answer) = post(&server, &two, graphql).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "UNAVAILABLE",
        "{answer}"
    );
    let (_, answer) = post(&server, LIST, graphql).await;
    assert_eq!(answer["data"]["campaigns"]["totalCount"], 1, "{answer}");
}
