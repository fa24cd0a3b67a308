//! The GraphQL endpoint: POST and GET over HTTP, and the WebSocket of subscriptions, all on one path.

mod error;
mod guard;
mod http;
mod operations;
mod unavailable;
mod websocket;

use actix_web::{
    HttpRequest, HttpResponse, Resource,
    web::{self, Data, Payload},
};
use understudy_api::Schema;

pub(crate) use self::guard::Guarded;
use self::{error::TransportError, http::MAX_BODY_BYTES};
use crate::shutdown::Shutdown;

/// The schema as this crate runs it: never without the guard before it.
pub(crate) type GuardedSchema = Guarded<Schema>;

/// The endpoint's methods. Everything else is refused, with the list of what is allowed.
pub(crate) fn routes(resource: Resource) -> Resource {
    resource
        .app_data(web::PayloadConfig::new(MAX_BODY_BYTES))
        .route(web::get().to(get))
        .route(web::post().to(http::post))
        .default_service(web::to(other))
}

/// GET is a query in the URL, unless it asks to become a WebSocket.
async fn get(
    request: HttpRequest,
    payload: Payload,
    schema: Data<GuardedSchema>,
    shutdown: Data<Shutdown>,
) -> Result<HttpResponse, TransportError> {
    if websocket::is_wanted(&request) {
        websocket::open(&request, payload, &schema, &shutdown)
    } else {
        http::get(&request, &schema).await
    }
}

/// Any other method.
async fn other() -> TransportError {
    TransportError::MethodNotAllowed {
        allow: "GET, POST",
        message: "GraphQL is served over POST, GET and WebSocket.",
    }
}
