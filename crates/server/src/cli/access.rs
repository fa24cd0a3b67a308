//! The commands for workspaces and tokens.

use std::{str::FromStr, time::Duration};

use clap::{Args, Subcommand, ValueEnum};
use understudy_domain::{Role, TokenId, id::IdError};

use super::Database;

/// The options of `workspace`.
#[derive(Debug, Args)]
pub(crate) struct Workspaces {
    /// Where they are.
    #[command(flatten)]
    pub(crate) database: Database,
    /// What to do with them.
    #[command(subcommand)]
    pub(crate) action: WorkspaceAction,
}

/// What `workspace` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum WorkspaceAction {
    /// Make a workspace. Prints its id.
    Create {
        /// What it is called: 1 to 200 characters without control characters and line breaks, which are no id, and which no
        /// other workspace has as its name.
        name: String,
    },
    /// List all workspaces: their ids and names, a line each.
    List,
}

/// The options of `token`.
#[derive(Debug, Args)]
pub(crate) struct Tokens {
    /// Where they are.
    #[command(flatten)]
    pub(crate) database: Database,
    /// What to do with them.
    #[command(subcommand)]
    pub(crate) action: TokenAction,
}

/// What `token` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenAction {
    /// Make a token. Prints its secret, which nobody will see again; only a hash of it is kept.
    Create {
        /// The workspace that it lets into, by its name or its id.
        #[arg(long, value_name = "WORKSPACE", default_value = "default")]
        workspace: String,
        /// What its bearer may do.
        #[arg(long, value_name = "ROLE", value_enum, ignore_case = true)]
        role: RoleName,
        /// What the log calls its bearer: 1 to 200 characters without control characters and line breaks, which no other
        /// token of the workspace has as its name.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// After how much time it lets nobody in any more, e.g. `90d`, `12h`, `30m` or `45s`; never if it is left out.
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        expires: Option<Span>,
    },
    /// List a workspace's tokens, a line each: id, role, name, when it was made, when it expires, when it was revoked.
    List {
        /// The workspace, by its name or its id.
        #[arg(long, value_name = "WORKSPACE", default_value = "default")]
        workspace: String,
    },
    /// Revoke a token: it lets nobody in any more, and whoever is in by it is shown out.
    Revoke {
        /// Its id, as `list` has it.
        id: TokenArgument,
    },
}

/// The id of a token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenArgument(pub(crate) TokenId);

impl FromStr for TokenArgument {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.parse().map(Self)
    }
}

/// A role, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// Reads.
    Viewer,
    /// Also creates and edits.
    Editor,
    /// Also decides what is sent.
    Launcher,
    /// Also makes and revokes tokens.
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Viewer => Self::Viewer,
            RoleName::Editor => Self::Editor,
            RoleName::Launcher => Self::Launcher,
            RoleName::Admin => Self::Admin,
        }
    }
}

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

/// A text that is no span of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a span of time is a number and one of d, h, m and s, e.g. 90d, and 36500d at most")]
pub(crate) struct NoSpan;

/// The longest span, in seconds: nobody means more.
const LONGEST: u64 = 100 * 365 * 24 * 60 * 60;

impl FromStr for Span {
    type Err = NoSpan;

    fn from_str(text: &str) -> Result<Self, NoSpan> {
        let (number, seconds) = [("d", 24 * 60 * 60), ("h", 60 * 60), ("m", 60), ("s", 1)]
            .into_iter()
            .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))
            .ok_or(NoSpan)?;
        // A sign is none of a number's, even where it changes nothing.
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NoSpan);
        }
        let number: u64 = number.parse().map_err(|_| NoSpan)?;
        let seconds = number
            .checked_mul(seconds)
            .filter(|seconds| (1..=LONGEST).contains(seconds));
        seconds
            .map(|seconds| Self(Duration::from_secs(seconds)))
            .ok_or(NoSpan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_numbers_with_units() {
        for (text, seconds) in [
            ("90d", 7_776_000),
            ("12h", 43_200),
            ("30m", 1_800),
            ("45s", 45),
            ("36500d", 3_153_600_000),
        ] {
            assert_eq!(text.parse(), Ok(Span(Duration::from_secs(seconds))), "{text}");
        }
        for text in [
            "",
            "d",
            "0d",
            "90",
            "-1d",
            "1.5d",
            "90 d",
            "90D",
            "+1d",
            "36501d",
            "99999999999999999999d",
            "99999999999999999d",
        ] {
            assert_eq!(text.parse::<Span>(), Err(NoSpan), "{text}");
        }
    }
}
