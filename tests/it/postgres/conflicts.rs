//! Transactions that the database takes back because of others are run again, bounded, and nobody notices.

use serde_json::json;

use super::{execute, number};
use crate::harness::{Database, World, email, sequences};

/// Makes every change of a campaign fail with `code`, the first `times` that it is tried. Sequences count on though
/// the transaction is taken back.
async fn failing(world: &World, code: &str, times: u32, when: &str) -> sea_orm::DatabaseConnection {
    let db = world.database.connect().await;
    let function = format!(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'for the test' USING ERRCODE = '{code}'; END IF;
            RETURN NULL; END $$"
    );
    let trigger = format!("CREATE {when} EXECUTE FUNCTION fail()");
    execute(&db, &["CREATE SEQUENCE tries", &function, &trigger]).await;
    db
}

const AT_ONCE: &str = "TRIGGER fail AFTER UPDATE ON campaigns FOR EACH STATEMENT";
const AT_COMMIT: &str =
    "CONSTRAINT TRIGGER fail AFTER UPDATE ON campaigns DEFERRABLE INITIALLY DEFERRED FOR EACH ROW";

#[tokio::test]
async fn a_transaction_that_lost_is_run_again() {
    for (code, when) in [("40001", AT_ONCE), ("40P01", AT_ONCE), ("40001", AT_COMMIT)] {
        let Some(database) = Database::postgres() else {
            return;
        };
        let world = World::over(database).await;
        let id = world.active(email("Spring")).await;
        let db = failing(&world, code, 3, when).await;
        let stopped = world.run("stopCampaign", &id).await;
        assert_eq!(
            (stopped.changed(), stopped.status()),
            (true, "STOPPED"),
            "{code} {when}"
        );
        assert_eq!(
            number(&db, "SELECT last_value FROM tries").await,
            4,
            "{code} {when}"
        );
        let events = world.events_after(0).await;
        assert_eq!(sequences(&events), [1, 2, 3], "{code} {when}");
    }
}

#[tokio::test]
async fn it_is_not_run_again_for_ever() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let world = World::over(database).await;
    let id = world.active(email("Spring")).await;
    let db = failing(&world, "40001", 1_000, AT_ONCE).await;
    let query = "mutation ($id: ID!) { stopCampaign(id: $id) { changed } }";
    assert_eq!(world.error_code(query, json!({ "id": id })).await, "UNAVAILABLE");
    let tries = number(&db, "SELECT last_value FROM tries").await;
    assert!((2..20).contains(&tries), "{tries}");
    assert_eq!(world.campaign(&id).await["status"], "ACTIVE");
    execute(&db, &["DROP TRIGGER fail ON campaigns"]).await;
    assert!(world.run("stopCampaign", &id).await.changed());
    assert_eq!(sequences(&world.events_after(0).await), [1, 2, 3]);
}

#[tokio::test]
async fn one_that_always_loses_takes_nothing_from_those_it_shares_a_commit_with() {
    let Some(database) = Database::postgres() else {
        return;
    };
    let world = World::over(database).await;
    let unlucky = world.active(email("Unlucky")).await;
    let mut others = vec![];
    for _ in 0..8 {
        others.push(world.active(email("Spring")).await);
    }
    let db = world.database.connect().await;
    let unlucky_uuid: understudy_domain::CampaignId = unlucky.parse().unwrap();
    let function = format!(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.id = '{}' THEN RAISE EXCEPTION 'for the test' USING ERRCODE = '40001'; END IF;
            RETURN NULL; END $$",
        unlucky_uuid.uuid()
    );
    let trigger = "CREATE TRIGGER fail AFTER UPDATE ON campaigns FOR EACH ROW EXECUTE FUNCTION fail()";
    execute(&db, &[&function, trigger]).await;
    let query = "mutation ($id: ID!) { stopCampaign(id: $id) { changed } }";
    let ids: Vec<&String> = others.iter().chain([&unlucky]).collect();
    let answers = ids.iter().map(|id| world.execute(query, json!({ "id": id })));
    let answers = futures_util::future::join_all(answers).await;
    for (id, answer) in ids.iter().zip(answers) {
        if **id == unlucky {
            assert_eq!(
                answer["errors"][0]["extensions"]["code"], "UNAVAILABLE",
                "{answer}"
            );
        } else {
            assert_eq!(answer["data"]["stopCampaign"]["changed"], true, "{answer}");
        }
    }
}
