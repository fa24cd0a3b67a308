//! The commands, one function each, in the order of the rules table.

use super::{ArchiveCause, Campaign, Circumstances, Draft, Lifecycle, Transition, Version};
use crate::content::{ContentPatch, SegmentStates};
use crate::rules::Verdict;
use crate::text::Patched;
use crate::{
    CampaignEvent, CampaignId, Command, Content, DraftId, EventKind, Place, Reason, Refusal, Status,
    Timestamp,
};

/// The commands that need nothing but the campaign and its segments, and so can be given in bulk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifecycleCommand {
    /// See [`Command::Launch`].
    Launch,
    /// See [`Command::Stop`].
    Stop,
    /// See [`Command::Resume`]. It says what becomes of what was due meanwhile.
    Resume(MissedPolicy),
    /// See [`Command::Archive`].
    Archive(ArchiveCause),
    /// See [`Command::Unarchive`].
    Unarchive,
}

/// What becomes of messages that were due while their campaign was stopped. What was due before and was not sent yet is
/// sent either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum MissedPolicy {
    /// They are not sent.
    #[default]
    Skip,
    /// They are sent.
    Send,
}

impl LifecycleCommand {
    /// The command as the rules know it.
    #[must_use]
    pub const fn command(self) -> Command {
        match self {
            Self::Launch => Command::Launch,
            Self::Stop => Command::Stop,
            Self::Resume(_) => Command::Resume,
            Self::Archive(_) => Command::Archive,
            Self::Unarchive => Command::Unarchive,
        }
    }
}

/// The commands on a campaign's contents.
#[derive(Debug, Clone)]
pub enum ContentCommand {
    /// See [`Command::Update`].
    Update(ContentPatch),
    /// See [`Command::SaveDraft`]; the id is for a draft that is made now.
    SaveDraft(DraftId, ContentPatch),
    /// See [`Command::LaunchDraft`].
    LaunchDraft,
    /// See [`Command::DiscardDraft`].
    DiscardDraft,
}

impl ContentCommand {
    /// The command as the rules know it.
    #[must_use]
    pub const fn command(&self) -> Command {
        match self {
            Self::Update(_) => Command::Update,
            Self::SaveDraft(..) => Command::SaveDraft,
            Self::LaunchDraft => Command::LaunchDraft,
            Self::DiscardDraft => Command::DiscardDraft,
        }
    }

    /// The patch that it brings, if any.
    #[must_use]
    pub const fn patch(&self) -> Option<&ContentPatch> {
        match self {
            Self::Update(patch) | Self::SaveDraft(_, patch) => Some(patch),
            Self::LaunchDraft | Self::DiscardDraft => None,
        }
    }
}

impl Campaign {
    /// A new campaign, UNLAUNCHED.
    ///
    /// # Errors
    /// [`Reason::Invalid`].
    pub fn create(
        id: CampaignId,
        patch: ContentPatch,
        now: Circumstances<'_>,
    ) -> Result<Transition, Refusal> {
        match patch.for_creation().apply(&Content::empty(), now.segments) {
            Ok(live) => Ok(Self::begin(id, live, now)),
            Err(problems) => Err(creation_refused(Command::Update, Reason::Invalid(problems))),
        }
    }

    /// A new campaign, UNLAUNCHED, with the live content of this one; named `Copy of …` unless a name is given.
    ///
    /// # Errors
    /// [`Reason::Invalid`] if the given name is.
    pub fn clone_as(
        &self,
        id: CampaignId,
        name: Option<String>,
        now: Circumstances<'_>,
    ) -> Result<Transition, Refusal> {
        self.decide(Command::Clone, now.segments)?;
        let name = name.unwrap_or_else(|| copy_name(&self.live.name));
        let patch = ContentPatch {
            name: Patched::Set(name),
            ..ContentPatch::default()
        };
        let live = patch
            .apply(&self.live, now.segments)
            .map_err(|problems| self.refusal(Command::Clone, Reason::Invalid(problems)))?;
        Ok(Self::begin(id, live, now))
    }

    fn begin(id: CampaignId, live: Content, now: Circumstances<'_>) -> Transition {
        let place = live.is_in_app().then(|| now.entry.clone());
        let campaign = Self {
            id,
            version: Version::FIRST,
            lifecycle: Lifecycle::Unlaunched,
            live,
            draft: None,
            place,
            created_at: now.at,
            updated_at: now.at,
        };
        let event = CampaignEvent {
            campaign_id: id,
            kind: EventKind::Created,
            at: now.at,
            version: Version::FIRST,
            status_before: None,
            status_after: Status::Unlaunched,
            caused_by_segment: None,
        };
        Transition::Changed {
            campaign: Box::new(campaign),
            event,
        }
    }

    /// Carries out a command on the contents.
    ///
    /// # Errors
    /// What the rules refuse, and [`Reason::Invalid`] for a wrong patch.
    pub fn edit(self, command: ContentCommand, now: Circumstances<'_>) -> Result<Transition, Refusal> {
        match command {
            ContentCommand::Update(patch) => self.update(patch, now),
            ContentCommand::SaveDraft(id, patch) => self.save_draft(id, patch, now),
            ContentCommand::LaunchDraft => self.launch_draft(now),
            ContentCommand::DiscardDraft => self.discard_draft(now),
        }
    }

    fn update(mut self, patch: ContentPatch, now: Circumstances<'_>) -> Result<Transition, Refusal> {
        self.decide(Command::Update, now.segments)?;
        let content = patch
            .apply(&self.live, now.segments)
            .map_err(|problems| self.refusal(Command::Update, Reason::Invalid(problems)))?;
        if content == self.live {
            return Ok(self.unchanged());
        }
        self.set_live(content, now.entry);
        let status = self.lifecycle.status();
        Ok(self.changed(EventKind::Updated, status, now.at))
    }

    fn save_draft(
        mut self,
        id: DraftId,
        patch: ContentPatch,
        now: Circumstances<'_>,
    ) -> Result<Transition, Refusal> {
        self.decide(Command::SaveDraft, now.segments)?;
        let base = self.draft.as_ref().map_or(&self.live, |draft| &draft.content);
        let content = patch
            .apply(base, now.segments)
            .map_err(|problems| self.refusal(Command::SaveDraft, Reason::Invalid(problems)))?;
        if content == *base {
            // Where there is no draft, this is what keeps phantom drafts from being made.
            return Ok(self.unchanged());
        }
        let draft = match self.draft.take() {
            Some(draft) => Draft {
                content,
                updated_at: now.at,
                ..draft
            },
            None => Draft {
                id,
                content,
                based_on_version: self.version,
                created_at: now.at,
                updated_at: now.at,
            },
        };
        self.draft = Some(draft);
        let status = self.lifecycle.status();
        Ok(self.changed(EventKind::DraftSaved, status, now.at))
    }

    fn launch_draft(mut self, now: Circumstances<'_>) -> Result<Transition, Refusal> {
        self.decide(Command::LaunchDraft, now.segments)?;
        let Some(draft) = self.draft.take() else {
            return Err(self.refusal(Command::LaunchDraft, Reason::NoDraft));
        };
        self.set_live(draft.content, now.entry);
        let status = self.lifecycle.status();
        Ok(self.changed(EventKind::DraftLaunched, status, now.at))
    }

    fn discard_draft(mut self, now: Circumstances<'_>) -> Result<Transition, Refusal> {
        self.decide(Command::DiscardDraft, now.segments)?;
        self.draft = None;
        let status = self.lifecycle.status();
        Ok(self.changed(EventKind::DraftDiscarded, status, now.at))
    }

    /// Carries out a command on the lifecycle.
    ///
    /// # Errors
    /// What the rules refuse.
    pub fn advance(
        mut self,
        command: LifecycleCommand,
        segments: &SegmentStates,
        at: Timestamp,
    ) -> Result<Transition, Refusal> {
        match self.decide(command.command(), segments)? {
            Verdict::Unchanged => return Ok(self.unchanged()),
            Verdict::Change => {}
        }
        let before = self.lifecycle.status();
        let launched_at = self.lifecycle.launched_at();
        let (lifecycle, kind) = match command {
            LifecycleCommand::Launch => (Lifecycle::Active { launched_at: at }, EventKind::Launched),
            LifecycleCommand::Stop => (stopped(launched_at, at), EventKind::Stopped),
            LifecycleCommand::Resume(_) => (
                Lifecycle::Active {
                    launched_at: launched_at.unwrap_or(at),
                },
                EventKind::Resumed,
            ),
            LifecycleCommand::Archive(cause) => (
                Lifecycle::Archived {
                    launched_at,
                    at,
                    cause,
                },
                EventKind::Archived,
            ),
            LifecycleCommand::Unarchive => (stopped(launched_at, at), EventKind::Unarchived),
        };
        self.lifecycle = lifecycle;
        Ok(self.changed(kind, before, at))
    }

    /// Gives it a place in the in-app order. The place it already has is *unchanged*.
    ///
    /// # Errors
    /// What the rules refuse.
    pub fn set_in_app_priority(
        mut self,
        place: Place,
        segments: &SegmentStates,
        at: Timestamp,
    ) -> Result<Transition, Refusal> {
        self.check_in_app_priority(segments)?;
        if self.place.as_ref() == Some(&place) {
            return Ok(self.unchanged());
        }
        self.place = Some(place);
        let status = self.lifecycle.status();
        Ok(self.changed(EventKind::InAppPriorityChanged, status, at))
    }

    /// Whether it may be moved in the in-app order, before the place is known.
    ///
    /// # Errors
    /// What the rules refuse.
    pub fn check_in_app_priority(&self, segments: &SegmentStates) -> Result<(), Refusal> {
        self.decide(Command::SetInAppPriority, segments).map(|_| ())
    }
}

/// Where a campaign rests that does not send: what was never launched is not stopped, it is unlaunched.
fn stopped(launched_at: Option<Timestamp>, at: Timestamp) -> Lifecycle {
    match launched_at {
        Some(launched_at) => Lifecycle::Stopped { launched_at, at },
        None => Lifecycle::Unlaunched,
    }
}

fn creation_refused(command: Command, reason: Reason) -> Refusal {
    Refusal {
        command,
        status: None,
        reason,
    }
}

/// `Copy of …`, cut so that the copy of the longest name still has a name.
fn copy_name(name: &str) -> String {
    format!("Copy of {name}").chars().take(200).collect()
}
