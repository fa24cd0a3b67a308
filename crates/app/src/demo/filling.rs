//! From the tables to commands.

use std::collections::HashMap;

use chrono::NaiveTime;
use understudy_domain::campaign::ContentCommand;
use understudy_domain::source::SegmentPatch;
use understudy_domain::text::Patched;
use understudy_domain::{
    ArchiveCause, CampaignId, CanvasId, EngagementKind, LifecycleCommand, MissedPolicy, RecipientId,
    SourceId, WorkspaceId,
};

use super::DemoError;
use super::afterwards::CLONES;
use super::audience::{ARCHIVED_SEGMENT, SEGMENTS};
use super::in_app::{ARCHIVED_CANVAS, CANVASES, MOVES, SHOWN};
use super::patch::Patches;
use super::people::people;
use super::table::{Example, Move, Step};
use crate::{App, Caller, CommandError, NewEngagement, Spot};

/// A workspace that is being filled, and what is in it so far, by the names in the tables.
pub(super) struct Filling<'a> {
    app: &'a App,
    caller: Caller,
    patches: Patches,
    recipients: Vec<RecipientId>,
    canvases: HashMap<&'static str, CanvasId>,
    campaigns: HashMap<&'static str, CampaignId>,
    /// Counts the clones too, which no table refers to.
    campaign_count: usize,
}

impl<'a> Filling<'a> {
    pub(super) fn new(app: &'a App, workspace: WorkspaceId) -> Self {
        let today = app.clock.now().date_naive().and_time(NaiveTime::MIN).and_utc();
        Self {
            app,
            caller: Caller::system(workspace),
            patches: Patches::new(today),
            recipients: vec![],
            canvases: HashMap::new(),
            campaigns: HashMap::new(),
            campaign_count: 0,
        }
    }

    pub(super) fn campaign_count(&self) -> usize {
        self.campaign_count
    }

    /// Those whom it is all for.
    pub(super) async fn create_recipients(&mut self) -> Result<(), DemoError> {
        let made = self.app.upsert_recipients(&self.caller, people()).await;
        self.recipients = made.map_err(at("customers"))?;
        Ok(())
    }

    /// What they made of the messages inside the app.
    pub(super) async fn show_in_app(&self) -> Result<(), DemoError> {
        for &(name, shown) in SHOWN {
            let campaign = *self.campaigns.get(name).ok_or(DemoError::Unknown(name))?;
            let of_kind = |(kind, customers)| {
                let recipients = self.recipients.iter().take(customers).enumerate();
                recipients.map(move |(number, recipient)| NewEngagement {
                    id: format!("{campaign}-{kind:?}-{number}"),
                    campaign,
                    recipient: *recipient,
                    kind,
                    at: None,
                })
            };
            let engagements = [
                (EngagementKind::Impression, shown.impressions),
                (EngagementKind::Click, shown.clicks),
                (EngagementKind::Dismissal, shown.dismissals),
            ];
            let engagements = engagements.into_iter().flat_map(of_kind).collect();
            let recorded = self.app.record_engagements(&self.caller, engagements).await;
            recorded.map_err(at(name))?;
        }
        Ok(())
    }

    /// The segments and the Canvases.
    pub(super) async fn create_sources(&mut self) -> Result<(), DemoError> {
        for &(name, description, filter) in SEGMENTS {
            let patch = SegmentPatch {
                name: Patched::Set(name.to_owned()),
                description: Patched::Set(description.to_owned()),
                filter: Patched::Set(filter.to_owned()),
            };
            let segment = self.app.create_segment(&self.caller, patch).await;
            self.patches.segments.insert(name, segment.map_err(at(name))?.id);
        }
        for &(name, level) in CANVASES {
            let canvas = self.app.create_canvas(&self.caller, name.to_owned(), level).await;
            self.canvases.insert(name, canvas.map_err(at(name))?.id);
        }
        Ok(())
    }

    pub(super) async fn create_campaign(&mut self, example: &Example) -> Result<(), DemoError> {
        let name = example.name;
        let mut patch = self.patches.patch(example.content)?;
        patch.name = Patched::Set(name.to_owned());
        let campaign = self.app.create_campaign(&self.caller, patch).await;
        self.campaigns.insert(name, campaign.map_err(at(name))?.id);
        self.campaign_count += 1;
        Ok(())
    }

    /// Takes a step of a story.
    pub(super) async fn take(&self, name: &'static str, step: Step) -> Result<(), DemoError> {
        let id = *self.campaigns.get(name).ok_or(DemoError::Unknown(name))?;
        self.take_with(id, name, step).await
    }

    async fn take_with(&self, id: CampaignId, name: &'static str, step: Step) -> Result<(), DemoError> {
        let (app, caller) = (self.app, &self.caller);
        let lifecycle = match step {
            Step::Launch => LifecycleCommand::Launch,
            Step::Stop => LifecycleCommand::Stop,
            Step::Resume => LifecycleCommand::Resume(MissedPolicy::Skip),
            Step::Archive => LifecycleCommand::Archive(ArchiveCause::Direct),
            Step::Unarchive => LifecycleCommand::Unarchive,
            Step::Update(parts) => {
                let patch = self.patches.patch(parts)?;
                let updated = app.update_campaign(caller, id, patch, None).await;
                return updated.map(drop).map_err(at(name));
            }
            Step::SaveDraft(parts) => {
                let patch = self.patches.patch(parts)?;
                let saved = app.save_draft(caller, id, patch, None).await;
                return saved.map(drop).map_err(at(name));
            }
            Step::LaunchDraft => {
                let launched = app.edit(caller, id, ContentCommand::LaunchDraft, None).await;
                return launched.map(drop).map_err(at(name));
            }
            Step::DiscardDraft => {
                let discarded = app.edit(caller, id, ContentCommand::DiscardDraft, None).await;
                return discarded.map(drop).map_err(at(name));
            }
        };
        let advanced = app.advance(caller, id, lifecycle, None).await;
        advanced.map(drop).map_err(at(name))
    }

    pub(super) async fn clone_campaigns(&mut self) -> Result<(), DemoError> {
        for &(original, name, story) in CLONES {
            let id = *self.campaigns.get(original).ok_or(DemoError::Unknown(original))?;
            let name = name.map(str::to_owned);
            let clone = self.app.clone_campaign(&self.caller, id, name).await;
            let clone = clone.map_err(at(original))?.id;
            self.campaign_count += 1;
            for step in story {
                self.take_with(clone, original, *step).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn move_in_app(&self) -> Result<(), DemoError> {
        for &(name, to) in MOVES {
            let spot = match to {
                Move::To(level) => Spot::Level(level),
                Move::Before(neighbour) => Spot::Before(self.source(neighbour)?),
                Move::After(neighbour) => Spot::After(self.source(neighbour)?),
            };
            let source = self.source(name)?;
            let moved = self.app.set_in_app_priority(&self.caller, source, spot).await;
            moved.map_err(at(name))?;
        }
        Ok(())
    }

    fn source(&self, name: &'static str) -> Result<SourceId, DemoError> {
        let campaign = self.campaigns.get(name).copied().map(SourceId::Campaign);
        let canvas = self.canvases.get(name).copied().map(SourceId::Canvas);
        campaign.or(canvas).ok_or(DemoError::Unknown(name))
    }

    /// The segment that goes, and its campaigns with it; and the Canvas.
    pub(super) async fn archive_sources(&self) -> Result<(), DemoError> {
        let segment = self.patches.segment(ARCHIVED_SEGMENT)?;
        let archived = self.app.archive_segment(&self.caller, segment, false).await;
        archived.map_err(at(ARCHIVED_SEGMENT))?;
        let canvas = *self
            .canvases
            .get(ARCHIVED_CANVAS)
            .ok_or(DemoError::Unknown(ARCHIVED_CANVAS))?;
        let archived = self.app.archive_canvas(&self.caller, canvas).await;
        archived.map(drop).map_err(at(ARCHIVED_CANVAS))
    }
}

/// Says which example a command was about.
fn at(example: &'static str) -> impl FnOnce(CommandError) -> DemoError {
    move |source| DemoError::Command { example, source }
}
