//! Changing.
//!
//! Every mutation goes one way: arguments to a command, the command to the application, and what it answers to a
//! payload. Nothing here decides what is allowed.

mod bulk;
mod calls;
mod campaigns;
mod canvases;
mod drafts;
mod engagements;
mod messages;
mod payload;
mod priority;
mod recipients;
mod segments;
mod tokens;

use async_graphql::MergedObject;

use bulk::BulkMutations;
use calls::CallMutations;
use campaigns::CampaignMutations;
use canvases::CanvasMutations;
use drafts::DraftMutations;
use engagements::EngagementMutations;
use messages::MessageMutations;
use priority::PriorityMutations;
use recipients::RecipientMutations;
use segments::SegmentMutations;
use tokens::TokenMutations;

/// What can be changed. A command that is refused is no GraphQL error: its payload says so in `userErrors`, and nothing
/// was changed. Repeating a command after a lost answer is safe, except for those that create something.
#[derive(Default, MergedObject)]
pub struct Mutation(
    CampaignMutations,
    DraftMutations,
    BulkMutations,
    SegmentMutations,
    RecipientMutations,
    EngagementMutations,
    MessageMutations,
    CallMutations,
    CanvasMutations,
    PriorityMutations,
    TokenMutations,
);
