//! Which campaigns a bulk command is about, and how it is carried out.

use async_graphql::{Enum, ID, InputObject, OneofObject};
use understudy_app as app;

use super::filter::CampaignFilter;
use crate::error::Failed;
use crate::id;

/// Which campaigns a bulk command is about: exactly one of these.
#[derive(Debug, OneofObject)]
pub(crate) enum CampaignSelection {
    /// These campaigns: at most 10,000, each once.
    Ids(Vec<ID>),
    /// All campaigns that a filter finds.
    Matching(MatchingSelection),
}

/// All campaigns that a filter finds when the command is carried out.
#[derive(Debug, InputObject)]
pub(crate) struct MatchingSelection {
    /// The filter. As in lists, it leaves the archived out unless its status names `ARCHIVED`.
    filter: CampaignFilter,
    /// How many campaigns it should find. If it finds another number, because the list has moved since it was looked
    /// at, nothing is changed and the answer is `COUNT_MISMATCH`. Left out or `null`: whatever it finds.
    expected_count: Option<i32>,
}

/// How a bulk command is carried out.
#[derive(Debug, InputObject)]
pub(crate) struct BulkOptions {
    /// What a refused campaign means for the others.
    #[graphql(default_with = "BulkPolicy::ApplyValid")]
    policy: BulkPolicy,
    /// Say what would happen, and change nothing.
    #[graphql(default = false)]
    dry_run: bool,
}

/// What a refused campaign means for the others of a bulk command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "understudy_app::BulkPolicy")]
pub(crate) enum BulkPolicy {
    /// Nothing: what can be applied is, and the rest is reported.
    ApplyValid,
    /// If any is refused, nothing is changed.
    AllOrNothing,
}

impl CampaignSelection {
    /// The selection as the application has it.
    pub(crate) fn into_selection(self) -> Result<app::Selection, Failed> {
        match self {
            Self::Ids(ids) => Ok(app::Selection::Ids(id::parse_all(&ids, "selection.ids")?)),
            Self::Matching(matching) => Ok(app::Selection::Matching {
                filter: matching.filter.into_filter("selection.matching.filter")?,
                expected_count: matching.expected_count,
            }),
        }
    }
}

impl From<BulkOptions> for app::BulkOptions {
    fn from(options: BulkOptions) -> Self {
        Self {
            policy: options.policy.into(),
            dry_run: options.dry_run,
        }
    }
}
