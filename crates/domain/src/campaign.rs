//! The campaign: one live content, at most one draft beside it, and the commands that change them.
//!
//! Every command takes the campaign, asks [`rules`] and answers with a [`Transition`] or a
//! [`Refusal`]. Nothing else changes a campaign.

mod commands;

use std::fmt;

use crate::content::SegmentStates;
use crate::rules::{self, Verdict};
use crate::{
    CampaignEvent, CampaignId, Command, Content, DraftId, EventKind, Place, Reason, Refusal, SegmentId,
    Standing, Timestamp,
};

pub use commands::{ContentCommand, LifecycleCommand, MissedPolicy};

/// A campaign with all that decides what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// One up with every change, of its draft too.
    pub version: Version,
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// What is sent or shown.
    pub live: Content,
    /// What may be sent or shown next: one at most, by type.
    pub draft: Option<Draft>,
    /// Its place in the in-app order. There is one exactly while the live message is in-app; an archived campaign
    /// keeps it for its return.
    pub place: Option<Place>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its version last went up.
    pub updated_at: Timestamp,
}

/// The next version of a content, while it is written, checked and rehearsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// A full snapshot.
    pub content: Content,
    /// The campaign's version that it was first taken from.
    pub based_on_version: Version,
    /// When it was first saved.
    pub created_at: Timestamp,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

/// Counts the changes of a campaign or a segment, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(i32);

impl Version {
    /// The version of what was just created.
    pub const FIRST: Self = Self(1);

    /// The version over a stored number; `None` if it is below 1.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        (number >= 1).then_some(Self(number))
    }

    /// The version as it is stored and told.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The version after one more change. It stops at two thousand million, which no campaign reaches.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Where a campaign is in its life, with what belongs to being there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifecycle {
    /// Never launched.
    Unlaunched,
    /// Sending.
    Active {
        /// When it was launched.
        launched_at: Timestamp,
    },
    /// Launched, and not sending.
    Stopped {
        /// When it was launched.
        launched_at: Timestamp,
        /// When it stopped, or came back from the archive.
        at: Timestamp,
    },
    /// Out of use: nothing of it is sent, shown or changed.
    Archived {
        /// When it was launched, if it ever was.
        launched_at: Option<Timestamp>,
        /// When it was archived.
        at: Timestamp,
        /// What archived it.
        cause: ArchiveCause,
    },
}

impl Lifecycle {
    /// The status alone.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Unlaunched => Status::Unlaunched,
            Self::Active { .. } => Status::Active,
            Self::Stopped { .. } => Status::Stopped,
            Self::Archived { .. } => Status::Archived,
        }
    }

    /// When the campaign was launched, if it ever was.
    #[must_use]
    pub const fn launched_at(self) -> Option<Timestamp> {
        match self {
            Self::Unlaunched => None,
            Self::Active { launched_at } | Self::Stopped { launched_at, .. } => Some(launched_at),
            Self::Archived { launched_at, .. } => launched_at,
        }
    }
}

/// The lifecycle status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Never launched.
    Unlaunched,
    /// Sending.
    Active,
    /// Launched, and not sending.
    Stopped,
    /// Out of use.
    Archived,
}

/// What archived a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveCause {
    /// Somebody archived the campaign itself.
    Direct,
    /// Somebody archived a segment that its live content used.
    Segment(SegmentId),
}

/// What became of a command that was not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// The campaign changed: it has a new version, and there is one event to tell.
    Changed {
        /// The campaign as it is now.
        campaign: Box<Campaign>,
        /// What happened.
        event: CampaignEvent,
    },
    /// It was already so.
    Unchanged(Box<Campaign>),
}

/// What a decision needs besides the campaign itself, read in the same transaction.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// Now.
    pub at: Timestamp,
    /// The states of all segments that the campaign's contents and the command name.
    pub segments: &'a SegmentStates,
    /// The place of what newly enters the in-app order: the top of its level.
    pub entry: &'a Place,
}

impl Campaign {
    /// Where it stands, for the rules.
    #[must_use]
    pub fn standing(&self, segments: &SegmentStates) -> Standing {
        Standing {
            status: self.lifecycle.status(),
            live: self.live.readiness(segments),
            draft: self.draft.as_ref().map(|draft| draft.content.readiness(segments)),
            in_app: self.live.is_in_app(),
        }
    }

    /// The segments that its contents name.
    pub fn segment_ids(&self) -> impl Iterator<Item = SegmentId> {
        let draft = self.draft.iter().flat_map(|draft| &draft.content.segments);
        self.live.segments.iter().chain(draft).copied()
    }

    /// Refuses the command if the client expected another version than there is.
    ///
    /// # Errors
    /// [`Reason::VersionConflict`].
    pub fn check_version(&self, command: Command, expected: Option<i32>) -> Result<(), Refusal> {
        match expected {
            Some(expected) if expected != self.version.number() => Err(self.refusal(
                command,
                Reason::VersionConflict {
                    expected,
                    actual: self.version,
                },
            )),
            Some(_) | None => Ok(()),
        }
    }

    fn decide(&self, command: Command, segments: &SegmentStates) -> Result<Verdict, Refusal> {
        rules::decide(command, &self.standing(segments)).map_err(|reason| self.refusal(command, reason))
    }

    fn refusal(&self, command: Command, reason: Reason) -> Refusal {
        Refusal {
            command,
            status: Some(self.lifecycle.status()),
            reason,
        }
    }

    /// Replaces the live content and keeps the invariant that exactly an in-app message has a place.
    fn set_live(&mut self, content: Content, entry: &Place) {
        self.place = match (content.is_in_app(), self.place.take()) {
            (true, Some(place)) => Some(place),
            (true, None) => Some(entry.clone()),
            (false, _) => None,
        };
        self.live = content;
    }

    /// Closes a change: one version up, one event.
    fn changed(mut self, kind: EventKind, before: Status, at: Timestamp) -> Transition {
        self.version = self.version.next();
        self.updated_at = at;
        let caused_by_segment = match (kind, self.lifecycle) {
            (
                EventKind::Archived,
                Lifecycle::Archived {
                    cause: ArchiveCause::Segment(id),
                    ..
                },
            ) => Some(id),
            _ => None,
        };
        let event = CampaignEvent {
            campaign_id: self.id,
            kind,
            at,
            version: self.version,
            status_before: Some(before),
            status_after: self.lifecycle.status(),
            caused_by_segment,
        };
        Transition::Changed {
            campaign: Box::new(self),
            event,
        }
    }

    fn unchanged(self) -> Transition {
        Transition::Unchanged(Box::new(self))
    }
}
