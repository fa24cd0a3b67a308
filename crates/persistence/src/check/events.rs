//! The logs: sequences without gaps, and events that follow from one another.

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _};
use understudy_domain::token::check_actor;
use understudy_domain::{CampaignId, Flaw, Replay, WorkspaceId};
use uuid::Uuid;

use super::tables::{EVENTS, EVENTS_BY_CAMPAIGN, Pages};
use super::words::{fault, flaw};
use super::{Check, CheckError};
use crate::entity::{campaign, campaign_event, workspace};
use crate::rows;

impl Check<'_> {
    /// Whether the sequences of a workspace are those that its counter has given out, each once.
    pub(super) async fn log(&mut self, workspace: &workspace::Model) -> Result<(), CheckError> {
        let (id, end) = (WorkspaceId::from_uuid(workspace.id), workspace.event_sequence);
        let sequences = campaign_event::Entity::find()
            .select_only()
            .columns([
                campaign_event::Column::WorkspaceId,
                campaign_event::Column::Sequence,
            ])
            .filter(campaign_event::Column::WorkspaceId.eq(workspace.id))
            .into_query();
        let mut pages = Pages::new(&EVENTS, sequences);
        let mut next = 1;
        while let Some(rows) = pages.next(self.db).await? {
            for row in &rows {
                self.summary.events += 1;
                let sequence: i64 = row.try_get("", "sequence")?;
                self.missing(id, next, sequence.saturating_sub(1).min(end))?;
                if sequence > end {
                    let what = format!("it is beyond the workspace's counter, which stands at {end}");
                    self.find(EVENTS.row(row), what)?;
                }
                next = next.max(sequence.saturating_add(1));
            }
        }
        self.missing(id, next, end)
    }

    fn missing(&mut self, id: WorkspaceId, first: i64, last: i64) -> Result<(), CheckError> {
        match last.saturating_sub(first) {
            ..0 => Ok(()),
            0 => self.find(id, format!("event {first} is missing from the log")),
            1.. => self.find(id, format!("events {first} to {last} are missing from the log")),
        }
    }

    /// What became of these campaigns by their events. They must be neighbours in the order of their ids.
    pub(super) async fn replay(
        &mut self,
        workspace: WorkspaceId,
        campaigns: &[campaign::Model],
    ) -> Result<HashMap<Uuid, Replay>, CheckError> {
        let mut replays: HashMap<Uuid, Replay> = campaigns
            .iter()
            .map(|campaign| (campaign.id, Replay::default()))
            .collect();
        let (Some(first), Some(last)) = (campaigns.first(), campaigns.last()) else {
            return Ok(replays);
        };
        let of_campaigns = campaign_event::Column::CampaignId.between(first.id, last.id);
        let events = campaign_event::Entity::find()
            .filter(campaign_event::Column::WorkspaceId.eq(workspace.uuid()))
            .filter(of_campaigns)
            .into_query();
        let mut pages = Pages::new(&EVENTS_BY_CAMPAIGN, events);
        while let Some(rows) = pages.next(self.db).await? {
            for row in self.models::<campaign_event::Entity>(&EVENTS, &rows)? {
                if let Some(replay) = replays.get_mut(&row.campaign_id) {
                    self.follow(&row, replay)?;
                }
            }
        }
        Ok(replays)
    }

    fn follow(&mut self, row: &campaign_event::Model, replay: &mut Replay) -> Result<(), CheckError> {
        let subject = format!(
            "{}: event {} ({}, version {})",
            CampaignId::from_uuid(row.campaign_id),
            row.sequence,
            row.kind,
            row.version
        );
        match rows::event(row) {
            Err(error) => self.find(subject, error),
            Ok(recorded) => {
                for found in replay.follow(&recorded.event) {
                    self.find(&subject, fault(&found, &recorded.event))?;
                }
                if let Some(Err(problems)) =
                    recorded.actor.as_deref().map(|actor| check_actor("actor", actor))
                {
                    for problem in problems {
                        self.find(&subject, flaw(&Flaw::Problem(problem)))?;
                    }
                }
                Ok(())
            }
        }
    }
}
