//! The in-app order.

use async_graphql::{Context, ID, Object};
use understudy_domain::SourceId;

use super::payload;
use crate::error::Failed;
use crate::id;
use crate::input::place::InAppPlace;
use crate::types::payload::InAppPriorityPayload;
use crate::user_error::Arguments;
use crate::viewer::Viewer;

#[derive(Default)]
pub(crate) struct PriorityMutations;

/// Commands on the in-app order.
#[Object]
impl PriorityMutations {
    /// Moves an in-app campaign or a Canvas in the in-app order, at once, draft or no draft. Where it stands there
    /// already, nothing changes.
    async fn set_in_app_priority(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of an in-app campaign or a Canvas.")] source_id: ID,
        #[graphql(desc = "Where it is to stand.")] place: InAppPlace,
    ) -> Result<InAppPriorityPayload, Failed> {
        let source: SourceId = id::parse(&source_id, "sourceId")?;
        let (spot, neighbour) = place.into_spot()?;
        let viewer = Viewer::of(ctx)?;
        let answer = viewer.app.set_in_app_priority(&viewer.caller, source, spot).await;
        let arguments = Arguments {
            noun: "campaign or Canvas",
            subject: &["sourceId"],
            input: &[],
            neighbour,
            list: &[],
        };
        let (id, end) = payload::end(answer, Some(source), &arguments)?;
        Ok(InAppPriorityPayload {
            shown: payload::show_source(ctx, id).await,
            end,
        })
    }
}
