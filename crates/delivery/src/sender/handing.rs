//! Handing messages over, and noting what became of them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout};
use understudy_domain::{CampaignId, Channel, Recipient, RenderedMessage, Stage, WorkspaceId};
use understudy_persistence::read::{CampaignRead, ContentRead};
use understudy_persistence::{Claim, Ended, StoreError};
use uuid::Uuid;

use super::Sender;
use super::planning::{Audience, blocking};
use crate::figures::{self, InFlight};
use crate::{Failure, MOST_ATTEMPTS, pause};

/// How many messages of a campaign a sender has in hand at once.
const IN_HAND: u32 = 16;

/// How long to wait before it is tried again to note how attempts have ended.
const NOTE_AGAIN: Duration = Duration::from_millis(200);

/// A message as its recipient gets it, and where it goes; or why it does not.
type Ready = Result<(RenderedMessage, String), Ended>;

impl Sender {
    /// Takes some messages in hand, and hands them over. Whether there were any.
    pub(super) async fn hand_over(
        &self,
        workspace: WorkspaceId,
        campaign: &CampaignRead,
    ) -> Result<bool, StoreError> {
        let rate = self.rate(campaign.live.channel);
        let most = rate.at_once(IN_HAND);
        rate.take(most).await;
        if !self.lease.allows(self.options.attempt_within) {
            return Ok(false);
        }
        let (id, sender, now) = (campaign.id, self.lease.sender, self.now);
        let claimed = self.store.write(workspace, None, move |tx| {
            Box::pin(async move { tx.claim(id, sender, most.into(), now()).await })
        });
        let claimed = match claimed.await {
            Ok(Some(claimed)) => claimed,
            Ok(None) => return Ok(false),
            Err(error) => {
                // It may have been committed all the same.
                self.note(workspace, InHand::Untried(id)).await;
                return Err(error);
            }
        };
        let channel = claimed.content.channel;
        let in_flight = InFlight::begin(channel, claimed.claims.len());
        let ids: Vec<Uuid> = claimed.claims.iter().map(|claim| claim.id).collect();
        let attempts: Vec<u32> = claimed.claims.iter().map(|claim| claim.attempt).collect();
        let ready = blocking(move || fill_in(id, &claimed.content, &claimed.claims)).await;
        let attempts = ids
            .iter()
            .zip(attempts)
            .zip(ready)
            .map(async |((id, attempt), ready)| {
                let ended = match ready {
                    Ok((message, to)) => self.attempt(&message, &to, *id, attempt).await,
                    Err(ended) => ended,
                };
                figures::record_ended(channel, &ended);
                (*id, ended)
            });
        let ended = join_all(attempts).await;
        self.note(workspace, InHand::Ended(ended)).await;
        drop(in_flight);
        Ok(true)
    }

    async fn attempt(&self, message: &RenderedMessage, to: &str, id: Uuid, attempt: u32) -> Ended {
        if !self.lease.allows(self.options.attempt_within) {
            return Ended::Untried;
        }
        let (key, begun) = (id.to_string(), Instant::now());
        let sent = self.channels.send(message, to, &key, (self.now)());
        let sent = timeout(self.options.attempt_within, sent).await;
        figures::record_attempt(message.channel(), begun.elapsed());
        let failure = match sent {
            Ok(Ok(())) => return Ended::Sent,
            Ok(Err(failure)) => failure,
            Err(_) => overdue(message.channel()),
        };
        match pause(attempt, &failure) {
            Some(pause) => Ended::Again((self.now)() + pause, failure.to_string()),
            None => Ended::Failed(failure.to_string()),
        }
    }

    /// Notes what became of what it had in hand, as soon as the database lets it: until then, whoever stops the campaign
    /// waits.
    pub(super) async fn note(&self, workspace: WorkspaceId, in_hand: InHand) {
        let (sender, now, in_hand) = (self.lease.sender, self.now, Arc::new(in_hand));
        loop {
            let in_hand = Arc::clone(&in_hand);
            let noted = self.store.write(workspace, None, move |tx| {
                let in_hand = Arc::clone(&in_hand);
                Box::pin(async move {
                    match &*in_hand {
                        InHand::Ended(ended) => tx.finish(sender, ended, now()).await,
                        InHand::Untried(id) => tx.release(sender, *id, now()).await,
                        InHand::Lost(id) => tx.lose(sender, *id, MOST_ATTEMPTS, now()).await,
                    }
                })
            });
            match noted.await {
                Ok(()) | Err(StoreError::Closed) => return,
                Err(error) => tracing::warn!(%error, "what was handed over could not be noted"),
            }
            sleep(NOTE_AGAIN).await;
        }
    }
}

/// What became of what a sender had in hand.
#[derive(Debug)]
pub(super) enum InHand {
    /// Each attempt ended so.
    Ended(Vec<(Uuid, Ended)>),
    /// Nothing of this campaign was handed over.
    Untried(CampaignId),
    /// Nobody knows what of this campaign was handed over.
    Lost(CampaignId),
}

/// What became of an attempt of which nothing was heard in time.
fn overdue(channel: Channel) -> Failure {
    let reason = "it took too long; it may have arrived".to_owned();
    match channel {
        // The receiver knows it by its key when it comes again.
        Channel::Webhook => Failure::Temporary { reason, after: None },
        Channel::Email | Channel::InApp => Failure::Uncertain { reason },
    }
}

/// The messages as their recipients get them.
fn fill_in(campaign: CampaignId, content: &ContentRead, claims: &[Claim]) -> Vec<Ready> {
    let failed = |reason: String| {
        claims
            .iter()
            .map(|_| Err(Ended::Failed(reason.clone())))
            .collect()
    };
    let Some(message) = &content.message else {
        return failed("there is no message".to_owned());
    };
    let message = match message.compile() {
        Ok(message) => message,
        Err(error) => return failed(format!("the message is no template: {error}")),
    };
    let audience = Audience::of(&content.segments);
    let ready = claims.iter().map(|claim| {
        let recipient = &claim.recipient;
        if !audience.holds(recipient) {
            return Err(Ended::Canceled("the recipient had left the segments".to_owned()));
        }
        let stage = Stage::new(recipient, (campaign, &content.name), &claim.properties);
        let message = message.render(&stage);
        let message =
            message.map_err(|error| Ended::Failed(format!("the message cannot be filled in: {error}")))?;
        let to = address(&message, recipient)?;
        Ok((message, to))
    });
    ready.collect()
}

/// Where a message goes.
fn address(message: &RenderedMessage, recipient: &Recipient) -> Result<String, Ended> {
    match message {
        RenderedMessage::Email { .. } => {
            let email = recipient.email.clone();
            email.ok_or_else(|| Ended::Failed("the recipient has no email address".to_owned()))
        }
        RenderedMessage::Webhook { url, .. } => Ok(url.clone()),
        RenderedMessage::InApp { .. } => Err(Ended::Failed(
            "messages inside the app are shown, not sent".to_owned(),
        )),
    }
}
