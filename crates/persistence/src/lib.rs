//! stub
#![allow(
    missing_docs,
    unused_variables,
    clippy::unused_async,
    clippy::missing_errors_doc
)]
pub mod error;
pub mod read;
pub use error::{OpenError, StoreError};
use futures_util::future::BoxFuture;
pub use read::Snapshot;
use tokio::sync::watch;
use understudy_domain::content::SegmentStates;
use understudy_domain::*;
#[derive(Debug, Clone)]
pub struct Store;
pub struct WriteTx;
pub struct Change {
    pub before: Campaign,
    pub after: Campaign,
    pub event: CampaignEvent,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Above,
    Below,
}
pub trait WriteError: From<StoreError> + Send + 'static {
    fn store_error(&self) -> Option<&StoreError>;
}
impl Store {
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        unimplemented!()
    }
    pub async fn is_ready(&self) -> bool {
        unimplemented!()
    }
    pub async fn close(self) {}
    pub fn statements(&self) -> u64 {
        unimplemented!()
    }
    pub fn commits(&self) -> watch::Receiver<u64> {
        unimplemented!()
    }
    pub async fn snapshot(&self, workspace: WorkspaceId) -> Result<Snapshot, StoreError> {
        unimplemented!()
    }
    pub async fn write<T, E, F>(&self, workspace: WorkspaceId, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
        F: for<'t> Fn(&'t mut WriteTx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        unimplemented!()
    }
}
impl WriteTx {
    pub async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>, StoreError> {
        unimplemented!()
    }
    pub async fn campaigns(&self, ids: &[CampaignId]) -> Result<Vec<Campaign>, StoreError> {
        unimplemented!()
    }
    pub async fn matching_campaigns(
        &self,
        filter: &read::CampaignFilter,
    ) -> Result<Vec<CampaignId>, StoreError> {
        unimplemented!()
    }
    pub async fn campaigns_using(&self, id: SegmentId) -> Result<Vec<CampaignId>, StoreError> {
        unimplemented!()
    }
    pub async fn segment_states(
        &self,
        ids: impl IntoIterator<Item = SegmentId>,
    ) -> Result<SegmentStates, StoreError> {
        unimplemented!()
    }
    pub async fn place_on_top(&self, level: InAppLevel) -> Result<Place, StoreError> {
        unimplemented!()
    }
    pub async fn next_visible(&self, place: &Place, side: Side) -> Result<Option<SourceId>, StoreError> {
        unimplemented!()
    }
    pub async fn next_rank(
        &self,
        place: &Place,
        side: Side,
        except: SourceId,
    ) -> Result<Option<Rank>, StoreError> {
        unimplemented!()
    }
    pub async fn insert_campaign(
        &mut self,
        campaign: &Campaign,
        event: CampaignEvent,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }
    pub async fn update_campaign(
        &mut self,
        before: &Campaign,
        after: &Campaign,
        event: CampaignEvent,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }
    pub async fn update_campaigns(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        unimplemented!()
    }
    pub async fn segment(&self, id: SegmentId) -> Result<Option<Segment>, StoreError> {
        unimplemented!()
    }
    pub async fn insert_segment(&self, segment: &Segment) -> Result<(), StoreError> {
        unimplemented!()
    }
    pub async fn update_segment(&self, segment: &Segment) -> Result<(), StoreError> {
        unimplemented!()
    }
    pub async fn canvas(&self, id: CanvasId) -> Result<Option<Canvas>, StoreError> {
        unimplemented!()
    }
    pub async fn insert_canvas(&self, canvas: &Canvas) -> Result<(), StoreError> {
        unimplemented!()
    }
    pub async fn update_canvas(&self, canvas: &Canvas) -> Result<(), StoreError> {
        unimplemented!()
    }
}
/// Applying and inspecting migrations.
pub mod migrate {
    /// One migration, and whether the database has it.
    pub struct MigrationState {
        /// Its name, e.g. `m0001_campaigns`.
        pub name: String,
        /// Whether it is applied.
        pub applied: bool,
    }
    /// Why a migration command failed.
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    pub struct MigrateError(pub String);

    /// Applies all pending migrations; returns their names.
    ///
    /// # Errors
    /// If the database cannot be opened, is newer than the binary, or a migration fails.
    pub async fn up(_url: &str) -> Result<Vec<String>, MigrateError> {
        Ok(vec![])
    }
    /// Takes back the last `steps` migrations; returns their names.
    ///
    /// # Errors
    /// As [`up`].
    pub async fn down(_url: &str, _steps: u32) -> Result<Vec<String>, MigrateError> {
        Ok(vec![])
    }
    /// All migrations this binary knows, in order.
    ///
    /// # Errors
    /// If the database cannot be opened.
    pub async fn status(_url: &str) -> Result<Vec<MigrationState>, MigrateError> {
        Ok(vec![])
    }
}
