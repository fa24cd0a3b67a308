//! The chore `torture`.

use clap::Args;
use understudy_tests::postgres::Binaries;

use crate::needs;
use crate::step::{Failure, say};
use crate::test::{Database, build, on_postgres, on_sqlite, stories};

/// What the story is called.
const STORY: &str = "torture::whatever_breaks_nothing_is_lost_and_nobody_waits_too_long";

/// The variables that tell it how long it is to last, and by which numbers.
const SECONDS_VARIABLE: &str = "UNDERSTUDY_TORTURE_SECONDS";
const SEED_VARIABLE: &str = "UNDERSTUDY_TORTURE_SEED";

/// What may be said about it.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// For how long things break on each database.
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// The same in minutes.
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    minutes: Option<u64>,
    /// On this database alone.
    #[arg(long)]
    database: Option<Database>,
    /// The numbers that an earlier run has told at its beginning: what is random goes as it did then, as far as that
    /// does not depend on who is first.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// Runs the story, on one database after the other.
pub(crate) fn torture(options: &Options) -> Result<(), Failure> {
    let wants = |database| options.database.is_none_or(|only| only == database);
    if wants(Database::Postgres) && Binaries::find().is_none() {
        let lacking = needs::provide(true);
        lacking.iter().for_each(say);
        if !lacking.is_empty() && options.database.is_some() {
            return Err(Failure::Incomplete);
        }
    }
    build()?;
    let seconds = options.minutes.map_or(options.seconds, |minutes| minutes * 60);
    let story = || {
        let mut story = stories();
        story.args(["--exact", STORY, "--nocapture"]);
        story.env(SECONDS_VARIABLE, seconds.to_string());
        match options.seed {
            Some(seed) => story.env(SEED_VARIABLE, seed.to_string()),
            None => story.env_remove(SEED_VARIABLE),
        };
        story
    };
    if wants(Database::Sqlite) {
        on_sqlite(&mut story())?;
    }
    if wants(Database::Postgres) {
        on_postgres(&mut story())?;
    }
    Ok(())
}
