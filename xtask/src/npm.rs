//! Folders whose packages come from npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::step::{Failure, answers, finish, root, say};

/// The variable that tells the stories where the packages are. Those that need them are left out without it.
pub(crate) const FOLDER_VARIABLE: &str = "UNDERSTUDY_TEST_NPM";

/// The clients and checks of others, and the browser's driver.
pub(crate) const TESTS: &str = "tests/npm";

/// Whether there is an npm, and the Node.js that it runs on.
pub(crate) fn is_there() -> bool {
    answers("npm", &["--version"]) && answers("node", &["--version"])
}

/// Installs the packages of a folder of the workspace, in the versions of its lock file, unless they are there; the
/// whole path of that folder.
///
/// # Errors
/// If npm fails.
pub(crate) fn install(folder: &str) -> Result<PathBuf, Failure> {
    let path = root().join(folder);
    if !is_installed(&path) {
        say(format_args!("installing packages of npm for {folder}"));
        finish(npm(&path).args(["ci", "--no-audit", "--no-fund"]))?;
    }
    Ok(path)
}

/// The npm that works in a folder, which has still to be told what to do.
pub(crate) fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(folder);
    npm
}

/// When a file was changed; none where it is not there.
pub(crate) fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// Whether what is installed is not older than what is wanted.
fn is_installed(folder: &Path) -> bool {
    let installed = changed(&folder.join("node_modules/.package-lock.json"));
    installed.is_some() && installed >= changed(&folder.join("package-lock.json"))
}
