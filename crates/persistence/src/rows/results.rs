//! What became of a campaign on a day, and how far its sending has come.

use sea_orm::ActiveValue::Set;
use serde_json::{Map, Value};
use understudy_domain::{CampaignId, Date, Progress, Results, WorkspaceId};

use super::corrupt;
use crate::StoreError;
use crate::entity::{call, campaign_day, campaign_delivery};

pub(crate) fn results(row: &campaign_day::Model) -> Result<Results, StoreError> {
    let number = |count: i64| u64::try_from(count).map_err(|_| corrupt("count of a day", count));
    Ok(Results {
        sent: number(row.sent)?,
        failed: number(row.failed)?,
        impressions: number(row.impressions)?,
        clicks: number(row.clicks)?,
        dismissals: number(row.dismissals)?,
        reached: number(row.reached)?,
        first_sent_at: row.first_sent_at,
        last_sent_at: row.last_sent_at,
    })
}

pub(crate) fn day_columns(
    workspace: WorkspaceId,
    campaign: CampaignId,
    day: Date,
    results: Results,
) -> campaign_day::ActiveModel {
    campaign_day::ActiveModel {
        campaign_id: Set(campaign.uuid()),
        day: Set(day),
        workspace_id: Set(workspace.uuid()),
        sent: Set(results.sent.cast_signed()),
        failed: Set(results.failed.cast_signed()),
        impressions: Set(results.impressions.cast_signed()),
        clicks: Set(results.clicks.cast_signed()),
        dismissals: Set(results.dismissals.cast_signed()),
        reached: Set(results.reached.cast_signed()),
        first_sent_at: Set(results.first_sent_at),
        last_sent_at: Set(results.last_sent_at),
    }
}

/// What a call brought along.
pub(crate) fn properties(row: &call::Model) -> Result<Map<String, Value>, StoreError> {
    serde_json::from_str(&row.properties).map_err(|_| corrupt("object of properties", row.id))
}

pub(crate) fn progress(row: &campaign_delivery::Model) -> Result<Progress, StoreError> {
    let number = |count: i64| u64::try_from(count).map_err(|_| corrupt("count of deliveries", count));
    Ok(Progress {
        planned: number(row.planned)?,
        pending: number(row.pending)?,
        in_flight: number(row.in_flight)?,
        sent: number(row.sent)?,
        failed: number(row.failed)?,
        canceled: number(row.canceled)?,
    })
}
