//! What live contents and drafts have in common.

use async_graphql::Interface;
use understudy_app::read::ContentRead;

use super::campaign::Campaign;
use super::draft::CampaignDraft;
use super::message::Message;
use super::schedule::Schedule;
use super::segment::Segment;

/// What a campaign says, to whom and when: all that a draft can change. One fragment on it reads both sides of the
/// pair of a campaign and its draft.
#[derive(Interface)]
#[allow(clippy::duplicated_attributes)] // Two fields of one type are no mistake.
#[graphql(
    field(name = "name", ty = "&str", desc = "The name: 1 to 200 characters."),
    field(
        name = "description",
        ty = "&str",
        desc = "What the campaign is for, up to 10,000 characters. Users never see it."
    ),
    field(
        name = "tags",
        ty = "&[String]",
        desc = "The tags, at most 50, each once, in the order given."
    ),
    field(
        name = "message",
        ty = "Option<Message<'_>>",
        desc = "What is sent or shown; null while there is none. Launching needs one."
    ),
    field(
        name = "segments",
        ty = "Vec<Segment>",
        desc = "To whom: at most 100 segments, each once, in the order given. Launching needs one."
    ),
    field(name = "schedule", ty = "Schedule", desc = "When.")
)]
pub(crate) enum CampaignContent {
    Campaign(Campaign),
    CampaignDraft(CampaignDraft),
}

/// The message of a content.
pub(super) fn message(content: &ContentRead) -> Option<Message<'_>> {
    content.message.as_ref().map(Message::from)
}

/// The segments of a content.
pub(super) fn segments(content: &ContentRead) -> Vec<Segment> {
    content.segments.iter().cloned().map(Segment::from).collect()
}
