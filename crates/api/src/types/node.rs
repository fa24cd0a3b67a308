//! Everything that has an id.

use async_graphql::{ID, Interface};

use super::campaign::Campaign;
use super::canvas::Canvas;
use super::draft::CampaignDraft;
use super::recipient::Recipient;
use super::segment::Segment;
use super::viewer::Workspace;

/// Something with an id of its own, which `node` finds again.
#[derive(Clone, Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The id: a prefix that says the kind, and a UUIDv7 in base 32, e.g. `cmp_01jd…`. Prefixes are `cmp`, `drf`, `seg`, `cnv`, `rcp` and `wsp`."
))]
pub(crate) enum Node {
    Campaign(Campaign),
    CampaignDraft(CampaignDraft),
    Segment(Segment),
    Canvas(Canvas),
    Recipient(Recipient),
    Workspace(Workspace),
}
