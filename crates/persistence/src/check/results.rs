//! What became of campaigns, and how far each has come: that it can be read, and that no count is smaller than what is kept of those who are
//! counted. It may be larger: whoever was erased stays counted.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryResult, QueryTrait as _,
    Statement,
};
use understudy_domain::{CampaignId, Date, DeliveryState, EngagementKind, WorkspaceId};
use uuid::Uuid;

use super::tables::{CAMPAIGN_DAYS, ENGAGEMENTS, Pages};
use super::{Check, CheckError};
use crate::codes::Code as _;
use crate::entity::{campaign_day, engagement};
use crate::rows;

/// Each count that engagements go into, and their kind.
const COUNTED: [(&str, EngagementKind); 3] = [
    ("impressions", EngagementKind::Impression),
    ("clicks", EngagementKind::Click),
    ("dismissals", EngagementKind::Dismissal),
];

/// Campaigns that more recipients are marked for than were counted.
const UNCOUNTED_RECIPIENTS: &str = "SELECT kept.campaign_id, kept.kept, CAST(COALESCE(counted.reached, 0) AS BIGINT) AS counted \
    FROM (SELECT campaign_id, COUNT(*) AS kept FROM campaign_recipients GROUP BY campaign_id) AS kept \
    LEFT JOIN (SELECT campaign_id, SUM(reached) AS reached FROM campaign_days GROUP BY campaign_id) AS counted \
    ON counted.campaign_id = kept.campaign_id \
    WHERE kept.kept > COALESCE(counted.reached, 0) ORDER BY kept.campaign_id";

/// Campaigns that were shown to recipients who are not marked.
const UNMARKED: &str = "SELECT engagements.campaign_id, COUNT(*) AS kept FROM engagements \
    LEFT JOIN campaign_recipients ON campaign_recipients.campaign_id = engagements.campaign_id \
    AND campaign_recipients.recipient_id = engagements.recipient_id \
    WHERE engagements.kind = 'IMPRESSION' AND campaign_recipients.campaign_id IS NULL \
    GROUP BY engagements.campaign_id ORDER BY engagements.campaign_id";

/// Campaigns that have results, and were never launched.
const UNLAUNCHED: &str = "SELECT DISTINCT campaign_days.campaign_id FROM campaign_days \
    JOIN campaigns ON campaigns.id = campaign_days.campaign_id \
    WHERE campaigns.launched_at IS NULL ORDER BY campaign_days.campaign_id";

/// Days on which more engagements of a kind are kept than were counted.
fn uncounted(column: &str, kind: EngagementKind) -> String {
    let kind = kind.code();
    format!(
        "SELECT kept.campaign_id, kept.day, kept.kept, COALESCE(campaign_days.{column}, 0) AS counted \
        FROM (SELECT campaign_id, day, COUNT(*) AS kept FROM engagements \
        WHERE kind = '{kind}' GROUP BY campaign_id, day) AS kept \
        LEFT JOIN campaign_days ON campaign_days.campaign_id = kept.campaign_id AND campaign_days.day = kept.day \
        WHERE kept.kept > COALESCE(campaign_days.{column}, 0) ORDER BY kept.campaign_id, kept.day"
    )
}

/// Each state of a delivery, the count that it goes into, and whether that is exact: of those who were erased the counts of
/// what has ended are larger than what is kept.
const STATES: [(DeliveryState, &str, bool); 5] = [
    (DeliveryState::Pending, "pending", true),
    (DeliveryState::Claimed, "in_flight", true),
    (DeliveryState::Sent, "sent", false),
    (DeliveryState::Failed, "failed", false),
    (DeliveryState::Canceled, "canceled", false),
];

/// Campaigns of which other deliveries are kept than were counted.
fn miscounted(state: DeliveryState, column: &str, is_exact: bool) -> String {
    let (state, differs) = (state.code(), if is_exact { "<>" } else { ">" });
    format!(
        "SELECT campaign_deliveries.campaign_id, COALESCE(kept.kept, 0) AS kept, campaign_deliveries.{column} AS counted \
        FROM campaign_deliveries LEFT JOIN (SELECT campaign_id, COUNT(*) AS kept FROM deliveries \
        WHERE state = '{state}' GROUP BY campaign_id) AS kept ON kept.campaign_id = campaign_deliveries.campaign_id \
        WHERE COALESCE(kept.kept, 0) {differs} campaign_deliveries.{column} ORDER BY campaign_deliveries.campaign_id"
    )
}

/// Deliveries to recipients who are not there, which only those are that a channel has in its hands.
const TO_NOBODY: &str = "SELECT deliveries.campaign_id, COUNT(*) AS kept FROM deliveries \
    LEFT JOIN recipients ON recipients.id = deliveries.recipient_id \
    WHERE deliveries.state <> 'CLAIMED' AND recipients.id IS NULL \
    GROUP BY deliveries.campaign_id ORDER BY deliveries.campaign_id";

/// Messages that were sent to recipients for whom it is not marked.
const SENT_UNMARKED: &str = "SELECT deliveries.campaign_id, COUNT(*) AS kept FROM deliveries \
    LEFT JOIN campaign_recipients ON campaign_recipients.campaign_id = deliveries.campaign_id \
    AND campaign_recipients.recipient_id = deliveries.recipient_id \
    WHERE deliveries.state = 'SENT' AND campaign_recipients.campaign_id IS NULL \
    GROUP BY deliveries.campaign_id ORDER BY deliveries.campaign_id";

/// Campaigns whose days add up to something else than was sent or failed.
fn unlike_days(column: &str) -> String {
    format!(
        "SELECT campaign_deliveries.campaign_id, campaign_deliveries.{column} AS kept, \
        CAST(COALESCE(days.counted, 0) AS BIGINT) AS counted FROM campaign_deliveries \
        LEFT JOIN (SELECT campaign_id, SUM({column}) AS counted FROM campaign_days GROUP BY campaign_id) AS days \
        ON days.campaign_id = campaign_deliveries.campaign_id \
        WHERE campaign_deliveries.{column} <> COALESCE(days.counted, 0) ORDER BY campaign_deliveries.campaign_id"
    )
}

fn number(row: &QueryResult, column: &str) -> Result<i64, sea_orm::DbErr> {
    row.try_get("", column)
}

impl Check<'_> {
    /// Looks at all results of a workspace.
    pub(super) async fn results(&mut self, workspace: WorkspaceId) -> Result<(), CheckError> {
        let days = campaign_day::Entity::find()
            .filter(campaign_day::Column::WorkspaceId.eq(workspace.uuid()))
            .into_query();
        let mut pages = Pages::new(&CAMPAIGN_DAYS, days);
        while let Some(found) = pages.next(self.db).await? {
            for day in self.models::<campaign_day::Entity>(&CAMPAIGN_DAYS, &found)? {
                if let Err(error) = rows::results(&day) {
                    self.find(CampaignId::from_uuid(day.campaign_id), error)?;
                }
            }
        }
        let engagements = engagement::Entity::find()
            .filter(engagement::Column::WorkspaceId.eq(workspace.uuid()))
            .into_query();
        let mut pages = Pages::new(&ENGAGEMENTS, engagements);
        while let Some(found) = pages.next(self.db).await? {
            for told in self.models::<engagement::Entity>(&ENGAGEMENTS, &found)? {
                if let Err(error) = EngagementKind::from_code(&told.kind) {
                    self.find(format!("{} {}", ENGAGEMENTS.name, told.id), error)?;
                }
            }
        }
        Ok(())
    }

    /// Compares all counts with what is kept.
    pub(super) async fn counts(&mut self) -> Result<(), CheckError> {
        for (column, kind) in COUNTED {
            for (campaign, row) in self.by_campaign(&uncounted(column, kind)).await? {
                let day: Date = row.try_get("", "day")?;
                let (kept, counted) = (number(&row, "kept")?, number(&row, "counted")?);
                let what = format!("{column} of {day}: {kept} are kept, and {counted} counted");
                self.find(campaign, what)?;
            }
        }
        for (campaign, row) in self.by_campaign(UNCOUNTED_RECIPIENTS).await? {
            let (kept, counted) = (number(&row, "kept")?, number(&row, "counted")?);
            let what = format!("it has reached {kept} recipients that are kept, and {counted} were counted");
            self.find(campaign, what)?;
        }
        for (campaign, row) in self.by_campaign(UNMARKED).await? {
            let kept = number(&row, "kept")?;
            self.find(
                campaign,
                format!("{kept} impressions are of recipients for whom it is not marked"),
            )?;
        }
        for (state, column, is_exact) in STATES {
            for (campaign, row) in self.by_campaign(&miscounted(state, column, is_exact)).await? {
                let (kept, counted) = (number(&row, "kept")?, number(&row, "counted")?);
                self.find(
                    campaign,
                    format!("{kept} deliveries are {column}, and {counted} counted"),
                )?;
            }
        }
        for column in ["sent", "failed"] {
            for (campaign, row) in self.by_campaign(&unlike_days(column)).await? {
                let (kept, counted) = (number(&row, "kept")?, number(&row, "counted")?);
                self.find(
                    campaign,
                    format!("{kept} are {column} in all, and {counted} on its days"),
                )?;
            }
        }
        for (question, what) in [
            (TO_NOBODY, "deliveries are to recipients who are not there"),
            (
                SENT_UNMARKED,
                "deliveries are to recipients for whom it is not marked",
            ),
        ] {
            for (campaign, row) in self.by_campaign(question).await? {
                let kept = number(&row, "kept")?;
                self.find(campaign, format!("{kept} {what}"))?;
            }
        }
        for (campaign, _) in self.by_campaign(UNLAUNCHED).await? {
            self.find(campaign, "it has results, and was never launched")?;
        }
        Ok(())
    }

    async fn by_campaign(&mut self, question: &str) -> Result<Vec<(CampaignId, QueryResult)>, CheckError> {
        let question = Statement::from_string(self.db.get_database_backend(), question);
        let rows = self.db.query_all_raw(question).await?.into_iter();
        let campaign = |row: QueryResult| {
            let id: Uuid = row.try_get("", "campaign_id")?;
            Ok((CampaignId::from_uuid(id), row))
        };
        rows.map(campaign).collect()
    }
}
