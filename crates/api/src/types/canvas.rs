//! Canvases.

use async_graphql::{ID, Object};
use understudy_app::read::CanvasRead;

use super::in_app::InAppPriority;
use crate::connection;
use crate::scalar::DateTime;

/// A competitor for the in-app slot.
#[derive(Clone)]
pub(crate) struct Canvas(pub(crate) CanvasRead);

impl connection::Node for Canvas {
    const CONNECTION: &'static str = "CanvasConnection";
    const EDGE: &'static str = "CanvasEdge";
}

/// A Canvas is here as a competitor for the in-app slot: named, ranked, archivable. Its journey is not modelled.
#[Object]
impl Canvas {
    /// The Canvas's id, with the prefix `cnv`.
    pub(crate) async fn id(&self) -> ID {
        self.0.canvas.id.into()
    }

    /// The name: 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.0.canvas.name
    }

    /// When it was archived; null while it is in use.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.canvas.archived_at.map(DateTime)
    }

    /// Where it stands in the in-app order. While it is archived it keeps its level and has no position.
    async fn in_app_priority(&self) -> InAppPriority {
        InAppPriority {
            level: self.0.canvas.place.level.into(),
            position: self.0.position,
        }
    }
}
