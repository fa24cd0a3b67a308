//! Use cases: load, decide, save, commit, announce.
//!
//! This crate refuses to know SQL and GraphQL. Every change goes through one `Store::write`, so that it is decided on
//! what was read in the transaction that makes it; only what is committed is announced.

mod access;
pub mod bulk;
mod caller;
mod calls;
mod campaigns;
mod canvases;
mod clock;
pub mod demo;
mod engagements;
mod error;
pub mod feed;
mod fence;
mod figures;
mod in_app;
mod messages;
mod priority;
mod reads;
mod recipients;
mod secret;
mod segments;
mod showing;
mod test_messages;

pub use access::{Bearer, MadeToken};
pub use bulk::{BulkItem, BulkOptions, BulkOutcome, BulkPolicy, BulkReport, Selection};
pub use caller::{Caller, Ended, Forbidden, LetInBy};
pub use calls::{CallReport, MOST_CALLED};
pub use campaigns::Applied;
pub use clock::Clock;
pub use engagements::{EngagementReport, MOST_ENGAGEMENTS, NewEngagement, Unrecorded};
pub use error::{CommandError, Failure, Refused, Target};
pub use figures::describe_metrics;
pub use in_app::{InAppDecision, InAppQuestion, MOST_CANVASES, Undecided};
pub use messages::{Unpreviewed, preview};
pub use priority::Spot;
pub use reads::{ReadShare, View};
pub use recipients::MOST_RECIPIENTS;
pub use secret::{NoRandomness, Secret};
pub use segments::SegmentArchiving;
pub use showing::Showing;
pub use test_messages::{MOST_TEST_ADDRESSES, TestReport, Untested};
pub use understudy_persistence::SecretHash;
pub use understudy_persistence::read;
pub use understudy_persistence::{Connections, OpenError, Snapshot, StoreError};

use showing::Decisions;
use tokio::sync::watch;
use understudy_delivery::{Channels, Sender, SenderOptions};
use understudy_persistence::Store;

/// The application: what every transport calls. Clones share one store.
#[derive(Debug, Clone)]
pub struct App {
    store: Store,
    clock: Clock,
    /// What messages are sent by; nothing is where there are none.
    channels: Option<Channels>,
    /// The in-app decisions that are being answered here.
    decisions: Decisions,
}

impl App {
    /// Opens the database at `url`, creating and migrating it.
    ///
    /// # Errors
    /// If the database cannot be opened, or is newer than this binary.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Ok(Self {
            store: Store::open(url).await?,
            clock: Clock,
            channels: None,
            decisions: Decisions::default(),
        })
    }

    /// As [`open`](Self::open), but makes no database.
    ///
    /// # Errors
    /// As `open`; and if there is none.
    pub async fn open_existing(url: &str) -> Result<Self, OpenError> {
        Ok(Self {
            store: Store::open_existing(url).await?,
            clock: Clock,
            channels: None,
            decisions: Decisions::default(),
        })
    }

    /// The same, with what messages are sent by.
    #[must_use]
    pub fn with_channels(self, channels: Channels) -> Self {
        Self {
            channels: Some(channels),
            ..self
        }
    }

    /// What sends the messages of active campaigns, by these channels, until it is told to stop. Nothing is sent before it
    /// [runs](Sender::run).
    #[must_use]
    pub fn sender(
        &self,
        channels: Channels,
        options: SenderOptions,
        is_stopping: watch::Receiver<bool>,
    ) -> Sender {
        Sender::new(self.store.clone(), channels, options, || Clock.now(), is_stopping)
    }

    /// Whether the database was made when it was opened here.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.store.is_new()
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        self.store.is_ready().await
    }

    /// Lets the writes that are under way finish, and closes the database.
    pub async fn close(self) {
        self.store.close().await;
    }

    /// How the database's connections for reading are used.
    #[must_use]
    pub fn readers(&self) -> Connections {
        self.store.readers()
    }

    /// How many writes wait for their turn.
    #[must_use]
    pub fn writes_waiting(&self) -> usize {
        self.store.writes_waiting()
    }

    /// The number of SQL statements that this store's connections have run.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.store.statements()
    }
}
