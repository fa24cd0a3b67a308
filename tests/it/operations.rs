//! What those see who run the process: its log, its figures, its readiness, and how it listens.

mod compression;
mod http_2;
mod leaving;
mod log;
mod metrics;
mod readiness;
mod request_id;
mod secrets;
mod tls;
mod traces;
mod unix_socket;

use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::harness::{Database, Server, command};

/// How long a line of the log may take that must come; only a fault takes as long.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server whose log is kept.
struct Logged {
    server: Server,
    log: NamedTempFile,
    database: Database,
}

impl Logged {
    /// Serves with these options, logging as `filter` says, as JSON.
    fn start(filter: &str, options: &[&str]) -> Self {
        Self::start_in("json", filter, options)
    }

    /// As [`start`](Self::start), logging in this format.
    fn start_in(format: &str, filter: &str, options: &[&str]) -> Self {
        let (database, log) = (Database::new(), NamedTempFile::new().unwrap());
        let serve = ["serve", "--listen", "127.0.0.1:0", "--database", database.url()];
        let mut command = command();
        command
            .args(serve)
            .args(options)
            .env("UNDERSTUDY_LOG", filter)
            .env("UNDERSTUDY_LOG_FORMAT", format)
            .stderr(log.reopen().unwrap());
        Self {
            server: Server::start_as(&mut command),
            log,
            database,
        }
    }

    /// All that was logged so far.
    fn text(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap()
    }

    /// The complete lines that were logged so far.
    fn lines(&self) -> Vec<Value> {
        let text = self.text();
        let complete = text.rsplit_once('\n').map_or("", |(complete, _)| complete);
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no object: {line}"));
        complete.lines().map(parse).collect()
    }

    /// The first line that `is_it`, which must come.
    async fn line(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            if let Some(line) = self.lines().into_iter().find(&is_it) {
                return line;
            }
            assert!(begun.elapsed() < PATIENCE, "no such line: {}", self.text());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The line about the end of a request.
    async fn line_of(&self, request_id: &str) -> Value {
        let is_end = |message: &Value| {
            ["answered", "not answered", "closed"]
                .iter()
                .any(|end| message == end)
        };
        self.line(|line| line["request_id"] == request_id && is_end(&line["message"]))
            .await
    }
}
