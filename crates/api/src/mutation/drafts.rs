//! Drafts.

use async_graphql::{Context, ID, Object};
use understudy_domain::CampaignId;
use understudy_domain::campaign::ContentCommand;

use super::payload;
use crate::error::Failed;
use crate::id;
use crate::input::content::CampaignContentInput;
use crate::types::payload::CampaignPayload;
use crate::user_error::Arguments;
use crate::viewer::Viewer;

/// The arguments `campaignId` and `content`.
const ARGUMENTS: Arguments = Arguments {
    noun: "campaign",
    subject: &["campaignId"],
    input: &["content"],
    neighbour: &[],
    list: &[],
};

#[derive(Default)]
pub(crate) struct DraftMutations;

/// Commands on the draft of a campaign.
#[Object]
impl DraftMutations {
    /// Makes the draft of a launched campaign, or changes the one there is. While it exists the live content is locked.
    /// A draft that would differ from the live content in nothing is not made. `NOT_LAUNCHED` if the campaign never
    /// was: update it directly.
    async fn save_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the campaign.")] campaign_id: ID,
        #[graphql(desc = "A patch on the draft, or on the live content if there is no draft.")]
        content: CampaignContentInput,
        #[graphql(desc = "The version that the campaign must have; left out or null: any.")]
        expected_version: Option<i32>,
    ) -> Result<CampaignPayload, Failed> {
        let id: CampaignId = id::parse(&campaign_id, "campaignId")?;
        let patch = content.into_patch("content")?;
        let viewer = Viewer::of(ctx)?;
        let answer = viewer
            .app
            .save_draft(&viewer.caller, id, patch, expected_version)
            .await;
        payload::campaign(ctx, answer, Some(id), &ARGUMENTS).await
    }

    /// Puts the draft in the place of the live content, whole. A stopped campaign stays stopped. The draft is checked
    /// once more: `INCOMPLETE` without a message and a segment, `SEGMENT_ARCHIVED` with an archived segment. A refused
    /// launch leaves the draft as it was.
    async fn launch_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the campaign.")] campaign_id: ID,
        #[graphql(desc = "The version that the campaign must have; left out or null: any.")]
        expected_version: Option<i32>,
    ) -> Result<CampaignPayload, Failed> {
        edit(ctx, &campaign_id, ContentCommand::LaunchDraft, expected_version).await
    }

    /// Throws the draft away. The live content is as it was, and no longer locked.
    async fn discard_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the campaign.")] campaign_id: ID,
        #[graphql(desc = "The version that the campaign must have; left out or null: any.")]
        expected_version: Option<i32>,
    ) -> Result<CampaignPayload, Failed> {
        edit(ctx, &campaign_id, ContentCommand::DiscardDraft, expected_version).await
    }
}

async fn edit(
    ctx: &Context<'_>,
    id: &ID,
    command: ContentCommand,
    expected_version: Option<i32>,
) -> Result<CampaignPayload, Failed> {
    let id: CampaignId = id::parse(id, "campaignId")?;
    let viewer = Viewer::of(ctx)?;
    let answer = viewer
        .app
        .edit(&viewer.caller, id, command, expected_version)
        .await;
    payload::campaign(ctx, answer, Some(id), &ARGUMENTS).await
}
