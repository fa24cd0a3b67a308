//! Who is to get a campaign.

use understudy_domain::{CampaignId, Filter, Recipient, RecipientId, Segment, WorkspaceId};
use understudy_persistence::read::{CampaignRead, Direction, Page, PlanRead};
use understudy_persistence::{Pending, PlanStep, Snapshot, StoreError};

use super::Sender;

/// How many recipients are looked at together.
const PART: u32 = 500;

/// How many deliveries are canceled together.
const CANCELED: u64 = 500;

impl Sender {
    /// Looks at the recipients that come next, and plans those of them whom a segment holds.
    pub(super) async fn plan_part(
        &self,
        workspace: WorkspaceId,
        snapshot: Snapshot,
        campaign: &CampaignRead,
        plan: PlanRead,
    ) -> Result<(), StoreError> {
        let page = Page {
            limit: PART,
            direction: Direction::Forward,
            after: plan.planned_to.map(RecipientId::uuid),
            before: None,
        };
        let part = snapshot.recipient_page(None, &page).await?;
        drop(snapshot);
        let to = part.items.last().map(|recipient| recipient.id);
        let to = to.filter(|_| part.has_next);
        let segments = campaign.live.segments.clone();
        let held = blocking(move || {
            let audience = Audience::of(&segments);
            let held = part.items.iter().filter(|recipient| audience.holds(recipient));
            held.map(|recipient| recipient.id).collect()
        });
        let begun = campaign.lifecycle.launched_at().unwrap_or_else(self.now);
        let step = PlanStep {
            campaign: campaign.id,
            plan: plan.plan,
            from: plan.planned_to,
            to,
            recipients: held.await,
            due_at: campaign
                .live
                .schedule
                .start_at
                .map_or(begun, |start| start.max(begun)),
        };
        self.write_plan(workspace, step).await
    }

    /// Takes out what was not sent yet and never is to be, a part at a time. Whether there was anything.
    pub(super) async fn end(
        &self,
        workspace: WorkspaceId,
        id: CampaignId,
        plan: PlanRead,
        which: Pending,
        reason: &'static str,
    ) -> Result<bool, StoreError> {
        let now = (self.now)();
        if !plan.is_planned {
            let nobody = PlanStep {
                campaign: id,
                plan: plan.plan,
                from: plan.planned_to,
                to: None,
                recipients: vec![],
                due_at: now,
            };
            self.write_plan(workspace, nobody).await?;
        }
        let canceled = self.store.write(workspace, None, move |tx| {
            Box::pin(async move { tx.cancel_pending(id, which, reason, CANCELED, now).await })
        });
        Ok(canceled.await? > 0)
    }

    async fn write_plan(&self, workspace: WorkspaceId, step: PlanStep) -> Result<(), StoreError> {
        let planned = self.store.write(workspace, None, move |tx| {
            let step = step.clone();
            Box::pin(async move { tx.plan(&step).await })
        });
        // Where it was not the next part, another sender was first.
        planned.await.map(drop)
    }
}

/// Those whom the segments of a campaign hold.
pub(super) struct Audience {
    /// `None` is everyone.
    filters: Vec<Option<Filter>>,
}

impl Audience {
    /// Of these segments, as far as they are in use.
    pub(super) fn of(segments: &[Segment]) -> Self {
        let in_use = segments.iter().filter(|segment| segment.archived_at.is_none());
        Self {
            // One that would not be let in holds nobody.
            filters: in_use
                .filter_map(|segment| segment.compiled_filter().ok())
                .collect(),
        }
    }

    pub(super) fn holds(&self, recipient: &Recipient) -> bool {
        let mut filters = self.filters.iter();
        filters.any(|filter| filter.as_ref().is_none_or(|filter| filter.ask(recipient).holds))
    }
}

/// Does what may keep a processor busy for a while, in which others want to go on.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(ended) => std::panic::resume_unwind(ended.into_panic()),
    }
}
