//! Who may do what: the roles, and the least of them that each action needs.
//!
//! [`Action::least_role`] is the only place that says so. It matches every action by name, so that a new one does not
//! compile without its role.

use crate::Command;

/// What somebody is in a workspace, from least to most. Each may do all that those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Also writes: campaigns, drafts, segments, recipients, Canvases, the in-app order.
    Editor,
    /// Also decides what is sent.
    Launcher,
    /// Also makes and revokes tokens.
    Admin,
}

impl Role {
    /// All roles, from least to most.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Editor, Self::Launcher, Self::Admin];

    /// Whether somebody with this role may do that.
    #[must_use]
    pub fn may(self, action: Action) -> bool {
        self >= action.least_role()
    }
}

/// Everything that somebody may be allowed to do in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Make a new campaign.
    CreateCampaign,
    /// Carry out a command on a campaign.
    Campaign(Command),
    /// Make a new segment.
    CreateSegment,
    /// Change what a segment is called and says, and whom it holds.
    UpdateSegment,
    /// Archive a segment, and the campaigns that use it.
    ArchiveSegment,
    /// Take a segment back into use.
    UnarchiveSegment,
    /// Make recipients, and change those that there are.
    UpsertRecipients,
    /// Erase a recipient.
    DeleteRecipient,
    /// Send a campaign by a call from outside.
    TriggerCampaign,
    /// Tell what recipients did with messages.
    RecordEngagements,
    /// Send a message as a test.
    SendTestMessage,
    /// Make a new Canvas.
    CreateCanvas,
    /// Take a Canvas out of the in-app order.
    ArchiveCanvas,
    /// Take a Canvas back to its place in the in-app order.
    UnarchiveCanvas,
    /// Move a Canvas in the in-app order.
    SetCanvasPriority,
    /// See the workspace's tokens, their secrets excepted, which nobody sees twice.
    ListTokens,
    /// Make a token.
    CreateToken,
    /// Revoke a token.
    RevokeToken,
}

impl Action {
    /// The least role that may do it.
    #[must_use]
    pub const fn least_role(self) -> Role {
        match self {
            Self::CreateCampaign
            | Self::Campaign(
                Command::Update | Command::SaveDraft | Command::SetInAppPriority | Command::Clone,
            )
            | Self::CreateSegment
            | Self::UpdateSegment
            | Self::UpsertRecipients
            | Self::DeleteRecipient
            | Self::RecordEngagements
            | Self::CreateCanvas
            | Self::SetCanvasPriority => Role::Editor,
            Self::Campaign(
                Command::Launch
                | Command::LaunchDraft
                | Command::DiscardDraft
                | Command::Stop
                | Command::Resume
                | Command::Archive
                | Command::Unarchive,
            )
            // These archive and unarchive, too: campaigns with the segment, and what stands before them in the order.
            | Self::ArchiveSegment
            | Self::UnarchiveSegment
            // To whomever they name.
            | Self::TriggerCampaign
            | Self::SendTestMessage
            | Self::ArchiveCanvas
            | Self::UnarchiveCanvas => Role::Launcher,
            Self::ListTokens | Self::CreateToken | Self::RevokeToken => Role::Admin,
        }
    }
}
