//! The judge: whatever a story did, its database must be whole when it ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::runtime::Builder;
use understudy_persistence::check;

use super::Database;

/// All that is wrong with a database, a line each.
pub(crate) async fn findings(url: &str) -> Vec<String> {
    let mut findings = vec![];
    let mut tell = |finding: &check::Finding| {
        findings.push(finding.to_string());
        Ok(())
    };
    let summary = check::run(url, &mut tell).await.unwrap();
    assert_eq!(summary.findings, findings.len() as u64);
    findings
}

/// Holds that a database is whole, for stories that have no world: those of the real process.
pub(crate) async fn assert_whole(database: &Database) {
    assert_eq!(findings(database.url()).await, [] as [&str; 0]);
}

/// Judges a database when it is dropped, which must be before the database goes.
#[derive(Debug)]
pub(crate) struct Judge {
    url: String,
    is_off: AtomicBool,
}

impl Judge {
    pub(crate) fn of(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            is_off: AtomicBool::new(false),
        }
    }

    /// For stories that write into the database what no command would.
    pub(crate) fn look_away(&self) {
        self.is_off.store(true, Ordering::Relaxed);
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        // A story that has failed already says more by itself.
        if self.is_off.load(Ordering::Relaxed) || thread::panicking() {
            return;
        }
        let url = self.url.clone();
        // In a runtime of its own, since that of the story cannot be waited for here.
        let check = move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(findings(&url))
        };
        let findings = thread::spawn(check).join().unwrap();
        assert_eq!(
            findings,
            [] as [&str; 0],
            "the story leaves a database that is not whole"
        );
    }
}
