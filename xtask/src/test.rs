//! The chore `test`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use clap::{Args, ValueEnum};
use understudy_tests::postgres::{Binaries, Cluster, FOLDER_VARIABLE};

use crate::step::{Failure, cargo, finish, say};
use crate::{needs, npm, playground, pypi};

/// The variable that tells the stories to run on PostgreSQL, and where a database of it may be reached. They run on
/// SQLite without it.
const DATABASE_VARIABLE: &str = "UNDERSTUDY_TEST_DATABASE";

/// What may be said about how to test.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Fail where something is missing that tests need and that cannot be installed here.
    #[arg(long)]
    complete: bool,
    /// Run the stories on this database alone; the other tests run with SQLite.
    #[arg(long)]
    database: Option<Database>,
    /// What to hand to the tests, e.g. `cargo xtask test -- launch_draft --nocapture`.
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// The databases that the stories run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

impl Options {
    fn includes(&self, database: Database) -> bool {
        self.database.is_none_or(|only| only == database)
    }
}

/// Gets what tests need, then runs them.
pub(crate) fn test(options: &Options) -> Result<(), Failure> {
    let lacking = needs::provide(options.includes(Database::Postgres));
    lacking.iter().for_each(say);
    if !lacking.is_empty() && (options.complete || options.database == Some(Database::Postgres)) {
        return Err(Failure::Incomplete);
    }
    let result = run(options);
    // Again, where it is not lost above the output of all tests.
    lacking.iter().for_each(say);
    result
}

/// Builds the server, then runs all tests.
fn run(options: &Options) -> Result<(), Failure> {
    let folders = [
        (npm::FOLDER_VARIABLE, packages()?),
        (pypi::FOLDER_VARIABLE, scanners()?),
    ];
    build()?;
    let with_packages = |tests: &mut Command| {
        tests.args(&options.arguments);
        for (variable, folder) in &folders {
            match folder {
                Some(folder) => tests.env(variable, folder),
                None => tests.env_remove(variable),
            };
        }
    };
    if options.includes(Database::Sqlite) {
        say("running the tests, the stories on SQLite");
        let mut tests = cargo(&["test", "--workspace", "--"]);
        with_packages(&mut tests);
        finish(tests.env_remove(DATABASE_VARIABLE))?;
    }
    if options.includes(Database::Postgres) {
        let mut stories = stories();
        with_packages(&mut stories);
        on_postgres(&mut stories)?;
    }
    Ok(())
}

/// Gets from npm what stories need, and the page that the server has embedded; where the stories find it, or none where
/// there is no npm.
fn packages() -> Result<Option<PathBuf>, Failure> {
    if !npm::is_there() {
        return Ok(None);
    }
    playground::build()?;
    npm::install(npm::TESTS).map(Some)
}

/// Gets from PyPI the scanners that the server is shown to; where the stories find them, or none where there is no
/// Python.
fn scanners() -> Result<Option<PathBuf>, Failure> {
    pypi::is_there().then(pypi::install).transpose()
}

/// Builds the server and the tests, which find the binary beside their own. All of the workspace at once: the server by
/// itself would have other features of its libraries than the tests, and each of them would be built twice.
pub(crate) fn build() -> Result<(), Failure> {
    say("building the server and the tests");
    finish(cargo(&["build", "--workspace", "--all-targets"]))
}

/// Runs the stories that the arguments still to be added name, or all.
pub(crate) fn stories() -> Command {
    // Of the whole workspace: one package alone would have other features of its libraries, and build all of them
    // again. The domain's tests go by the same name and run once more, which takes seconds.
    cargo(&["test", "--workspace", "--test", "it", "--"])
}

/// Has stories run on a throwaway cluster of PostgreSQL, if there is a PostgreSQL.
pub(crate) fn on_postgres(stories: &mut Command) -> Result<(), Failure> {
    let Some(binaries) = Binaries::find() else {
        return Ok(());
    };
    say(format_args!(
        "running the stories on PostgreSQL, which is in {}",
        binaries.folder().display()
    ));
    let cluster =
        Cluster::start(&binaries).map_err(|error| Failure::Io("start PostgreSQL".to_owned(), error))?;
    stories
        .env(DATABASE_VARIABLE, cluster.url("postgres"))
        .env(FOLDER_VARIABLE, binaries.folder());
    finish(stories)
}

/// Has stories run on SQLite.
pub(crate) fn on_sqlite(stories: &mut Command) -> Result<(), Failure> {
    say("running the stories on SQLite");
    finish(stories.env_remove(DATABASE_VARIABLE))
}
