//! What becomes of what a campaign has missed.

use async_graphql::Enum;

/// What becomes of messages that were due while their campaign was stopped. What was due before, and was not sent yet, is
/// sent either way; both at the sender's rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_domain::MissedPolicy")]
pub(crate) enum MissedPolicy {
    /// They are not sent.
    Skip,
    /// They are sent.
    Send,
}
