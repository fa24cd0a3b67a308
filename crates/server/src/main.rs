//! The binary `understudy`: command line, configuration, what is served where, health and shutdown.
//!
//! This crate refuses to know what a campaign is, and how a request is carried to the schema. It puts the rooms together,
//! and decides who may listen, and when to stop.

mod access;
mod check;
mod cli;
mod compression;
mod connection;
mod copy;
mod deliver;
mod executor;
mod exposed;
mod failure;
mod figures;
mod files;
mod gate;
mod graphiql;
mod health;
mod http_1;
mod listen;
mod logging;
mod migrate;
mod output;
mod readable;
mod requests;
mod sending;
mod serve;
mod signals;
mod tls;
mod traces;
mod unread;

use std::process;

use tokio::runtime::{self, Runtime};

use crate::{
    cli::{Cli, Command},
    failure::Failure,
    logging::LogFormat,
    traces::Traces,
};

/// The system's allocator is slow where many threads allocate small pieces, which is what answering GraphQL does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the command and turns its end into an exit code.
fn main() {
    let cli = Cli::read().unwrap_or_else(|error| cli::refuse(&error));
    let code = match start(cli) {
        Ok(true) => 0,
        Ok(false) | Err(()) => 1,
    };
    // Returning from `main` would be as good a way to end, but for threads that a hanging request still occupies:
    // the promised end within ten seconds must not depend on them.
    process::exit(code);
}

/// Runs the command; if it failed, one line on stderr says why, in the format that the log has.
fn start(cli: Cli) -> Result<bool, ()> {
    let prepared = prepare(&cli);
    let (runtime, traces) = prepared.map_err(|failure| output::complain(&failure))?;
    exposed::warn_of(&cli.command);
    let result = runtime.block_on(run(cli.command));
    let result = result.map_err(|failure| match cli.log_format {
        LogFormat::Text => output::complain(&failure),
        LogFormat::Json => tracing::error!("{}", output::in_one_line(&failure)),
    });
    if let Some(traces) = traces {
        traces.end();
    }
    // Without waiting for its threads.
    runtime.shutdown_background();
    result
}

/// Prepares what every command needs: threads, a log, and who takes traces.
fn prepare(cli: &Cli) -> Result<(Runtime, Option<Traces>), Failure> {
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    let collector = match &cli.command {
        Command::Serve(options) => options.otlp_endpoint.as_ref(),
        _ => None,
    };
    let traces = collector.map(|collector| Traces::send_to(collector, runtime.handle()));
    let traces = traces.transpose()?;
    logging::start(cli.log_format, traces.as_ref())?;
    Ok((runtime, traces))
}

/// Runs one command to its end; whether it went as everybody wants it. It is not so where it has done its work and
/// found something amiss.
async fn run(command: Command) -> Result<bool, Failure> {
    match command {
        Command::Serve(options) => serve::serve(*options).await?,
        Command::Deliver(options) => deliver::deliver(options).await?,
        Command::Schema => output::as_far_as_read(output::print(&understudy_api::sdl()))?,
        Command::Migrate(options) => migrate::migrate(options).await?,
        Command::Copy(options) => copy::copy(options).await?,
        Command::Workspace(options) => access::workspaces(options).await?,
        Command::Token(options) => access::tokens(options).await?,
        Command::Check(options) => return check::check(options).await,
    }
    Ok(true)
}
