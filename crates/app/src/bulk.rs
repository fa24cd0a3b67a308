//! One command on many campaigns, in one transaction.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use understudy_domain::{Action, Campaign, CampaignId, LifecycleCommand, MissedPolicy, Transition};
use understudy_persistence::read::{CampaignFilter, Fenced, Held};
use understudy_persistence::{Change, StoreError, WriteError, WriteTx};

use crate::error::{CommandError, Refused, Target};
use crate::fence::is_fenced;
use crate::{App, Caller, Clock, figures};

/// The most ids that one bulk command takes.
pub const MOST_IDS: usize = 10_000;

/// How many campaigns are loaded, decided and saved together: bounds memory, and is what statements grow by.
const CHUNK: usize = 200;

/// Which campaigns a bulk command is about.
#[derive(Debug, Clone)]
pub enum Selection {
    /// These, in this order; at most [`MOST_IDS`], each once.
    Ids(Vec<CampaignId>),
    /// All that a filter finds.
    Matching {
        /// The filter.
        filter: CampaignFilter,
        /// How many the client expects it to find; `None`: whatever it finds.
        expected_count: Option<i32>,
    },
}

/// How a bulk command is carried out.
#[derive(Debug, Clone, Copy, Default)]
pub struct BulkOptions {
    /// What a refused item means for the others.
    pub policy: BulkPolicy,
    /// Say what would happen, and change nothing.
    pub dry_run: bool,
}

/// What a refused item means for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BulkPolicy {
    /// Nothing: what can be applied is.
    #[default]
    ApplyValid,
    /// Nothing changes if any item is refused.
    AllOrNothing,
}

/// What became of a bulk command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkReport {
    /// One item for each campaign, in the order of the ids or of the filter's list.
    pub items: Vec<BulkItem>,
}

/// What became of one campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkItem {
    /// Which.
    pub id: CampaignId,
    /// What.
    pub outcome: BulkOutcome,
}

/// What became of one campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkOutcome {
    /// It changed; in a dry run: it would.
    Changed,
    /// It was already so; or it was left as it was because another item was refused and the policy is
    /// [`BulkPolicy::AllOrNothing`].
    Unchanged,
    /// It was refused.
    Refused(Refused),
}

/// How the closure of a bulk command ends when it is to change nothing.
enum End {
    RolledBack(BulkReport),
    Error(CommandError),
}

impl<E: Into<CommandError>> From<E> for End {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl WriteError for End {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Error(error) => error.store_error(),
            Self::RolledBack(_) => None,
        }
    }
}

impl App {
    /// Carries out a lifecycle command on many campaigns, in one transaction.
    ///
    /// # Errors
    /// A selection that is wrong or has moved, or a failure of the database. That single items are refused is no
    /// error: the report says so.
    pub async fn bulk(
        &self,
        caller: &Caller,
        command: LifecycleCommand,
        selection: Selection,
        options: BulkOptions,
    ) -> Result<BulkReport, CommandError> {
        let action = Action::Campaign(command.command());
        let (selection, clock) = (Arc::new(selection), self.clock);
        let end = self
            .write(caller, action, move |tx| {
                let selection = Arc::clone(&selection);
                Box::pin(async move {
                    let ids = select(tx, &selection).await?;
                    let report = run(tx, &ids, command, options, clock).await?;
                    let is_refused = |item: &BulkItem| matches!(item.outcome, BulkOutcome::Refused(_));
                    if options.policy == BulkPolicy::AllOrNothing && report.items.iter().any(is_refused) {
                        return Err(End::RolledBack(report.nothing_changed()));
                    }
                    let held = if !options.dry_run && is_fenced(&command) {
                        tx.held(Fenced::Campaigns(&ids)).await?
                    } else {
                        Held::default()
                    };
                    Ok((report, held))
                })
            })
            .await;
        let (report, held) = match end {
            Ok(ended) => ended,
            Err(End::RolledBack(report)) => (report, Held::default()),
            Err(End::Error(error)) => return Err(error),
        };
        if !options.dry_run {
            figures::record_bulk(command, report.items.len());
        }
        let ids: Vec<CampaignId> = report.items.iter().map(|item| item.id).collect();
        self.until_let_go(caller.workspace, Fenced::Campaigns(&ids), held)
            .await?;
        Ok(report)
    }
}

impl BulkReport {
    /// The report of a command that was taken back.
    fn nothing_changed(mut self) -> Self {
        for item in &mut self.items {
            if item.outcome == BulkOutcome::Changed {
                item.outcome = BulkOutcome::Unchanged;
            }
        }
        self
    }
}

/// Holds that one command does not take too many of anything, and each once.
pub(crate) fn check_list<T: Eq + Hash>(
    mut ids: impl ExactSizeIterator<Item = T>,
    limit: usize,
) -> Result<(), Refused> {
    if ids.len() > limit {
        return Err(Refused::TooMany { limit });
    }
    let mut seen = HashSet::with_capacity(ids.len());
    match ids.position(|id| !seen.insert(id)) {
        Some(index) => Err(Refused::Duplicate { index }),
        None => Ok(()),
    }
}

async fn select(tx: &WriteTx, selection: &Selection) -> Result<Vec<CampaignId>, CommandError> {
    match selection {
        Selection::Ids(ids) => {
            check_list(ids.iter(), MOST_IDS)?;
            Ok(ids.clone())
        }
        Selection::Matching {
            filter,
            expected_count,
        } => {
            let ids = tx.matching_campaigns(filter).await?;
            let actual = ids.len() as u64;
            match *expected_count {
                Some(expected) if u64::try_from(expected) != Ok(actual) => {
                    Err(Refused::CountMismatch { expected, actual }.into())
                }
                Some(_) | None => Ok(ids),
            }
        }
    }
}

async fn run(
    tx: &mut WriteTx,
    ids: &[CampaignId],
    command: LifecycleCommand,
    options: BulkOptions,
    clock: Clock,
) -> Result<BulkReport, StoreError> {
    let mut items = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        items.extend(advance_chunk(tx, chunk, command, options.dry_run, clock).await?);
    }
    Ok(BulkReport { items })
}

/// Archives, for a cascade, all these campaigns; says which of them changed.
pub(crate) async fn advance_all(
    tx: &mut WriteTx,
    ids: &[CampaignId],
    command: LifecycleCommand,
    dry_run: bool,
    clock: Clock,
) -> Result<Vec<CampaignId>, StoreError> {
    let report = run(
        tx,
        ids,
        command,
        BulkOptions {
            dry_run,
            ..BulkOptions::default()
        },
        clock,
    )
    .await?;
    let changed = report
        .items
        .into_iter()
        .filter(|item| item.outcome == BulkOutcome::Changed);
    Ok(changed.map(|item| item.id).collect())
}

async fn advance_chunk(
    tx: &mut WriteTx,
    ids: &[CampaignId],
    command: LifecycleCommand,
    dry_run: bool,
    clock: Clock,
) -> Result<Vec<BulkItem>, StoreError> {
    let loaded: Vec<Campaign> = tx.campaigns(ids).await?;
    let segments = tx
        .segment_states(loaded.iter().flat_map(Campaign::segment_ids))
        .await?;
    let mut loaded: HashMap<CampaignId, Campaign> = loaded
        .into_iter()
        .map(|campaign| (campaign.id, campaign))
        .collect();
    let at = clock.now();
    let mut changes = Vec::with_capacity(ids.len());
    let mut items = Vec::with_capacity(ids.len());
    for id in ids.iter().copied() {
        let outcome = match loaded.remove(&id) {
            None => BulkOutcome::Refused(Refused::NotFound(Target::Subject)),
            Some(before) => match before.clone().advance(command, &segments, at) {
                Err(refusal) => BulkOutcome::Refused(Refused::Campaign(refusal)),
                Ok(Transition::Unchanged(_)) => BulkOutcome::Unchanged,
                Ok(Transition::Changed { campaign, event }) => {
                    changes.push(Change {
                        before,
                        after: *campaign,
                        event,
                    });
                    BulkOutcome::Changed
                }
            },
        };
        items.push(BulkItem { id, outcome });
    }
    if !dry_run {
        if let LifecycleCommand::Resume(MissedPolicy::Skip) = command {
            let resumed: Vec<CampaignId> = changes.iter().map(|change| change.after.id).collect();
            tx.skip_missed(&resumed, at).await?;
        }
        tx.update_campaigns(changes).await?;
    }
    Ok(items)
}
