//! Commands on segments.

use std::sync::Arc;

use understudy_domain::campaign::ArchiveCause;
use understudy_domain::source::SegmentPatch;
use understudy_domain::{Action, CampaignId, LifecycleCommand, Segment, SegmentId};
use understudy_persistence::WriteTx;
use understudy_persistence::read::{Fenced, Held};
use uuid::Uuid;

use crate::bulk::advance_all;
use crate::error::{CommandError, Refused, Target};
use crate::{App, Applied, Caller};

/// What archiving a segment did, or in a dry run would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentArchiving {
    /// The segment, and whether it changed.
    pub segment: Applied<SegmentId>,
    /// The campaigns that were archived with it.
    pub archived_campaigns: Vec<CampaignId>,
}

impl App {
    /// Makes a new segment.
    ///
    /// # Errors
    /// A wrong input, or a failure of the database.
    pub async fn create_segment(
        &self,
        caller: &Caller,
        patch: SegmentPatch,
    ) -> Result<Applied<SegmentId>, CommandError> {
        let id = SegmentId::from_uuid(Uuid::now_v7());
        let patch = Arc::new(patch);
        self.write(caller, Action::CreateSegment, move |tx| {
            let patch = Arc::clone(&patch);
            Box::pin(async move {
                let segment = Segment::create(id, (*patch).clone()).map_err(Refused::Invalid)?;
                tx.insert_segment(&segment).await?;
                Ok(Applied { id, changed: true })
            })
        })
        .await
    }

    /// Changes a segment's name or description.
    ///
    /// # Errors
    /// An unknown or archived segment, another version than expected, a wrong input, or a failure of the database.
    pub async fn update_segment(
        &self,
        caller: &Caller,
        id: SegmentId,
        patch: SegmentPatch,
        expected_version: Option<i32>,
    ) -> Result<Applied<SegmentId>, CommandError> {
        let patch = Arc::new(patch);
        self.write(caller, Action::UpdateSegment, move |tx| {
            let patch = Arc::clone(&patch);
            Box::pin(async move {
                let before = load(tx, id).await?;
                let actual = before.version.number();
                if let Some(expected) = expected_version.filter(|expected| *expected != actual) {
                    return Err(Refused::VersionConflict { expected, actual }.into());
                }
                if before.archived_at.is_some() {
                    return Err(Refused::SegmentArchived.into());
                }
                let after = before
                    .clone()
                    .patched((*patch).clone())
                    .map_err(Refused::Invalid)?;
                save(tx, &before, after).await
            })
        })
        .await
    }

    /// Archives a segment and, in the same transaction, every campaign whose live content uses it.
    ///
    /// # Errors
    /// An unknown segment, or a failure of the database.
    pub async fn archive_segment(
        &self,
        caller: &Caller,
        id: SegmentId,
        dry_run: bool,
    ) -> Result<SegmentArchiving, CommandError> {
        let clock = self.clock;
        let archiving = self.write(caller, Action::ArchiveSegment, move |tx| {
            Box::pin(async move {
                let before = load(tx, id).await?;
                let using = tx.campaigns_using(id).await?;
                if before.archived_at.is_some() {
                    let nothing = SegmentArchiving {
                        segment: Applied { id, changed: false },
                        archived_campaigns: vec![],
                    };
                    let held = tx.held(Fenced::Campaigns(&using)).await?;
                    return Ok((nothing, using, held));
                }
                let command = LifecycleCommand::Archive(ArchiveCause::Segment(id));
                let archived_campaigns = advance_all(tx, &using, command, dry_run, clock).await?;
                if !dry_run {
                    let after = Segment {
                        archived_at: Some(clock.now()),
                        ..before.clone()
                    };
                    save(tx, &before, after).await?;
                }
                let archiving = SegmentArchiving {
                    segment: Applied { id, changed: true },
                    archived_campaigns,
                };
                let held = if dry_run {
                    Held::default()
                } else {
                    tx.held(Fenced::Campaigns(&using)).await?
                };
                Ok::<_, CommandError>((archiving, using, held))
            })
        });
        let (archiving, using, held) = archiving.await?;
        self.until_let_go(caller.workspace, Fenced::Campaigns(&using), held)
            .await?;
        Ok(archiving)
    }

    /// Takes a segment back into use. Its campaigns stay archived.
    ///
    /// # Errors
    /// An unknown segment, or a failure of the database.
    pub async fn unarchive_segment(
        &self,
        caller: &Caller,
        id: SegmentId,
    ) -> Result<Applied<SegmentId>, CommandError> {
        self.write(caller, Action::UnarchiveSegment, move |tx| {
            Box::pin(async move {
                let before = load(tx, id).await?;
                let after = Segment {
                    archived_at: None,
                    ..before.clone()
                };
                save(tx, &before, after).await
            })
        })
        .await
    }
}

async fn load(tx: &WriteTx, id: SegmentId) -> Result<Segment, CommandError> {
    Ok(tx.segment(id).await?.ok_or(Refused::NotFound(Target::Subject))?)
}

/// Saves a segment that differs from what it was, one version up.
async fn save(tx: &WriteTx, before: &Segment, after: Segment) -> Result<Applied<SegmentId>, CommandError> {
    let changed = after != *before;
    if changed {
        tx.update_segment(&Segment {
            version: before.version.next(),
            ..after
        })
        .await?;
    }
    Ok(Applied {
        id: before.id,
        changed,
    })
}
