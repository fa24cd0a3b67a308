//! Logs go to stderr, so that stdout holds nothing but what was asked for.

use std::{
    env,
    io::{self, IsTerminal},
};

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// The variable that chooses what is logged, e.g. `debug` or `warn,understudy_app=trace`.
const VARIABLE: &str = "UNDERSTUDY_LOG";

/// The libraries' warnings, and what our own crates (all are named `understudy…`) have to say.
const DEFAULT: &str = "warn,understudy=info";

/// What is never logged: a library warns of unknown parameters of a database's URL, and prints what may be a password.
const NEVER: &str = "sqlx_postgres::options=off";

/// Starts logging for the life of the process.
///
/// # Errors
/// If the variable is set to something that is no filter.
pub(crate) fn start() -> Result<(), Failure> {
    let wanted = env::var(VARIABLE).unwrap_or_else(|_| DEFAULT.to_owned());
    let filter = EnvFilter::try_new(format!("{wanted},{NEVER}")).map_err(Failure::LogFilter)?;
    // Colours are for people: in a file or a log collector they are noise.
    let ansi = io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(ansi)
        .init();
    Ok(())
}
