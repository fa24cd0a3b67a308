//! A view of one workspace in which all reads see the same state.

use std::collections::HashMap;

use understudy_domain::{CampaignId, CanvasId, DraftId, Place, Segment, SegmentId};

use super::{
    CampaignFilter, CampaignKey, CampaignOrder, CampaignRead, CanvasRead, EventFilter, InAppSourceRead,
    NameKey, Page, RecordedEvent, Slice, Wants,
};
use crate::StoreError;

/// A view of one workspace in which all reads see the same state.
pub struct Snapshot;

#[allow(
    unused_variables,
    clippy::unused_async,
    missing_docs,
    clippy::missing_errors_doc
)]
impl Snapshot {
    pub async fn campaigns(
        &self,
        ids: &[CampaignId],
        wants: Wants,
    ) -> Result<HashMap<CampaignId, CampaignRead>, StoreError> {
        unimplemented!()
    }
    pub async fn campaign_of_draft(&self, id: DraftId) -> Result<Option<CampaignId>, StoreError> {
        unimplemented!()
    }
    pub async fn campaign_page(
        &self,
        filter: &CampaignFilter,
        order: CampaignOrder,
        page: &Page<CampaignKey>,
        wants: Wants,
    ) -> Result<Slice<CampaignRead>, StoreError> {
        unimplemented!()
    }
    pub async fn campaign_count(&self, filter: &CampaignFilter) -> Result<u64, StoreError> {
        unimplemented!()
    }
    pub async fn segments(&self, ids: &[SegmentId]) -> Result<HashMap<SegmentId, Segment>, StoreError> {
        unimplemented!()
    }
    pub async fn segment_page(
        &self,
        include_archived: bool,
        page: &Page<NameKey>,
    ) -> Result<Slice<Segment>, StoreError> {
        unimplemented!()
    }
    pub async fn segment_count(&self, include_archived: bool) -> Result<u64, StoreError> {
        unimplemented!()
    }
    pub async fn canvases(&self, ids: &[CanvasId]) -> Result<HashMap<CanvasId, CanvasRead>, StoreError> {
        unimplemented!()
    }
    pub async fn canvas_page(
        &self,
        include_archived: bool,
        page: &Page<NameKey>,
    ) -> Result<Slice<CanvasRead>, StoreError> {
        unimplemented!()
    }
    pub async fn canvas_count(&self, include_archived: bool) -> Result<u64, StoreError> {
        unimplemented!()
    }
    /// The unarchived sources, in the order in which they win.
    pub async fn in_app_page(
        &self,
        page: &Page<Place>,
        wants: Wants,
    ) -> Result<Slice<InAppSourceRead>, StoreError> {
        unimplemented!()
    }
    pub async fn in_app_count(&self) -> Result<u64, StoreError> {
        unimplemented!()
    }
    /// A campaign's events, oldest first; keys are sequences.
    pub async fn history_page(
        &self,
        id: CampaignId,
        page: &Page<i64>,
    ) -> Result<Slice<RecordedEvent>, StoreError> {
        unimplemented!()
    }
    pub async fn history_count(&self, id: CampaignId) -> Result<u64, StoreError> {
        unimplemented!()
    }
    /// The sequence of the last event; 0 if there is none.
    pub async fn log_end(&self) -> Result<i64, StoreError> {
        unimplemented!()
    }
    pub async fn events_after(
        &self,
        after: i64,
        filter: &EventFilter,
        limit: u64,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        unimplemented!()
    }
}
