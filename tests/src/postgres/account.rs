//! Whom PostgreSQL runs as.

use std::io;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// Users that may stand in for root, the first that exists: PostgreSQL's own, or the one that every machine has.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// Whoever runs the tests; or somebody else if that is root, since PostgreSQL refuses to run as root.
#[derive(Debug, Clone, Copy)]
pub(super) enum Account {
    Ours,
    Other { user: u32, group: u32 },
}

impl Account {
    /// The account for what is run in a folder that was just made. The folder is given to it.
    pub(super) fn with_folder(folder: &Path) -> io::Result<Self> {
        if folder.metadata()?.uid() != 0 {
            return Ok(Self::Ours);
        }
        let number = |option, name| {
            let output = Command::new("id").args([option, name]).output().ok()?;
            String::from_utf8(output.stdout).ok()?.trim().parse().ok()
        };
        let numbers = |name| Some((number("-u", name)?, number("-g", name)?));
        let Some((user, group)) = UNPRIVILEGED.into_iter().find_map(numbers) else {
            return Err(io::Error::other(
                "PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as",
            ));
        };
        chown(folder, Some(user), Some(group))?;
        Ok(Self::Other { user, group })
    }

    /// Has a command run as this account.
    pub(super) fn run_as(self, command: &mut Command) {
        if let Self::Other { user, group } = self {
            command.uid(user).gid(group);
        }
    }
}
