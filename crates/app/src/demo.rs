//! Example campaigns for trying things out: the marketing of a shop for outdoor gear that does not exist.
//!
//! The tables say what there is and what happened to it. All of it goes through the use cases that everyone calls,
//! so the rules hold for the examples too, and there is history to look at.

mod afterwards;
mod audience;
mod community;
mod filling;
mod in_app;
mod journeys;
mod orders;
mod patch;
mod people;
mod sales;
mod table;
#[cfg(test)]
mod tests;

use understudy_domain::{Status, WorkspaceId};

use crate::read::CampaignFilter;
use crate::{App, CommandError, Failure};
use filling::Filling;
use table::Example;

/// The tables of campaigns, by theme.
const TABLES: [&[Example]; 4] = [
    sales::EXAMPLES,
    journeys::EXAMPLES,
    orders::EXAMPLES,
    community::EXAMPLES,
];

/// What became of the wish for examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// The workspace was empty and has the examples now.
    Added {
        /// How many campaigns that is, the archived ones included.
        campaigns: usize,
    },
    /// The workspace was not empty: nothing was added.
    NotEmpty,
}

/// Why the examples are not all there.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A command did not take place. Refusals are mistakes in the tables, which the tests would have found.
    #[error("{example:?}: {source}")]
    Command {
        /// What the command was about, by its name in the tables.
        example: &'static str,
        /// Why it did not take place.
        source: CommandError,
    },
    /// The tables refer to something that is not in them; as little to be expected.
    #[error("{0:?} is not among the examples")]
    Unknown(&'static str),
    /// The database failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Fills a workspace with examples, if it has no campaign, segment, Canvas or recipient yet, archived or not.
///
/// It is a long row of commands, each in a transaction of its own. If one fails, what came before it stays, and no
/// later call adds to it: examples that are wanted whole again need a new database. The workspace is looked at only
/// once, before the first command, so two callers at the same time would mix their examples.
///
/// # Errors
/// A failure of the database.
pub async fn fill(app: &App, workspace: WorkspaceId) -> Result<Filled, DemoError> {
    if !is_empty(app, workspace).await? {
        return Ok(Filled::NotEmpty);
    }
    let mut filling = Filling::new(app, workspace);
    filling.create_recipients().await?;
    filling.create_sources().await?;
    // One from each table in turn, so that lists by time do not show one theme after the other.
    let longest = TABLES.iter().map(|table| table.len()).max().unwrap_or(0);
    let examples = || (0..longest).flat_map(|row| TABLES.iter().filter_map(move |table| table.get(row)));
    for example in examples() {
        filling.create_campaign(example).await?;
    }
    // The first chapter of all stories, then the second: in the event log, too, the campaigns live side by side.
    let chapters = examples().map(|example| example.story.len()).max().unwrap_or(0);
    for chapter in 0..chapters {
        for example in examples() {
            if let Some(step) = example.story.get(chapter) {
                filling.take(example.name, *step).await?;
            }
        }
    }
    filling.clone_campaigns().await?;
    filling.move_in_app().await?;
    filling.show_in_app().await?;
    filling.archive_sources().await?;
    for (name, step) in afterwards::EPILOGUE {
        filling.take(name, *step).await?;
    }
    Ok(Filled::Added {
        campaigns: filling.campaign_count(),
    })
}

async fn is_empty(app: &App, workspace: WorkspaceId) -> Result<bool, Failure> {
    let snapshot = app.snapshot(workspace).await?;
    let every_status = CampaignFilter {
        status: Some(vec![
            Status::Unlaunched,
            Status::Active,
            Status::Stopped,
            Status::Archived,
        ]),
        ..CampaignFilter::default()
    };
    let campaigns = snapshot.campaign_count(&every_status).await?;
    let segments = snapshot.segment_count(true).await?;
    let canvases = snapshot.canvas_count(true).await?;
    let recipients = snapshot.recipient_count().await?;
    Ok(campaigns + segments + canvases + recipients == 0)
}
