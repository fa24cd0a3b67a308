//! What a campaign must be by its events.
//!
//! There is no second table here of what leads where: a stand-in does again what each event tells of, by the commands
//! that everyone gives, and these ask [`rules`](crate::rules).

use uuid::Uuid;

use crate::campaign::{Circumstances, ContentCommand};
use crate::content::{ContentPatch, SegmentStates};
use crate::{
    ArchiveCause, Campaign, CampaignEvent, Content, Draft, DraftId, EventKind, InAppLevel, InAppMessage,
    Lifecycle, LifecycleCommand, Message, MissedPolicy, Place, Rank, Refusal, SegmentId, Status, Timestamp,
    Transition, Version,
};

/// The events of one campaign, done again in their order.
///
/// Events do not tell what the contents were, so where a rule looks at contents the event is believed: the stand-in has
/// all that launching needs, it is in-app, and each change says something new. Nor need the times rise, since a
/// machine's clock may be set back. After an event that is at fault the replay goes on from where that event says that
/// the campaign was, so that one fault is told once.
#[derive(Debug, Default)]
pub struct Replay {
    stand_in: Option<Campaign>,
    /// How many events were done, which makes what each of them says another.
    count: u32,
    is_guess: bool,
}

/// Why an event cannot stand where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is the first one, and not the creation.
    NotCreated,
    /// It is a creation, and not the first one.
    CreatedAgain,
    /// It has another version than the one that is next.
    Version {
        /// The one that is next.
        expected: Version,
    },
    /// It tells of another status before it than the one that the campaign had.
    StatusBefore {
        /// The one that it had; `None` before its creation.
        expected: Option<Status>,
    },
    /// The rules refuse what it tells of.
    Refused(Refusal),
    /// By the rules, what it tells of would have changed nothing.
    Unchanged {
        /// Where the campaign stood.
        status: Status,
    },
    /// It tells of another status after it than the one to which the rules lead.
    StatusAfter {
        /// The one to which they lead.
        expected: Status,
    },
    /// It names a segment as its cause, and is no archiving.
    Segment,
}

/// What a campaign must be by its events: all of it but its contents and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The version.
    pub version: Version,
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// The draft, if there is one.
    pub draft: Option<DraftOutcome>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its version last went up.
    pub updated_at: Timestamp,
    /// Whether an event was at fault. Then `created_at`, the times in `lifecycle` and what is in `draft` are guesses;
    /// the rest is what the last event says.
    pub is_guess: bool,
}

/// What a draft must be by the events of its campaign: all of it but its id and its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftOutcome {
    /// The campaign's version that it was first taken from.
    pub based_on_version: Version,
    /// When it was first saved.
    pub created_at: Timestamp,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

impl Replay {
    /// Does the next event again; all that is wrong with it.
    pub fn follow(&mut self, event: &CampaignEvent) -> Vec<Fault> {
        self.count += 1;
        let mut faults = vec![];
        let is_creation = event.kind == EventKind::Created;
        let after = match self.stand_in.take() {
            None if is_creation => self.carry_on(unknown(event), event, &mut faults),
            None => {
                faults.push(Fault::NotCreated);
                let told = event.status_before.unwrap_or(event.status_after);
                self.carry_on(moved(unknown(event), told, event), event, &mut faults)
            }
            Some(before) if is_creation => {
                faults.push(Fault::CreatedAgain);
                believe(before, event)
            }
            Some(before) => {
                let before = taken_up(before, event, &mut faults);
                self.carry_on(before, event, &mut faults)
            }
        };
        self.is_guess |= !faults.is_empty();
        self.stand_in = Some(Campaign {
            version: event.version,
            updated_at: event.at,
            ..after
        });
        faults
    }

    /// What the campaign must be after the events so far; `None` if there was none.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        let stand_in = self.stand_in.as_ref()?;
        let draft = stand_in.draft.as_ref().map(|draft| DraftOutcome {
            based_on_version: draft.based_on_version,
            created_at: draft.created_at,
            updated_at: draft.updated_at,
        });
        Some(Outcome {
            version: stand_in.version,
            lifecycle: stand_in.lifecycle,
            draft,
            created_at: stand_in.created_at,
            updated_at: stand_in.updated_at,
            is_guess: self.is_guess,
        })
    }

    /// Does the event again on the stand-in, and leaves it as the event says.
    fn carry_on(&self, before: Campaign, event: &CampaignEvent, faults: &mut Vec<Fault>) -> Campaign {
        match self.again(before.clone(), event) {
            Ok(Transition::Changed {
                campaign,
                event: again,
            }) => {
                compare(event, &again, faults);
                moved(*campaign, event.status_after, event)
            }
            Ok(Transition::Unchanged(before)) => {
                let status = before.lifecycle.status();
                faults.push(Fault::Unchanged { status });
                believe(*before, event)
            }
            Err(refusal) => {
                faults.push(Fault::Refused(refusal));
                believe(before, event)
            }
        }
    }

    /// Gives the stand-in the command that the event tells of.
    fn again(&self, before: Campaign, event: &CampaignEvent) -> Result<Transition, Refusal> {
        let segments: SegmentStates = [(AUDIENCE, false)].into_iter().collect();
        let entry = Place {
            level: InAppLevel::DEFAULT,
            rank: Rank::first(),
        };
        let now = Circumstances {
            at: event.at,
            segments: &segments,
            entry: &entry,
        };
        let advance = |before: Campaign, command| before.advance(command, &segments, event.at);
        match event.kind {
            EventKind::Created => Campaign::create(event.campaign_id, self.words(), now),
            EventKind::Updated => before.edit(ContentCommand::Update(self.words()), now),
            EventKind::DraftSaved => before.edit(ContentCommand::SaveDraft(DRAFT, self.words()), now),
            EventKind::DraftLaunched => before.edit(ContentCommand::LaunchDraft, now),
            EventKind::DraftDiscarded => before.edit(ContentCommand::DiscardDraft, now),
            EventKind::Launched => advance(before, LifecycleCommand::Launch),
            EventKind::Stopped => advance(before, LifecycleCommand::Stop),
            EventKind::Resumed => advance(before, LifecycleCommand::Resume(MissedPolicy::Skip)),
            EventKind::Archived => advance(before, LifecycleCommand::Archive(cause(event))),
            EventKind::Unarchived => advance(before, LifecycleCommand::Unarchive),
            EventKind::InAppPriorityChanged => {
                let rank = Rank::above(before.place.as_ref().map(|place| &place.rank));
                let place = Place { rank, ..entry };
                before.set_in_app_priority(place, &segments, event.at)
            }
        }
    }

    /// What no event before this one has said.
    fn words(&self) -> ContentPatch {
        let name = format!("{STAND_IN} {}", self.count);
        content(name).into()
    }
}

const STAND_IN: &str = "Stand-in";

/// The segment of every stand-in.
const AUDIENCE: SegmentId = SegmentId::from_uuid(Uuid::nil());

/// The draft of every stand-in.
const DRAFT: DraftId = DraftId::from_uuid(Uuid::nil());

/// A content that lacks nothing.
fn content(name: String) -> Content {
    Content {
        name,
        message: Some(Message::InApp(InAppMessage {
            title: STAND_IN.to_owned(),
            body: String::new(),
            trigger: STAND_IN.to_owned(),
        })),
        segments: vec![AUDIENCE],
        ..Content::empty()
    }
}

/// A campaign of which nothing is known before this event.
fn unknown(event: &CampaignEvent) -> Campaign {
    Campaign {
        id: event.campaign_id,
        version: Version::from_number(event.version.number() - 1).unwrap_or(Version::FIRST),
        lifecycle: Lifecycle::Unlaunched,
        live: content(STAND_IN.to_owned()),
        draft: None,
        place: None,
        created_at: event.at,
        updated_at: event.at,
    }
}

/// The stand-in after an event that the rules do not allow, as the event has it.
fn believe(campaign: Campaign, event: &CampaignEvent) -> Campaign {
    let draft = match event.kind {
        EventKind::DraftSaved => Some(Draft {
            id: DRAFT,
            content: content(STAND_IN.to_owned()),
            based_on_version: campaign.version,
            created_at: event.at,
            updated_at: event.at,
        }),
        EventKind::DraftLaunched | EventKind::DraftDiscarded => None,
        EventKind::Created
        | EventKind::Updated
        | EventKind::Launched
        | EventKind::Stopped
        | EventKind::Resumed
        | EventKind::Archived
        | EventKind::Unarchived
        | EventKind::InAppPriorityChanged => campaign.draft.clone(),
    };
    moved(Campaign { draft, ..campaign }, event.status_after, event)
}

/// The stand-in in the status in which the event found the campaign.
fn taken_up(campaign: Campaign, event: &CampaignEvent, faults: &mut Vec<Fault>) -> Campaign {
    let status = campaign.lifecycle.status();
    match event.status_before {
        Some(told) if told != status => {
            let expected = Some(status);
            faults.push(Fault::StatusBefore { expected });
            moved(campaign, told, event)
        }
        Some(_) | None => campaign,
    }
}

/// The stand-in in the status that an event tells of. If it was in another, its times are guesses.
fn moved(campaign: Campaign, status: Status, event: &CampaignEvent) -> Campaign {
    if campaign.lifecycle.status() == status {
        return campaign;
    }
    let launch = campaign.lifecycle.launched_at();
    let launched_at = launch.unwrap_or(event.at);
    let at = event.at;
    let lifecycle = match status {
        Status::Unlaunched => Lifecycle::Unlaunched,
        Status::Active => Lifecycle::Active { launched_at },
        Status::Stopped => Lifecycle::Stopped { launched_at, at },
        Status::Archived => Lifecycle::Archived {
            launched_at: launch,
            at,
            cause: cause(event),
        },
    };
    Campaign {
        lifecycle,
        ..campaign
    }
}

fn cause(event: &CampaignEvent) -> ArchiveCause {
    event
        .caused_by_segment
        .map_or(ArchiveCause::Direct, ArchiveCause::Segment)
}

/// How an event differs from what doing it again has told.
fn compare(event: &CampaignEvent, again: &CampaignEvent, faults: &mut Vec<Fault>) {
    if event.version != again.version {
        let expected = again.version;
        faults.push(Fault::Version { expected });
    }
    if event.status_before != again.status_before {
        let expected = again.status_before;
        faults.push(Fault::StatusBefore { expected });
    }
    if event.status_after != again.status_after {
        let expected = again.status_after;
        faults.push(Fault::StatusAfter { expected });
    }
    if event.caused_by_segment != again.caused_by_segment {
        faults.push(Fault::Segment);
    }
}
