//! Many campaigns at once.

use std::collections::HashMap;

use async_graphql::{Context, Object};
use understudy_app::{self as app, BulkItem, BulkReport};
use understudy_domain::{ArchiveCause, CampaignId, LifecycleCommand};

use super::payload::refusals;
use crate::charge::Charge;
use crate::error::Failed;
use crate::input::bulk::{BulkOptions, CampaignSelection};
use crate::input::missed::MissedPolicy;
use crate::types::campaign::Campaign;
use crate::types::payload::{BulkOutcome, BulkPayload, BulkResult};
use crate::user_error::{SELECTED, bulk_error, user_errors};
use crate::viewer::Viewer;
use crate::wants;

#[derive(Default)]
pub(crate) struct BulkMutations;

/// Commands on many campaigns.
#[Object]
impl BulkMutations {
    /// Stops many campaigns, in one transaction.
    async fn stop_campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaigns.")] selection: CampaignSelection,
        #[graphql(desc = "How; left out or null: APPLY_VALID, and not a dry run.")] options: Option<
            BulkOptions,
        >,
    ) -> Result<BulkPayload, Failed> {
        bulk(ctx, LifecycleCommand::Stop, selection, options).await
    }

    /// Lets many campaigns send again, in one transaction.
    async fn resume_campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaigns.")] selection: CampaignSelection,
        #[graphql(desc = "How; left out or null: APPLY_VALID, and not a dry run.")] options: Option<
            BulkOptions,
        >,
        #[graphql(
            default_with = "MissedPolicy::Skip",
            desc = "What becomes of what was due while the campaigns were stopped."
        )]
        missed: MissedPolicy,
    ) -> Result<BulkPayload, Failed> {
        let command = LifecycleCommand::Resume(missed.into());
        bulk(ctx, command, selection, options).await
    }

    /// Takes many campaigns out of use, in one transaction.
    async fn archive_campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaigns.")] selection: CampaignSelection,
        #[graphql(desc = "How; left out or null: APPLY_VALID, and not a dry run.")] options: Option<
            BulkOptions,
        >,
    ) -> Result<BulkPayload, Failed> {
        let command = LifecycleCommand::Archive(ArchiveCause::Direct);
        bulk(ctx, command, selection, options).await
    }

    /// Takes many archived campaigns back into use, in one transaction. None of them sends by that.
    async fn unarchive_campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaigns. A filter finds archived ones only if its status names ARCHIVED.")]
        selection: CampaignSelection,
        #[graphql(desc = "How; left out or null: APPLY_VALID, and not a dry run.")] options: Option<
            BulkOptions,
        >,
    ) -> Result<BulkPayload, Failed> {
        bulk(ctx, LifecycleCommand::Unarchive, selection, options).await
    }
}

async fn bulk(
    ctx: &Context<'_>,
    command: LifecycleCommand,
    selection: CampaignSelection,
    options: Option<BulkOptions>,
) -> Result<BulkPayload, Failed> {
    let selection = selection.into_selection()?;
    Charge::check(ctx)?;
    let options = options.map(app::BulkOptions::from).unwrap_or_default();
    let viewer = Viewer::of(ctx)?;
    let answer = viewer.app.bulk(&viewer.caller, command, selection, options).await;
    match refusals(answer)? {
        Ok(report) => {
            Charge::for_items(ctx, report.items.len());
            Ok(report_payload(ctx, report).await)
        }
        Err(refused) => Ok(BulkPayload {
            results: vec![],
            user_errors: user_errors(&refused, &SELECTED),
        }),
    }
}

async fn report_payload(ctx: &Context<'_>, report: BulkReport) -> BulkPayload {
    let campaigns = campaigns(ctx, &report).await;
    let result = |(index, BulkItem { id, outcome }): (usize, BulkItem)| {
        let (outcome, error) = match outcome {
            app::BulkOutcome::Changed => (BulkOutcome::Changed, None),
            app::BulkOutcome::Unchanged => (BulkOutcome::Unchanged, None),
            app::BulkOutcome::Refused(refused) => (BulkOutcome::Refused, bulk_error(&refused, index)),
        };
        let shown = match &campaigns {
            Ok(campaigns) => Ok(campaigns.get(&id).cloned()),
            Err(failed) => Err(failed.clone()),
        };
        BulkResult {
            id,
            outcome,
            shown,
            error,
        }
    };
    BulkPayload {
        results: report.items.into_iter().enumerate().map(result).collect(),
        user_errors: vec![],
    }
}

/// All the campaigns of a report in one read, if they are selected.
async fn campaigns(ctx: &Context<'_>, report: &BulkReport) -> Result<HashMap<CampaignId, Campaign>, Failed> {
    let Some(wants) = wants::at(ctx.field(), &["results", "campaign"]) else {
        return Ok(HashMap::new());
    };
    let ids: Vec<CampaignId> = report.items.iter().map(|item| item.id).collect();
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let campaigns = snapshot.campaigns(&ids, wants).await?.into_iter();
    Ok(campaigns.map(|(id, campaign)| (id, campaign.into())).collect())
}
