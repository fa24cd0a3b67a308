//! In-app decisions that are being answered, and how whoever stops something waits for them.
//!
//! A decision is made on a view of the database, and answered a little later; who stops a campaign must not return in
//! between. Of the process's own decisions it is known which are being answered. Of those of other processes over the same
//! database nothing is: but each is answered within a set time of what it was made on, or looks again first. Nothing of this
//! compares two clocks.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use understudy_domain::{CampaignId, RecipientId, Status, Version, WorkspaceId};
use understudy_persistence::StoreError;
use understudy_persistence::read::Wants;

use crate::App;

/// How long the fence waits for the decisions of other processes.
const ELSEWHERE: Duration = Duration::from_millis(250);

/// How old what a decision was made on may be when it is answered, where others wait for it. What is left of
/// [`ELSEWHERE`] is for the answer's way out.
const FRESH: Duration = Duration::from_millis(100);

/// How often it is looked again before a decision is given up.
const LOOKS: usize = 5;

/// The decisions of a process that are being answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decisions(watch::Sender<Numbers>);

#[derive(Debug, Default)]
struct Numbers {
    next: u64,
    begun: BTreeSet<u64>,
}

impl Decisions {
    fn begin(&self) -> u64 {
        let mut number = 0;
        self.0.send_modify(|numbers| {
            number = numbers.next;
            numbers.next += 1;
            numbers.begun.insert(number);
        });
        number
    }

    fn end(&self, number: u64) {
        self.0.send_modify(|numbers| {
            numbers.begun.remove(&number);
        });
    }

    /// Waits until those have ended that have begun.
    async fn until_ended(&self) {
        let mut changes = self.0.subscribe();
        let next = changes.borrow().next;
        // It ends with an error if there is nobody any more who decides.
        let _ = changes
            .wait_for(|numbers| numbers.begun.first().is_none_or(|first| *first >= next))
            .await;
    }
}

/// A decision that is being made and answered. Until it is dropped, whoever stops something that it may show waits: it is to
/// be there before the first thing is read for it, until the answer is on its way.
#[derive(Debug)]
pub struct Showing {
    app: App,
    number: u64,
    read_at: Instant,
    shows: Option<Shown>,
}

/// What a decision shows to whom.
#[derive(Debug, Clone, Copy)]
struct Shown {
    workspace: WorkspaceId,
    recipient: RecipientId,
    campaign: CampaignId,
    version: Version,
}

impl Drop for Showing {
    fn drop(&mut self) {
        self.app.decisions.end(self.number);
    }
}

impl Showing {
    /// A campaign is what is to be shown, as it was in this version.
    pub fn shows(
        &mut self,
        workspace: WorkspaceId,
        recipient: RecipientId,
        campaign: CampaignId,
        version: Version,
    ) {
        self.shows = Some(Shown {
            workspace,
            recipient,
            campaign,
            version,
        });
    }

    /// Whether it may be answered now: nothing of it has been stopped since by somebody who does not wait for it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn may_be_answered(&mut self) -> Result<bool, StoreError> {
        let Some(shown) = self.shows.filter(|_| self.app.store.is_shared()) else {
            return Ok(true);
        };
        for _ in 0..LOOKS {
            if self.read_at.elapsed() < FRESH {
                return Ok(true);
            }
            self.read_at = Instant::now();
            if !self.app.still_shows(shown).await? {
                return Ok(false);
            }
        }
        Ok(false)
    }
}

impl App {
    /// Begins a decision.
    #[must_use]
    pub fn begin_showing(&self) -> Showing {
        Showing {
            app: self.clone(),
            number: self.decisions.begin(),
            read_at: Instant::now(),
            shows: None,
        }
    }

    /// Waits until all decisions are answered that were made on what the database was before.
    pub(crate) async fn until_not_shown(&self) {
        if self.store.is_shared() {
            sleep(ELSEWHERE).await;
        } else {
            self.decisions.until_ended().await;
        }
    }

    async fn still_shows(&self, shown: Shown) -> Result<bool, StoreError> {
        let snapshot = self.store.snapshot(shown.workspace).await?;
        let mut found = snapshot.campaigns(&[shown.campaign], Wants::default()).await?;
        let is_as_it_was = found.remove(&shown.campaign).is_some_and(|campaign| {
            campaign.lifecycle.status() == Status::Active && campaign.version == shown.version
        });
        Ok(is_as_it_was && !snapshot.recipients(&[shown.recipient]).await?.is_empty())
    }
}
