//! Drafts.

use std::sync::Arc;

use async_graphql::{ID, Object};
use understudy_app::read::DraftRead;
use understudy_domain::DraftId;
use understudy_domain::content::changes;

use super::campaign::Campaign;
use super::change::ContentChange;
use super::content;
use super::message::Message;
use super::schedule::Schedule;
use super::segment::Segment;
use crate::scalar::DateTime;

/// A draft, with the campaign that it belongs to.
#[derive(Clone)]
pub(crate) struct CampaignDraft {
    campaign: Campaign,
    draft: Arc<DraftRead>,
}

impl CampaignDraft {
    pub(super) fn new(campaign: Campaign, draft: Arc<DraftRead>) -> Self {
        Self { campaign, draft }
    }

    /// Which draft it is.
    pub(crate) fn its_id(&self) -> DraftId {
        self.draft.id
    }
}

/// The next version of a campaign's content, while it is written, checked and rehearsed. It is a full snapshot, not a
/// difference, and it has no results: nothing of it has been launched.
#[Object]
impl CampaignDraft {
    /// The draft's id, with the prefix `drf`. The campaign's next draft has another one.
    pub(crate) async fn id(&self) -> ID {
        self.draft.id.into()
    }

    /// The campaign that the draft belongs to.
    async fn campaign(&self) -> Campaign {
        self.campaign.clone()
    }

    /// The draft's name: 1 to 200 characters.
    pub(crate) async fn name(&self) -> &str {
        &self.draft.content.name
    }

    /// What the campaign is for, up to 10,000 characters. Users never see it.
    pub(crate) async fn description(&self) -> &str {
        &self.draft.content.description
    }

    /// The draft's tags, at most 50, each once, in the order given.
    pub(crate) async fn tags(&self) -> &[String] {
        &self.draft.content.tags
    }

    /// The draft's message; null while there is none.
    pub(crate) async fn message(&self) -> Option<Message<'_>> {
        content::message(&self.draft.content)
    }

    /// The draft's segments, at most 100, each once, in the order given. An archived one keeps the draft from being
    /// launched.
    pub(crate) async fn segments(&self) -> Vec<Segment> {
        content::segments(&self.draft.content)
    }

    /// The draft's schedule.
    pub(crate) async fn schedule(&self) -> Schedule {
        Schedule(self.draft.content.schedule)
    }

    /// Field by field, how the draft differs from the live content as both are now. Empty if it does not.
    async fn changes(&self) -> Vec<ContentChange> {
        let live = self.campaign.read().live.to_content();
        let draft = self.draft.content.to_content();
        changes(&live, &draft).into_iter().map(ContentChange).collect()
    }

    /// The campaign's version that the draft was first taken from.
    async fn based_on_version(&self) -> i32 {
        self.draft.based_on_version.number()
    }

    /// When the draft was first saved.
    async fn created_at(&self) -> DateTime {
        DateTime(self.draft.created_at)
    }

    /// When the draft was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.draft.updated_at)
    }
}
