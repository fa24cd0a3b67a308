//! Where a message goes as a test.

use super::message::is_web_url;
use super::{Channel, RenderedMessage};
use crate::address::check_bare_address;
use crate::problem::Problems;
use crate::{Problem, ProblemKind};

/// Where a message goes as a test, unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestAddress {
    /// To a mailbox.
    Email(String),
    /// To a URL, in the place of the webhook's own.
    Webhook(String),
}

impl TestAddress {
    /// The addresses, if all of them are some that a message of this kind can go to. Paths of problems begin with the place in
    /// the list.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn check_all(all: Vec<Self>, channel: Channel) -> Result<Vec<String>, Vec<Problem>> {
        let mut problems = Problems::default();
        let addresses = all.into_iter().enumerate().map(|(index, address)| {
            problems.within(index.to_string(), |problems| address.check(problems, channel))
        });
        let addresses = addresses.collect();
        problems.unless_any(addresses)
    }

    fn check(self, problems: &mut Problems, channel: Channel) -> String {
        match (self, channel) {
            (Self::Email(address), Channel::Email) => check_bare_address(problems, "email", address),
            (Self::Webhook(url), Channel::Webhook) => {
                if !is_web_url(&url) {
                    problems.add("webhookUrl", ProblemKind::NotAUrl);
                }
                url
            }
            (Self::Email(address), channel) => {
                problems.add("email", ProblemKind::OtherChannel(channel));
                address
            }
            (Self::Webhook(url), channel) => {
                problems.add("webhookUrl", ProblemKind::OtherChannel(channel));
                url
            }
        }
    }
}

impl RenderedMessage {
    /// The channel it goes through.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Email { .. } => Channel::Email,
            Self::InApp { .. } => Channel::InApp,
            Self::Webhook { .. } => Channel::Webhook,
        }
    }
}
