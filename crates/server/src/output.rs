//! What the command line says: results on stdout, and one line on stderr when something failed.

use std::{
    fmt::Display,
    io::{self, Write},
};

use crate::failure::Failure;

/// Writes `text` to stdout, at once.
///
/// # Errors
/// If stdout is closed; `println!` would panic there.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    write(text).map_err(Failure::Output)
}

/// As [`print()`], for whoever has an error of its own.
///
/// # Errors
/// What the operating system says.
pub(crate) fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// What came of printing, where that is all there is to do: whoever has read as much as they wanted may close the pipe, as in
/// `understudy schema | head`.
///
/// # Errors
/// Whatever else was one.
pub(crate) fn as_far_as_read(done: Result<(), Failure>) -> Result<(), Failure> {
    match done {
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Whether nobody sees what is written to stdout. Where it is closed, the standard library opens `/dev/null` in its place,
/// and writing succeeds.
#[cfg(unix)]
pub(crate) fn is_thrown_away() -> bool {
    use std::{
        fs::{self, File},
        os::{fd::AsFd as _, unix::fs::MetadataExt as _},
    };

    let stdout = io::stdout().as_fd().try_clone_to_owned();
    let stdout = stdout.and_then(|stdout| File::from(stdout).metadata());
    let devices = stdout.and_then(|stdout| Ok((stdout.rdev(), fs::metadata("/dev/null")?.rdev())));
    devices.is_ok_and(|(stdout, nowhere)| stdout == nowhere && stdout != 0)
}

/// Nothing is known of where it leads elsewhere.
#[cfg(not(unix))]
pub(crate) fn is_thrown_away() -> bool {
    false
}

/// Writes `failure` to stderr as one line.
pub(crate) fn complain(failure: &impl Display) {
    // If even stderr is closed, the exit code has to tell.
    let _ = writeln!(io::stderr(), "understudy: {}", in_one_line(failure));
}

/// `failure` as one line, whatever line breaks a library has put into its message.
pub(crate) fn in_one_line(failure: &impl Display) -> String {
    failure
        .to_string()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
