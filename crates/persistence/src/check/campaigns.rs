//! Campaigns beside their events, with their drafts, contents and places.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryTrait as _};
use understudy_domain::replay::{DraftOutcome, Outcome};
use understudy_domain::{CampaignId, Content, DraftId, Replay, SourceId, Standing, WorkspaceId};
use uuid::Uuid;

use super::contents::Library;
use super::differences::differences;
use super::tables::{CAMPAIGNS, DRAFTS, PLACES, Pages};
use super::words::breach;
use super::{Check, CheckError};
use crate::backend::search;
use crate::entity::{campaign, draft, in_app_place};
use crate::rows::{self, lifecycle_columns, place_columns};

/// How many campaigns are looked at together. Their contents are held in memory, and a body alone may have a MiB.
const CAMPAIGNS_AT_ONCE: u64 = 100;

/// What belongs to the campaigns that are looked at together.
struct Parts {
    replays: HashMap<Uuid, Replay>,
    drafts: HashMap<Uuid, draft::Model>,
    places: HashMap<Uuid, in_app_place::Model>,
    library: Library,
}

impl Check<'_> {
    /// Looks at all campaigns of a workspace.
    pub(super) async fn campaigns(&mut self, workspace: WorkspaceId) -> Result<(), CheckError> {
        let of_workspace = campaign::Column::WorkspaceId.eq(workspace.uuid());
        let all = campaign::Entity::find().filter(of_workspace).into_query();
        let mut pages = Pages::new(&CAMPAIGNS, all).of(CAMPAIGNS_AT_ONCE);
        while let Some(rows) = pages.next(self.db).await? {
            self.summary.campaigns += rows.len() as u64;
            let campaigns = self.models::<campaign::Entity>(&CAMPAIGNS, &rows)?;
            let parts = self.parts(workspace, &campaigns).await?;
            for campaign in &campaigns {
                self.campaign(workspace, campaign, &parts).await?;
            }
        }
        Ok(())
    }

    async fn parts(
        &mut self,
        workspace: WorkspaceId,
        campaigns: &[campaign::Model],
    ) -> Result<Parts, CheckError> {
        let replays = self.replay(workspace, campaigns).await?;
        let ids = || campaigns.iter().map(|campaign| campaign.id);
        let found = draft::Entity::find().filter(draft::Column::CampaignId.is_in(ids()));
        let drafts = self
            .all_models::<draft::Entity>(&DRAFTS, found.into_query())
            .await?;
        let found = in_app_place::Entity::find().filter(in_app_place::Column::CampaignId.is_in(ids()));
        let places = self
            .all_models::<in_app_place::Entity>(&PLACES, found.into_query())
            .await?;
        let live = campaigns.iter().map(|campaign| campaign.content_id);
        let contents: Vec<Uuid> = live.chain(drafts.iter().map(|draft| draft.content_id)).collect();
        let library = self.library(workspace, &contents).await?;
        Ok(Parts {
            replays,
            drafts: drafts.into_iter().map(|row| (row.campaign_id, row)).collect(),
            places: places
                .into_iter()
                .filter_map(|row| Some((row.campaign_id?, row)))
                .collect(),
            library,
        })
    }

    async fn campaign(
        &mut self,
        workspace: WorkspaceId,
        row: &campaign::Model,
        parts: &Parts,
    ) -> Result<(), CheckError> {
        let id = CampaignId::from_uuid(row.id);
        let draft = parts.drafts.get(&row.id);
        match parts.replays.get(&row.id).and_then(Replay::outcome) {
            None => self.find(id, "no event tells of it")?,
            Some(outcome) => {
                for difference in differences(row, &campaign_row(&outcome)) {
                    self.find(id, format!("by its events, {difference}"))?;
                }
                self.draft(id, draft, &outcome)?;
            }
        }
        let live = self
            .said(
                &format!("{id}: live content"),
                workspace,
                row.content_id,
                &parts.library,
            )
            .await?;
        let next = match draft {
            None => None,
            Some(draft) => {
                let subject = format!("{id}: draft {}", DraftId::from_uuid(draft.content_id));
                self.said(&subject, workspace, draft.content_id, &parts.library)
                    .await?
            }
        };
        let place = parts.places.get(&row.id);
        if let Some(place) = place {
            self.place(id, workspace, SourceId::Campaign(id), place)?;
        }
        let lifecycle = match rows::lifecycle(row) {
            Ok(lifecycle) => lifecycle,
            Err(error) => return self.find(id, error),
        };
        let Some(live) = live else { return Ok(()) };
        for difference in differences(row, &rows::list_columns(&live)) {
            self.find(id, difference)?;
        }
        let readiness = |content: &Content| content.readiness(&parts.library.segments);
        let standing = Standing {
            status: lifecycle.status(),
            live: readiness(&live),
            draft: next.as_ref().map(readiness),
            in_app: live.is_in_app(),
        };
        for found in standing.breaches(place.is_some()) {
            self.find(id, breach(&found))?;
        }
        Ok(())
    }

    fn draft(
        &mut self,
        id: CampaignId,
        draft: Option<&draft::Model>,
        outcome: &Outcome,
    ) -> Result<(), CheckError> {
        match (&outcome.draft, draft) {
            (None, None) => Ok(()),
            (Some(_), None) => self.find(id, "by its events, draft: expected one, found none"),
            (None, Some(draft)) => {
                let found = DraftId::from_uuid(draft.content_id);
                self.find(id, format!("by its events, draft: expected none, found {found}"))
            }
            (Some(_), Some(_)) if outcome.is_guess => Ok(()),
            (Some(expected), Some(draft)) => {
                for difference in differences(draft, &draft_row(*expected)) {
                    self.find(id, format!("by its events, draft: {difference}"))?;
                }
                Ok(())
            }
        }
    }

    /// The content with this id, if it is there and can be read.
    async fn said(
        &mut self,
        subject: &str,
        workspace: WorkspaceId,
        id: Uuid,
        library: &Library,
    ) -> Result<Option<Content>, CheckError> {
        let Some(stored) = library.contents.get(&id) else {
            return Ok(None);
        };
        let found = self.summary.findings;
        let content = self.content(subject, workspace, stored, &library.segments)?;
        // Where the content is not what it was, nobody can say what the index should have.
        if let Some(content) = &content
            && self.summary.findings == found
            && !search::is_known(self.db, id, content).await?
        {
            self.find(subject, "the search index does not have its words")?;
        }
        Ok(content)
    }

    /// Looks at a place, which is the source's.
    pub(super) fn place(
        &mut self,
        subject: impl std::fmt::Display,
        workspace: WorkspaceId,
        source: SourceId,
        row: &in_app_place::Model,
    ) -> Result<(), CheckError> {
        match rows::place(row) {
            Err(error) => self.find(subject, error),
            Ok(place) => {
                for difference in differences(row, &place_columns(workspace, source, &place)) {
                    self.find(&subject, format!("place: {difference}"))?;
                }
                Ok(())
            }
        }
    }
}

/// A campaign's row by its events, as far as they are sure of it.
fn campaign_row(outcome: &Outcome) -> campaign::ActiveModel {
    let lifecycle = lifecycle_columns(outcome.lifecycle);
    let sure = campaign::ActiveModel {
        version: Set(outcome.version.number()),
        status: lifecycle.status.clone(),
        updated_at: Set(outcome.updated_at),
        ..Default::default()
    };
    if outcome.is_guess {
        return sure;
    }
    campaign::ActiveModel {
        version: sure.version,
        created_at: Set(outcome.created_at),
        updated_at: sure.updated_at,
        ..lifecycle
    }
}

/// A draft's row by the events.
fn draft_row(outcome: DraftOutcome) -> draft::ActiveModel {
    draft::ActiveModel {
        based_on_version: Set(outcome.based_on_version.number()),
        created_at: Set(outcome.created_at),
        updated_at: Set(outcome.updated_at),
        ..Default::default()
    }
}
