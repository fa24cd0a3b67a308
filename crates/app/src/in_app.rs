//! Who gets the in-app slot.

use std::collections::{BTreeMap, HashSet};

use understudy_domain::{
    CampaignId, CanvasId, ContentId, InAppVerdict, InAppWish, Recipient, RecipientId, RenderedMessage,
    Segment, SegmentId, Version,
};
use understudy_persistence::read::{CampaignRead, InAppSourceRead, Wants};
use understudy_persistence::{Snapshot, StoreError};

use crate::App;
use crate::messages::{To, fill_in};

/// The most Canvases that a question names.
pub const MOST_CANVASES: usize = 100;

/// Something has happened in somebody's app: what is to be shown?
#[derive(Debug, Clone)]
pub struct InAppQuestion {
    /// To whom.
    pub recipient: RecipientId,
    /// What has happened.
    pub trigger: String,
    /// The Canvases that could be shown; at most [`MOST_CANVASES`].
    pub canvases: Vec<CanvasId>,
}

/// What is to be shown.
#[derive(Debug)]
pub struct InAppDecision {
    /// Those who wanted the slot, in the order in which they were weighed, and why each got it or not.
    pub candidates: Vec<(InAppSourceRead, InAppVerdict)>,
    /// The winner's message; `None` if it is a Canvas, or nobody won.
    pub message: Option<RenderedMessage>,
}

impl InAppDecision {
    /// The campaign that gets the slot, if one does, and the version it has.
    #[must_use]
    pub fn winning_campaign(&self) -> Option<(CampaignId, Version)> {
        let mut candidates = self.candidates.iter();
        let (winner, _) = candidates.find(|(_, verdict)| *verdict == InAppVerdict::Won)?;
        campaign(winner).map(|campaign| (campaign.id, campaign.version))
    }
}

/// Why nothing is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// There is no such recipient.
    NoRecipient,
    /// There is no such Canvas; its place in the list.
    NoCanvas(usize),
}

impl App {
    /// Decides what is to be shown. Nothing is noted: what was shown is told by an impression. A message that cannot be
    /// filled in for the recipient leaves the slot to the next.
    ///
    /// # Errors
    /// If the database fails; within, if something that the question names is not there.
    pub async fn decide_in_app(
        &self,
        snapshot: &Snapshot,
        question: &InAppQuestion,
        wants: Wants,
    ) -> Result<Result<InAppDecision, Undecided>, StoreError> {
        let found = snapshot.recipients(&[question.recipient]).await?;
        let Some(recipient) = found.into_values().next() else {
            return Ok(Err(Undecided::NoRecipient));
        };
        let known = snapshot.canvases(&question.canvases).await?;
        if let Some(index) = question.canvases.iter().position(|id| !known.contains_key(id)) {
            return Ok(Err(Undecided::NoCanvas(index)));
        }
        let wants = wants.and(Wants {
            content: true,
            segments: true,
            ..Wants::default()
        });
        let contenders = snapshot
            .in_app_contenders(&question.trigger, &question.canvases, wants)
            .await?;
        let obstacles = self.obstacles(snapshot, &recipient, &contenders).await?;
        let mut decision = InAppDecision {
            candidates: Vec::with_capacity(contenders.len()),
            message: None,
        };
        let mut is_decided = false;
        for contender in contenders {
            let verdict = match &contender {
                InAppSourceRead::Canvas(_) if is_decided => InAppVerdict::Outranked,
                InAppSourceRead::Canvas(_) => InAppVerdict::Won,
                InAppSourceRead::Campaign(campaign) => match obstacles.get(&campaign.id) {
                    Some(obstacle) => *obstacle,
                    None if is_decided => InAppVerdict::Outranked,
                    None => {
                        let content = ContentId::Campaign(campaign.id);
                        let to = To::Somebody(recipient.clone());
                        decision.message = fill_in(snapshot, content, to).await?.ok();
                        match decision.message {
                            Some(_) => InAppVerdict::Won,
                            None => InAppVerdict::NotRendered,
                        }
                    }
                },
            };
            is_decided |= verdict == InAppVerdict::Won;
            decision.candidates.push((contender, verdict));
        }
        Ok(Ok(decision))
    }

    /// What keeps campaigns from the slot, whoever else wants it.
    async fn obstacles(
        &self,
        snapshot: &Snapshot,
        recipient: &Recipient,
        contenders: &[InAppSourceRead],
    ) -> Result<BTreeMap<CampaignId, InAppVerdict>, StoreError> {
        let campaigns: Vec<&CampaignRead> = contenders.iter().filter_map(campaign).collect();
        let ids: Vec<CampaignId> = campaigns.iter().map(|campaign| campaign.id).collect();
        let shown = snapshot.reached_by(recipient.id, &ids).await?;
        let segments = campaigns.iter().flat_map(|campaign| &campaign.live.segments);
        let segments: BTreeMap<SegmentId, Segment> =
            segments.map(|segment| (segment.id, segment.clone())).collect();
        let holding = holding(segments.into_values().collect(), recipient.clone()).await;
        let now = self.clock.now();
        let obstacle = |campaign: &&CampaignRead| {
            let wish = InAppWish {
                schedule: campaign.live.schedule,
                is_in_segment: campaign
                    .live
                    .segments
                    .iter()
                    .any(|segment| holding.contains(&segment.id)),
                was_shown: shown.contains(&campaign.id),
            };
            Some((campaign.id, wish.obstacle(now)?))
        };
        Ok(campaigns.iter().filter_map(obstacle).collect())
    }
}

fn campaign(contender: &InAppSourceRead) -> Option<&CampaignRead> {
    match contender {
        InAppSourceRead::Campaign(campaign) => Some(campaign),
        InAppSourceRead::Canvas(_) => None,
    }
}

/// Those of the segments that are in use and hold the recipient.
async fn holding(segments: Vec<Segment>, recipient: Recipient) -> HashSet<SegmentId> {
    let held = move || {
        let in_use = segments.iter().filter(|segment| segment.archived_at.is_none());
        let holding = in_use.filter(|segment| match segment.compiled_filter() {
            Ok(Some(filter)) => filter.ask(&recipient).holds,
            Ok(None) => true,
            // It would not be let in, and holds nobody.
            Err(_) => false,
        });
        holding.map(|segment| segment.id).collect()
    };
    // Filters may take some hundredths of a second each, in which others want to go on.
    match tokio::task::spawn_blocking(held).await {
        Ok(holding) => holding,
        Err(ended) => std::panic::resume_unwind(ended.into_panic()),
    }
}
