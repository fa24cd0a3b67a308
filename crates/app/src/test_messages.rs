//! Messages that are sent as tests: to addresses that somebody names, and noted nowhere.

use futures_util::future::join_all;
use serde_json::Map;
use understudy_domain::content::TestAddress;
use understudy_domain::{Action, Channel, ContentId, Problem, Recipient, RecipientId};
use uuid::Uuid;

use crate::messages::{To, Unpreviewed, fill_in};
use crate::{App, Caller, CommandError};

/// The most addresses that one test goes to.
pub const MOST_TEST_ADDRESSES: usize = 10;

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReport {
    /// How many were delivered.
    pub sent: usize,
    /// The places in the list of those that were not, and why.
    pub undelivered: Vec<(usize, String)>,
}

/// Why nothing was sent as a test.
#[derive(Debug)]
pub enum Untested {
    /// There is nothing to send.
    Unpreviewed(Unpreviewed),
    /// More than [`MOST_TEST_ADDRESSES`], or none.
    Count,
    /// Addresses that are none, or of another channel; paths below the list.
    Addresses(Vec<Problem>),
    /// The server has no such channel.
    NoChannel(Channel),
}

impl App {
    /// Sends the message of a campaign or a draft to these addresses, as a recipient would get it, or somebody of whom
    /// nothing is known. Nothing is noted of it anywhere.
    ///
    /// # Errors
    /// A role that does not allow it, or a failure of the database; within, why nothing was sent.
    pub async fn send_test_message(
        &self,
        caller: &Caller,
        content: ContentId,
        to: Vec<TestAddress>,
        recipient: Option<RecipientId>,
    ) -> Result<Result<TestReport, Untested>, CommandError> {
        // Nothing is written, but whoever is no longer let in must not send either.
        self.write(caller, Action::SendTestMessage, |_| {
            Box::pin(async { Ok::<_, CommandError>(()) })
        })
        .await?;
        if to.is_empty() || to.len() > MOST_TEST_ADDRESSES {
            return Ok(Err(Untested::Count));
        }
        let snapshot = self.snapshot(caller.workspace).await?;
        let recipient = recipient.map_or_else(|| To::Somebody(self.nobody()), To::Recipient);
        let message = match fill_in(&snapshot, content, recipient).await? {
            Ok(message) => message,
            Err(refused) => return Ok(Err(Untested::Unpreviewed(refused))),
        };
        drop(snapshot);
        let channel = message.channel();
        let addresses = match TestAddress::check_all(to, channel) {
            Ok(addresses) => addresses,
            Err(problems) => return Ok(Err(Untested::Addresses(problems))),
        };
        let Some(channels) = self.channels.as_ref().filter(|channels| channels.has(channel)) else {
            return Ok(Err(Untested::NoChannel(channel)));
        };
        let sends = addresses.iter().map(|to| {
            let (key, message) = (Uuid::now_v7().to_string(), &message);
            async move { channels.send(message, to, &key, self.clock.now()).await }
        });
        let ended = join_all(sends).await;
        let undelivered = ended.iter().enumerate();
        let undelivered = undelivered.filter_map(|(index, ended)| {
            let failure = ended.as_ref().err()?;
            Some((index, failure.to_string()))
        });
        let undelivered: Vec<_> = undelivered.collect();
        Ok(Ok(TestReport {
            sent: addresses.len() - undelivered.len(),
            undelivered,
        }))
    }

    /// Somebody of whom nothing is known.
    fn nobody(&self) -> Recipient {
        let now = self.clock.now();
        Recipient {
            id: RecipientId::from_uuid(Uuid::nil()),
            external_id: String::new(),
            email: None,
            attributes: Map::new(),
            created_at: now,
            updated_at: now,
        }
    }
}
