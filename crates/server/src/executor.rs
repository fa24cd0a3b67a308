//! The schema as it is executed: each operation with its share of the database's readers, and each subscription with
//! where its follower stands.

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::{Data, Executor, Request, Response};
use futures_util::stream::BoxStream;
use understudy_api::{Follower, Schema};
use understudy_app::ReadShare;
use understudy_transport::EventIds;

/// The schema, which gives each operation that it executes its share.
#[derive(Clone)]
pub(crate) struct Shared(Schema);

impl Shared {
    /// The same schema with shares.
    pub(crate) fn new(schema: Schema) -> Self {
        Self(schema)
    }
}

impl Executor for Shared {
    fn execute(&self, request: Request) -> impl Future<Output = Response> + Send {
        understudy_api::execute(&self.0, shared(request))
    }

    fn execute_stream(
        &self,
        request: Request,
        session_data: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let request = shared(followed(request));
        understudy_api::execute_stream(&self.0, request, session_data)
    }
}

/// The request, with its share.
fn shared(request: Request) -> Request {
    request.data(ReadShare::default())
}

/// The request, with what the transport knows of its follower.
fn followed(request: Request) -> Request {
    let ids = request.data.get(&TypeId::of::<EventIds>());
    let Some(ids) = ids.and_then(|ids| ids.downcast_ref::<EventIds>()).cloned() else {
        return request;
    };
    request.data(Follower {
        seen: ids.seen().map(str::to_owned),
        tell: Arc::new(move |sequence| ids.say(sequence.to_string())),
    })
}
