//! How a field can fail, and the one place where that becomes a GraphQL error.

use std::error::Error as StdError;
use std::time::Duration;

use async_graphql::{Error, ErrorExtensionValues};
use understudy_app::feed::FeedError;
use understudy_app::{Ended, Failure, Forbidden, StoreError};
use uuid::Uuid;

use crate::types::viewer::Role;

/// Why a field has no value.
///
/// It has no `Display` on purpose: async-graphql makes an error of everything that has one, and a `?` would then show
/// the text of an internal error to clients.
#[derive(Debug, Clone)]
pub(crate) enum Failed {
    /// An argument that no client should have sent.
    BadInput {
        /// The argument, as a path with dots; `None` if it is about several.
        argument: Option<String>,
        /// What is wrong with it.
        message: String,
    },
    /// Something that the whole field is about does not exist.
    NotFound {
        /// The argument that names it.
        argument: String,
        /// What does not exist.
        message: &'static str,
    },
    /// The viewer's role does not allow it.
    Forbidden(Forbidden),
    /// The viewer has asked for too much of late, and may go on after this time. Nothing was changed by this command.
    RateLimited(Duration),
    /// What the viewer was let in by has ended since. Nothing was changed by this command.
    Ended,
    /// The database is away, or too busy to answer in time.
    Unavailable(Changed),
    /// What no client caused; the log has the details under this id.
    Internal(Uuid),
}

/// What is known of the changes that were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changed {
    /// Something was to be read, be it to show what a command has changed.
    NotAsked,
    /// Nothing was changed.
    Nothing,
    /// The answer to the commit was lost.
    Unknown,
}

impl Failed {
    /// An argument that no client should have sent.
    pub(crate) fn bad_input(argument: impl Into<String>, message: impl Into<String>) -> Self {
        Self::BadInput {
            argument: Some(argument.into()),
            message: message.into(),
        }
    }

    /// The failure of a command, which says what became of the changes that were asked for.
    pub(crate) fn of_command(failure: Failure) -> Self {
        let changed = match failure {
            Failure::Store(StoreError::Uncertain(_)) => Changed::Unknown,
            _ => Changed::Nothing,
        };
        match Self::from(failure) {
            Self::Unavailable(_) => Self::Unavailable(changed),
            other => other,
        }
    }

    /// An error that no client caused. Its text goes to the log, and nowhere else.
    pub(crate) fn internal(error: &(dyn StdError + 'static)) -> Self {
        let id = Uuid::now_v7();
        tracing::error!(%id, error, "a field failed");
        Self::Internal(id)
    }

    /// A state of affairs that this crate or the store must have prevented.
    pub(crate) fn impossible(what: &'static str) -> Self {
        let id = Uuid::now_v7();
        tracing::error!(%id, what, "a field met what cannot be");
        Self::Internal(id)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        if !error.is_unavailable() {
            return Self::internal(&error);
        }
        tracing::warn!(%error, "the database is not available");
        Self::Unavailable(Changed::NotAsked)
    }
}

impl From<Forbidden> for Failed {
    fn from(forbidden: Forbidden) -> Self {
        Self::Forbidden(forbidden)
    }
}

impl From<Ended> for Failed {
    fn from(Ended: Ended) -> Self {
        Self::Ended
    }
}

impl From<Failure> for Failed {
    fn from(error: Failure) -> Self {
        match error {
            Failure::Store(error) => error.into(),
            Failure::NoRandomness(error) => Self::internal(&error),
        }
    }
}

impl From<FeedError> for Failed {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::BeyondEnd { end } => Self::bad_input(
                "after",
                format!("after is beyond the end of the log, whose last event has the sequence {end}"),
            ),
            FeedError::Failed(failure) => failure.into(),
        }
    }
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        let message = match failed {
            Failed::BadInput { argument, message } => {
                extensions.set("code", "BAD_USER_INPUT");
                if let Some(argument) = argument {
                    extensions.set("argument", argument);
                }
                message
            }
            Failed::NotFound { argument, message } => {
                extensions.set("code", "NOT_FOUND");
                extensions.set("argument", argument);
                message.to_owned()
            }
            Failed::Forbidden(Forbidden { action, role }) => {
                let (role, required) = (Role::from(role).name(), Role::from(action.least_role()).name());
                extensions.set("code", "FORBIDDEN");
                extensions.set("role", role);
                extensions.set("requiredRole", required);
                format!(
                    "This needs the role {required}, and the viewer's is {role}. This field changed nothing."
                )
            }
            Failed::RateLimited(wait) => {
                // A second that has begun counts, so that nobody comes too early.
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                extensions.set("code", "RATE_LIMITED");
                extensions.set("retryAfter", seconds);
                format!(
                    "This is more than may be asked for in a time. This field changed nothing. Try again after {seconds} s."
                )
            }
            Failed::Ended => {
                extensions.set("code", "UNAUTHENTICATED");
                "What you were let in by is no longer valid. This field changed nothing.".to_owned()
            }
            Failed::Unavailable(changed) => {
                extensions.set("code", "UNAVAILABLE");
                if changed == Changed::Nothing {
                    extensions.set("changed", false);
                }
                match changed {
                    Changed::NotAsked => "The database is away or too busy at the moment, so this cannot be read. Ask for it again.",
                    Changed::Nothing => "The database is away or too busy at the moment, and nothing was changed. Try again.",
                    Changed::Unknown => {
                        "The connection to the database was lost before it confirmed the change, which may have been \
                         made or not. Look before you try again."
                    }
                }
                .to_owned()
            }
            Failed::Internal(id) => {
                extensions.set("code", "INTERNAL_SERVER_ERROR");
                extensions.set("id", id.to_string());
                "internal error".to_owned()
            }
        };
        Self {
            extensions: Some(extensions),
            ..Self::new(message)
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Value;

    use super::*;

    fn extension(error: &Error, name: &str) -> Option<Value> {
        error
            .extensions
            .as_ref()
            .and_then(|extensions| extensions.get(name).cloned())
    }

    #[test]
    fn an_internal_error_tells_clients_its_id_and_nothing_else() {
        let secret = StoreError::NotCommitted("table campaigns, row 7".to_owned());
        let error = Error::from(Failed::from(secret));
        assert_eq!(error.message, "internal error");
        assert_eq!(extension(&error, "code"), Some("INTERNAL_SERVER_ERROR".into()));
        let Some(Value::String(id)) = extension(&error, "id") else {
            panic!("there is no id: {error:?}");
        };
        assert!(id.parse::<Uuid>().is_ok(), "{id}");
        assert!(error.source.is_none());
    }

    #[test]
    fn a_database_that_is_away_is_unavailable_and_says_whether_anything_may_have_changed() {
        let secret = || "10.1.2.3 refused".to_owned();
        for (error, hint) in [
            (StoreError::Lost(secret()), "nothing was changed"),
            (StoreError::Busy(secret()), "nothing was changed"),
            (StoreError::Conflict, "nothing was changed"),
            (StoreError::Closed, "nothing was changed"),
            (StoreError::Uncertain(secret()), "may have been made"),
        ] {
            let error = Error::from(Failed::of_command(error.into()));
            assert_eq!(extension(&error, "code"), Some("UNAVAILABLE".into()));
            assert!(error.message.contains(hint), "{}", error.message);
            assert!(!error.message.contains("10.1.2.3"), "{}", error.message);
        }
    }

    #[test]
    fn what_cannot_be_read_says_nothing_of_changes() {
        let error = Error::from(Failed::from(StoreError::Busy(String::new())));
        assert_eq!(extension(&error, "code"), Some("UNAVAILABLE".into()));
        assert!(!error.message.contains("changed"), "{}", error.message);
    }

    #[test]
    fn an_after_beyond_the_end_names_the_end() {
        let error = Error::from(Failed::from(FeedError::BeyondEnd { end: 41 }));
        assert!(error.message.contains("41"), "{}", error.message);
        assert_eq!(extension(&error, "code"), Some("BAD_USER_INPUT".into()));
        assert_eq!(extension(&error, "argument"), Some("after".into()));
    }

    #[test]
    fn what_is_not_found_has_its_code() {
        let error = Error::from(Failed::NotFound {
            argument: "campaignId".to_owned(),
            message: "there is no such campaign",
        });
        assert_eq!(extension(&error, "code"), Some("NOT_FOUND".into()));
        assert_eq!(extension(&error, "argument"), Some("campaignId".into()));
    }
}
