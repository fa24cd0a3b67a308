//! The sender: plans who is to get the active campaigns, and hands messages to channels.
//!
//! Each campaign is worked at by a task of its own, and has so many messages in hand at most: a receiver that is slow, or
//! down, keeps no other campaign waiting.

mod handing;
mod planning;

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use understudy_domain::{CampaignId, Channel, ScheduleKind, Timestamp, WorkspaceId};
use understudy_persistence::read::Wants;
use understudy_persistence::{Pending, Store, StoreError};

use crate::Channels;
use crate::lease::{Lease, Watch, bury};
use crate::rate::Rate;
use handing::InHand;

/// How often it is looked for what there is to do, where nobody says so.
const LOOK: Duration = Duration::from_secs(1);

/// How many campaigns are worked at at once.
const CAMPAIGNS: usize = 64;

/// What a sender is told.
#[derive(Debug, Clone, Copy)]
pub struct SenderOptions {
    /// How long an attempt to hand over a message may take in all.
    pub attempt_within: Duration,
    /// How many messages a second go through each channel at most; `None`: as many as there are.
    pub rate: Option<NonZeroU32>,
}

impl SenderOptions {
    /// For how long a sender may hand over messages after it has told that it lives.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.attempt_within * 2 + Duration::from_secs(2)
    }
}

/// Sends what there is to be sent, of all workspaces. There may be any number of them over one database.
#[derive(Debug, Clone)]
pub struct Sender {
    store: Store,
    channels: Channels,
    options: SenderOptions,
    now: fn() -> Timestamp,
    lease: Arc<Lease>,
    emails: Arc<Rate>,
    webhooks: Arc<Rate>,
    is_stopping: watch::Receiver<bool>,
}

impl Sender {
    /// A sender that stops, in order, as soon as `is_stopping` says so.
    #[must_use]
    pub fn new(
        store: Store,
        channels: Channels,
        options: SenderOptions,
        now: fn() -> Timestamp,
        is_stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            store,
            channels,
            options,
            now,
            lease: Arc::new(Lease::new(options.lease())),
            emails: Arc::new(Rate::new(options.rate)),
            webhooks: Arc::new(Rate::new(options.rate)),
            is_stopping,
        }
    }

    /// Sends until it is to stop. What it has in hand by then it finishes.
    pub async fn run(mut self) {
        let mut commits = self.store.commits();
        let (mut tasks, mut at_work) = (JoinSet::new(), HashSet::new());
        let mut keeping = JoinSet::new();
        {
            let (lease, store) = (Arc::clone(&self.lease), self.store.clone());
            keeping.spawn(async move { lease.keep(&store).await });
            let (store, now, pause) = (self.store.clone(), self.now, self.options.lease() / 6);
            keeping.spawn(async move { watch_over(&store, now, pause).await });
        }
        while !*self.is_stopping.borrow() {
            match self.store.open_campaigns().await {
                Ok(open) => {
                    for (workspace, id) in open {
                        if at_work.len() < CAMPAIGNS && at_work.insert(id) {
                            let sender = self.clone();
                            tasks.spawn(async move {
                                sender.work_at(workspace, id).await;
                                id
                            });
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "the sender could not see what there is to be sent"),
            }
            let next = Instant::now() + LOOK;
            loop {
                tokio::select! {
                    () = sleep_until(next) => break,
                    // Whoever closes the store says nothing more.
                    changed = commits.changed() => match changed {
                        Ok(()) => break,
                        Err(_) => sleep_until(next).await,
                    },
                    // None of them panics, or is aborted.
                    Some(Ok(id)) = tasks.join_next() => {
                        at_work.remove(&id);
                    }
                    _ = self.is_stopping.changed() => break,
                }
            }
        }
        while tasks.join_next().await.is_some() {}
        keeping.shutdown().await;
        if let Err(error) = bury(&self.store, self.lease.sender, self.now).await {
            tracing::warn!(%error, "the sender could not take its leave");
        }
    }

    /// Works at a campaign until there is nothing to be done at the moment.
    async fn work_at(&self, workspace: WorkspaceId, id: CampaignId) {
        while !*self.is_stopping.borrow() {
            match AssertUnwindSafe(self.step(workspace, id)).catch_unwind().await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return,
                Ok(Err(error)) => {
                    tracing::warn!(%error, campaign = %id, "the sender could not go on");
                    return;
                }
                Err(_) => {
                    tracing::error!(campaign = %id, "the sender failed");
                    // What it had in hand may have been handed over.
                    self.note(workspace, InHand::Lost(id)).await;
                    return;
                }
            }
        }
    }

    /// Plans a part of the recipients, and hands over some messages. Whether there was anything to do.
    async fn step(&self, workspace: WorkspaceId, id: CampaignId) -> Result<bool, StoreError> {
        let snapshot = self.store.snapshot(workspace).await?;
        let Some(plan) = snapshot.plan(id).await? else {
            return Ok(false);
        };
        let wants = Wants {
            content: true,
            segments: true,
            ..Wants::default()
        };
        let Some(campaign) = snapshot.campaigns(&[id], wants).await?.remove(&id) else {
            return Ok(false);
        };
        let (schedule, now) = (campaign.live.schedule, (self.now)());
        if schedule.is_over(now) {
            let over = "the schedule was over";
            return self.end(workspace, id, plan, Pending::All, over).await;
        }
        // Some may be planned for what the campaign is no longer.
        let changed = "the campaign was changed";
        if campaign.live.channel == Some(Channel::InApp) {
            return self.end(workspace, id, plan, Pending::All, changed).await;
        }
        if schedule.kind == ScheduleKind::ApiTriggered && snapshot.has_planned(id).await? {
            return self.end(workspace, id, plan, Pending::Planned, changed).await;
        }
        let is_sendable = campaign
            .live
            .channel
            .is_some_and(|channel| self.channels.has(channel));
        if !is_sendable || !schedule.sends_at(now) {
            return Ok(false);
        }
        let has_planned = !plan.is_planned;
        if has_planned {
            self.plan_part(workspace, snapshot, &campaign, plan).await?;
        } else {
            drop(snapshot);
        }
        let has_sent = self.hand_over(workspace, &campaign).await?;
        Ok(has_planned || has_sent)
    }

    fn rate(&self, channel: Option<Channel>) -> &Rate {
        match channel {
            Some(Channel::Webhook) => &self.webhooks,
            Some(Channel::Email | Channel::InApp) | None => &self.emails,
        }
    }
}

/// Ends what senders had in hand that have gone, for ever.
async fn watch_over(store: &Store, now: fn() -> Timestamp, pause: Duration) {
    let mut watch = Watch::default();
    loop {
        sleep(pause).await;
        if let Err(error) = watch.look(store, now).await {
            tracing::warn!(%error, "the sender could not see who else sends");
        }
    }
}
