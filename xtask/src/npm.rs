//! The clients and checks of others, which come from npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::needs::answers;
use crate::step::{Failure, finish, say};

/// The variable that tells the stories where the packages are. Those that need them are left out without it.
pub(crate) const FOLDER_VARIABLE: &str = "UNDERSTUDY_TEST_NPM";

/// Installs the packages, in the versions of the lock file, unless they are there; their folder, or none where there is
/// no npm.
///
/// # Errors
/// If npm fails.
pub(crate) fn install() -> Result<Option<PathBuf>, Failure> {
    if !answers("npm", &["--version"]) || !answers("node", &["--version"]) {
        return Ok(None);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/npm");
    let folder = folder.canonicalize().unwrap_or(folder);
    if !is_installed(&folder) {
        say("installing packages of npm");
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--prefix"])
            .arg(&folder);
        finish(&mut npm)?;
    }
    Ok(Some(folder))
}

/// Whether what is installed is not older than what is wanted.
fn is_installed(folder: &Path) -> bool {
    let changed =
        |path: &str| -> Option<SystemTime> { fs::metadata(folder.join(path)).ok()?.modified().ok() };
    let installed = changed("node_modules/.package-lock.json");
    installed.is_some() && installed >= changed("package-lock.json")
}
