//! Messages as recipients get them.

use serde_json::Map;
use understudy_domain::{
    CampaignId, ContentId, Message, Recipient, RecipientId, RenderedMessage, Stage, TemplateError, Unrendered,
};
use understudy_persistence::read::{ContentRead, Wants};
use understudy_persistence::{Snapshot, StoreError};

/// Why there is no preview of a message.
#[derive(Debug, thiserror::Error)]
pub enum Unpreviewed {
    /// There is no such campaign, or no such draft.
    #[error("there is no such content")]
    NoContent,
    /// There is no such recipient.
    #[error("there is no such recipient")]
    NoRecipient,
    /// The content has no message.
    #[error("there is no message")]
    NoMessage,
    /// It is no template: it came in when nobody looked.
    #[error("{0}")]
    NoTemplate(#[from] TemplateError),
    /// It cannot be rendered for this recipient.
    #[error("{0}")]
    Unrendered(#[from] Unrendered),
}

/// A message as a recipient would get it, of a campaign's live content or of a draft. It was triggered with nothing.
///
/// # Errors
/// If the database fails; within, why there is none.
pub async fn preview(
    snapshot: &Snapshot,
    content: ContentId,
    recipient: RecipientId,
) -> Result<Result<RenderedMessage, Unpreviewed>, StoreError> {
    fill_in(snapshot, content, To::Recipient(recipient)).await
}

/// Whom a message is filled in for.
pub(crate) enum To {
    /// A recipient.
    Recipient(RecipientId),
    /// Somebody who is none.
    Somebody(Recipient),
}

/// As [`preview`], for whomever.
pub(crate) async fn fill_in(
    snapshot: &Snapshot,
    content: ContentId,
    to: To,
) -> Result<Result<RenderedMessage, Unpreviewed>, StoreError> {
    let Some((campaign, content)) = find(snapshot, content).await? else {
        return Ok(Err(Unpreviewed::NoContent));
    };
    let recipient = match to {
        To::Recipient(id) => snapshot.recipients(&[id]).await?.remove(&id),
        To::Somebody(somebody) => Some(somebody),
    };
    let Some(recipient) = recipient else {
        return Ok(Err(Unpreviewed::NoRecipient));
    };
    let Some(message) = content.message else {
        return Ok(Err(Unpreviewed::NoMessage));
    };
    // It may take some hundredths of a second, in which others want to go on.
    let rendering =
        tokio::task::spawn_blocking(move || render(&message, &recipient, (campaign, &content.name)));
    match rendering.await {
        Ok(rendered) => Ok(rendered),
        Err(ended) => std::panic::resume_unwind(ended.into_panic()),
    }
}

fn render(
    message: &Message,
    recipient: &Recipient,
    campaign: (CampaignId, &str),
) -> Result<RenderedMessage, Unpreviewed> {
    let stage = Stage::new(recipient, campaign, &Map::new());
    Ok(message.compile()?.render(&stage)?)
}

/// The content, and the campaign that it is of.
async fn find(
    snapshot: &Snapshot,
    content: ContentId,
) -> Result<Option<(CampaignId, ContentRead)>, StoreError> {
    let wants = Wants {
        content: true,
        message: true,
        ..Wants::default()
    };
    match content {
        ContentId::Campaign(id) => {
            let campaign = snapshot.campaigns(&[id], wants).await?.remove(&id);
            Ok(campaign.map(|campaign| (id, campaign.live)))
        }
        ContentId::Draft(draft) => {
            let Some(id) = snapshot.campaigns_of_drafts(&[draft]).await?.pop() else {
                return Ok(None);
            };
            let wants = Wants { draft: true, ..wants };
            let campaign = snapshot.campaigns(&[id], wants).await?.remove(&id);
            let draft = campaign.and_then(|campaign| campaign.draft);
            Ok(draft.map(|draft| (id, draft.content)))
        }
    }
}
