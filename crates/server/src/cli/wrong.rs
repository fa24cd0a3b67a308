//! What is said of a command line that is wrong.

use std::process;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::output;

/// The exit code of a command line that is wrong, by which scripts tell it from a command that failed.
const WRONG_USAGE: i32 = 2;

/// Says what is wrong with the command line, in one line like every other complaint, and ends the process. Help and
/// version, which clap treats as errors too, are printed as they are.
pub(crate) fn refuse(error: &clap::Error) -> ! {
    let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if is_help || !error.use_stderr() {
        error.exit();
    }
    output::complain(&in_one_line(&error.to_string()));
    process::exit(WRONG_USAGE);
}

/// What clap says in several paragraphs, but for the usage, which `--help` shows.
fn in_one_line(message: &str) -> String {
    let message = message.trim().trim_start_matches("error: ");
    let paragraphs = message.split("\n\n").map(str::trim);
    paragraphs
        .filter(|paragraph| !paragraph.starts_with("Usage:"))
        .collect::<Vec<_>>()
        .join("; ")
}

/// The same error, without the URLs in which a password or another secret may stand: it would be repeated in a log.
pub(super) fn without_secrets(mut error: clap::Error) -> clap::Error {
    for kind in [
        ContextKind::InvalidValue,
        ContextKind::InvalidArg,
        ContextKind::InvalidSubcommand,
    ] {
        let has_secret = |text: &str| text.contains("://") && text.contains(['@', '?']);
        if matches!(error.get(kind), Some(ContextValue::String(text)) if has_secret(text)) {
            error.insert(kind, ContextValue::String("…".to_owned()));
        }
    }
    error
}
