//! The law: which command does what, by where the campaign stands.
//!
//! [`decide`] is the only place that says so. The commands of [`Campaign`](crate::Campaign) ask it before they
//! change anything, and [`allowed_actions`] asks it too, so what an editor offers is what the server does.

use crate::{Action, Reason, Role, Status};

/// Everything that can be asked of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    /// Change the live content.
    Update,
    /// Start sending, for the first time.
    Launch,
    /// Make the draft, or change it.
    SaveDraft,
    /// Put the draft in the place of the live content.
    LaunchDraft,
    /// Throw the draft away.
    DiscardDraft,
    /// Stop sending.
    Stop,
    /// Send again.
    Resume,
    /// Take it out of use.
    Archive,
    /// Take it back into use, stopped.
    Unarchive,
    /// Move it in the in-app order.
    SetInAppPriority,
    /// Make a new campaign of its live content.
    Clone,
}

impl Command {
    /// All commands, in the order of the rules table.
    pub const ALL: [Self; 11] = [
        Self::Update,
        Self::Launch,
        Self::SaveDraft,
        Self::LaunchDraft,
        Self::DiscardDraft,
        Self::Stop,
        Self::Resume,
        Self::Archive,
        Self::Unarchive,
        Self::SetInAppPriority,
        Self::Clone,
    ];
}

/// What a content has of that which launching needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// There is a message.
    pub has_message: bool,
    /// There is at least one segment.
    pub has_segments: bool,
    /// At least one of the segments is archived.
    pub has_archived_segment: bool,
}

impl Readiness {
    fn check_complete(self) -> Result<(), Reason> {
        if self.has_message && self.has_segments {
            Ok(())
        } else {
            Err(Reason::Incomplete {
                message: !self.has_message,
                segments: !self.has_segments,
            })
        }
    }

    fn check_segments(self) -> Result<(), Reason> {
        if self.has_archived_segment {
            Err(Reason::SegmentArchived)
        } else {
            Ok(())
        }
    }

    fn check_all(self) -> Result<(), Reason> {
        self.check_complete().and_then(|()| self.check_segments())
    }
}

/// Where a campaign stands: all that the rules look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The lifecycle status.
    pub status: Status,
    /// What the live content has.
    pub live: Readiness,
    /// What the draft has, if there is one.
    pub draft: Option<Readiness>,
    /// Whether the live message is in-app.
    pub in_app: bool,
}

/// What becomes of a command that is not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It changes the campaign (where it brings a content or a place: unless that is what already stands).
    Change,
    /// The campaign is already so: no new version, no event, no error.
    Unchanged,
}

/// Decides a command.
///
/// # Errors
/// The reason for which the command is refused.
pub fn decide(command: Command, standing: &Standing) -> Result<Verdict, Reason> {
    use Status::{Active, Archived, Stopped, Unlaunched};
    use Verdict::{Change, Unchanged};

    let Standing {
        status,
        live,
        draft,
        in_app,
    } = *standing;
    match command {
        Command::Update => match status {
            Unlaunched | Active | Stopped if draft.is_some() => Err(Reason::DraftExists),
            Unlaunched | Active | Stopped => Ok(Change),
            Archived => Err(Reason::CampaignArchived),
        },
        Command::Launch => match status {
            Unlaunched => live.check_all().map(|()| Change),
            Active => Ok(Unchanged),
            Stopped => Err(Reason::AlreadyLaunched),
            Archived => Err(Reason::CampaignArchived),
        },
        Command::SaveDraft => match status {
            Unlaunched => Err(Reason::NotLaunched),
            Active | Stopped => Ok(Change),
            Archived => Err(Reason::CampaignArchived),
        },
        Command::LaunchDraft => match (status, draft) {
            (Unlaunched | Active | Stopped, None) => Err(Reason::NoDraft),
            (Unlaunched | Active | Stopped, Some(draft)) => draft.check_all().map(|()| Change),
            (Archived, _) => Err(Reason::CampaignArchived),
        },
        Command::DiscardDraft => match (status, draft) {
            (Unlaunched | Active | Stopped, None) => Err(Reason::NoDraft),
            (Unlaunched | Active | Stopped, Some(_)) => Ok(Change),
            (Archived, _) => Err(Reason::CampaignArchived),
        },
        Command::Stop => match status {
            Unlaunched => Err(Reason::NotLaunched),
            Active => Ok(Change),
            Stopped => Ok(Unchanged),
            Archived => Err(Reason::CampaignArchived),
        },
        Command::Resume => match status {
            Unlaunched => Err(Reason::NotLaunched),
            Active => Ok(Unchanged),
            Stopped => live.check_segments().map(|()| Change),
            Archived => Err(Reason::CampaignArchived),
        },
        Command::Archive => match status {
            Unlaunched | Active | Stopped => Ok(Change),
            Archived => Ok(Unchanged),
        },
        Command::Unarchive => match status {
            Unlaunched | Active | Stopped => Ok(Unchanged),
            Archived => Ok(Change),
        },
        Command::SetInAppPriority => match status {
            Unlaunched | Active | Stopped if in_app => Ok(Change),
            Unlaunched | Active | Stopped => Err(Reason::NotInApp),
            Archived => Err(Reason::CampaignArchived),
        },
        Command::Clone => match status {
            Unlaunched | Active | Stopped | Archived => Ok(Change),
        },
    }
}

/// The commands by which somebody with this role would change the campaign where it stands, in the order of the rules
/// table.
#[must_use]
pub fn allowed_actions(standing: &Standing, role: Role) -> Vec<Command> {
    Command::ALL
        .into_iter()
        .filter(|command| role.may(Action::Campaign(*command)))
        .filter(|command| decide(*command, standing) == Ok(Verdict::Change))
        .collect()
}
