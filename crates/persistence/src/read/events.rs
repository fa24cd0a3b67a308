//! Reading the event log.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait as _, Value};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};
use understudy_domain::CampaignId;
use uuid::Uuid;

use super::keyset::{Keyset, slice};
use super::page::{EventFilter, Page, Slice};
use super::{RecordedEvent, Snapshot};
use crate::StoreError;
use crate::codes::Code as _;
use crate::entity::{campaign_event, workspace};
use crate::rows::{self, corrupt};

impl Snapshot {
    /// A page of a campaign's events, the oldest first. Keys are sequences.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn history_page(
        &self,
        id: CampaignId,
        page: &Page<i64>,
    ) -> Result<Slice<RecordedEvent>, StoreError> {
        let keyset = Keyset::ascending([campaign_event::Column::Sequence]);
        let select = keyset.page(self.history(id), page, |sequence| vec![Value::from(*sequence)]);
        let slice = slice(select.all(&self.db).await?, page);
        let events: Result<Vec<_>, _> = slice.items.iter().map(rows::event).collect();
        Ok(slice.with_items(events?))
    }

    /// How many events a campaign has.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn history_count(&self, id: CampaignId) -> Result<u64, StoreError> {
        Ok(self.history(id).count(&self.db).await?)
    }

    /// The sequence of the last event; 0 if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn log_end(&self) -> Result<i64, StoreError> {
        let end: Option<i64> = workspace::Entity::find_by_id(self.workspace.uuid())
            .select_only()
            .column(workspace::Column::EventSequence)
            .into_tuple()
            .one(&self.db)
            .await?;
        end.ok_or_else(|| corrupt("workspace", self.workspace))
    }

    /// The first events after the one with the sequence `after`, at most `limit`, in their order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn events_after(
        &self,
        after: i64,
        filter: &EventFilter,
        limit: u64,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let mut rows = self.log().filter(campaign_event::Column::Sequence.gt(after));
        if let Some(campaigns) = &filter.campaigns {
            let ids: BTreeSet<Uuid> = campaigns.iter().map(|id| id.uuid()).collect();
            rows = rows.filter(campaign_event::Column::CampaignId.is_in(ids));
        }
        if let Some(kinds) = &filter.kinds {
            let codes: BTreeSet<&str> = kinds.iter().map(|kind| kind.code()).collect();
            rows = rows.filter(campaign_event::Column::Kind.is_in(codes));
        }
        if filter.status_changes_only {
            let before = Expr::col(campaign_event::Column::StatusBefore);
            let changed = Condition::any()
                .add(campaign_event::Column::StatusBefore.is_null())
                .add(before.ne(Expr::col(campaign_event::Column::StatusAfter)));
            rows = rows.filter(changed);
        }
        let rows = rows
            .order_by_asc(campaign_event::Column::Sequence)
            .limit(limit)
            .all(&self.db)
            .await?;
        rows.iter().map(rows::event).collect()
    }

    fn log(&self) -> Select<campaign_event::Entity> {
        let of_workspace = campaign_event::Column::WorkspaceId.eq(self.workspace.uuid());
        campaign_event::Entity::find().filter(of_workspace)
    }

    fn history(&self, id: CampaignId) -> Select<campaign_event::Entity> {
        self.log()
            .filter(campaign_event::Column::CampaignId.eq(id.uuid()))
    }
}
