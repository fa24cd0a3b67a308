//! Where a campaign can stand when it is asked, in every way that could matter.

use understudy_domain::campaign::ContentCommand;
use understudy_domain::content::SegmentStates;
use understudy_domain::{
    ArchiveCause, Campaign, Command, Content, Draft, InAppLevel, Lifecycle, LifecycleCommand, MissedPolicy,
    Refusal, Status, Transition, Version,
};

use crate::support::{
    campaign, campaign_id, draft_id, email, in_app, message_of, moment, place, plain, rename, segment_id,
    segment_states, with_circumstances,
};
use understudy_domain::content::MessagePatch;

/// A status, and for an archived campaign whether it was launched, which decides where it returns to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Unlaunched,
    Active,
    Stopped,
    Archived,
    ArchivedUnlaunched,
}

impl Life {
    pub(crate) const ALL: [Self; 5] = [
        Self::Unlaunched,
        Self::Active,
        Self::Stopped,
        Self::Archived,
        Self::ArchivedUnlaunched,
    ];

    pub(crate) const fn status(self) -> Status {
        match self {
            Self::Unlaunched => Status::Unlaunched,
            Self::Active => Status::Active,
            Self::Stopped => Status::Stopped,
            Self::Archived | Self::ArchivedUnlaunched => Status::Archived,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unlaunched => "UNLAUNCHED",
            Self::Active => "ACTIVE",
            Self::Stopped => "STOPPED",
            Self::Archived => "ARCHIVED",
            Self::ArchivedUnlaunched => "ARCHIVED before any launch",
        }
    }

    const fn was_launched(self) -> bool {
        match self {
            Self::Unlaunched | Self::ArchivedUnlaunched => false,
            Self::Active | Self::Stopped | Self::Archived => true,
        }
    }

    fn lifecycle(self) -> Lifecycle {
        let launched_at = moment(1);
        let archived = |launched_at| Lifecycle::Archived {
            launched_at,
            at: moment(3),
            cause: ArchiveCause::Direct,
        };
        match self {
            Self::Unlaunched => Lifecycle::Unlaunched,
            Self::Active => Lifecycle::Active { launched_at },
            Self::Stopped => Lifecycle::Stopped {
                launched_at,
                at: moment(2),
            },
            Self::Archived => archived(Some(launched_at)),
            Self::ArchivedUnlaunched => archived(None),
        }
    }
}

/// What a content has of that which launching needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Has {
    All,
    NoMessage,
    NoSegment,
    Nothing,
    ArchivedSegment,
    ArchivedSegmentAndNoMessage,
}

impl Has {
    const ALL: [Self; 6] = [
        Self::All,
        Self::NoMessage,
        Self::NoSegment,
        Self::Nothing,
        Self::ArchivedSegment,
        Self::ArchivedSegmentAndNoMessage,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::All => "complete",
            Self::NoMessage => "without message",
            Self::NoSegment => "without segment",
            Self::Nothing => "without message and segment",
            Self::ArchivedSegment => "with archived segment",
            Self::ArchivedSegmentAndNoMessage => "without message, with archived segment",
        }
    }

    const fn has_message(self) -> bool {
        match self {
            Self::All | Self::NoSegment | Self::ArchivedSegment => true,
            Self::NoMessage | Self::Nothing | Self::ArchivedSegmentAndNoMessage => false,
        }
    }

    const fn is_complete(self) -> bool {
        matches!(self, Self::All | Self::ArchivedSegment)
    }

    const fn has_archived_segment(self) -> bool {
        matches!(self, Self::ArchivedSegment | Self::ArchivedSegmentAndNoMessage)
    }

    /// Segment 0 is in use and segment 1 archived, see [`Situation::segments`].
    fn content(self, name: &str, is_in_app: bool) -> Content {
        let message = if is_in_app {
            MessagePatch::InApp(in_app())
        } else {
            MessagePatch::Email(email())
        };
        Content {
            name: name.to_owned(),
            message: self.has_message().then(|| message_of(message)),
            segments: match self {
                Self::All | Self::NoMessage => vec![segment_id(0)],
                Self::NoSegment | Self::Nothing => vec![],
                Self::ArchivedSegment | Self::ArchivedSegmentAndNoMessage => {
                    vec![segment_id(0), segment_id(1)]
                }
            },
            ..plain()
        }
    }
}

/// Where a campaign stands when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Situation {
    pub(crate) life: Life,
    pub(crate) live: Has,
    pub(crate) in_app: bool,
    pub(crate) draft: Option<Has>,
}

impl Situation {
    /// Every one that a campaign's type allows.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let drafts = || [None].into_iter().chain(Has::ALL.map(Some));
        Life::ALL.into_iter().flat_map(move |life| {
            Has::ALL.into_iter().flat_map(move |live| {
                let channels = [false, true]
                    .into_iter()
                    .filter(move |in_app| !in_app || live.has_message());
                channels.flat_map(move |in_app| {
                    drafts().map(move |draft| Self {
                        life,
                        live,
                        in_app,
                        draft,
                    })
                })
            })
        })
    }

    /// Whether commands lead there: only what was launched can have a draft.
    pub(crate) const fn is_reachable(self) -> bool {
        self.draft.is_none() || self.life.was_launched()
    }

    /// Whether a condition of the law holds.
    pub(crate) fn is(self, condition: &str) -> bool {
        match condition {
            "draft" => self.draft.is_some(),
            "no draft" => self.draft.is_none(),
            "live incomplete" => !self.live.is_complete(),
            "live segment archived" => self.live.has_archived_segment(),
            "draft incomplete" => self.draft.is_some_and(|draft| !draft.is_complete()),
            "draft segment archived" => self.draft.is_some_and(Has::has_archived_segment),
            "not in-app" => !self.in_app,
            "never launched" => !self.life.was_launched(),
            _ => panic!("the law does not know what {condition:?} is"),
        }
    }

    pub(crate) fn segments() -> SegmentStates {
        segment_states(&[false, true])
    }

    pub(crate) fn campaign(self) -> Campaign {
        let live = self.live.content("Live", self.in_app);
        let draft = self.draft.map(|draft| Draft {
            id: draft_id(1),
            content: draft.content("Draft", self.in_app),
            based_on_version: Version::FIRST,
            created_at: moment(4),
            updated_at: moment(4),
        });
        Campaign {
            draft,
            ..campaign(self.life.lifecycle(), live)
        }
    }
}

/// Gives the campaign the command; where it brings a content or a place, one that differs from what stands.
pub(crate) fn ask(
    campaign: &Campaign,
    command: Command,
    segments: &SegmentStates,
) -> Result<Transition, Refusal> {
    let stage = campaign.clone();
    let base = campaign
        .draft
        .as_ref()
        .map_or(&campaign.live, |draft| &draft.content);
    let other_name = |name: &str| {
        if name == "Another" {
            "Yet another"
        } else {
            "Another"
        }
    };
    let edit = |command| with_circumstances(9, segments, |now| stage.clone().edit(command, now));
    let advance = |command| stage.clone().advance(command, segments, moment(9));
    match command {
        Command::Update => edit(ContentCommand::Update(rename(other_name(&campaign.live.name)))),
        Command::SaveDraft => edit(ContentCommand::SaveDraft(
            draft_id(9),
            rename(other_name(&base.name)),
        )),
        Command::LaunchDraft => edit(ContentCommand::LaunchDraft),
        Command::DiscardDraft => edit(ContentCommand::DiscardDraft),
        Command::Launch => advance(LifecycleCommand::Launch),
        Command::Stop => advance(LifecycleCommand::Stop),
        Command::Resume => advance(LifecycleCommand::Resume(MissedPolicy::Skip)),
        Command::Archive => advance(LifecycleCommand::Archive(ArchiveCause::Direct)),
        Command::Unarchive => advance(LifecycleCommand::Unarchive),
        Command::SetInAppPriority => {
            stage.set_in_app_priority(place(InAppLevel::High, 9), segments, moment(9))
        }
        Command::Clone => with_circumstances(9, segments, |now| campaign.clone_as(campaign_id(9), None, now)),
    }
}
