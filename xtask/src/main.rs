//! The project's chores, run as `cargo xtask <chore>`, so that cargo is the only tool a newcomer needs.

mod needs;
mod npm;
mod playground;
mod pypi;
mod sdl;
mod step;
mod test;
mod torture;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use step::{Failure, say};

/// The project's chores.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    /// Which one.
    #[command(subcommand)]
    chore: Chore,
}

/// The chores there are.
#[derive(Debug, Subcommand)]
enum Chore {
    /// Build the server, then run all tests, the stories on both databases; some start the server that was built.
    Test(test::Options),
    /// Have servers and databases break under clients and subscribers, for as long as wanted, and look for losses.
    Torture(torture::Options),
    /// Build GraphiQL, which servers that are built from then on have at `/`. Needs Node.js and npm.
    Playground,
    /// Write schema.graphql from the code.
    Sdl,
}

fn main() -> ExitCode {
    let result = match Cli::parse().chore {
        Chore::Test(options) => test::test(&options),
        Chore::Torture(options) => torture::torture(&options),
        Chore::Playground => playground::playground(),
        Chore::Sdl => sdl::sdl(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Step(status)) => {
            // A step that was killed by a signal has no code of its own.
            let code = status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(1);
            ExitCode::from(code)
        }
        Err(Failure::Io(what, error)) => {
            say(format_args!("cannot {what}: {error}"));
            ExitCode::FAILURE
        }
        Err(Failure::Incomplete) => {
            say("not all that was asked for can be done here");
            ExitCode::FAILURE
        }
    }
}
