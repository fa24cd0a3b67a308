//! In-app decisions until their answer leaves: whoever stops what they show waits for them.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest,
};
use async_graphql::{Context, Error, Pos, Request, Response, ServerResult};
use understudy_app::Showing;

use crate::error::{Changed, Failed};

/// The decisions of one request, which end with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Showings(Arc<Mutex<Vec<Showing>>>);

impl Showings {
    /// Has the fence wait for a decision until the request is answered.
    pub(crate) fn hold(ctx: &Context<'_>, showing: Showing) -> Result<(), Failed> {
        let showings = ctx
            .data_opt::<Self>()
            .ok_or_else(|| Failed::impossible("a request of which nobody knows what it shows"))?;
        showings.lock().push(showing);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Showing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The extension that keeps decisions for as long as their requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HoldDecisions;

impl ExtensionFactory for HoldDecisions {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Holding::default())
    }
}

#[derive(Debug, Default)]
struct Holding(Showings);

#[async_trait]
impl Extension for Holding {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        next.run(ctx, request.data(self.0.clone())).await
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let response = next.run(ctx, operation_name).await;
        let mut showings = std::mem::take(&mut *self.0.lock());
        for showing in &mut showings {
            let failed = match showing.may_be_answered().await {
                Ok(true) => continue,
                // Whoever asks again learns what is to be shown now.
                Ok(false) => Failed::Unavailable(Changed::NotAsked),
                Err(error) => error.into(),
            };
            let error = Error::from(failed).into_server_error(Pos::default());
            return Response::from_errors(vec![error]);
        }
        // The decisions end here, with their answer on its way.
        response
    }
}
