//! Servers that start over one database.

use serde_json::json;
use understudy_app::{App, Caller};
use understudy_domain::WorkspaceId;

use super::{execute, number};
use crate::harness::{Database, Server, World, command, email, run};

#[tokio::test(flavor = "multi_thread")]
async fn many_servers_that_start_at_once_migrate_once() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let start = || async { App::open(database.url()).await.unwrap() };
    let apps = futures_util::future::join_all((0..12).map(|_| start())).await;
    let db = database.connect().await;
    let applied = number(&db, "SELECT COUNT(*) FROM seaql_migrations").await;
    let names = number(&db, "SELECT COUNT(DISTINCT version) FROM seaql_migrations").await;
    assert!(
        applied == names && applied >= 8,
        "{applied} migrations, {names} names"
    );
    assert_eq!(number(&db, "SELECT COUNT(*) FROM workspaces").await, 1);
    for app in apps {
        assert!(app.is_ready().await);
        app.close().await;
    }
}

#[tokio::test]
async fn a_server_needs_no_right_to_change_the_schema_once_that_is_there() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let world = World::over(database).await;
    let db = world.database.connect().await;
    let role = format!("clerk_{}", sea_orm::prelude::Uuid::now_v7().simple());
    execute(
        &db,
        &[
            &format!("CREATE ROLE {role} LOGIN"),
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            &format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
        ],
    )
    .await;
    let (_, place) = world.database.url().rsplit_once('@').unwrap();
    let app = App::open(&format!("postgres://{role}@{place}")).await.unwrap();
    let schema = understudy_api::schema(app.clone(), Caller::system(WorkspaceId::DEFAULT));
    let query = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";
    let response = schema.execute(query).await;
    assert!(response.is_ok(), "{response:?}");
    app.close().await;
    // Nobody but this role itself and superusers may end its connections.
    let open = format!("SELECT COUNT(*) FROM pg_stat_activity WHERE usename = '{role}'");
    while number(&db, &open).await > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    execute(
        &db,
        &[
            &format!("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"),
            &format!("DROP ROLE {role}"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_session_is_safe_whatever_the_database_is_set_to() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let db = database.connect().await;
    let settings = [
        "synchronous_commit = off",
        "default_transaction_isolation = 'serializable'",
        "statement_timeout = 1",
        "idle_session_timeout = 200",
        "timezone = 'Asia/Kolkata'",
        "datestyle = 'German'",
        "default_transaction_read_only = on",
    ];
    // All at once: a second connection would have the first ones already.
    let commands = settings.map(|setting| {
        format!(
            "EXECUTE format('ALTER DATABASE %I SET {}', current_database());",
            setting.replace('\'', "''")
        )
    });
    let sql = format!("DO $$ BEGIN {} END $$", commands.concat());
    execute(&db, &[&sql]).await;
    db.close().await.unwrap();
    let world = World::over(database).await;
    let mut ids = vec![];
    for _ in 0..4 {
        ids.push(world.active(email("Spring")).await);
    }
    // Longer than a session may be quiet by the database's own setting.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let stops = ids.iter().map(|id| world.run("stopCampaign", id));
    let stops = futures_util::future::join_all(stops).await;
    assert!(stops.iter().all(|stop| stop.status() == "STOPPED"));
    let launched = &world.campaign(&ids[0]).await["launchedAt"];
    let launched: chrono::DateTime<chrono::Utc> = launched.as_str().unwrap().parse().unwrap();
    let now: chrono::DateTime<chrono::Utc> = std::time::SystemTime::now().into();
    let age = now - launched;
    assert!(age.num_minutes().abs() < 30, "{launched}");
}

#[tokio::test]
async fn a_database_that_cannot_hold_all_letters_is_refused() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let db = database.connect().await;
    let name = format!("narrow_{}", sea_orm::prelude::Uuid::now_v7().simple());
    let made = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    execute(&db, &[&made]).await;
    let (server, _) = database.url().rsplit_once('/').unwrap();
    let (_, complaint, status) = run(&["serve", "--database", &format!("{server}/{name}")]);
    assert_eq!(status.code(), Some(1));
    assert!(
        complaint.contains("LATIN1") && complaint.lines().count() == 1,
        "{complaint}"
    );
    execute(&db, &[&format!("DROP DATABASE {name}")]).await;
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_told_in_one_line_without_its_password() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let (_, place) = database.url().rsplit_once('@').unwrap();
    let unknown = format!("postgres://nobody_at_all:s3cret@{place}");
    for url in [
        unknown.as_str(),
        "postgres://clerk:s3cret@127.0.0.1:1/understudy",
        "postgresql://clerk:s3cret@nowhere.invalid/understudy?password=s3cret",
        "postgres://clerk:s3cret@127.0.0.1:nonsense/understudy",
    ] {
        for command in [vec!["serve"], vec!["migrate", "up"], vec!["migrate", "status"]] {
            // In an argument, everybody could see the password, of which there would be another line.
            let mut process = crate::harness::command();
            let output = process
                .args(&command)
                .env("UNDERSTUDY_DATABASE", url)
                .output()
                .unwrap();
            let complaint = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{url}: {complaint}");
            assert!(
                !complaint.contains("s3cret") && !complaint.is_empty(),
                "{complaint}"
            );
            assert_eq!(complaint.lines().count(), 1, "{complaint}");
        }
    }
}

#[tokio::test]
async fn a_url_that_names_nobody_means_whoever_runs_the_process() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let (_, place) = database.url().rsplit_once('@').unwrap();
    let who = std::process::Command::new("id").arg("-un").output().unwrap();
    let who = String::from_utf8(who.stdout).unwrap();
    let mut status = command();
    status.args(["migrate", "status", "--database", &format!("postgres://{place}")]);
    let output = status.env_remove("PGUSER").output().unwrap();
    // The cluster knows no such role, and says by whom it was asked.
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(
        complaint.contains(&format!("role \"{}\"", who.trim())),
        "{complaint}"
    );
}

#[tokio::test]
async fn what_a_url_says_without_being_understood_is_refused_and_not_logged() {
    let Some(database) = Database::postgres() else {
        return;
    };
    // A password that nobody asks for, and a parameter that nobody knows.
    let url = database.url().replacen('@', ":s3cret@", 1);
    let up = |url: &str| {
        let mut up = command();
        up.args(["migrate", "up", "--database", url])
            .env("UNDERSTUDY_LOG", "trace");
        let output = up.output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(!log.is_empty() && !log.contains("s3cret"), "{log}");
        (output.status.success(), log)
    };
    let (is_done, log) = up(&format!("{url}?pasword=s3cret"));
    assert!(!is_done && log.contains("pasword"), "{log}");
    let (is_done, log) = up(&url);
    assert!(is_done, "{log}");
}

#[tokio::test]
async fn a_client_goes_on_at_another_server_where_it_left_off_at_the_first() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let servers = [Server::start(&database), Server::start(&database)];
    let query = "mutation { createCampaign(content: { name: \"Spring\" }) { changed } }";
    let mut told = vec![];
    for round in 0..6_usize {
        let (here, there) = (&servers[round % 2], &servers[(round + 1) % 2]);
        there.ask(query, json!({})).await;
        let mut feed = crate::harness::Socket::open(here)
            .await
            .into_feed(crate::harness::CAMPAIGN_EVENTS, json!({ "after": told.len() }))
            .await;
        told.push(feed.event().await);
        there.ask(query, json!({})).await;
        told.push(feed.event().await);
    }
    assert_eq!(crate::harness::sequences(&told), (1..=12).collect::<Vec<i64>>());
}
