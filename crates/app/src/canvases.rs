//! Commands on Canvases.

use understudy_domain::{Action, Canvas, CanvasId, InAppLevel};
use understudy_persistence::WriteTx;
use uuid::Uuid;

use crate::error::{CommandError, Refused, Target};
use crate::{App, Applied, Caller};

impl App {
    /// Makes a new Canvas, on top of a level of the in-app order.
    ///
    /// # Errors
    /// A wrong name, or a failure of the database.
    pub async fn create_canvas(
        &self,
        caller: &Caller,
        name: String,
        level: InAppLevel,
    ) -> Result<Applied<CanvasId>, CommandError> {
        let id = CanvasId::from_uuid(Uuid::now_v7());
        self.write(caller, Action::CreateCanvas, move |tx| {
            let name = name.clone();
            Box::pin(async move {
                let place = tx.place_on_top(level).await?;
                let canvas = Canvas::create(id, name, place).map_err(Refused::Invalid)?;
                tx.insert_canvas(&canvas).await?;
                Ok(Applied { id, changed: true })
            })
        })
        .await
    }

    /// Takes a Canvas out of the in-app order, for the time being.
    ///
    /// # Errors
    /// An unknown Canvas, or a failure of the database.
    pub async fn archive_canvas(
        &self,
        caller: &Caller,
        id: CanvasId,
    ) -> Result<Applied<CanvasId>, CommandError> {
        self.set_canvas_archived(caller, id, true).await
    }

    /// Takes a Canvas back to its place in the in-app order.
    ///
    /// # Errors
    /// An unknown Canvas, or a failure of the database.
    pub async fn unarchive_canvas(
        &self,
        caller: &Caller,
        id: CanvasId,
    ) -> Result<Applied<CanvasId>, CommandError> {
        self.set_canvas_archived(caller, id, false).await
    }

    async fn set_canvas_archived(
        &self,
        caller: &Caller,
        id: CanvasId,
        archived: bool,
    ) -> Result<Applied<CanvasId>, CommandError> {
        let action = if archived {
            Action::ArchiveCanvas
        } else {
            Action::UnarchiveCanvas
        };
        let clock = self.clock;
        self.write(caller, action, move |tx| {
            Box::pin(async move {
                let canvas = load(tx, id).await?;
                let changed = canvas.archived_at.is_some() != archived;
                if changed {
                    let archived_at = archived.then(|| clock.now());
                    tx.update_canvas(&Canvas {
                        archived_at,
                        ..canvas
                    })
                    .await?;
                }
                Ok(Applied { id, changed })
            })
        })
        .await
    }
}

pub(crate) async fn load(tx: &WriteTx, id: CanvasId) -> Result<Canvas, CommandError> {
    Ok(tx.canvas(id).await?.ok_or(Refused::NotFound(Target::Subject))?)
}
