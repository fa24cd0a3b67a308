//! Scanners of `tests/pypi`: programs of others that look for faults of a server.

use std::path::PathBuf;
use std::time::Duration;
use std::{env, ffi::OsStr, fs};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

/// How long a scan may take; only a fault takes as long.
const PATIENCE: Duration = Duration::from_mins(5);

/// A scanner that is yet to run, in a folder of its own.
pub(crate) struct Scanner {
    command: Command,
    folder: TempDir,
}

/// What a scanner has found.
pub(crate) struct Scan {
    /// Whether it is content.
    pub(crate) is_content: bool,
    /// All that it has printed.
    pub(crate) report: String,
    folder: TempDir,
}

impl Scanner {
    /// A scanner with its arguments; none where the packages are not there.
    #[expect(
        clippy::print_stdout,
        reason = "whoever asks for the output of tests sees what was left out"
    )]
    pub(crate) fn find(name: &str, arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Option<Self> {
        let Some(home) = env::var_os("UNDERSTUDY_TEST_PYPI").map(PathBuf::from) else {
            println!("a story that needs packages of PyPI; `cargo xtask test` installs them");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(home.join("venv/bin").join(name));
        command
            .args(arguments)
            .current_dir(folder.path())
            // What they keep of a scan goes with it, and what they were told elsewhere is not theirs.
            .env("HOME", folder.path())
            .env("PYTHONPATH", home)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .kill_on_drop(true);
        Some(Self { command, folder })
    }

    /// Sets a variable of its environment.
    pub(crate) fn with(mut self, variable: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(variable, value);
        self
    }

    /// Runs it to its end.
    pub(crate) async fn run(mut self) -> Scan {
        let output = timeout(PATIENCE, self.command.output()).await;
        let output = output.expect("the scan does not end").unwrap();
        let report = [output.stdout, output.stderr].concat();
        Scan {
            is_content: output.status.success(),
            report: String::from_utf8_lossy(&report).into_owned(),
            folder: self.folder,
        }
    }
}

impl Scan {
    /// A file that it has written, as JSON.
    pub(crate) fn file(&self, name: &str) -> Value {
        let text = fs::read_to_string(self.folder.path().join(name));
        let text = text.unwrap_or_else(|error| panic!("{name}: {error}\n{}", self.report));
        serde_json::from_str(&text).unwrap()
    }
}
