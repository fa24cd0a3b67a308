//! graphql-transport-ws over a WebSocket.
//!
//! One task for each socket pulls: it asks the schema for the next answer only when the last one has been taken, so that
//! a client that reads slowly slows down nothing but itself, and keeps nothing in memory but a few answers.

mod conversation;
mod frames;
mod message;
mod operation;
mod places;

use actix_web::{
    FromRequest as _, HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    rt,
    web::Payload,
};
use async_graphql::Executor;
use futures_util::FutureExt as _;
use tracing::Instrument as _;

use self::conversation::Handshake;
use crate::{Endpoint, error::Refused};

/// The one subprotocol spoken here. Its predecessor, confusingly named graphql-ws, is not.
const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Whether the request asks to become a WebSocket.
pub(crate) fn is_wanted(request: &HttpRequest) -> bool {
    let mut upgrades = request.headers().get_all(header::UPGRADE);
    upgrades.any(|value| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"websocket"))
}

/// Turns the request into a WebSocket and starts its conversation.
///
/// # Errors
/// If the handshake is none, or there is no room for another socket.
pub(crate) fn open<E: Executor>(
    request: &HttpRequest,
    payload: Payload,
    endpoint: &Endpoint<E>,
) -> Result<HttpResponse, Refused> {
    let seat = endpoint.seat(request)?;
    let limit = endpoint.limits().bytes;
    // The only way there is to make such a payload. It is there at once.
    let payload = Payload::from_request(
        request,
        &mut frames::checked(payload, endpoint.limits(), endpoint.receiving().hold(0)),
    )
    .now_or_never();
    let Some(Ok(payload)) = payload else {
        return Err(Refused::BadRequest("The WebSocket handshake failed.".to_owned()));
    };
    let is_version = |version: &HeaderValue| version.as_bytes().trim_ascii() == b"13";
    if !request
        .headers()
        .get(header::SEC_WEBSOCKET_VERSION)
        .is_some_and(is_version)
    {
        return Err(Refused::WebSocketVersion);
    }
    let (response, session, incoming) = actix_ws::handle_with_protocols(request, payload, &[SUBPROTOCOL])
        .map_err(|error| Refused::BadRequest(format!("The WebSocket handshake failed: {error}")))?;
    // Who does not speak the subprotocol is told so by a close code, as the protocol has it.
    let handshake = Handshake {
        speaks_the_protocol: response.headers().contains_key(header::SEC_WEBSOCKET_PROTOCOL),
        head: endpoint.head(request),
    };
    let incoming = incoming
        .max_frame_size(limit)
        .aggregate_continuations()
        .max_continuation_size(limit);
    let conversation = conversation::hold(endpoint.clone(), session, incoming, handshake, seat);
    // What is logged of it is logged with the request that it began with.
    rt::spawn(conversation.in_current_span());
    Ok(response)
}

#[cfg(test)]
mod tests;
