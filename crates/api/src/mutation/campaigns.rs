//! Campaigns, one at a time.

use async_graphql::{Context, ID, Object};
use understudy_domain::{ArchiveCause, CampaignId, LifecycleCommand};

use super::payload;
use crate::error::Failed;
use crate::id;
use crate::input::content::CampaignContentInput;
use crate::input::missed::MissedPolicy;
use crate::types::payload::CampaignPayload;
use crate::user_error::Arguments;
use crate::viewer::Viewer;

/// The arguments `id` and `content`.
const ARGUMENTS: Arguments = Arguments {
    noun: "campaign",
    subject: &["id"],
    input: &["content"],
    neighbour: &[],
    list: &[],
};

#[derive(Default)]
pub(crate) struct CampaignMutations;

/// Commands on one campaign.
#[Object]
impl CampaignMutations {
    /// Makes a new campaign, `UNLAUNCHED`.
    async fn create_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The live content. It needs a name; what else is left out is empty.")]
        content: CampaignContentInput,
    ) -> Result<CampaignPayload, Failed> {
        let patch = content.into_patch("content")?;
        let viewer = Viewer::of(ctx)?;
        let answer = viewer.app.create_campaign(&viewer.caller, patch).await;
        payload::campaign(ctx, answer, None, &ARGUMENTS).await
    }

    /// Changes the live content of a campaign. `DRAFT_EXISTS` while there is a draft.
    async fn update_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the campaign.")] id: ID,
        #[graphql(desc = "A patch on the live content.")] content: CampaignContentInput,
        #[graphql(desc = "The version that the campaign must have; left out or null: any.")]
        expected_version: Option<i32>,
    ) -> Result<CampaignPayload, Failed> {
        let id: CampaignId = id::parse(&id, "id")?;
        let patch = content.into_patch("content")?;
        let viewer = Viewer::of(ctx)?;
        let answer = viewer
            .app
            .update_campaign(&viewer.caller, id, patch, expected_version)
            .await;
        payload::campaign(ctx, answer, Some(id), &ARGUMENTS).await
    }

    /// Makes a new campaign, `UNLAUNCHED`, of the live content of another, whatever that one's status. The payload
    /// shows the new one.
    async fn clone_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the campaign to copy.")] id: ID,
        #[graphql(desc = "The new campaign's name; left out or null: `Copy of` and the other's name.")]
        name: Option<String>,
    ) -> Result<CampaignPayload, Failed> {
        let id: CampaignId = id::parse(&id, "id")?;
        let viewer = Viewer::of(ctx)?;
        let answer = viewer.app.clone_campaign(&viewer.caller, id, name).await;
        let arguments = Arguments {
            input: &[],
            ..ARGUMENTS
        };
        payload::campaign(ctx, answer, None, &arguments).await
    }

    /// Launches a campaign that never was: it becomes `ACTIVE`. `INCOMPLETE` without a message and a segment,
    /// `SEGMENT_ARCHIVED` with an archived segment, `ALREADY_LAUNCHED` if it is stopped.
    async fn launch_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the campaign.")] id: ID,
        #[graphql(desc = "The version that the campaign must have; left out or null: any.")]
        expected_version: Option<i32>,
    ) -> Result<CampaignPayload, Failed> {
        advance(ctx, &id, LifecycleCommand::Launch, expected_version).await
    }

    /// Stops an active campaign: nothing more of it is sent. A draft stays.
    async fn stop_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the campaign.")] id: ID,
        #[graphql(desc = "The version that the campaign must have; left out or null: any.")]
        expected_version: Option<i32>,
    ) -> Result<CampaignPayload, Failed> {
        advance(ctx, &id, LifecycleCommand::Stop, expected_version).await
    }

    /// Lets a stopped campaign send again. `SEGMENT_ARCHIVED` with an archived segment.
    async fn resume_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the campaign.")] id: ID,
        #[graphql(desc = "The version that the campaign must have; left out or null: any.")]
        expected_version: Option<i32>,
        #[graphql(
            default_with = "MissedPolicy::Skip",
            desc = "What becomes of what was due while the campaign was stopped."
        )]
        missed: MissedPolicy,
    ) -> Result<CampaignPayload, Failed> {
        let command = LifecycleCommand::Resume(missed.into());
        advance(ctx, &id, command, expected_version).await
    }

    /// Takes a campaign out of use: nothing of it is sent, shown or changed. A draft is kept, frozen, and so is the
    /// place in the in-app order.
    async fn archive_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the campaign.")] id: ID,
        #[graphql(desc = "The version that the campaign must have; left out or null: any.")]
        expected_version: Option<i32>,
    ) -> Result<CampaignPayload, Failed> {
        let command = LifecycleCommand::Archive(ArchiveCause::Direct);
        advance(ctx, &id, command, expected_version).await
    }

    /// Takes an archived campaign back into use, with its draft and its place in the in-app order. It never sends by
    /// that: it becomes `STOPPED`, or `UNLAUNCHED` if it never was launched.
    async fn unarchive_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the campaign.")] id: ID,
        #[graphql(desc = "The version that the campaign must have; left out or null: any.")]
        expected_version: Option<i32>,
    ) -> Result<CampaignPayload, Failed> {
        advance(ctx, &id, LifecycleCommand::Unarchive, expected_version).await
    }
}

async fn advance(
    ctx: &Context<'_>,
    id: &ID,
    command: LifecycleCommand,
    expected_version: Option<i32>,
) -> Result<CampaignPayload, Failed> {
    let id: CampaignId = id::parse(id, "id")?;
    let viewer = Viewer::of(ctx)?;
    let answer = viewer
        .app
        .advance(&viewer.caller, id, command, expected_version)
        .await;
    payload::campaign(ctx, answer, Some(id), &ARGUMENTS).await
}
