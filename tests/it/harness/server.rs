//! The real binary, in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::Database;

/// How long anything may take that a process is asked for; only a fault takes as long.
const PATIENCE: Duration = Duration::from_mins(1);

/// Longer than anybody has to wait for an answer, be it that there is none: a write has its turn within 15 s, or is
/// told that it has none; and what it then waits for, a connection (5 s), a lock (10 s) or a statement (30 s), comes or
/// is given up in half a minute.
pub(crate) const SET_TIME: Duration = Duration::from_secs(45);

/// A running `understudy serve`. It is killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// e.g. `127.0.0.1:49152`, or `unix:/path`
    pub(crate) address: String,
    http: reqwest::Client,
}

impl Server {
    /// Starts the server over a database, on a port that is free, and waits until it listens.
    pub(crate) fn start(database: &Database) -> Self {
        Self::start_with(database, &[])
    }

    /// As [`start`](Self::start), with further options.
    pub(crate) fn start_with(database: &Database, options: &[&str]) -> Self {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--database", database.url()];
        Self::start_as(command().args(serve).args(options))
    }

    /// Runs a command line that serves, and waits until it listens.
    pub(crate) fn start_as(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let place = line.trim().rsplit_once(" on ");
        let place = place.unwrap_or_else(|| panic!("no address: {line:?}")).1;
        let address = place.split_once("://").map_or(place, |(_, address)| address);
        Self {
            child,
            address: address.to_owned(),
            http: client(),
        }
    }

    /// Starts a process that only sends, and waits until it does.
    pub(crate) fn deliver(database: &Database, options: &[&str]) -> Self {
        let deliver = ["deliver", "--health", "127.0.0.1:0", "--database", database.url()];
        Self::start_as(command().args(deliver).args(options))
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The response of a GraphQL request over POST; an error if the server is gone.
    pub(crate) async fn try_execute(&self, query: &str, variables: Value) -> reqwest::Result<Value> {
        let body = json!({ "query": query, "variables": variables });
        let response = self
            .http
            .post(self.url("/graphql"))
            .json(&body)
            .timeout(PATIENCE)
            .send()
            .await?;
        response.json().await
    }

    /// The data of a response that must have no errors.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Value {
        let response = self.try_execute(query, variables).await.unwrap();
        assert!(response.get("errors").is_none(), "{query}\n{response:#}");
        response["data"].clone()
    }

    /// Waits until the server has closed all sockets, whether or not their clients know.
    pub(crate) async fn until_no_socket_is_open(&self) {
        let closed = async {
            loop {
                let figures = self.http.get(self.url("/metrics")).send().await.unwrap();
                let figures = figures.text().await.unwrap();
                if figures.contains("understudy_sockets_open{transport=\"websocket\"} 0\n") {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, closed)
            .await
            .expect("a socket stays open");
    }

    /// Ends the process at once, as a loss of power would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the process to stop, as a service manager would, and waits until it has.
    pub(crate) async fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.wait().await
    }

    /// Sends the process a signal, e.g. `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        signal(name, self.child.id());
    }

    /// The most memory that the process has had so far, in bytes; none where the system does not tell.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: u64 = peak.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// Waits until the process has ended.
    pub(crate) async fn wait(&mut self) -> ExitStatus {
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ended)
            .await
            .expect("the process does not end")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a process a signal, e.g. `TERM`.
pub(crate) fn signal(name: &str, process: u32) {
    let arguments = [format!("-{name}"), process.to_string()];
    assert!(Command::new("kill").args(arguments).status().unwrap().success());
}

/// A client that lets go of idle connections well before the server does (after 5 s), since a request that meets the
/// server's closing on the way is lost.
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .pool_idle_timeout(Duration::from_secs(1))
        .build()
        .unwrap()
}

/// What a command of the binary printed to stdout and stderr, and how it ended.
pub(crate) fn run(arguments: &[&str]) -> (String, String, ExitStatus) {
    let output = command().args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status)
}

/// The binary, without what the environment would tell it. Its log has no line for each request: the stories have
/// many.
pub(crate) fn command() -> Command {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars() {
        if name.starts_with("UNDERSTUDY_") || name.starts_with("OTEL_") {
            command.env_remove(name);
        }
    }
    command.env("UNDERSTUDY_LOG", "warn");
    be_able_to_speak_tls();
    command
}

/// Whoever makes a client of HTTP here makes it after the binary's command. The clients ask this process how to encrypt, even
/// where they never do: cargo builds them as those need them that are in the binary.
fn be_able_to_speak_tls() {
    static ABLE: std::sync::Once = std::sync::Once::new();
    ABLE.call_once(|| {
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    });
}

/// The binary beside the folder of this test's executable, where cargo puts it. It is built here if it is not there,
/// so that a plain `cargo test` works too; `cargo xtask test` builds it anew.
fn binary() -> PathBuf {
    static BUILT: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    let build = || {
        let mut path = std::env::current_exe().unwrap();
        path.pop();
        path.pop();
        path.push(format!("understudy{}", std::env::consts::EXE_SUFFIX));
        if !path.exists() {
            let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
            let status = Command::new(cargo)
                .args(["build", "--package", "understudy-server"])
                .status()
                .unwrap();
            assert!(status.success(), "the server does not build");
        }
        path
    };
    BUILT.get_or_init(build).clone()
}
