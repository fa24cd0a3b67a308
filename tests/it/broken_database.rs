//! The database fails in the middle of a write, as with a full disk, and works again later.

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait as _, DbBackend};
use serde_json::{Value, json};

use crate::harness::{World, backend};

const CREATE: &str = "
    mutation ($name: String!) {
        createCampaign(content: { name: $name }) { changed campaign { name } }
    }";

/// How a database ends a statement that fails.
#[derive(Debug, Clone, Copy)]
struct Way {
    then: &'static str,
    /// What the client is told.
    code: &'static str,
    /// Whether it might be anything but this one write that the database cannot do.
    says_that_it_is_away: bool,
}

/// `ROLLBACK` ends the whole transaction behind the driver's back, which is what `SQLite` does with a full or broken
/// disk; `ABORT` ends the statement alone, and `FAIL` leaves what it has done so far. PostgreSQL always ends the
/// transaction, if not the connection.
fn ways_to_break() -> Vec<Way> {
    let way = |then, code, says_that_it_is_away| Way {
        then,
        code,
        says_that_it_is_away,
    };
    match backend() {
        DbBackend::Sqlite => ["ROLLBACK", "ABORT", "FAIL"]
            .map(|then| way(then, "INTERNAL_SERVER_ERROR", false))
            .to_vec(),
        _ => vec![
            way("RAISE 'broken'", "INTERNAL_SERVER_ERROR", false),
            way("RAISE deadlock_detected", "UNAVAILABLE", false),
            way("RAISE disk_full", "UNAVAILABLE", true),
            way(
                "PERFORM pg_terminate_backend(pg_backend_pid())",
                "UNAVAILABLE",
                true,
            ),
        ],
    }
}

/// Lets the database answer certain campaigns as it answers a full disk. Other campaigns are found out only by the
/// commit.
async fn break_database(world: &World, Way { then, .. }: Way) {
    let triggers = match backend() {
        DbBackend::Sqlite => format!(
            "CREATE TRIGGER breaks_at_once BEFORE INSERT ON contents WHEN NEW.name = 'broken at once'
             BEGIN SELECT RAISE({then}, 'database or disk is full'); END;
             CREATE TRIGGER breaks_at_commit BEFORE INSERT ON contents WHEN NEW.name = 'broken at commit'
             BEGIN INSERT INTO pointers VALUES (1); END;"
        ),
        _ => format!(
            "CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.name = 'broken at once' THEN {then}; END IF;
                IF NEW.name = 'broken at commit' THEN INSERT INTO pointers VALUES (1); END IF;
                RETURN NEW;
             END $$;
             CREATE TRIGGER breaks BEFORE INSERT ON contents FOR EACH ROW EXECUTE FUNCTION break();"
        ),
    };
    let sql = format!(
        "CREATE TABLE missing (id INTEGER PRIMARY KEY);
         CREATE TABLE pointers (id INTEGER REFERENCES missing (id) DEFERRABLE INITIALLY DEFERRED);
         {triggers}"
    );
    let db = world.database.connect().await;
    db.execute_unprepared(&sql).await.unwrap();
    db.close().await.unwrap();
}

async fn create(world: &World, name: &str) -> Value {
    world.execute(CREATE, json!({ "name": name })).await
}

async fn names(world: &World) -> Vec<String> {
    let query = "{ campaigns(first: 100, orderBy: { field: NAME, direction: ASC }) { nodes { name } } }";
    let page = world.ask(query, json!({})).await;
    let nodes = page["campaigns"]["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| node["name"].as_str().unwrap().to_owned())
        .collect()
}

fn assert_kept(answer: &Value, name: &str) {
    let expected = json!({ "changed": true, "campaign": { "name": name } });
    assert_eq!(answer["data"]["createCampaign"], expected, "{answer:#}");
}

fn assert_failed(answer: &Value, code: &str) {
    assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer:#}");
}

/// A crowd of campaigns, some of which break in both ways.
fn wanted() -> Vec<String> {
    let name = |index| match index % 7 {
        3 => "broken at once".to_owned(),
        5 => "broken at commit".to_owned(),
        _ => format!("whole {index:02}"),
    };
    (0..60).map(name).collect()
}

#[tokio::test]
async fn writes_after_a_failed_one_are_really_committed() {
    for way in ways_to_break() {
        let world = World::new().await;
        break_database(&world, way).await;
        for round in 0..3 {
            assert_failed(&create(&world, "broken at once").await, way.code);
            assert_failed(&create(&world, "broken at commit").await, "INTERNAL_SERVER_ERROR");
            let name = format!("whole {round}");
            assert_kept(&create(&world, &name).await, &name);
        }
        let expected = ["whole 0", "whole 1", "whole 2"];
        assert_eq!(names(&world).await, expected, "{way:?}");
        assert_eq!(world.log_end().await, 3, "{way:?}");

        world.app.clone().close().await;
        let again = understudy_app::App::open(world.database.url()).await.unwrap();
        let snapshot = again.snapshot(understudy_domain::WorkspaceId::DEFAULT).await;
        assert_eq!(snapshot.unwrap().log_end().await.unwrap(), 3, "{way:?}");
    }
}

#[tokio::test]
async fn a_failed_write_takes_nothing_from_those_it_shares_a_commit_with() {
    for way in ways_to_break()
        .into_iter()
        .filter(|way| !way.says_that_it_is_away)
    {
        let world = World::new().await;
        break_database(&world, way).await;
        let wanted = wanted();
        let answers = join_all(wanted.iter().map(|name| create(&world, name))).await;
        let mut whole = vec![];
        for (name, answer) in wanted.iter().zip(&answers) {
            match name.as_str() {
                "broken at once" => assert_failed(answer, way.code),
                "broken at commit" => assert_failed(answer, "INTERNAL_SERVER_ERROR"),
                _ => {
                    assert_kept(answer, name);
                    whole.push(name);
                }
            }
        }
        assert_eq!(names(&world).await.iter().collect::<Vec<_>>(), whole, "{way:?}");
        assert_eq!(
            world.log_end().await,
            i64::try_from(whole.len()).unwrap(),
            "{way:?}"
        );
    }
}

#[tokio::test]
async fn whoever_shares_a_commit_with_a_failed_write_is_told_the_truth() {
    for way in ways_to_break() {
        let world = World::new().await;
        break_database(&world, way).await;
        let wanted = wanted();
        let answers = join_all(wanted.iter().map(|name| create(&world, name))).await;
        let mut kept = vec![];
        for (name, answer) in wanted.iter().zip(&answers) {
            if answer.get("errors").is_none() {
                assert_kept(answer, name);
                kept.push(name);
            }
        }
        assert_eq!(names(&world).await.iter().collect::<Vec<_>>(), kept, "{way:?}");
        // And may try again.
        for name in wanted
            .iter()
            .filter(|name| name.starts_with("whole") && !kept.contains(name))
        {
            assert_kept(&create(&world, name).await, name);
        }
    }
}
