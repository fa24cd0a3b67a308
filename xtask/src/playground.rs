//! The chore `playground`.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::npm::{self, changed};
use crate::step::{Failure, finish, say};

/// Where `GraphiQL` comes from.
const FOLDER: &str = "playground";

/// Builds the page, and says where there is no npm that it needs one.
pub(crate) fn playground() -> Result<(), Failure> {
    if !npm::is_there() {
        say(
            "GraphiQL is built by npm, which is not on this machine: install Node.js 20.19 or newer with npm",
        );
        return Err(Failure::Incomplete);
    }
    build()
}

/// Builds the page, unless what is there is as new as what it is made of: a server with another page is built anew.
///
/// # Errors
/// If npm fails.
pub(crate) fn build() -> Result<(), Failure> {
    let folder = npm::install(FOLDER)?;
    if is_built(&folder) {
        return Ok(());
    }
    say("building GraphiQL");
    finish(npm::npm(&folder).args(["run", "build"]))
}

/// Whether the page is not older than anything that it is made of.
fn is_built(folder: &Path) -> bool {
    let sources = [
        "index.html",
        "package.json",
        "package-lock.json",
        "vite.config.js",
        "src",
    ];
    let newest = sources
        .into_iter()
        .filter_map(|name| newest(&folder.join(name)))
        .max();
    let built = changed(&folder.join("dist/index.html"));
    built.is_some() && built >= newest
}

/// When something in a folder was changed last, or the one file that this is.
fn newest(path: &Path) -> Option<SystemTime> {
    let inside = fs::read_dir(path).into_iter().flatten().flatten();
    let times = inside.filter_map(|entry| newest(&entry.path()));
    times.chain(changed(path)).max()
}
