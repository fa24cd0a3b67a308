//! `understudy check`: what it finds in a database that somebody has tampered with, and that it finds nothing else.

mod alone;
mod campaigns;
mod command;
mod contents;
mod events;
mod rows;

use sea_orm::DbBackend;
use sea_orm::prelude::{DateTimeUtc, Uuid};
use sea_orm::sea_query::Value;
use serde_json::json;
use understudy_domain::{CampaignId, WorkspaceId};

use crate::harness::{Cell, Tampering, World, backend, email, findings};

/// The id of the workspace, as findings have it.
fn workspace() -> String {
    WorkspaceId::DEFAULT.to_string()
}

/// A public id as it is stored.
fn stored(id: &str) -> Uuid {
    let (_, suffix) = id.split_once('_').unwrap();
    let id: CampaignId = format!("{}_{suffix}", CampaignId::PREFIX).parse().unwrap();
    id.uuid()
}

/// The row with this id.
fn row(id: &str) -> [Cell; 1] {
    [("id", stored(id).into())]
}

/// The event of a campaign that brought it to this version.
fn event(id: &str, version: i32) -> [Cell; 2] {
    [("campaign_id", stored(id).into()), ("version", version.into())]
}

/// A world with one campaign that was launched, and has a draft; and somebody to tamper with them.
async fn rehearsed() -> (World, String, Tampering) {
    let world = World::new().await;
    let id = world.active(email("Spring")).await;
    let draft = json!({ "description": "next" });
    assert!(world.save_draft(&id, draft).await.changed());
    let tampering = world.tamper().await;
    (world, id, tampering)
}

/// The public id of a campaign's draft, under which its content is stored.
async fn draft(world: &World, id: &str) -> String {
    let campaign = world.campaign(id).await;
    campaign["draft"]["id"].as_str().unwrap().to_owned()
}

/// Holds that a check finds these, in this order. `…` stands for anything, such as a time.
async fn assert_found(world: &World, expected: &[String]) {
    let found = findings(world.database.url()).await;
    let all_fit = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, expected)| fits(found, expected));
    assert!(all_fit, "found {found:#?}\nexpected {expected:#?}");
}

/// As [`assert_found`], where the table's CHECKs forbid it too: SQLite says so before everything else.
async fn assert_forbidden(world: &World, table: &str, expected: &[String]) {
    let check = format!("the database: CHECK constraint failed in {table}");
    let checks = match backend() {
        DbBackend::Sqlite => vec![check],
        _ => vec![],
    };
    assert_found(world, &[&checks, expected].concat()).await;
}

fn fits(found: &str, expected: &str) -> bool {
    match expected.split_once('…') {
        None => found == expected,
        Some((start, end)) => {
            found.starts_with(start)
                && (0..=found.len())
                    .any(|at| at >= start.len() && found.get(at..).is_some_and(|rest| fits(rest, end)))
        }
    }
}

/// A moment at which nothing happened.
fn never() -> Value {
    let moment = DateTimeUtc::from_timestamp(1, 0).unwrap();
    moment.into()
}
