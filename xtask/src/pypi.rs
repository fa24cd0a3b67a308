//! The scanners of others, from PyPI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{Failure, answers, finish, root, say};

/// The variable that tells the stories where the scanners are. Those that need them are left out without it.
pub(crate) const FOLDER_VARIABLE: &str = "UNDERSTUDY_TEST_PYPI";

/// Where it stands which scanners they are, and in which versions.
const FOLDER: &str = "tests/pypi";

/// Whether there is a Python that is new enough for them, with all that environments of its own are made with; Debian
/// has that in a package by itself.
pub(crate) fn is_there() -> bool {
    let question = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))";
    answers("python3", &["-c", question])
}

/// Installs the scanners in an environment of their own, in the versions that are wanted, unless they are there; the
/// whole path of the folder.
///
/// # Errors
/// If Python or pip fails.
pub(crate) fn install() -> Result<PathBuf, Failure> {
    let folder = root().join(FOLDER);
    let wanted = folder.join("requirements.txt");
    let environment = folder.join("venv");
    let python = environment.join("bin/python");
    let installed = environment.join("installed.txt");
    if !is_installed(&python, &wanted, &installed) {
        say(format_args!("installing packages of PyPI for {FOLDER}"));
        let make = ["-m", "venv", "--clear"];
        finish(Command::new("python3").args(make).arg(&environment))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        let mut install = Command::new(&python);
        finish(install.args(pip).arg("--requirement").arg(&wanted))?;
        // Last of all, so that what was broken off is begun again.
        fs::copy(&wanted, &installed)
            .map_err(|error| Failure::Io(format!("write {}", installed.display()), error))?;
    }
    Ok(folder)
}

/// Whether what is installed is what is wanted, and its Python is still there.
fn is_installed(python: &Path, wanted: &Path, installed: &Path) -> bool {
    let is_same = fs::read(installed).is_ok_and(|it| fs::read(wanted).is_ok_and(|other| it == other));
    is_same && answers(python, &["--version"])
}
