//! Canvases.

use async_graphql::{Context, ID, Object};
use understudy_domain::CanvasId;

use super::payload;
use crate::error::Failed;
use crate::id;
use crate::types::in_app::InAppLevel;
use crate::types::payload::CanvasPayload;
use crate::user_error::Arguments;
use crate::viewer::Viewer;

/// The argument `id`, and the fields of a new Canvas as arguments of their own.
const ARGUMENTS: Arguments = Arguments {
    noun: "Canvas",
    subject: &["id"],
    input: &[],
    neighbour: &[],
    list: &[],
};

#[derive(Default)]
pub(crate) struct CanvasMutations;

/// Commands on Canvases.
#[Object]
impl CanvasMutations {
    /// Makes a new Canvas, on top of a level of the in-app order.
    async fn create_canvas(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name: 1 to 200 characters after the white space around it is taken off.")]
        name: String,
        #[graphql(default_with = "InAppLevel::Medium", desc = "The level.")] level: InAppLevel,
    ) -> Result<CanvasPayload, Failed> {
        let viewer = Viewer::of(ctx)?;
        let answer = viewer.app.create_canvas(&viewer.caller, name, level.into()).await;
        payload::canvas(ctx, answer, None, &ARGUMENTS).await
    }

    /// Takes a Canvas out of use, and out of the in-app order. It keeps its place for its return.
    async fn archive_canvas(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the Canvas.")] id: ID,
    ) -> Result<CanvasPayload, Failed> {
        let id: CanvasId = id::parse(&id, "id")?;
        let viewer = Viewer::of(ctx)?;
        let answer = viewer.app.archive_canvas(&viewer.caller, id).await;
        payload::canvas(ctx, answer, Some(id), &ARGUMENTS).await
    }

    /// Takes a Canvas back into use, at its old place in the in-app order.
    async fn unarchive_canvas(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the Canvas.")] id: ID,
    ) -> Result<CanvasPayload, Failed> {
        let id: CanvasId = id::parse(&id, "id")?;
        let viewer = Viewer::of(ctx)?;
        let answer = viewer.app.unarchive_canvas(&viewer.caller, id).await;
        payload::canvas(ctx, answer, Some(id), &ARGUMENTS).await
    }
}
