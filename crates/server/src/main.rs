//! The binary `understudy`: command line, configuration, what is served where, health and shutdown.
//!
//! This crate refuses to know what a campaign is, and how a request is carried to the schema. It puts the rooms together,
//! and decides who may listen, and when to stop.

mod check;
mod cli;
mod copy;
mod executor;
mod failure;
mod graphiql;
mod health;
mod logging;
mod migrate;
mod output;
mod serve;
mod signals;

use std::process;

use clap::Parser;
use tokio::runtime;

use crate::{
    cli::{Cli, Command},
    failure::Failure,
};

/// The system's allocator is slow where many threads allocate small pieces, which is what answering GraphQL does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the command and turns its end into an exit code and, if it failed, into one line on stderr.
fn main() {
    let cli = Cli::try_parse().unwrap_or_else(|error| cli::refuse(&error));
    let code = match start(cli) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(failure) => {
            output::complain(&failure);
            1
        }
    };
    // Returning from `main` would be as good a way to end, but for threads that a hanging request still occupies:
    // the promised end within ten seconds must not depend on them.
    process::exit(code);
}

/// Prepares what every command needs, runs the command, and leaves the runtime without waiting for its threads.
fn start(cli: Cli) -> Result<bool, Failure> {
    logging::start()?;
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    let result = runtime.block_on(run(cli.command));
    runtime.shutdown_background();
    result
}

/// Runs one command to its end; whether it went as everybody wants it. It is not so where it has done its work and
/// found something amiss.
async fn run(command: Command) -> Result<bool, Failure> {
    match command {
        Command::Serve(options) => serve::serve(*options).await?,
        Command::Schema => output::print(&understudy_api::sdl())?,
        Command::Migrate(options) => migrate::migrate(options).await?,
        Command::Copy(options) => copy::copy(options).await?,
        Command::Check(options) => return check::check(options).await,
    }
    Ok(true)
}
