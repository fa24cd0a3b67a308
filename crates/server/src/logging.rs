//! Logs go to stderr, so that stdout holds nothing but what was asked for.

mod json;

use std::{
    env,
    io::{self, IsTerminal},
};

use clap::ValueEnum;
use tracing_subscriber::{
    EnvFilter, Layer as _,
    fmt::{self, format::JsonFields},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::{failure::Failure, traces::Traces};

/// The variable that chooses what is logged, e.g. `debug` or `warn,understudy_app=trace`.
const VARIABLE: &str = "UNDERSTUDY_LOG";

/// The libraries' warnings, and what our own crates (all are named `understudy…`) have to say.
/// That somebody sends what is no HTTP is none, nor that they take back what they have asked for: anybody could fill the
/// log with it.
const DEFAULT: &str = "warn,understudy=info,actix_http::h1=off,actix_http::h2=error";

/// What is never logged: a library warns of unknown parameters of a database's URL, and prints what may be a password.
const NEVER: &str = "sqlx_postgres::options=off";

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Starts logging, and tracing if somebody takes traces, for the life of the process.
///
/// # Errors
/// If the variable is set to something that is no filter.
pub(crate) fn start(format: LogFormat, traces: Option<&Traces>) -> Result<(), Failure> {
    let wanted = env::var(VARIABLE)
        .ok()
        .filter(|wanted| !wanted.is_empty())
        .unwrap_or_else(|| DEFAULT.to_owned());
    let filter = EnvFilter::try_new(format!("{wanted},{NEVER}")).map_err(Failure::LogFilter)?;
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match format {
        // Colours are for people: in a file or a log collector they are noise.
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines
            .with_ansi(false)
            .fmt_fields(JsonFields::new())
            .event_format(json::Lines)
            .boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(traces.map(Traces::layer))
        .init();
    Ok(())
}
