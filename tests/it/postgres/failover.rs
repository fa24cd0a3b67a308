//! What leads to the database leads to another server for a while: a standby, or one that lets nobody in.

use std::time::Duration;

use reqwest::StatusCode;
use sea_orm::Database as Driver;
use serde_json::json;
use tokio::time::{sleep, timeout};
use understudy_api::Schema;
use understudy_app::{App, Caller};
use understudy_domain::WorkspaceId;
use understudy_tests::postgres::Cluster;

use super::away::{CREATE, LIST, post, ready, serve};
use super::{execute, make_database, own_cluster};
use crate::harness::{Feed, SET_TIME, Server, sequence};

/// Waits until the server is ready, or is not.
async fn until(server: &Server, status: StatusCode) {
    let reached = async {
        while ready(server).await != status {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(SET_TIME, reached).await.unwrap();
}

/// Carries out statements as the one who may do anything, on the database that is always there.
async fn order(cluster: &Cluster, statements: &[&str]) {
    let (_, place) = cluster
        .url("postgres")
        .split_once('@')
        .map(|(role, place)| (role.to_owned(), place.to_owned()))
        .unwrap();
    let db = Driver::connect(format!("postgres://postgres@{place}"))
        .await
        .unwrap();
    execute(&db, statements).await;
    db.close().await.unwrap();
}

/// Has a database let nobody in any more, and those out who are in; or everybody in again.
async fn let_in(cluster: &Cluster, whether: bool) {
    let alter = format!("ALTER DATABASE understudy ALLOW_CONNECTIONS {whether}");
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'understudy'";
    order(cluster, &[&alter, cut]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_a_database_that_is_away_until_it_is_one_no_more() {
    let Some(mut cluster) = own_cluster() else { return };
    let server = serve(&cluster).await;
    server.ask(CREATE, json!({})).await;
    cluster.stop().unwrap();
    std::fs::write(cluster.folder().join("data/standby.signal"), "").unwrap();
    cluster.start_again().unwrap();

    until(&server, StatusCode::SERVICE_UNAVAILABLE).await;
    for query in [CREATE, LIST] {
        let (status, answer) = post(&server, query, "application/graphql-response+json").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    }
    // Whoever only looks may look at it.
    let (said, complaint, status) = crate::harness::run(&["check", "--database", &cluster.url("understudy")]);
    assert!(status.success(), "{said}{complaint}");
    let serve = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database",
        &cluster.url("understudy"),
    ];
    let (_, complaint, _) = crate::harness::run(&serve);
    assert!(complaint.contains("standby"), "{complaint}");

    order(&cluster, &["SELECT pg_promote()"]).await;
    until(&server, StatusCode::OK).await;
    server.ask(CREATE, json!({})).await;
    let campaigns = server.ask(LIST, json!({})).await;
    assert_eq!(campaigns["campaigns"]["totalCount"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_lets_nobody_in_is_away() {
    let Some(cluster) = own_cluster() else { return };
    let server = serve(&cluster).await;
    let_in(&cluster, false).await;
    until(&server, StatusCode::SERVICE_UNAVAILABLE).await;
    for query in [CREATE, LIST] {
        let (_, answer) = post(&server, query, "application/json").await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "UNAVAILABLE",
            "{answer}"
        );
    }
    let_in(&cluster, true).await;
    until(&server, StatusCode::OK).await;
    server.ask(CREATE, json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_waits_for_what_it_shows_beside_an_event() {
    let Some(cluster) = own_cluster() else { return };
    let app = App::open(&make_database(&cluster).await).await.unwrap();
    let schema: Schema = understudy_api::schema(app.clone(), Caller::system(WorkspaceId::DEFAULT));
    for _ in 0..3 {
        let created = schema.execute(CREATE).await;
        assert!(created.is_ok(), "{created:?}");
    }
    let query = "subscription { event: campaignEvents(after: 0) { sequence campaign { name } } }";
    let answers = schema.execute_stream(query);
    let answers = futures_util::StreamExt::map(answers, |answer| serde_json::to_value(answer).unwrap());
    let mut feed = Feed::over(answers);
    assert_eq!(sequence(&feed.event().await), 1);
    // The events are read, and are told one by one; the campaigns are read with each.
    let_in(&cluster, false).await;
    {
        let next = feed.event();
        tokio::pin!(next);
        let early = timeout(Duration::from_secs(3), &mut next).await;
        assert!(early.is_err(), "{early:?}");
        let_in(&cluster, true).await;
        let event = timeout(SET_TIME, next).await.unwrap();
        assert_eq!(
            (sequence(&event), &event["campaign"]["name"]),
            (2, &json!("Spring"))
        );
    }
    assert_eq!(sequence(&feed.event().await), 3);
    app.close().await;
}
