//! The database's schema, one change a file. See README.md beside this crate.
//!
//! This crate refuses to know the entities: a migration goes on meaning what it meant when it was written.

use sea_orm_migration::prelude::*;

mod m0001_workspaces;
mod m0002_segments;
mod m0003_contents;
mod m0004_campaigns;
mod m0005_in_app_places;
mod m0006_campaign_events;
mod m0007_search;
mod m0008_compatibility;
mod m0009_name_order;
mod m0010_list_columns;
mod m0011_event_actors;
mod m0012_tokens;
mod m0013_segment_uses;
mod m0014_recipients;
mod m0015_results;
mod m0016_in_app_triggers;
mod m0017_deliveries;
mod m0018_calls;
mod table;

/// All migrations, in order.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_workspaces::Migration),
            Box::new(m0002_segments::Migration),
            Box::new(m0003_contents::Migration),
            Box::new(m0004_campaigns::Migration),
            Box::new(m0005_in_app_places::Migration),
            Box::new(m0006_campaign_events::Migration),
            Box::new(m0007_search::Migration),
            Box::new(m0008_compatibility::Migration),
            Box::new(m0009_name_order::Migration),
            Box::new(m0010_list_columns::Migration),
            Box::new(m0011_event_actors::Migration),
            Box::new(m0012_tokens::Migration),
            Box::new(m0013_segment_uses::Migration),
            Box::new(m0014_recipients::Migration),
            Box::new(m0015_results::Migration),
            Box::new(m0016_in_app_triggers::Migration),
            Box::new(m0017_deliveries::Migration),
            Box::new(m0018_calls::Migration),
        ]
    }
}
