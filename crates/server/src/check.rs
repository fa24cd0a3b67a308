//! `understudy check`: for operators who want to know whether a database is whole, and for the tests.

use std::io;

use understudy_persistence::check::{self, CheckError, Summary};

use crate::{cli::Check, failure::Failure, output};

/// Looks the database over and prints a line for each finding, and one that counts; whether there was none.
///
/// # Errors
/// If there is no database, it is not of this version, or it fails.
pub(crate) async fn check(options: Check) -> Result<bool, Failure> {
    let checked = check::run(&options.database.url, &mut |finding| {
        output::write(&format!("{finding}\n"))
    })
    .await;
    let Summary {
        workspaces,
        campaigns,
        events,
        findings,
    } = match checked {
        // Whoever has read enough has read of a finding.
        Err(CheckError::Untold(error)) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(false),
        checked => checked?,
    };
    output::as_far_as_read(output::print(&format!(
        "workspaces: {workspaces}, campaigns: {campaigns}, events: {events}, findings: {findings}\n"
    )))?;
    Ok(findings == 0)
}
