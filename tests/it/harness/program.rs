//! Programs of `tests/npm`, which run on Node.js.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::{env, process::Stdio};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use super::{SET_TIME, server::signal};

/// A running program that prints lines of JSON. It is killed when dropped.
pub(crate) struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts a program; none where the packages are not there that it needs.
    #[expect(
        clippy::print_stdout,
        reason = "whoever asks for the output of tests sees what was left out"
    )]
    pub(crate) fn start(name: &str, arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Option<Self> {
        let Some(folder) = env::var_os("UNDERSTUDY_TEST_NPM").map(PathBuf::from) else {
            println!("a story that needs packages of npm; `cargo xtask test` installs them");
            return None;
        };
        let mut node = Command::new("node");
        node.arg(folder.join(name)).args(arguments);
        let mut child = node.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Some(Self { child, lines })
    }

    /// The next line; none where the program has ended.
    pub(crate) async fn line(&mut self) -> Option<Value> {
        let line = timeout(SET_TIME, self.lines.next_line())
            .await
            .unwrap()
            .unwrap()?;
        Some(serde_json::from_str(&line).unwrap())
    }

    /// Sends it a signal, e.g. `STOP`.
    pub(crate) fn signal(&self, name: &str) {
        signal(name, self.child.id().unwrap());
    }

    /// Whether it ends well.
    pub(crate) async fn succeeds(&mut self) -> bool {
        timeout(SET_TIME, self.child.wait())
            .await
            .unwrap()
            .unwrap()
            .success()
    }
}
