//! Where messages go as tests.

use async_graphql::OneofObject;
use understudy_domain::content;

/// Where a message goes as a test: one of the two, of the message's own channel.
#[derive(Debug, OneofObject)]
pub(crate) enum TestAddress {
    /// To a mailbox, without a display name.
    Email(String),
    /// To an http or https URL, in the place of the webhook's own.
    WebhookUrl(String),
}

impl From<TestAddress> for content::TestAddress {
    fn from(address: TestAddress) -> Self {
        match address {
            TestAddress::Email(address) => Self::Email(address),
            TestAddress::WebhookUrl(url) => Self::Webhook(url),
        }
    }
}
