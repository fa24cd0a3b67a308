//! What recipients do with messages.

use async_graphql::{Context, Object};

use super::payload;
use crate::charge::Charge;
use crate::error::Failed;
use crate::input::engagement::EngagementInput;
use crate::types::payload::EngagementsPayload;
use crate::user_error::{self, Arguments, user_errors};
use crate::viewer::Viewer;

/// The argument `engagements`.
const ARGUMENTS: Arguments = Arguments {
    noun: "engagement",
    subject: &[],
    input: &["engagements"],
    neighbour: &[],
    list: &["engagements"],
};

#[derive(Default)]
pub(crate) struct EngagementMutations;

/// Commands on engagements.
#[Object]
impl EngagementMutations {
    /// Records what recipients did with messages, as their apps tell it: each engagement by itself, and each id once. So
    /// all of them can be sent again after a lost answer. Engagements of the archived are recorded as well.
    async fn record_engagements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The engagements, at most 1,000.")] engagements: Vec<EngagementInput>,
    ) -> Result<EngagementsPayload, Failed> {
        let told = engagements.into_iter().enumerate();
        let told = told.map(|(index, engagement)| engagement.parsed(index));
        let told: Vec<_> = told.collect::<Result<_, _>>()?;
        Charge::check(ctx)?;
        let viewer = Viewer::of(ctx)?;
        let items = told.len();
        let answer = viewer.app.record_engagements(&viewer.caller, told).await;
        Ok(match payload::refusals(answer)? {
            Ok(report) => {
                Charge::for_items(ctx, items);
                EngagementsPayload {
                    recorded: report.recorded,
                    duplicates: report.duplicates,
                    user_errors: user_error::of_unrecorded(&report.refused),
                }
            }
            Err(refused) => EngagementsPayload {
                user_errors: user_errors(&refused, &ARGUMENTS),
                ..EngagementsPayload::default()
            },
        })
    }
}
