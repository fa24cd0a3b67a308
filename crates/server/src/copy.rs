//! `understudy copy`: for operators who move to another database.

use std::{
    fmt,
    io::{self, Write as _},
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use understudy_persistence::copy::{self, Copied, Progress};

use crate::{cli, failure::Failure, output, signals::Stops};

/// How long to keep silent while there is nothing to say but a larger number.
const SILENCE: Duration = Duration::from_secs(1);

/// Copies a database, tells on stderr how far it is, and prints one line about all of it.
///
/// # Errors
/// If it cannot be copied, or the process is asked to stop before the copy is complete.
pub(crate) async fn copy(options: cli::Copying) -> Result<(), Failure> {
    let mut stops = Stops::listen().map_err(Failure::Signals)?;
    let begun = Instant::now();
    let is_committing = AtomicBool::new(false);
    let mut lines = Lines::new();
    let mut copying = pin!(copy::copy(&options.from, &options.to, |progress| {
        is_committing.fetch_or(progress == Progress::Committing, Ordering::Relaxed);
        lines.tell(progress);
    }));
    let copied = tokio::select! {
        copied = &mut copying => copied,
        // What is said of it must be true, and of a commit that is on its way nobody knows yet.
        name = stops.next() => {
            if !is_committing.load(Ordering::Relaxed) {
                return Err(Failure::Stopped(name));
            }
            copying.await
        }
    };
    output::print(&total(&copied?, begun.elapsed()))
}

/// The one line about a whole copy.
fn total(copied: &[Copied], took: Duration) -> String {
    let rows: u64 = copied.iter().map(|copied| copied.sum.rows).sum();
    format!(
        "copied and verified {rows} rows of {} tables in {:.1} s\n",
        copied.len(),
        took.as_secs_f64()
    )
}

/// The lines of a copy's progress.
struct Lines {
    last: Instant,
}

impl Lines {
    fn new() -> Self {
        Self { last: Instant::now() }
    }

    /// Says a step that is done, and now and then how far the one is that is not.
    fn tell(&mut self, progress: Progress) {
        let (is_done, line): (bool, &dyn fmt::Display) = match &progress {
            Progress::Copied { table, rows, of } => (rows == of, &format!("{table}: copied {rows} of {of}")),
            Progress::Indexed { contents, of } => (
                contents == of,
                &format!("search index: indexed {contents} of {of}"),
            ),
            Progress::ReadBack { table, rows, of } => (false, &format!("{table}: read back {rows} of {of}")),
            Progress::Verified { table, sum } => (true, &format!("{table}: verified, {sum}")),
            Progress::Committing => return,
        };
        if is_done || self.last.elapsed() >= SILENCE {
            self.last = Instant::now();
            // Nobody has to listen.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }
}
