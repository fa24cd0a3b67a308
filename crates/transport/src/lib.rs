//! GraphQL on the wire: over HTTP, over a WebSocket, and as server-sent events.
//!
//! This crate refuses to know what is asked for. It serves any schema of async-graphql, and decides only what is about
//! the carrying: what a request is by the specifications, how large and how deep it may be, how an answer is written, and
//! how a conversation begins and ends.

mod answer_size;
mod budget;
mod deep;
mod driven;
mod error;
mod error_path;
mod event_ids;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod gate;
mod guard;
mod http;
mod limits;
mod observe;
mod origins;
mod proxies;
mod receiving;
mod request_error;
mod shutdown;
mod sockets;
mod sse;
#[cfg(any(test, fuzzing))]
mod testing;
mod type_system;
mod unavailable;
mod websocket;

use std::fmt;
use std::sync::Arc;

use actix_web::{
    HttpRequest,
    dev::HttpServiceFactory,
    http::header,
    middleware::from_fn,
    web::{self, Data},
};
use async_graphql::Executor;
use tokio::sync::Semaphore;

pub use self::{
    answer_size::AnswerSize,
    error::CLIENT_LEFT,
    event_ids::EventIds,
    gate::{Denied, Gate, Head, Meter, Open, Pass, Shown, TooOften},
    guard::trusted::{NoDocuments, TrustedDocuments},
    limits::Limits,
    observe::describe_metrics,
    origins::{NoOrigin, Origin},
    proxies::{NoProxy, Proxy, network_of},
    shutdown::{Shutdown, Trigger, channel},
    type_system::{NoSchema, TypeSystem},
};
use self::{
    budget::Budget,
    error::Refused,
    guard::{Guarded, Rules},
    origins::Origins,
    proxies::Proxies,
    sockets::{Seat, Sockets},
};

/// A schema with what stands between it and everybody. Cheap to clone, so that all workers share one.
#[derive(Clone)]
pub struct Endpoint<E>(Arc<Inner<E>>);

/// What is decided by whoever runs the endpoint.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How much anybody may ask for.
    pub limits: Limits,
    /// The origins whose pages are let in, beside the endpoint's own.
    pub origins: Vec<Origin>,
    /// The proxies that are believed where a request comes from.
    pub proxies: Vec<Proxy>,
    /// Whether anybody may ask what the schema has.
    pub introspection: Introspection,
    /// The documents that are carried out, and no others; none if all are.
    pub documents: Option<TrustedDocuments>,
}

/// Whether questions about the schema, `__schema` and `__type`, are answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Introspection {
    /// They are, as tools need it.
    #[default]
    On,
    /// They are refused, and errors suggest no names.
    Off,
}

struct Inner<E> {
    schema: Guarded<E>,
    /// The room that there is for requests.
    requests: Semaphore,
    /// The room that there is for what is being received.
    receiving: Budget,
    sockets: Sockets,
    origins: Origins,
    proxies: Proxies,
    shutdown: Shutdown,
    gate: Box<dyn Gate>,
}

impl<E: Executor> Endpoint<E> {
    /// Serves `executor`, a schema of these `types` with the extension [`AnswerSize`], until `shutdown`. Documents are
    /// validated by `types`, so that the executor need not (`ValidationMode::Fast`).
    #[must_use]
    pub fn new(executor: E, types: TypeSystem, options: Options, shutdown: Shutdown) -> Self {
        Self::behind(Open, executor, types, options, shutdown)
    }

    /// As [`new`](Self::new), for those whom `gate` lets in.
    #[must_use]
    pub fn behind(
        gate: impl Gate,
        executor: E,
        types: TypeSystem,
        options: Options,
        shutdown: Shutdown,
    ) -> Self {
        Self(Arc::new(Inner {
            requests: Semaphore::new(options.limits.requests),
            sockets: Sockets::new(&options.limits),
            receiving: receiving::budget(options.limits.receiving),
            schema: Guarded::new(
                executor,
                Rules {
                    limits: options.limits,
                    introspection: options.introspection,
                    documents: options.documents,
                    types,
                },
            ),
            origins: Origins::new(options.origins),
            proxies: Proxies::new(options.proxies),
            shutdown,
            gate: Box::new(gate),
        }))
    }

    /// The methods of the endpoint, on a path. Everything else is refused, with the list of what is allowed.
    pub fn routes(&self, path: &str) -> impl HttpServiceFactory + use<E> {
        web::resource(path)
            .app_data(Data::new(self.clone()))
            .route(web::get().to(http::serve::<E>))
            .route(web::head().to(http::serve::<E>))
            .route(web::post().to(http::serve::<E>))
            .default_service(web::to(http::other))
            .wrap(self.0.origins.cors())
            .wrap(from_fn(http::preflight::<E, _>))
    }

    pub(crate) fn origins(&self) -> &Origins {
        &self.0.origins
    }

    pub(crate) fn schema(&self) -> &Guarded<E> {
        &self.0.schema
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.rules().limits
    }

    pub(crate) fn rules(&self) -> &Rules {
        self.0.schema.rules()
    }

    pub(crate) fn requests(&self) -> &Semaphore {
        &self.0.requests
    }

    pub(crate) fn receiving(&self) -> &Budget {
        &self.0.receiving
    }

    pub(crate) fn gate(&self) -> &dyn Gate {
        &*self.0.gate
    }

    /// What is known of whoever has sent a request.
    pub(crate) fn head(&self, request: &HttpRequest) -> Head {
        let authorization = request.headers().get(header::AUTHORIZATION);
        Head {
            authorization: authorization.and_then(|value| value.to_str().ok().map(str::to_owned)),
            host: gate::host(request).map(str::to_owned),
            address: self.0.proxies.client(request),
            is_forwarded: proxies::is_forwarded(request.headers()),
        }
    }

    /// A place for one more socket or event stream.
    pub(crate) fn seat(&self, request: &HttpRequest) -> Result<Seat, Refused> {
        self.0.sockets.seat(self.0.proxies.client(request), self.limits())
    }

    pub(crate) fn shutdown(&self) -> Shutdown {
        self.0.shutdown.clone()
    }
}

impl<E> fmt::Debug for Endpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").finish_non_exhaustive()
    }
}
