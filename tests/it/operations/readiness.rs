//! Whether traffic may be sent to a server, as load balancers ask it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::json;

use crate::harness::{CAMPAIGN_EVENTS, Database, Server, Socket};

/// What `/readyz` answers on a connection of its own, and how long that took.
async fn ready(server: &Server) -> (u16, String, Duration) {
    let begun = Instant::now();
    let answer = reqwest::get(server.url("/readyz")).await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.text().await.unwrap(), begun.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_drains_it_says_so_to_new_connections_and_serves_them() {
    let database = Database::new();
    let mut server = Server::start_with(&database, &["--drain-delay", "600"]);
    let mut socket = Socket::open(&server).await;
    assert_eq!(ready(&server).await.0, 200);
    server.signal("TERM");
    let begun = Instant::now();
    loop {
        let (status, body, _) = ready(&server).await;
        if status == 503 {
            assert_eq!(body, "stopping\n");
            break;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{status} {body}");
    }
    // What has not heard of it yet is served as ever, be it on a new connection or an old one.
    let create = "mutation { createCampaign(content: { name: \"Late\" }) { changed } }";
    assert_eq!(
        server.ask(create, json!({})).await["createCampaign"]["changed"],
        true
    );
    socket
        .subscribe("1", CAMPAIGN_EVENTS, json!({ "after": 0 }))
        .await;
    assert_eq!(socket.event("1").await["sequence"], 1);
    let live = reqwest::get(server.url("/livez")).await.unwrap();
    assert_eq!(live.status(), 200, "it is not to be killed");
    // Who asks a second time does not want to wait.
    let asked = Instant::now();
    assert!(server.terminate().await.success());
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    assert_eq!(socket.closed().await, 1001);
}

#[tokio::test]
async fn it_drains_for_as_long_as_it_was_told() {
    let database = Database::new();
    let mut server = Server::start_with(&database, &["--drain-delay", "2"]);
    let asked = Instant::now();
    assert!(server.terminate().await.success());
    let took = asked.elapsed();
    assert!(
        (Duration::from_secs(2)..Duration::from_secs(12)).contains(&took),
        "{took:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_does_not_answer_is_told_within_about_a_second() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let server = Server::start(&database);
    let db = database.connect().await;
    let lock = db.begin().await.unwrap();
    lock.execute_unprepared("LOCK TABLE campaigns IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    // More readers than there are connections, all of which wait for the lock.
    let readers = join_all((0..20).map(|_| server.try_execute("{ campaigns { totalCount } }", json!({}))));
    let asked = async {
        let begun = Instant::now();
        loop {
            let (status, body, took) = ready(&server).await;
            // Whatever the answer is, it comes in time; four seconds leave room for a machine with much to do.
            assert!(took < Duration::from_secs(4), "{took:?}");
            if status == 503 {
                assert_eq!(body, "the database does not answer\n");
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(15), "it is ready");
        }
        lock.rollback().await.unwrap();
    };
    let (answers, ()) = futures_util::future::join(readers, asked).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(ready(&server).await.0, 200);
}
