//! What chores are made of: programs that are run to their end, and words on stderr.

use std::{
    borrow::BorrowMut,
    env,
    ffi::OsStr,
    fmt, io,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};

/// Why a chore failed.
pub(crate) enum Failure {
    /// A step that ran and failed. It has said why itself.
    Step(ExitStatus),
    /// A step that could not run, or whose result could not be kept.
    Io(String, io::Error),
    /// Something that the chore must have is not there. Which, has been said.
    Incomplete,
}

/// The cargo that runs this chore, in the workspace's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs a step to its end.
pub(crate) fn finish(mut command: impl BorrowMut<Command>) -> Result<(), Failure> {
    let command = command.borrow_mut();
    let status = command.status().map_err(|error| {
        let program = command.get_program().display();
        Failure::Io(format!("run {program}"), error)
    })?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Step(status))
    }
}

/// Whether a program is there and content with being asked something.
pub(crate) fn answers(program: impl AsRef<OsStr>, question: &[&str]) -> bool {
    let output = Command::new(program).args(question).stdin(Stdio::null()).output();
    output.is_ok_and(|output| output.status.success())
}

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Tells, on stderr, what is going on: stdout belongs to the steps.
pub(crate) fn say(what: impl fmt::Display) {
    // Whoever has closed stderr does not want to know.
    let _ = writeln!(io::stderr(), "xtask: {what}");
}
