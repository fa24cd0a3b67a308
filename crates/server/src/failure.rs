//! Why a command failed, in the words that stderr shows.

use std::{io, path::PathBuf};

use understudy_app::{CommandError, OpenError, demo::DemoError};
use understudy_domain::TokenId;
use understudy_persistence::check::CheckError;
use understudy_persistence::copy::CopyError;
use understudy_transport::{NoDocuments, NoSchema};

use crate::{gate::jwt::BadKeys, listen::Place, sending::CannotSend, tls::BadCertificate};

/// The one error of the command line. Each message fits on one line and says what was being tried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// `UNDERSTUDY_LOG` is no filter.
    #[error("cannot read UNDERSTUDY_LOG: {0}")]
    LogFilter(#[source] tracing_subscriber::filter::ParseError),
    /// The operating system gives no threads.
    #[error("cannot start the runtime: {0}")]
    Runtime(#[source] io::Error),
    /// The operating system gives no signals.
    #[error("cannot watch for signals: {0}")]
    Signals(#[source] io::Error),
    /// Traces cannot be sent, wherever they are to go.
    #[error("cannot send traces: {0}")]
    Traces(#[from] opentelemetry_otlp::ExporterBuildError),
    /// Nothing can be counted and measured.
    #[error("cannot collect metrics: {0}")]
    Figures(#[from] metrics_exporter_prometheus::BuildError),
    /// The database cannot be opened or migrated.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The database could not be looked over to the end.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The examples of `--demo` could not be added, or not all of them.
    #[error("cannot fill the database with examples: {0}")]
    Demo(#[from] DemoError),
    /// The database was not copied.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The process was asked to stop before a copy was complete.
    #[error("stopped by {0}: nothing was copied, and the copy can be begun again")]
    Stopped(&'static str),
    /// The place is taken, forbidden or not this machine's.
    #[error("cannot listen on {place}: {source}")]
    Listen {
        /// The place that was asked for.
        place: Place,
        /// What the operating system says.
        source: io::Error,
    },
    /// Messages cannot be sent.
    #[error(transparent)]
    Sending(#[from] CannotSend),
    /// The certificate cannot be shown to anybody.
    #[error(transparent)]
    Certificate(#[from] BadCertificate),
    /// TLS itself cannot be spoken.
    #[error("cannot speak TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The keys of the identity provider cannot be used.
    #[error(transparent)]
    Keys(#[from] BadKeys),
    /// The file of trusted documents cannot be read.
    #[error("cannot read the trusted documents in {file:?}: {source}")]
    ReadDocuments {
        /// The file.
        file: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file of trusted documents holds something else.
    #[error("cannot use the trusted documents in {file:?}: {source}")]
    Documents {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: NoDocuments,
    },
    /// The schema's own text is none: a mistake of ours.
    #[error(transparent)]
    Schema(#[from] NoSchema),
    /// The HTTP server ended by itself.
    #[error("the server failed: {0}")]
    Serve(#[source] io::Error),
    /// There is no such thing.
    #[error("there is no {0}")]
    NoSuch(String),
    /// A workspace or a token was not made.
    #[error("cannot make the {what}: {why}")]
    NotMade {
        /// Which of them.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// A secret would be printed to nobody.
    #[error("no token was made, since nobody would see its secret: stdout is closed, or leads to /dev/null")]
    Unseen,
    /// A secret was not printed.
    #[error("cannot write the secret to stdout, so {id} was revoked again: {source}")]
    Unprinted {
        /// Whose it is.
        id: TokenId,
        /// What the operating system says.
        source: io::Error,
    },
    /// A secret was not printed, and its token is there.
    #[error("cannot write the secret to stdout: {source}; revoke {id}, which could not be done: {why}")]
    Lost {
        /// Whose it is.
        id: TokenId,
        /// What the operating system says.
        source: io::Error,
        /// Why it was not revoked.
        why: CommandError,
    },
    /// What has to do with access could not be read or written.
    #[error(transparent)]
    Access(#[from] understudy_app::Failure),
    /// Whoever can reach the place could do everything.
    #[error(
        "not listening on {place} without a token, since anybody who can reach it could do everything: make one with \
         `understudy token create --database {database:?} --role admin --name NAME`, or listen on 127.0.0.1 with no \
         proxy in front"
    )]
    Unguarded {
        /// Where it was to listen.
        place: Place,
        /// The URL of the database that the token is to be made in, without secrets.
        database: String,
    },
    /// Nobody takes what the command prints.
    #[error("cannot write to stdout: {0}")]
    Output(#[source] io::Error),
}
