//! Moving campaigns and Canvases in the in-app order.

use understudy_domain::{Action, Canvas, Command, InAppLevel, Place, Rank, SourceId, Status};
use understudy_persistence::{Side, WriteTx};

use crate::error::{CommandError, Refused, Target};
use crate::{App, Applied, Caller, Clock, campaigns, canvases};

/// Where a source is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// On top of a level, unless it is in that level already.
    Level(InAppLevel),
    /// Directly before another source, in that one's level.
    Before(SourceId),
    /// Directly after another source, in that one's level.
    After(SourceId),
}

impl App {
    /// Moves a campaign or a Canvas in the in-app order, at once, draft or no draft. It writes one row of the order.
    ///
    /// Where it already stands there, as far as anyone can see (the archived have no position), it is *unchanged*.
    ///
    /// # Errors
    /// An unknown source or neighbour, one that is archived or not in-app, or a failure of the database.
    pub async fn set_in_app_priority(
        &self,
        caller: &Caller,
        source: SourceId,
        spot: Spot,
    ) -> Result<Applied<SourceId>, CommandError> {
        let action = match source {
            SourceId::Campaign(_) => Action::Campaign(Command::SetInAppPriority),
            SourceId::Canvas(_) => Action::SetCanvasPriority,
        };
        let clock = self.clock;
        self.write(caller, action, move |tx| {
            Box::pin(async move {
                let changed = match source {
                    SourceId::Campaign(id) => move_campaign(tx, id, spot, clock).await?,
                    SourceId::Canvas(id) => move_canvas(tx, id, spot).await?,
                };
                Ok(Applied { id: source, changed })
            })
        })
        .await
    }
}

async fn move_campaign(
    tx: &mut WriteTx,
    id: understudy_domain::CampaignId,
    spot: Spot,
    clock: Clock,
) -> Result<bool, CommandError> {
    let before = campaigns::load(tx, id).await?;
    let segments = tx.segment_states(before.segment_ids()).await?;
    before.check_in_app_priority(&segments)?;
    let place = find(tx, SourceId::Campaign(id), before.place.as_ref(), spot).await?;
    let transition = before
        .clone()
        .set_in_app_priority(place, &segments, clock.now())?;
    Ok(campaigns::save(tx, Some(&before), transition).await?.changed)
}

async fn move_canvas(
    tx: &WriteTx,
    id: understudy_domain::CanvasId,
    spot: Spot,
) -> Result<bool, CommandError> {
    let canvas = canvases::load(tx, id).await?;
    if canvas.archived_at.is_some() {
        return Err(Refused::CanvasArchived(Target::Subject).into());
    }
    let place = find(tx, SourceId::Canvas(id), Some(&canvas.place), spot).await?;
    let changed = place != canvas.place;
    if changed {
        tx.update_canvas(&Canvas { place, ..canvas }).await?;
    }
    Ok(changed)
}

/// The place that a spot means: the source's own where it already stands there.
async fn find(
    tx: &WriteTx,
    source: SourceId,
    current: Option<&Place>,
    spot: Spot,
) -> Result<Place, CommandError> {
    let (neighbour, side) = match spot {
        Spot::Level(level) => {
            return match current {
                Some(current) if current.level == level => Ok(current.clone()),
                Some(_) | None => Ok(tx.place_on_top(level).await?),
            };
        }
        Spot::Before(neighbour) => (neighbour, Side::Above),
        Spot::After(neighbour) => (neighbour, Side::Below),
    };
    if neighbour == source {
        return Err(Refused::OwnNeighbour.into());
    }
    let beside = neighbour_place(tx, neighbour).await?;
    if let Some(current) = current
        && tx.next_visible(&beside, side).await? == Some(source)
    {
        return Ok(current.clone());
    }
    let other = tx.next_rank(&beside, side, source).await?;
    let rank = match side {
        Side::Above => Rank::between(other.as_ref(), Some(&beside.rank)),
        Side::Below => Rank::between(Some(&beside.rank), other.as_ref()),
    };
    Ok(Place {
        level: beside.level,
        rank,
    })
}

/// The place of the source that a spot names, which must be one that takes part in the order now.
async fn neighbour_place(tx: &WriteTx, neighbour: SourceId) -> Result<Place, CommandError> {
    let refused = match neighbour {
        SourceId::Campaign(id) => match tx.campaign(id).await? {
            None => Refused::NotFound(Target::Neighbour),
            Some(campaign) => match (campaign.lifecycle.status(), campaign.place) {
                (Status::Archived, _) => Refused::CampaignArchived(Target::Neighbour),
                (Status::Unlaunched | Status::Active | Status::Stopped, None) => {
                    Refused::NotInApp(Target::Neighbour)
                }
                (Status::Unlaunched | Status::Active | Status::Stopped, Some(place)) => return Ok(place),
            },
        },
        SourceId::Canvas(id) => match tx.canvas(id).await? {
            None => Refused::NotFound(Target::Neighbour),
            Some(canvas) if canvas.archived_at.is_some() => Refused::CanvasArchived(Target::Neighbour),
            Some(canvas) => return Ok(canvas.place),
        },
    };
    Err(refused.into())
}
