//! Who asks, and what they may see.

use async_graphql::Context;
use futures_util::future::BoxFuture;
use understudy_app::{App, Caller, ReadShare, StoreError, View};

use crate::error::Failed;

/// Whoever sent the operation. The workspace comes from here and from nowhere else.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    pub(crate) app: App,
    pub(crate) caller: Caller,
    share: ReadShare,
}

impl Viewer {
    /// The viewer of the operation that `ctx` is part of.
    pub(crate) fn of(ctx: &Context<'_>) -> Result<Self, Failed> {
        let app = ctx.data_opt::<App>().cloned();
        Ok(Self {
            app: app.ok_or_else(|| Failed::impossible("the schema was built without an application"))?,
            caller: Self::caller_of(ctx)?.clone(),
            share: ctx.data_opt::<ReadShare>().cloned().unwrap_or_default(),
        })
    }

    /// Who they are. Whoever takes an operation in has put its [`Caller`] into the data of the request: nobody is anybody
    /// by default.
    pub(crate) fn caller_of<'ctx>(ctx: &Context<'ctx>) -> Result<&'ctx Caller, Failed> {
        ctx.data_opt()
            .ok_or_else(|| Failed::impossible("an operation without a caller"))
    }

    /// A view of the viewer's workspace, within the operation's share of the readers. It may hold a connection to the
    /// database: it is to be dropped before anything else is waited for, the resolvers of the fields below included.
    pub(crate) async fn snapshot(&self) -> Result<View, Failed> {
        Ok(self.app.view(self.caller.workspace, &self.share).await?)
    }

    /// Reads what a subscription shows beside an event, as long as it takes until the database is there.
    pub(crate) async fn read_beside<T>(
        &self,
        read: impl for<'v> Fn(&'v View) -> BoxFuture<'v, Result<T, StoreError>> + Send,
    ) -> Result<T, Failed> {
        let workspace = self.caller.workspace;
        Ok(self.app.read_beside(workspace, &self.share, read).await?)
    }
}
