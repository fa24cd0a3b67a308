//! What recipients do with messages, as their apps tell it.

use std::collections::HashSet;
use std::sync::Arc;

use understudy_domain::{Action, CampaignId, Engagement, EngagementKind, Problem, RecipientId, Timestamp};
use understudy_persistence::WriteTx;

use crate::error::{CommandError, Refused};
use crate::{App, Caller};

/// The most engagements that one command takes.
pub const MOST_ENGAGEMENTS: usize = 1_000;

/// An engagement as it comes in, unchecked; the fields are [`Engagement`]'s.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct NewEngagement {
    pub id: String,
    pub campaign: CampaignId,
    pub recipient: RecipientId,
    pub kind: EngagementKind,
    /// `None`: now.
    pub at: Option<Timestamp>,
}

/// What became of engagements that were told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EngagementReport {
    /// How many were recorded.
    pub recorded: usize,
    /// How many had been recorded before, by their ids.
    pub duplicates: usize,
    /// The places in the list of those that are wrong, and why.
    pub refused: Vec<(usize, Unrecorded)>,
}

/// Why an engagement is not recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unrecorded {
    /// There is no such campaign.
    NoCampaign,
    /// There is no such recipient.
    NoRecipient,
    /// The campaign was never launched: nobody can have seen it.
    NotLaunched,
    /// It breaks the rules of its fields.
    Invalid(Vec<Problem>),
}

impl App {
    /// Records what recipients did with messages, each engagement by itself: what is wrong with one keeps no other from
    /// being recorded. One whose id is known changes nothing. Of the archived too: it may have happened before.
    ///
    /// # Errors
    /// A role that does not allow it, more than [`MOST_ENGAGEMENTS`], or a failure of the database.
    pub async fn record_engagements(
        &self,
        caller: &Caller,
        engagements: Vec<NewEngagement>,
    ) -> Result<EngagementReport, CommandError> {
        let (engagements, clock) = (Arc::new(engagements), self.clock);
        self.write(caller, Action::RecordEngagements, move |tx| {
            let engagements = Arc::clone(&engagements);
            Box::pin(async move {
                if engagements.len() > MOST_ENGAGEMENTS {
                    let limit = MOST_ENGAGEMENTS;
                    return Err(Refused::TooMany { limit }.into());
                }
                record(tx, &engagements, clock.now()).await
            })
        })
        .await
    }
}

async fn record(
    tx: &WriteTx,
    engagements: &[NewEngagement],
    now: Timestamp,
) -> Result<EngagementReport, CommandError> {
    let mut report = EngagementReport::default();
    let campaigns = distinct(engagements, |told| told.campaign);
    let launched = tx.launched(campaigns.into_iter()).await?;
    let recipients = distinct(engagements, |told| told.recipient);
    let recipients = tx.existing_recipients(recipients.into_iter()).await?;
    let mut checked = vec![];
    for (index, told) in engagements.iter().enumerate() {
        let engagement = Engagement {
            id: told.id.clone(),
            campaign: told.campaign,
            recipient: told.recipient,
            kind: told.kind,
            at: told.at.unwrap_or(now),
        };
        let refused = match (engagement.told(now), launched.get(&told.campaign)) {
            (Err(problems), _) => Unrecorded::Invalid(problems),
            (Ok(_), None) => Unrecorded::NoCampaign,
            (Ok(_), Some(false)) => Unrecorded::NotLaunched,
            (Ok(_), Some(true)) if !recipients.contains(&told.recipient) => Unrecorded::NoRecipient,
            (Ok(engagement), Some(true)) => {
                checked.push(engagement);
                continue;
            }
        };
        report.refused.push((index, refused));
    }
    let mut known = tx.recorded(checked.iter().map(|told| told.id.as_str())).await?;
    let (mut new, told) = (vec![], checked.len());
    for engagement in checked {
        if known.insert(engagement.id.clone()) {
            new.push(engagement);
        }
    }
    if !new.is_empty() {
        tx.record(&new).await?;
    }
    report.recorded = new.len();
    report.duplicates = told - new.len();
    Ok(report)
}

/// What the engagements have of something, each once.
fn distinct<T: Eq + std::hash::Hash>(
    engagements: &[NewEngagement],
    of: impl Fn(&NewEngagement) -> T,
) -> HashSet<T> {
    engagements.iter().map(of).collect()
}
