//! A copy that is stopped in its middle leaves nothing, and the next one is whole.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, Command, Stdio};

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, TransactionTrait as _,
};
use understudy_persistence::migrate;

use super::{copied, dump, original};
use crate::harness::{Database, backend, command};

/// A copy that stands still before the events, while everything else is in the target.
struct Standstill {
    copy: Child,
    stderr: BufReader<ChildStderr>,
    /// What it waits for, where a database can wait.
    lock: Option<DatabaseTransaction>,
    db: DatabaseConnection,
}

impl Standstill {
    async fn new(source: &Database, target: &Database) -> Self {
        migrate::up(target.url()).await.unwrap();
        let db = target.connect().await;
        let stands_still = match backend() {
            // SQLite cannot wait, but it can count without end.
            DbBackend::Sqlite => {
                "CREATE VIEW endless AS WITH RECURSIVE numbers (number) AS
                    (SELECT 1 UNION ALL SELECT number + 1 FROM numbers) SELECT number FROM numbers;
                 CREATE TRIGGER stands_still BEFORE INSERT ON campaign_events
                 BEGIN SELECT COUNT(*) FROM endless; END;"
            }
            _ => {
                "CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
                 CREATE TRIGGER stands_still BEFORE INSERT ON campaign_events
                 FOR EACH ROW EXECUTE FUNCTION stand_still();"
            }
        };
        db.execute_unprepared(stands_still).await.unwrap();
        let mut lock = None;
        if backend() == DbBackend::Postgres {
            let tx = db.begin().await.unwrap();
            tx.execute_unprepared("SELECT pg_advisory_xact_lock(1)")
                .await
                .unwrap();
            lock = Some(tx);
        }
        let mut copy = command()
            .args(["copy", "--from", source.url(), "--to", target.url()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(copy.stderr.take().unwrap());
        let mut line = String::new();
        while !is_last_before_events(line.trim_end()) {
            line.clear();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "it ended by itself");
        }
        Self {
            copy,
            stderr,
            lock,
            db,
        }
    }

    /// Ends the process by a signal. Its exit code, and what else it said.
    fn stop(&mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.copy.id().to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &id]).status();
        assert!(sent.unwrap().success());
        let code = self.copy.wait().unwrap().code();
        let mut said = String::new();
        self.stderr.read_to_string(&mut said).unwrap();
        self.copy
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        (code, said)
    }

    /// Lets a copy into the target again.
    async fn clear(self) {
        if let Some(lock) = self.lock {
            lock.rollback().await.unwrap();
        }
        let clear = match backend() {
            DbBackend::Sqlite => "DROP TRIGGER stands_still",
            _ => "DROP TRIGGER stands_still ON campaign_events",
        };
        self.db.execute_unprepared(clear).await.unwrap();
        self.db.close().await.unwrap();
    }
}

/// Whether a line says that the last table before the events is in the target.
fn is_last_before_events(line: &str) -> bool {
    let counts = line.strip_prefix("deliveries: copied ");
    counts
        .and_then(|counts| counts.split_once(" of "))
        .is_some_and(|(rows, of)| rows == of)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_is_stopped_leaves_the_target_empty() {
    let source = original(Database::new()).await;
    let empty = Database::new();
    migrate::up(empty.url()).await.unwrap();
    let empty = dump(&empty).await;
    let whole = dump(&source).await;
    for signal in ["KILL", "INT", "TERM"] {
        let target = Database::new();
        let mut standstill = Standstill::new(&source, &target).await;
        let (code, said) = standstill.stop(signal);
        if signal == "KILL" {
            assert_eq!((code, said.as_str()), (None, ""));
        } else {
            let line = format!(
                "understudy: stopped by SIG{signal}: nothing was copied, and the copy can be begun again\n"
            );
            assert_eq!((code, said), (Some(1), line));
        }
        assert!(dump(&target).await == empty, "{signal}: something is left");
        standstill.clear().await;
        assert!(dump(&target).await == empty, "{signal}: something came later");
        copied(&source, &target).await.unwrap();
        assert!(dump(&target).await == whole, "{signal}");
    }
}
