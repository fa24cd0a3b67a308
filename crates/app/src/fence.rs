//! The fence: whoever stops something learns of it only when nothing of it is in the hands of a channel any more.
//!
//! Messages are taken in hand in a transaction that sees whether their campaign is active. So after the commit of a stop
//! nobody takes any more of them in hand, and all that is left to do is to wait for those who had before: until they have
//! noted how it ended, or are known to have gone, and to hand over nothing any more. Both take a bounded time. In-app
//! decisions, of which nothing is written down, are waited for, too: see [`showing`](crate::showing).

use std::time::Duration;

use tokio::time::{Instant, sleep};
use understudy_delivery::Watch;
use understudy_domain::{LifecycleCommand, WorkspaceId};
use understudy_persistence::StoreError;
use understudy_persistence::read::{Fenced, Held};

use crate::{App, Clock, Failure, figures};

/// The pauses in which it is looked whether something is in hand: the first one, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(2), Duration::from_millis(100)];

/// How long a database may be away, or too busy, before that is told.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether a command promises that nothing leaves from then on.
pub(crate) const fn is_fenced(command: &LifecycleCommand) -> bool {
    match command {
        LifecycleCommand::Stop | LifecycleCommand::Archive(_) => true,
        LifecycleCommand::Launch | LifecycleCommand::Resume(_) | LifecycleCommand::Unarchive => false,
    }
}

impl App {
    /// Waits until nothing of this is in anybody's hands, who are those whom the transaction of the command has seen.
    ///
    /// # Errors
    /// If the database fails: what was commanded is done, and what was in hand before may still leave.
    pub(crate) async fn until_let_go(
        &self,
        workspace: WorkspaceId,
        fenced: Fenced<'_>,
        held: Held,
    ) -> Result<(), Failure> {
        if held.may_be_shown {
            self.until_not_shown().await;
        }
        if held.in_hand {
            self.until_out_of_hand(workspace, fenced).await?;
        }
        Ok(())
    }

    /// Waits until nothing of this is in the hands of a channel. The transaction of the command has seen that something is.
    ///
    /// # Errors
    /// If the database fails: what was commanded is done, and what was in hand before may still leave.
    async fn until_out_of_hand(&self, workspace: WorkspaceId, fenced: Fenced<'_>) -> Result<(), Failure> {
        let (mut watch, [mut pause, longest]) = (Watch::default(), PAUSES);
        let begun = Instant::now();
        let mut answered = begun;
        loop {
            sleep(pause).await;
            pause = (pause * 2).min(longest);
            match self.look(workspace, fenced, &mut watch).await {
                Ok(false) => {
                    figures::record_fence(begun.elapsed());
                    return Ok(());
                }
                Ok(true) => answered = Instant::now(),
                Err(error) if error.is_unavailable() && answered.elapsed() < PATIENCE => {}
                Err(error) => return Err(StoreError::Uncertain(error.to_string()).into()),
            }
        }
    }

    /// Whether something of this is still in hand.
    async fn look(
        &self,
        workspace: WorkspaceId,
        fenced: Fenced<'_>,
        watch: &mut Watch,
    ) -> Result<bool, StoreError> {
        let is_in_hand = self.store.snapshot(workspace).await?.is_in_hand(fenced).await?;
        if is_in_hand {
            watch.look(&self.store, || Clock.now()).await?;
        }
        Ok(is_in_hand)
    }
}
