//! Calls from outside that send a campaign.

use std::sync::Arc;

use serde_json::Value;
use understudy_domain::call::Call;
use understudy_domain::{Action, CampaignId, RecipientId};

use crate::campaigns::load;
use crate::error::{CommandError, Refused};
use crate::{App, Caller};

/// The most recipients that one call names.
pub const MOST_CALLED: usize = 1_000;

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallReport {
    /// To how many recipients it is sent.
    pub accepted: usize,
    /// How many of those that were named are to get it already, by the same key.
    pub duplicates: usize,
    /// The places in the list of those who are not there.
    pub unknown: Vec<usize>,
}

impl App {
    /// Sends a campaign to these recipients, as far as they are there, each of them once for each key.
    ///
    /// # Errors
    /// A role that does not allow it, more than [`MOST_CALLED`], a wrong key or wrong properties, a campaign that is unknown
    /// or not sent by calls, or a failure of the database.
    pub async fn trigger_campaign(
        &self,
        caller: &Caller,
        id: CampaignId,
        recipients: Vec<RecipientId>,
        key: String,
        properties: Value,
    ) -> Result<CallReport, CommandError> {
        if recipients.len() > MOST_CALLED {
            caller.check(Action::TriggerCampaign)?;
            let limit = MOST_CALLED;
            return Err(Refused::TooMany { limit }.into());
        }
        let call = Call::new(key, properties).map_err(Refused::Invalid);
        let (work, clock) = (Arc::new((recipients, call)), self.clock);
        self.write(caller, Action::TriggerCampaign, move |tx| {
            let work = Arc::clone(&work);
            Box::pin(async move {
                let (recipients, call) = &*work;
                let call = call.as_ref().map_err(Clone::clone)?;
                let now = clock.now();
                let campaign = load(tx, id).await?;
                campaign.check_callable(now).map_err(Refused::Uncallable)?;
                let existing = tx.existing_recipients(recipients.iter().copied()).await?;
                let mut known = Vec::with_capacity(recipients.len());
                let mut unknown = vec![];
                for (index, recipient) in recipients.iter().enumerate() {
                    if existing.contains(recipient) {
                        known.push(*recipient);
                    } else {
                        unknown.push(index);
                    }
                }
                let accepted = tx.call(id, call, &known, now).await?;
                Ok(CallReport {
                    accepted,
                    duplicates: known.len() - accepted,
                    unknown,
                })
            })
        })
        .await
    }
}
