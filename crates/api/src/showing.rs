//! In-app decisions until their answer leaves: whoever stops what they show waits for them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::{Context, Data, Error, Executor, Pos, Request, Response};
use futures_util::stream::{BoxStream, StreamExt};
use understudy_app::Showing;

use crate::Schema;
use crate::error::{Changed, Failed};

/// Executes a query or a mutation. The in-app decisions in it are under way until it returns; it tells that it could not be
/// answered if what they show has been stopped since.
pub async fn execute(schema: &Schema, request: impl Into<Request>) -> Response {
    let showings = Showings::default();
    let response = schema.execute(request.into().data(showings.clone())).await;
    showings.end(response).await
}

/// Follows a subscription, or executes what is none, as [`execute`] does.
#[must_use]
pub fn execute_stream(
    schema: &Schema,
    request: Request,
    session_data: Option<Arc<Data>>,
) -> BoxStream<'static, Response> {
    let showings = Showings::default();
    Executor::execute_stream(schema, request.data(showings.clone()), session_data)
        .then(move |response| showings.clone().end(response))
        .boxed()
}

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

    fn lock(&self) -> MutexGuard<'_, Vec<Showing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the decisions, and tells what is to be answered.
    async fn end(self, response: Response) -> Response {
        let mut ending = std::mem::take(&mut *self.lock());
        for showing in &mut ending {
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
