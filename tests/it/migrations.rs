//! The schema goes up, down and up again, and the database itself keeps what no row may say.

mod forbidden;

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::json;
use understudy_app::{App, OpenError};
use understudy_persistence::migrate;

use crate::harness::{Database, World, backend, email, together};

/// What the migrations have made in a database: tables, indexes and whatever else has a name.
async fn made(database: &Database) -> Vec<String> {
    let mut names = names(database).await;
    names.retain(|name| !name.starts_with("seaql_migrations"));
    names
}

/// All that has a name in a database and was not there from the beginning.
async fn names(database: &Database) -> Vec<String> {
    let sql = match backend() {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name",
        _ => {
            "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            UNION ALL SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'
            UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$|public$)'
            ORDER BY name"
        }
    };
    let db = database.connect().await;
    let rows = db
        .query_all_raw(Statement::from_string(backend(), sql))
        .await
        .unwrap();
    db.close().await.unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

#[tokio::test]
async fn migrations_go_up_and_down_and_up_again() {
    let database = Database::new();
    let all = migrate::up(database.url()).await.unwrap();
    let first = made(&database).await;
    assert_eq!(
        migrate::up(database.url()).await.unwrap(),
        Vec::<String>::new(),
        "a second time there is nothing to do"
    );

    let count = u32::try_from(all.len()).unwrap();
    let mut reversed = all.clone();
    reversed.reverse();
    assert_eq!(migrate::down(database.url(), count).await.unwrap(), reversed);
    assert_eq!(
        made(&database).await,
        Vec::<String>::new(),
        "down leaves nothing behind"
    );

    assert_eq!(migrate::up(database.url()).await.unwrap(), all);
    assert_eq!(made(&database).await, first);
}

#[tokio::test]
async fn each_migration_can_be_taken_back_alone() {
    let database = Database::new();
    let all = migrate::up(database.url()).await.unwrap();
    for name in all.iter().rev() {
        assert_eq!(
            migrate::down(database.url(), 1).await.unwrap(),
            vec![name.clone()]
        );
        let states = migrate::status(database.url()).await.unwrap();
        assert!(states.iter().all(|state| state.applied == (state.name < *name)));
    }
}

#[tokio::test]
async fn asking_for_the_status_makes_nothing() {
    let database = Database::new();
    let status = migrate::status(database.url()).await;
    if let Some(folder) = database.folder() {
        assert!(matches!(status, Err(OpenError::Unopenable { .. })));
        assert_eq!(folder.read_dir().unwrap().count(), 0);
    } else {
        assert!(status.unwrap().iter().all(|state| !state.applied));
        assert_eq!(names(&database).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_database_that_is_newer_than_the_binary_is_refused_and_left_alone() {
    let database = Database::new();
    migrate::up(database.url()).await.unwrap();
    let db = database.connect().await;
    db.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 0)")
        .await
        .unwrap();
    db.execute_unprepared("UPDATE compatibility SET oldest_migration = 'm9999_future'")
        .await
        .unwrap();
    let refused = App::open(database.url()).await.unwrap_err();
    assert!(
        matches!(&refused, OpenError::Newer { migration, .. } if migration == "m9999_future"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_newer_database_that_says_it_is_compatible_is_used_by_this_binary() {
    let database = Database::new();
    migrate::up(database.url()).await.unwrap();
    let db = database.connect().await;
    for sql in [
        "ALTER TABLE campaigns ADD COLUMN colour TEXT NOT NULL DEFAULT 'green'",
        "ALTER TABLE campaign_events ADD COLUMN device TEXT",
        "CREATE TABLE actors (id TEXT PRIMARY KEY)",
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_actors', 0)",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    db.close().await.unwrap();

    assert_eq!(migrate::up(database.url()).await.unwrap(), Vec::<String>::new());
    let states = migrate::status(database.url()).await.unwrap();
    assert!(states.iter().all(|state| state.applied));
    let world = World::over(database).await;
    let id = world.active(email("Spring")).await;
    world.save_draft(&id, json!({ "name": "Summer" })).await;
    assert_eq!(world.run("launchDraft", &id).await.codes(), Vec::<&str>::new());
    assert_eq!(world.log_end().await, 4);

    let refused = migrate::down(world.database.url(), 1).await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer { .. }), "{refused}");
    // A check wants a database of its own version.
    let db = world.database.connect().await;
    let known_again = "DELETE FROM seaql_migrations WHERE version = 'm9999_actors'";
    db.execute_unprepared(known_again).await.unwrap();
}

#[tokio::test]
async fn migrations_that_break_off_leave_nothing_half_made() {
    let database = Database::new();
    migrate::up(database.url()).await.unwrap();
    let all = made(&database).await;
    // What SQLite makes for itself beside an index is not ours to make.
    let is_own = |name: &&String| all.iter().any(|table| name.starts_with(&format!("{table}_")));
    for in_the_way in all.iter().filter(|name| !is_own(name)) {
        let database = Database::new();
        let db = database.connect().await;
        db.execute_unprepared(&format!("CREATE TABLE {in_the_way} (words TEXT)"))
            .await
            .unwrap();
        let broken_off = migrate::up(database.url()).await.unwrap_err();
        assert!(
            matches!(broken_off, OpenError::Unmigratable { .. }),
            "{broken_off}"
        );
        assert_eq!(made(&database).await, [in_the_way.as_str()]);

        db.execute_unprepared(&format!("DROP TABLE {in_the_way}"))
            .await
            .unwrap();
        db.close().await.unwrap();
        App::open(database.url()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_open_a_new_database_at_once_migrate_it_once() {
    let database = Database::new();
    let open = |url: String| async move { App::open(&url).await };
    for opened in together((0..8).map(|_| open(database.url().to_owned()))).await {
        opened.unwrap();
    }
}
