//! Subscriptions: graphql-transport-ws over a WebSocket.
//!
//! The integration that comes with async-graphql cannot be told to stop, and queues without limit. Here one task
//! for each socket pulls: it asks the schema for the next answer only when the last one has been taken, so that a
//! client that reads slowly slows down nothing but itself, and keeps nothing in memory but a few answers.

use std::{pin::pin, time::Duration};

use actix_web::{HttpRequest, HttpResponse, http::header, rt, web::Payload};
use actix_ws::{
    AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Closed, ProtocolError, Session,
};
use async_graphql::{
    Data,
    http::{ClientMessage, WebSocket, WebSocketProtocols, WsMessage},
};
use futures_util::{
    Stream, StreamExt,
    future::{self, Ready},
    stream,
};
use serde_json::Value;
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    GuardedSchema,
    error::TransportError,
    http::MAX_BODY_BYTES,
    operations::{Operations, close_code, reason},
};
use crate::shutdown::Shutdown;

/// The one subprotocol spoken here. Its predecessor, confusingly named graphql-ws, is not.
const SUBPROTOCOL: &str = "graphql-transport-ws";

/// How long a client may take to send `connection_init`.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a socket is pinged: proxies drop connections that look idle, and the operating system notices a peer
/// that is gone only when there is something to send. Whether a pong comes does not matter here: it may have to
/// wait behind all that a slow but healthy client has still to read.
const PING_INTERVAL: Duration = Duration::from_secs(20);

/// How long an answer may wait for a client that reads nothing. Long, since a slow reader is seen to read only when
/// it has emptied a good part of the operating system's buffers. Who is dropped loses nothing: it comes back with
/// `after`.
const SEND_TIMEOUT: Duration = Duration::from_mins(5);

/// How long the close frame may wait for such a client.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// How a conversation ends: with a close frame, or without one, since there is nobody left to read it.
type End = Option<CloseReason>;

/// Messages that have been read, on their way to the executor.
type Inbox = mpsc::Sender<ClientMessage>;

/// Whether the request asks to become a WebSocket.
pub(super) fn is_wanted(request: &HttpRequest) -> bool {
    let upgrade = request
        .headers()
        .get(header::UPGRADE)
        .and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|value| value.trim().eq_ignore_ascii_case("websocket"))
}

/// Turns the request into a WebSocket and starts its conversation.
///
/// # Errors
/// If the handshake is none, or does not offer the subprotocol.
pub(super) fn open(
    request: &HttpRequest,
    payload: Payload,
    schema: &GuardedSchema,
    shutdown: &Shutdown,
) -> Result<HttpResponse, TransportError> {
    let (response, session, incoming) = actix_ws::handle_with_protocols(request, payload, &[SUBPROTOCOL])
        .map_err(|error| TransportError::BadRequest(format!("The WebSocket handshake failed: {error}")))?;
    if !response.headers().contains_key(header::SEC_WEBSOCKET_PROTOCOL) {
        return Err(TransportError::BadRequest(format!(
            "The WebSocket must offer the subprotocol {SUBPROTOCOL} in Sec-WebSocket-Protocol."
        )));
    }
    let incoming = incoming
        .max_frame_size(MAX_BODY_BYTES)
        .aggregate_continuations()
        .max_continuation_size(MAX_BODY_BYTES);
    rt::spawn(converse(schema.clone(), session, incoming, shutdown.clone()));
    Ok(response)
}

/// Talks until either side has had enough, and closes.
async fn converse(
    schema: GuardedSchema,
    mut session: Session,
    incoming: AggregatedMessageStream,
    shutdown: Shutdown,
) {
    let end = exchange(schema, &mut session, incoming, shutdown).await;
    if let Some(reason) = end {
        tracing::debug!(code = ?reason.code, description = reason.description, "closing a socket");
        // The frame waits for its turn, which never comes where the client has stopped reading, and nobody is left
        // to tell if it cannot be sent.
        let _ = timeout(CLOSE_TIMEOUT, session.close(Some(reason))).await;
    }
}

/// Carries messages in and answers out until there is a reason to stop.
async fn exchange(
    schema: GuardedSchema,
    session: &mut Session,
    mut incoming: AggregatedMessageStream,
    mut shutdown: Shutdown,
) -> End {
    // One message is handed on at a time: further ones stay in the network until it has been taken.
    let (inbox, messages) = mpsc::channel(1);
    let executor = WebSocket::from_message_stream(schema, inbound(messages), WebSocketProtocols::GraphQLWS)
        .on_ping(echo);
    let mut answers = pin!(executor);
    let mut operations = Operations::default();
    let mut init_timeout = pin!(sleep(INIT_TIMEOUT));
    let mut ping = interval(PING_INTERVAL);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);

    loop {
        // In this order, since the last branch may be ready at every turn.
        let step = tokio::select! {
            biased;
            () = shutdown.requested() => Err(Some(away())),
            () = &mut init_timeout, if !operations.is_initialised() => {
                Err(Some(reason(close_code::INITIALISATION_TIMEOUT, "Connection initialisation timeout")))
            }
            _ = ping.tick() => deliver(session.ping(b""), &mut shutdown).await,
            received = receive(&inbox, &mut incoming) => match understand(received, &mut operations) {
                Ok(Some(payload)) => deliver(session.pong(&payload), &mut shutdown).await,
                Ok(None) => Ok(()),
                Err(end) => Err(end),
            },
            answer = answers.next() => match answer {
                Some(WsMessage::Text(text)) if operations.sends(&text) => {
                    deliver(session.text(text), &mut shutdown).await
                }
                Some(WsMessage::Text(_)) => Ok(()),
                Some(WsMessage::Close(code, description)) => Err(Some(reason(code, description))),
                None => Err(Some(CloseCode::Normal.into())),
            },
        };
        if let Err(end) = step {
            return end;
        }
    }
}

/// A message from the client, and the place that is kept for it on its way to the executor.
struct Received<'a> {
    place: mpsc::Permit<'a, ClientMessage>,
    message: Option<Result<AggregatedMessage, ProtocolError>>,
}

/// Waits for the next message, but only once there is a place for it. None if the executor takes no more.
async fn receive<'a>(inbox: &'a Inbox, incoming: &mut AggregatedMessageStream) -> Option<Received<'a>> {
    let place = inbox.reserve().await.ok()?;
    Some(Received {
        place,
        message: incoming.recv().await,
    })
}

/// Does what a message asks for, as far as it does not have to wait: hands it on, or gives back what a ping wants to
/// have answered.
fn understand(
    received: Option<Received<'_>>,
    operations: &mut Operations,
) -> Result<Option<actix_web::web::Bytes>, End> {
    let Some(Received { place, message }) = received else {
        return Err(Some(CloseCode::Normal.into()));
    };
    match message {
        Some(Ok(AggregatedMessage::Text(text))) => {
            place.send(operations.receive(text.as_bytes()).map_err(Some)?);
            Ok(None)
        }
        Some(Ok(AggregatedMessage::Ping(payload))) => Ok(Some(payload)),
        Some(Ok(AggregatedMessage::Pong(_))) => Ok(None),
        Some(Ok(AggregatedMessage::Binary(_))) => {
            Err(Some(reason(CloseCode::Unsupported, "Messages must be text")))
        }
        Some(Ok(AggregatedMessage::Close(_))) => Err(Some(CloseCode::Normal.into())),
        Some(Err(error)) => Err(Some(broken(&error))),
        None => Err(None),
    }
}

/// Sends, unless that takes too long or the process is asked to stop.
async fn deliver(send: impl Future<Output = Result<(), Closed>>, shutdown: &mut Shutdown) -> Result<(), End> {
    tokio::select! {
        biased;
        () = shutdown.requested() => Err(Some(away())),
        outcome = timeout(SEND_TIMEOUT, send) => match outcome {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Closed)) => Err(None),
            Err(_) => Err(Some(reason(CloseCode::Policy, "The client has not been reading for too long"))),
        },
    }
}

/// The messages that a channel brings, as the stream that the executor wants.
fn inbound(messages: mpsc::Receiver<ClientMessage>) -> impl Stream<Item = serde_json::Result<ClientMessage>> {
    stream::unfold(messages, |mut messages| async move {
        messages.recv().await.map(|message| (Ok(message), messages))
    })
}

/// Answers the protocol's own ping, which is not the WebSocket's, with what came in it.
fn echo(_: Option<&Data>, payload: Option<Value>) -> Ready<async_graphql::Result<Option<Value>>> {
    future::ready(Ok(payload))
}

/// The process is stopping, and the client may connect to another one at once.
fn away() -> CloseReason {
    reason(CloseCode::Away, "The server is stopping")
}

/// What a broken stream is closed with.
fn broken(error: &ProtocolError) -> CloseReason {
    match error {
        ProtocolError::Overflow => reason(CloseCode::Size, "The message is too large"),
        // This is also how the message comes that has grown too large from frame to frame.
        ProtocolError::Io(error) => reason(CloseCode::Size, error.to_string()),
        other => reason(CloseCode::Protocol, other.to_string()),
    }
}
