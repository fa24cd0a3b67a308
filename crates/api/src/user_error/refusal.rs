//! What the rules of campaigns refuse, in words.

use understudy_domain::{Command, Reason, Refusal};

use super::{UserError, UserErrorCode, problem, version_conflict};

/// What a refused command on a campaign tells the user.
pub(super) fn user_errors(refusal: &Refusal, input: &[&str]) -> Vec<UserError> {
    let command = refusal.command;
    let error = match &refusal.reason {
        Reason::Invalid(problems) => return problem::user_errors(problems, input),
        Reason::VersionConflict { expected, actual } => {
            version_conflict("campaign", *expected, actual.number())
        }
        Reason::DraftExists => UserError::new(
            UserErrorCode::DraftExists,
            "The campaign has a draft, which locks its live content; launch or discard the draft first, or save the change to the draft.",
        ),
        Reason::NoDraft => UserError::new(UserErrorCode::NoDraft, no_draft(command)),
        Reason::NotLaunched => UserError::new(UserErrorCode::NotLaunched, not_launched(command)),
        Reason::AlreadyLaunched => UserError::new(
            UserErrorCode::AlreadyLaunched,
            "The campaign was launched already and is stopped; resume it.",
        ),
        Reason::CampaignArchived => campaign_archived(),
        Reason::SegmentArchived => UserError::new(UserErrorCode::SegmentArchived, segment_archived(command)),
        Reason::Incomplete { message, segments } => UserError::new(
            UserErrorCode::Incomplete,
            incomplete(command, *message, *segments),
        ),
        Reason::NotInApp => not_in_app(),
    };
    vec![error]
}

pub(super) fn campaign_archived() -> UserError {
    UserError::new(
        UserErrorCode::CampaignArchived,
        "The campaign is archived and nothing of it can be changed; unarchive it first.",
    )
}

pub(super) fn not_in_app() -> UserError {
    UserError::new(
        UserErrorCode::NotInApp,
        "The campaign's live message is not in-app, so it has no place in the in-app order; give it an in-app message first.",
    )
}

fn no_draft(command: Command) -> &'static str {
    if command == Command::DiscardDraft {
        "The campaign has no draft to discard."
    } else {
        "The campaign has no draft to launch; save one first."
    }
}

fn not_launched(command: Command) -> &'static str {
    match command {
        Command::SaveDraft => {
            "The campaign was never launched, so it needs no draft; update its live content directly."
        }
        Command::Stop => "The campaign was never launched, so there is nothing to stop.",
        Command::Resume => "The campaign was never launched, so it cannot be resumed; launch it.",
        Command::Update
        | Command::Launch
        | Command::LaunchDraft
        | Command::DiscardDraft
        | Command::Archive
        | Command::Unarchive
        | Command::SetInAppPriority
        | Command::Clone => "The campaign was never launched; launch it first.",
    }
}

fn segment_archived(command: Command) -> &'static str {
    if command == Command::LaunchDraft {
        "The draft uses an archived segment; unarchive the segment, or take it out of the draft, then launch the draft."
    } else {
        "The live content uses an archived segment; unarchive the segment, or take it out of the content, then try again."
    }
}

fn incomplete(command: Command, message: bool, segments: bool) -> String {
    let side = if command == Command::LaunchDraft {
        "draft"
    } else {
        "campaign"
    };
    let missing = match (message, segments) {
        (true, true) => "a message and at least one segment",
        (true, false) => "a message",
        (false, true) => "at least one segment",
        (false, false) => "a part that launching needs",
    };
    format!("The {side} is not complete: it still needs {missing} before it can be launched.")
}
