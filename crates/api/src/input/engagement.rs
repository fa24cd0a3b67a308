//! What recipients do with messages.

use async_graphql::{Enum, ID, InputObject};
use understudy_app::NewEngagement;

use crate::error::Failed;
use crate::id;
use crate::scalar::DateTime;

/// What somebody did with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_domain::EngagementKind")]
pub(crate) enum EngagementKind {
    /// They saw it. Of a message inside the app, this marks it as shown to them: no decision has it win again.
    Impression,
    /// They followed a link in it.
    Click,
    /// They closed it.
    Dismissal,
}

/// That a recipient did something with a campaign's message.
#[derive(Debug, InputObject)]
pub(crate) struct EngagementInput {
    /// What you call this engagement: 1 to 200 characters. The same id counts once, however often it comes.
    id: String,
    /// The id of the campaign.
    campaign_id: ID,
    /// The id of the recipient.
    recipient_id: ID,
    /// What they did.
    kind: EngagementKind,
    /// When; left out or null: now. Of a clock that is ahead, by a day at most, it is taken as now.
    at: Option<DateTime>,
}

impl EngagementInput {
    /// The engagement, the one at this place in the argument `engagements`.
    pub(crate) fn parsed(self, index: usize) -> Result<NewEngagement, Failed> {
        let path = |field: &str| format!("engagements.{index}.{field}");
        Ok(NewEngagement {
            campaign: id::parse(&self.campaign_id, &path("campaignId"))?,
            recipient: id::parse(&self.recipient_id, &path("recipientId"))?,
            id: self.id,
            kind: self.kind.into(),
            at: self.at.map(|DateTime(at)| at),
        })
    }
}
