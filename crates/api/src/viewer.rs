//! Who asks, and what they may see.

use async_graphql::Context;
use futures_util::future::BoxFuture;
use understudy_app::{App, ReadShare, StoreError, View};
use understudy_domain::WorkspaceId;

use crate::error::Failed;

/// Whoever sent the operation. The workspace comes from here and from nowhere else, so that this is the only place to
/// change once it follows from a token.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    pub(crate) app: App,
    pub(crate) workspace: WorkspaceId,
    share: ReadShare,
}

impl Viewer {
    /// The viewer of the operation that `ctx` is part of.
    pub(crate) fn of(ctx: &Context<'_>) -> Result<Self, Failed> {
        let app = ctx.data_opt::<App>().cloned();
        Ok(Self {
            app: app.ok_or_else(|| Failed::impossible("the schema was built without an application"))?,
            workspace: WorkspaceId::DEFAULT,
            share: ctx.data_opt::<ReadShare>().cloned().unwrap_or_default(),
        })
    }

    /// A view of the viewer's workspace, within the operation's share of the readers. It may hold a connection to the
    /// database: it is to be dropped before anything else is waited for, the resolvers of the fields below included.
    pub(crate) async fn snapshot(&self) -> Result<View, Failed> {
        Ok(self.app.view(self.workspace, &self.share).await?)
    }

    /// Reads what a subscription shows beside an event, as long as it takes until the database is there.
    pub(crate) async fn read_beside<T>(
        &self,
        read: impl for<'v> Fn(&'v View) -> BoxFuture<'v, Result<T, StoreError>> + Send,
    ) -> Result<T, Failed> {
        Ok(self.app.read_beside(self.workspace, &self.share, read).await?)
    }
}
