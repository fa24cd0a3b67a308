//! Refusals, as data: the one place where codes, messages and paths of fields are made.
//!
//! A message says what is wrong and what can be done about it, in a sentence that an editor can show as it is.

mod problem;
mod refusal;

use async_graphql::{Enum, SimpleObject};
use understudy_app::{MOST_TEST_ADDRESSES, Refused, Target, Unpreviewed, Unrecorded, Untested};
use understudy_domain::Channel;
use understudy_domain::call::Uncallable;

/// A refusal is data: nothing was changed, and this is why. GraphQL errors are for what no user caused or no user may
/// see.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct UserError {
    /// What is wrong, for programs.
    pub(crate) code: UserErrorCode,
    /// What is wrong and what can be done about it, for people.
    pub(crate) message: String,
    /// The argument, or the field below one, that is wrong, e.g. `["content", "message", "email", "subject"]` or
    /// `["content", "tags", "3"]`, list items by their index from 0. Null if it is about none.
    pub(crate) field: Option<Vec<String>>,
}

/// What is wrong, for programs. There may be more codes in the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum UserErrorCode {
    /// What an id names does not exist.
    NotFound,
    /// The input breaks the rule of its field; each wrong field is told.
    Invalid,
    /// The content lacks what launching needs: a message and at least one segment.
    Incomplete,
    /// It has moved on since the client last saw it, so `expectedVersion` is no longer its version.
    VersionConflict,
    /// The live content is locked while a draft stands beside it.
    DraftExists,
    /// There is no draft to launch or to discard.
    NoDraft,
    /// The campaign was never launched.
    NotLaunched,
    /// The campaign was launched already, and is stopped.
    AlreadyLaunched,
    /// The campaign is archived, and nothing of it can be changed.
    CampaignArchived,
    /// A segment is archived.
    SegmentArchived,
    /// The Canvas is archived.
    CanvasArchived,
    /// The live message is not in-app, so the campaign has no place in the in-app order.
    NotInApp,
    /// A filter finds another number of campaigns than expected.
    CountMismatch,
    /// More than one command takes.
    TooMany,
    /// An id that stands twice in one command.
    Duplicate,
    /// A message was sent, and did not arrive.
    NotDelivered,
}

/// What the arguments of a mutation are called, for the paths of fields.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Arguments {
    /// What the command is about, in words.
    pub(crate) noun: &'static str,
    /// What names the thing that the command is about.
    pub(crate) subject: &'static [&'static str],
    /// What the fields of the input stand in; empty where they are arguments themselves.
    pub(crate) input: &'static [&'static str],
    /// What names the neighbour in a place.
    pub(crate) neighbour: &'static [&'static str],
    /// What many of them stand in, of a command on many.
    pub(crate) list: &'static [&'static str],
}

/// The argument `selection`, of a command on many campaigns.
pub(crate) const SELECTED: Arguments = Arguments {
    noun: "campaign",
    subject: &[],
    input: &[],
    neighbour: &[],
    list: &["selection", "ids"],
};

impl Arguments {
    fn target(&self, target: Target) -> &'static [&'static str] {
        match target {
            Target::Subject => self.subject,
            Target::Neighbour => self.neighbour,
        }
    }
}

/// What a refused command tells the user: one error, or one for each problem of the input.
pub(crate) fn user_errors(refused: &Refused, arguments: &Arguments) -> Vec<UserError> {
    let error = match refused {
        Refused::Campaign(refusal) => return refusal::user_errors(refusal, arguments.input),
        Refused::Invalid(problems) => return problem::user_errors(problems, arguments.input),
        Refused::NotFound(target) => {
            let noun = match target {
                Target::Subject => arguments.noun,
                Target::Neighbour => "campaign or Canvas",
            };
            let message = format!("There is no {noun} with this id.");
            UserError::new(UserErrorCode::NotFound, message).at(arguments.target(*target))
        }
        Refused::VersionConflict { expected, actual } => version_conflict(arguments.noun, *expected, *actual),
        Refused::SegmentArchived => UserError::new(
            UserErrorCode::SegmentArchived,
            "The segment is archived and cannot be changed; unarchive it first.",
        ),
        Refused::CanvasArchived(target) => match target {
            Target::Subject => UserError::new(
                UserErrorCode::CanvasArchived,
                "The Canvas is archived and cannot be moved; unarchive it first.",
            ),
            Target::Neighbour => beside(UserErrorCode::CanvasArchived, "it is archived", arguments),
        },
        Refused::CampaignArchived(target) => match target {
            Target::Subject => refusal::campaign_archived(),
            Target::Neighbour => beside(UserErrorCode::CampaignArchived, "it is archived", arguments),
        },
        Refused::NotInApp(target) => match target {
            Target::Subject => refusal::not_in_app(),
            Target::Neighbour => beside(
                UserErrorCode::NotInApp,
                "its live message is not in-app",
                arguments,
            ),
        },
        Refused::OwnNeighbour => UserError::new(
            UserErrorCode::Invalid,
            "Nothing can stand before or after itself; name another campaign or Canvas, or a level.",
        )
        .at(arguments.neighbour),
        Refused::CountMismatch { expected, actual } => UserError::new(
            UserErrorCode::CountMismatch,
            format!(
                "The filter finds {actual} campaigns now, not {expected}; look at the list again, then repeat the command."
            ),
        )
        .at(&["selection", "matching", "expectedCount"]),
        Refused::Uncallable(why) => uncallable(*why).at(arguments.subject),
        Refused::TooMany { limit } => UserError::new(
            UserErrorCode::TooMany,
            format!("One command takes at most {limit}; send several commands."),
        )
        .at(arguments.list),
        Refused::Duplicate { index } => UserError::new(
            UserErrorCode::Duplicate,
            format!("This id stands in the list already; name each {} once.", arguments.noun),
        )
        .at(&[arguments.list, &[&index.to_string()]].concat()),
    };
    vec![error]
}

/// Why a campaign is not sent by calls from outside.
fn uncallable(why: Uncallable) -> UserError {
    match why {
        Uncallable::NotLaunched => UserError::new(
            UserErrorCode::NotLaunched,
            "The campaign was never launched; launch it first.",
        ),
        Uncallable::Archived => refusal::campaign_archived(),
        Uncallable::Scheduled => UserError::new(
            UserErrorCode::Invalid,
            "The campaign is not sent by calls: its schedule is not API_TRIGGERED.",
        ),
        Uncallable::NotSent => UserError::new(
            UserErrorCode::Invalid,
            "The campaign's message is shown inside the app, and not sent.",
        ),
        Uncallable::Over => UserError::new(UserErrorCode::Invalid, "The campaign's schedule is over."),
    }
}

/// Recipients of a call who are not there.
pub(crate) fn of_unknown_recipients(unknown: &[usize]) -> Vec<UserError> {
    let error = |index: &usize| {
        UserError::new(UserErrorCode::NotFound, "There is no recipient with this id.")
            .at(&["recipientIds", &index.to_string()])
    };
    unknown.iter().map(error).collect()
}

/// Why there is no preview of a message.
pub(crate) fn of_preview(refused: &Unpreviewed) -> UserError {
    match refused {
        Unpreviewed::NoContent => {
            let message = "There is no campaign and no draft with this id.";
            UserError::new(UserErrorCode::NotFound, message).at(&["contentId"])
        }
        Unpreviewed::NoRecipient => {
            UserError::new(UserErrorCode::NotFound, "There is no recipient with this id.")
                .at(&["recipientId"])
        }
        Unpreviewed::NoMessage => UserError::new(
            UserErrorCode::Incomplete,
            "There is no message yet; write one first.",
        )
        .at(&["contentId"]),
        Unpreviewed::NoTemplate(_) | Unpreviewed::Unrendered(_) => UserError::new(
            UserErrorCode::Invalid,
            format!("The message cannot be filled in for this recipient: {refused}."),
        )
        .at(&["contentId"]),
    }
}

/// Why no test was sent.
pub(crate) fn of_untested(refused: &Untested) -> Vec<UserError> {
    let error = match refused {
        Untested::Addresses(problems) => return problem::user_errors(problems, &["to"]),
        Untested::Unpreviewed(Unpreviewed::NoRecipient) => {
            UserError::new(UserErrorCode::NotFound, "There is no recipient with this id.")
                .at(&["asRecipient"])
        }
        Untested::Unpreviewed(refused) => of_preview(refused),
        Untested::Count => UserError::new(
            UserErrorCode::TooMany,
            format!("A test goes to 1 to {MOST_TEST_ADDRESSES} addresses."),
        )
        .at(&["to"]),
        Untested::NoChannel(channel) => {
            let message = match channel {
                Channel::Email => "This server sends no emails: it was started without --smtp-url.",
                Channel::Webhook => "This server sends no webhooks.",
                Channel::InApp => "Messages inside the app are shown, not sent.",
            };
            UserError::new(UserErrorCode::NotDelivered, message)
        }
    };
    vec![error]
}

/// Which addresses a test did not reach.
pub(crate) fn of_undelivered(undelivered: &[(usize, String)]) -> Vec<UserError> {
    let error = |(index, reason): &(usize, String)| {
        let message = format!("The message was not delivered: {reason}.");
        UserError::new(UserErrorCode::NotDelivered, message).at(&["to", &index.to_string()])
    };
    undelivered.iter().map(error).collect()
}

/// Which engagements were not recorded.
pub(crate) fn of_unrecorded(refused: &[(usize, Unrecorded)]) -> Vec<UserError> {
    let mut errors = vec![];
    for (index, refused) in refused {
        let index = index.to_string();
        let at = |field| ["engagements", &index, field];
        errors.push(match refused {
            Unrecorded::Invalid(problems) => {
                errors.extend(problem::user_errors(problems, &["engagements", &index]));
                continue;
            }
            Unrecorded::NoCampaign => {
                UserError::new(UserErrorCode::NotFound, "There is no campaign with this id.")
                    .at(&at("campaignId"))
            }
            Unrecorded::NoRecipient => {
                UserError::new(UserErrorCode::NotFound, "There is no recipient with this id.")
                    .at(&at("recipientId"))
            }
            Unrecorded::NotLaunched => UserError::new(
                UserErrorCode::NotLaunched,
                "The campaign was never launched, so nobody can have seen it.",
            )
            .at(&at("campaignId")),
        });
    }
    errors
}

/// The user error of one campaign of a bulk command. A single error is all that the commands given in bulk can bring.
pub(crate) fn bulk_error(refused: &Refused, index: usize) -> Option<UserError> {
    let error = user_errors(refused, &SELECTED).into_iter().next()?;
    Some(match error.code {
        UserErrorCode::NotFound => error.at(&[SELECTED.list, &[&index.to_string()]].concat()),
        _ => error,
    })
}

impl UserError {
    fn new(code: UserErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
        }
    }

    fn at(self, path: &[&str]) -> Self {
        Self {
            field: Some(path.iter().map(ToString::to_string).collect()),
            ..self
        }
    }
}

fn version_conflict(noun: &str, expected: i32, actual: i32) -> UserError {
    UserError::new(
        UserErrorCode::VersionConflict,
        format!(
            "The {noun} is at version {actual}, not {expected}: it was changed since you last saw it. Look at it again, then repeat the command with its version."
        ),
    )
    .at(&["expectedVersion"])
}

fn beside(code: UserErrorCode, reason: &str, arguments: &Arguments) -> UserError {
    let message = format!("Nothing can be placed beside this one, since {reason}; name another, or a level.");
    UserError::new(code, message).at(arguments.neighbour)
}

#[cfg(test)]
mod tests;
