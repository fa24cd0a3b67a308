//! What reads answer with.

use understudy_domain::{
    CampaignEvent, CampaignId, Canvas, Channel, Content, Date, Days, DraftId, InAppLevel, Lifecycle, Message,
    Place, Progress, Readiness, Results, Schedule, Segment, Standing, Timestamp, Version, WorkspaceId,
};

/// Which parts of a campaign a read needs; each costs a statement or two, whatever the number of campaigns.
/// A part that was not wanted is empty in the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools)] // Each is one independent switch; a bit set would say the same with less type.
pub struct Wants {
    /// Name, description and schedule of the contents. Without it none of the content's parts are loaded.
    pub content: bool,
    /// The message, bodies included.
    pub message: bool,
    /// The tags.
    pub tags: bool,
    /// The segments, with their states.
    pub segments: bool,
    /// The draft, with the same parts of its content.
    pub draft: bool,
    /// The place and the position in the in-app order.
    pub priority: bool,
    /// The segment that archived the campaign.
    pub archive_segment: bool,
    /// What became of the campaign, on these days.
    pub results: Option<Days>,
    /// How far its sending has come.
    pub progress: bool,
}

impl Wants {
    /// Everything.
    pub const ALL: Self = Self {
        content: true,
        message: true,
        tags: true,
        segments: true,
        draft: true,
        priority: true,
        archive_segment: true,
        results: Some(Days {
            first: None,
            last: None,
        }),
        progress: true,
    };

    /// What [`CampaignRead::standing`] needs.
    pub const STANDING: Self = Self {
        content: true,
        message: false,
        tags: false,
        segments: true,
        draft: true,
        priority: false,
        archive_segment: false,
        results: None,
        progress: false,
    };

    /// Whether any part of a content is wanted.
    pub(crate) const fn has_content(self) -> bool {
        self.content || self.message || self.tags || self.segments
    }

    /// What either wants.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            content: self.content || other.content,
            message: self.message || other.message,
            tags: self.tags || other.tags,
            segments: self.segments || other.segments,
            draft: self.draft || other.draft,
            priority: self.priority || other.priority,
            archive_segment: self.archive_segment || other.archive_segment,
            results: match (self.results, other.results) {
                (Some(days), Some(others)) => Some(days.hull(others)),
                (days, others) => days.or(others),
            },
            progress: self.progress || other.progress,
        }
    }
}

/// A campaign as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignRead {
    /// Its id.
    pub id: CampaignId,
    /// One up with every change.
    pub version: Version,
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// The live content, as far as it was wanted.
    pub live: ContentRead,
    /// The draft, if there is one and it was wanted.
    pub draft: Option<DraftRead>,
    /// Its level in the in-app order; `None` unless the live message is in-app (and the priority was wanted).
    pub level: Option<InAppLevel>,
    /// Its exact place, for cursors; as the level.
    pub place: Option<Place>,
    /// Its position from 1; `None` while archived, and as the level.
    pub position: Option<i64>,
    /// The segment whose archiving archived it, if that was wanted.
    pub archive_segment: Option<Segment>,
    /// What became of it, the earliest day first, if that was wanted; days of which there is nothing to tell are left out.
    pub results: Vec<(Date, Results)>,
    /// How far its sending has come, if that was wanted.
    pub progress: Progress,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A content as it is shown, as far as it was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentRead {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The tags, in their order.
    pub tags: Vec<String>,
    /// The channel of the message; also there where the message itself was not wanted.
    pub channel: Option<Channel>,
    /// The message.
    pub message: Option<Message>,
    /// The segments, in their order.
    pub segments: Vec<Segment>,
    /// The schedule.
    pub schedule: Schedule,
}

/// A draft as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRead {
    /// Its id.
    pub id: DraftId,
    /// Its content, as far as it was wanted.
    pub content: ContentRead,
    /// The campaign's version that it was first taken from.
    pub based_on_version: Version,
    /// When it was first saved.
    pub created_at: Timestamp,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

impl CampaignRead {
    /// Where it stands, for the rules. Needs [`Wants::STANDING`].
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing {
            status: self.lifecycle.status(),
            live: self.live.readiness(),
            draft: self.draft.as_ref().map(|draft| draft.content.readiness()),
            in_app: self.live.channel == Some(Channel::InApp),
        }
    }
}

impl Default for ContentRead {
    /// A content of which nothing was wanted.
    fn default() -> Self {
        let schedule = Content::empty().schedule;
        Self {
            name: String::new(),
            description: String::new(),
            tags: vec![],
            channel: None,
            message: None,
            segments: vec![],
            schedule,
        }
    }
}

impl ContentRead {
    fn readiness(&self) -> Readiness {
        Readiness {
            has_message: self.channel.is_some(),
            has_segments: !self.segments.is_empty(),
            has_archived_segment: self.segments.iter().any(|segment| segment.archived_at.is_some()),
        }
    }

    /// The content as the domain compares it. Needs message, tags and segments.
    #[must_use]
    pub fn to_content(&self) -> Content {
        Content {
            name: self.name.clone(),
            description: self.description.clone(),
            tags: self.tags.clone(),
            message: self.message.clone(),
            segments: self.segments.iter().map(|segment| segment.id).collect(),
            schedule: self.schedule,
        }
    }
}

/// A Canvas as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanvasRead {
    /// The Canvas.
    pub canvas: Canvas,
    /// Its position from 1 in the in-app order; `None` while archived.
    pub position: Option<i64>,
}

/// Something in the in-app order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InAppSourceRead {
    /// An in-app campaign.
    Campaign(Box<CampaignRead>),
    /// A Canvas.
    Canvas(CanvasRead),
}

impl InAppSourceRead {
    /// Its place in the order, which is its cursor too.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Campaign(campaign) => campaign.place.as_ref(),
            Self::Canvas(canvas) => Some(&canvas.canvas.place),
        }
    }
}

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceRead {
    /// Which.
    pub id: WorkspaceId,
    /// What it is called.
    pub name: String,
}

/// An event with the number that the log gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// From 1, without gaps within a workspace, in commit order.
    pub sequence: i64,
    /// Who did it, as the log calls them; none for the system itself.
    pub actor: Option<String>,
    /// The event.
    pub event: CampaignEvent,
}
