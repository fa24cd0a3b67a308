//! The options that say how much anybody may ask of the process.

use std::time::Duration;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use understudy_transport::Limits;

/// The most that a count may be, so that nothing that is made of it goes beyond what the machine can count.
const MOST: u64 = 1_000_000_000;

/// The same of a number of bytes.
const MOST_BYTES: u64 = 1 << 40;

/// The longest time, in seconds, which is eleven days: systems count these in milliseconds, and some only up to 24 days.
const MOST_SECONDS: u64 = 1_000_000;

/// A number of things.
fn count() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=MOST)
}

/// A number of things in one another, as deep as they are read without regard to the stack.
fn levels() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=120)
}

/// A number of bytes.
fn bytes() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=MOST_BYTES)
}

/// A time.
fn seconds() -> RangedU64ValueParser<u64> {
    RangedU64ValueParser::new().range(1..=MOST_SECONDS)
}

/// The limits of `serve`. What goes beyond one is refused, with a message that names it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitOptions {
    /// How large a request may be: the body of a POST, the query string of a GET, or a message on a socket.
    #[arg(
        long = "max-request-bytes",
        env = "UNDERSTUDY_MAX_REQUEST_BYTES",
        value_name = "BYTES",
        default_value_t = Limits::default().bytes,
        value_parser = bytes()
    )]
    bytes: usize,
    /// How many names, values and signs a document may have.
    #[arg(
        long = "max-tokens",
        env = "UNDERSTUDY_MAX_TOKENS",
        value_name = "N",
        default_value_t = Limits::default().tokens,
        value_parser = count()
    )]
    tokens: usize,
    /// How deep brackets may nest in a document.
    #[arg(
        long = "max-nesting",
        env = "UNDERSTUDY_MAX_NESTING",
        value_name = "N",
        default_value_t = Limits::default().nesting,
        value_parser = levels()
    )]
    nesting: usize,
    /// How many values a request's JSON may have, and how many may be given to fields, each variable wherever it is used.
    #[arg(
        long = "max-json-values",
        env = "UNDERSTUDY_MAX_JSON_VALUES",
        value_name = "N",
        default_value_t = Limits::default().values,
        value_parser = count()
    )]
    values: usize,
    /// How deep lists and objects may nest in a request's JSON, its variables among them.
    #[arg(
        long = "max-json-nesting",
        env = "UNDERSTUDY_MAX_JSON_NESTING",
        value_name = "N",
        default_value_t = Limits::default().json_nesting,
        value_parser = levels()
    )]
    json_nesting: usize,
    /// How many fields, inline fragments and spreads a document may have, with each fragment wherever it is spread.
    #[arg(
        long = "max-selections",
        env = "UNDERSTUDY_MAX_SELECTIONS",
        value_name = "N",
        default_value_t = Limits::default().selections,
        value_parser = count()
    )]
    selections: usize,
    /// How many aliases a document may have, with each fragment wherever it is spread.
    #[arg(
        long = "max-aliases",
        env = "UNDERSTUDY_MAX_ALIASES",
        value_name = "N",
        default_value_t = Limits::default().aliases,
        value_parser = count()
    )]
    aliases: usize,
    /// How many directives a document may have.
    #[arg(
        long = "max-directives",
        env = "UNDERSTUDY_MAX_DIRECTIVES",
        value_name = "N",
        default_value_t = Limits::default().directives,
        value_parser = count()
    )]
    directives: usize,
    /// How deep selections may nest, with each fragment wherever it is spread.
    #[arg(
        long = "max-depth",
        env = "UNDERSTUDY_MAX_DEPTH",
        value_name = "N",
        default_value_t = Limits::default().depth,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=60)
    )]
    depth: usize,
    /// How many lists of introspection, of fields or types, may nest.
    #[arg(
        long = "max-introspection-lists",
        env = "UNDERSTUDY_MAX_INTROSPECTION_LISTS",
        value_name = "N",
        default_value_t = Limits::default().introspection_lists,
        value_parser = count()
    )]
    introspection_lists: usize,
    /// How many values an operation may ask for: fields of objects, with each list as long as `first` or `last` lets it
    /// be, objects in lists, and what fields are given.
    #[arg(
        long = "max-complexity",
        env = "UNDERSTUDY_MAX_COMPLEXITY",
        value_name = "N",
        default_value_t = Limits::default().complexity,
        value_parser = count()
    )]
    complexity: usize,
    /// How large an answer may be, or a result of a subscription: its texts, and 256 bytes for each of its values.
    #[arg(
        long = "max-answer-bytes",
        env = "UNDERSTUDY_MAX_ANSWER_BYTES",
        value_name = "BYTES",
        default_value_t = Limits::default().answer_bytes,
        value_parser = bytes()
    )]
    answer_bytes: usize,
    /// How many bytes all requests together may hold: their documents and variables, and their answers until these are
    /// sent. What is small does not count.
    #[arg(
        long = "max-held-bytes",
        env = "UNDERSTUDY_MAX_HELD_BYTES",
        value_name = "BYTES",
        default_value_t = Limits::default().held_bytes,
        value_parser = bytes()
    )]
    held_bytes: usize,
    /// How many requests may be answered at once.
    #[arg(
        long = "max-requests",
        env = "UNDERSTUDY_MAX_REQUESTS",
        value_name = "N",
        default_value_t = Limits::default().requests,
        value_parser = count()
    )]
    requests: usize,
    /// How many bytes may be received at once, by all connections together: of requests until they are answered, and of
    /// messages on sockets until they are there.
    #[arg(
        long = "max-receiving-bytes",
        env = "UNDERSTUDY_MAX_RECEIVING_BYTES",
        value_name = "BYTES",
        default_value_t = Limits::default().receiving,
        value_parser = bytes()
    )]
    receiving: usize,
    /// How long a request may take to be answered.
    #[arg(
        long = "request-timeout",
        env = "UNDERSTUDY_REQUEST_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = Limits::default().request_time.as_secs(),
        value_parser = seconds()
    )]
    request_seconds: u64,
    /// How many sockets and event streams may be open at once.
    #[arg(
        long = "max-sockets",
        env = "UNDERSTUDY_MAX_SOCKETS",
        value_name = "N",
        default_value_t = Limits::default().sockets,
        value_parser = count()
    )]
    sockets: usize,
    /// How many of these may be open to one address. Behind a proxy, all of them are open to the proxy.
    #[arg(
        long = "max-sockets-per-address",
        env = "UNDERSTUDY_MAX_SOCKETS_PER_ADDRESS",
        value_name = "N",
        default_value_t = Limits::default().sockets_of_address,
        value_parser = count()
    )]
    sockets_of_address: usize,
    /// How many operations may run at once on one socket.
    #[arg(
        long = "max-operations",
        env = "UNDERSTUDY_MAX_OPERATIONS",
        value_name = "N",
        default_value_t = Limits::default().operations,
        value_parser = count()
    )]
    operations: usize,
    /// How long a client may take to send `connection_init` on a socket.
    #[arg(
        long = "init-timeout",
        env = "UNDERSTUDY_INIT_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = Limits::default().init_time.as_secs(),
        value_parser = seconds()
    )]
    init_seconds: u64,
    /// How long an open socket may show no sign of life, which every client gives by itself; and how long a client may take
    /// nothing of an answer.
    #[arg(
        long = "socket-timeout",
        env = "UNDERSTUDY_SOCKET_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = Limits::default().silence.as_secs(),
        value_parser = seconds()
    )]
    silence_seconds: u64,
}

impl From<LimitOptions> for Limits {
    fn from(options: LimitOptions) -> Self {
        Self {
            bytes: options.bytes,
            tokens: options.tokens,
            nesting: options.nesting,
            values: options.values,
            json_nesting: options.json_nesting,
            selections: options.selections,
            aliases: options.aliases,
            directives: options.directives,
            depth: options.depth,
            introspection_lists: options.introspection_lists,
            complexity: options.complexity,
            answer_bytes: options.answer_bytes,
            held_bytes: options.held_bytes,
            requests: options.requests,
            receiving: options.receiving,
            request_time: Duration::from_secs(options.request_seconds),
            sockets: options.sockets,
            sockets_of_address: options.sockets_of_address,
            operations: options.operations,
            init_time: Duration::from_secs(options.init_seconds),
            silence: Duration::from_secs(options.silence_seconds),
        }
    }
}
