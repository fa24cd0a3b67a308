//! `understudy migrate`: for operators who want to see or take back what `serve` applies by itself.

use understudy_persistence::migrate::{self, MigrationState};

use crate::{
    cli::{Migrate, MigrateAction},
    failure::Failure,
    output,
};

/// Runs one action and prints a line for each migration it touched.
///
/// # Errors
/// If the database cannot be opened, or a migration fails.
pub(crate) async fn migrate(options: Migrate) -> Result<(), Failure> {
    let url = options.database.url;
    let lines = match options.action {
        MigrateAction::Up => touched("applied", &migrate::up(&url).await?),
        MigrateAction::Down { steps } => touched("taken back", &migrate::down(&url, steps).await?),
        MigrateAction::Status => migrate::status(&url).await?.iter().map(state).collect(),
    };
    output::as_far_as_read(output::print(&lines.concat()))
}

/// One line for each of `names`, or one that says there was nothing to do.
fn touched(verb: &str, names: &[String]) -> Vec<String> {
    if names.is_empty() {
        return vec!["nothing to do\n".to_owned()];
    }
    names.iter().map(|name| format!("{verb} {name}\n")).collect()
}

/// One line of `status`.
fn state(migration: &MigrationState) -> String {
    let word = if migration.applied { "applied" } else { "pending" };
    format!("{word} {}\n", migration.name)
}
