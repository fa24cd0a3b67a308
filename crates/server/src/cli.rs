//! The command line, and the environment variables that stand in for its options.

pub(crate) mod access;
mod jwt;
mod limits;
mod rates;
pub(crate) mod sending;
#[cfg(test)]
mod tests;
mod wrong;

use std::{env, net::SocketAddr, num::ParseIntError, path::PathBuf, time::Duration};

use clap::{
    Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand,
    builder::{BoolishValueParser, Resettable},
};

use understudy_transport::{Origin, Proxy};

pub(crate) use self::wrong::refuse;
use self::{jwt::JwtOptions, limits::LimitOptions, rates::RateOptions};
use crate::{listen::Place, logging::LogFormat, traces::Collector};

/// Understudy keeps a marketing campaign running while its next version is rehearsed.
#[derive(Debug, Parser)]
#[command(name = "understudy", version, propagate_version = true)]
pub(crate) struct Cli {
    /// How the log on stderr is written.
    #[arg(
        long,
        env = "UNDERSTUDY_LOG_FORMAT",
        value_name = "FORMAT",
        value_enum,
        default_value_t = LogFormat::Text,
        global = true
    )]
    pub(crate) log_format: LogFormat,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Reads the command line and the environment.
    ///
    /// # Errors
    /// If they ask for help, or for what there is not.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let mut command = without_empty_variables(Self::command());
        let matches = command
            .try_get_matches_from_mut(env::args_os())
            .map_err(wrong::without_secrets)?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

/// The same command, for which a variable that is empty is as good as none: as such come those that a compose file or
/// another program hands on, when nobody has set them.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |arg: &clap::Arg| {
        let value = arg.get_env().and_then(env::var_os);
        value.is_some_and(|value| value.is_empty())
    };
    command
        .mut_args(|arg| {
            if is_empty(&arg) {
                arg.env(Resettable::Reset)
            } else {
                arg
            }
        })
        .mut_subcommands(without_empty_variables)
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Open the database (creating and migrating it) and serve the GraphQL API.
    Serve(Box<Serve>),
    /// Send the messages of active campaigns, and serve nothing: beside servers that are told `--no-sender`, or do so, too.
    Deliver(Deliver),
    /// Print the GraphQL schema as SDL.
    Schema,
    /// Apply, take back or list the database's migrations.
    Migrate(Migrate),
    /// Make or list workspaces: everything belongs to one, and none knows of another.
    Workspace(access::Workspaces),
    /// Make, list or revoke tokens, by which people and programs are let in. The first one closes a server that is open.
    Token(access::Tokens),
    /// Copy a whole database into an empty one, be it of the same kind or not.
    ///
    /// Everything is copied with its ids, versions, sequences and times, and compared with the source by counts and
    /// checksums before it is kept. A copy that is stopped leaves the target empty and can be begun again. Stop the
    /// servers over the source first: what they write after the copy has begun is not in it.
    Copy(Copying),
    /// Look the database over: is every campaign what its events say, and every row one that the rules allow?
    ///
    /// Prints a line for each finding, and at the end how much was looked at. The exit code is 0 only if there is no
    /// finding. It reads one state of the database and writes nothing, so it may run beside a server that is at work.
    Check(Check),
}

/// The options of `serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen: an address and a port, of which 0 takes a free one, or a Unix socket, as `unix:/path`.
    #[arg(
        long,
        env = "UNDERSTUDY_LISTEN",
        value_name = "PLACE",
        default_value = "127.0.0.1:8000"
    )]
    pub(crate) listen: Place,
    /// The certificate to be shown to clients, with its chain, in PEM; with it the server speaks TLS alone.
    #[arg(long, env = "UNDERSTUDY_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The private key of the certificate, in PEM.
    #[arg(long, env = "UNDERSTUDY_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Where the data lives.
    #[command(flatten)]
    pub(crate) database: Database,
    /// How long to go on serving once asked to stop, while `/readyz` says that traffic is to go elsewhere, in seconds.
    #[arg(
        long,
        env = "UNDERSTUDY_DRAIN_DELAY",
        value_name = "SECONDS",
        default_value = "0",
        value_parser = seconds
    )]
    pub(crate) drain_delay: Duration,
    /// Where traces are sent: a collector that takes OTLP over HTTP, e.g. `http://127.0.0.1:4318`.
    #[arg(long, env = "UNDERSTUDY_OTLP_ENDPOINT", value_name = "URL")]
    pub(crate) otlp_endpoint: Option<Collector>,
    /// Fill an empty database with example campaigns.
    #[arg(long)]
    pub(crate) demo: bool,
    /// Send nothing from this process: the messages of active campaigns wait for another one over the same database. Tests
    /// of messages are sent all the same. The variable may be true or false, yes or no, 1 or 0.
    #[arg(
        long,
        env = "UNDERSTUDY_NO_SENDER",
        value_parser = BoolishValueParser::new()
    )]
    pub(crate) no_sender: bool,
    /// How much those may ask for who have a token.
    #[command(flatten)]
    pub(crate) rates: RateOptions,
    /// Who is let in by the tokens of others.
    #[command(flatten)]
    pub(crate) jwt: JwtOptions,
    /// What messages are sent by.
    #[command(flatten)]
    pub(crate) sending: sending::Sending,
    /// What is let through.
    #[command(flatten)]
    pub(crate) transport: Transport,
}

/// The options of `deliver`.
#[derive(Debug, Args)]
pub(crate) struct Deliver {
    /// Where the data lives.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Where `/livez`, `/readyz` and `/metrics` are shown: an address and a port, of which 0 takes a free one. Without it,
    /// nowhere.
    #[arg(long, env = "UNDERSTUDY_HEALTH", value_name = "ADDRESS")]
    pub(crate) health: Option<SocketAddr>,
    /// What messages are sent by.
    #[command(flatten)]
    pub(crate) sending: sending::Sending,
}

/// The options that say what the API lets through.
#[derive(Debug, Args)]
pub(crate) struct Transport {
    /// An origin whose pages may use the API from a browser, e.g. `https://app.example.com`; may stand several times, or
    /// be several with commas between them.
    #[arg(
        long,
        env = "UNDERSTUDY_ALLOW_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    pub(crate) allow_origin: Vec<Origin>,
    /// A proxy in front of the server, which is believed what it says in `X-Forwarded-For` of where a request comes from:
    /// an address, a network as in `10.0.0.0/8`, or `unix` for whoever uses the Unix socket. It may stand several times,
    /// or be several with commas between them. Without it, all who come through a proxy have the proxy's address.
    #[arg(long, env = "UNDERSTUDY_PROXY", value_name = "PROXY", value_delimiter = ',')]
    pub(crate) proxy: Vec<Proxy>,
    /// Answer no introspection, and suggest no names in errors. GraphiQL then knows none. The variable may be true or false,
    /// yes or no, 1 or 0.
    #[arg(
        long,
        env = "UNDERSTUDY_NO_INTROSPECTION",
        value_parser = BoolishValueParser::new()
    )]
    pub(crate) no_introspection: bool,
    /// A file with the documents that are carried out, and no others: a JSON object of ids, usually hashes, and documents.
    #[arg(long, env = "UNDERSTUDY_TRUSTED_DOCUMENTS", value_name = "FILE")]
    pub(crate) trusted_documents: Option<PathBuf>,
    /// How much anybody may ask for.
    #[command(flatten)]
    pub(crate) limits: LimitOptions,
}

/// The options of `migrate`.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Whose migrations.
    #[command(flatten)]
    pub(crate) database: Database,
    /// What to do with them.
    #[command(subcommand)]
    pub(crate) action: MigrateAction,
}

/// What `migrate` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum MigrateAction {
    /// Apply all migrations that the database does not have yet.
    Up,
    /// Take back the last migrations, and what is stored in them.
    Down {
        /// How many to take back.
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
    },
    /// List all migrations and say which the database has.
    Status,
}

/// The options of `copy`.
#[derive(Debug, Args)]
pub(crate) struct Copying {
    /// The database to copy, which is left as it is. It must have all migrations.
    #[arg(long, value_name = "URL")]
    pub(crate) from: String,
    /// The database to copy it into, made and migrated where needed. It must be empty.
    #[arg(long, value_name = "URL")]
    pub(crate) to: String,
}

/// The options of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Which database.
    #[command(flatten)]
    pub(crate) database: Database,
}

/// The option that names the database.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// The database's URL.
    #[arg(
        id = "database",
        long = "database",
        env = "UNDERSTUDY_DATABASE",
        value_name = "URL",
        default_value = "sqlite://understudy.db",
        // A URL may carry a password, which `--help` must not print.
        hide_env_values = true,
        global = true
    )]
    pub(crate) url: String,
}

/// A time in whole seconds.
fn seconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse::<u32>()
        .map(|seconds| Duration::from_secs(u64::from(seconds)))
}
