//! GraphQL over server-sent events, in distinct connections: an answer that goes on.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header, web::Bytes};
use async_graphql::{Executor, Request, Response, ServerError, parser::types::OperationType};
use futures_util::{
    FutureExt as _, Stream, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::{
    Endpoint, EventIds, Shutdown,
    budget::Held,
    driven::driven,
    error::Refused,
    gate::SHOWN_OUT,
    guard,
    http::{Visitor, accept::MediaType, answer::Body, client::Client},
    observe::Open,
    sockets::Seat,
};

/// How often a line without meaning is sent, so that nobody on the way takes the connection for an idle one.
const HEARTBEAT: Duration = Duration::from_secs(12);

/// Answers with the events of an operation.
///
/// # Errors
/// If whoever asks for it is no longer let in, or owes, or there is no room for another one.
pub(crate) async fn open<E: Executor>(
    request: &HttpRequest,
    mut graphql: Request,
    endpoint: &Endpoint<E>,
    visitor: Visitor,
) -> Result<HttpResponse, Refused> {
    visitor.pass.check().await?;
    let seat = endpoint.seat(request)?;
    let chosen = guard::chosen_operation(&mut graphql, endpoint.rules())?;
    let ids = EventIds::of(request.headers());
    let graphql = graphql.data(ids.clone());
    let results = if chosen.is_some_and(|operation| operation.kind == OperationType::Subscription) {
        endpoint.schema().follow(graphql, seat.shares())
    } else {
        let endpoint = endpoint.clone();
        stream::once(async move {
            let executed = endpoint.execute(graphql).await;
            executed.unwrap_or_else(|refused| endpoint.schema().answer_with(refused.to_response()))
        })
        .boxed()
    };
    // The id belongs to the result that has just come, before the next one is asked for. Who comes again after an event
    // that was given up gets that event again.
    let results = results.map(move |answer| {
        let id = ids.take().filter(|_| !answer.is_given_up);
        let mut held = answer.held;
        let event = next(&answer.response, id.as_deref());
        held.shrink_to_written(event.as_ref().map_or(0, Bytes::len));
        (event, held)
    });
    Ok(respond(events(
        driven(results.boxed()),
        seat,
        visitor,
        endpoint.shutdown(),
    )))
}

/// Answers with the one event that the request cannot be carried out, since a browser's client sees no more of an answer
/// that is not a stream of events than that it is none.
pub(crate) fn fail(error: ServerError) -> HttpResponse {
    let events = next(&Refused::from(error).to_response(), None)
        .into_iter()
        .chain([complete()]);
    respond(stream::iter(events))
}

fn respond(events: impl Stream<Item = Bytes> + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, MediaType::EventStream.content_type()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "accept"))
        // Compression and proxies would hold events back until there are enough of them.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events.map(Ok::<_, Infallible>))
}

/// What an event stream is made of.
struct Events {
    /// Each as it is sent, unless that cannot be written; and the memory that it holds.
    results: BoxStream<'static, (Option<Bytes>, Held)>,
    heartbeat: tokio::time::Interval,
    shutdown: Shutdown,
    is_complete: bool,
    /// The memory of the last result, which is held until the connection asks for more.
    sent: Option<Held>,
    client: Client,
    /// When whoever has opened it is no longer let in.
    ended: BoxFuture<'static, ()>,
    _seat: Seat,
    _open: Open,
}

/// The results as events, with a sign of life now and then, and the end told at the end. Where the process stops, the
/// stream breaks off without that, so that the client comes again.
fn events(
    results: BoxStream<'static, (Option<Bytes>, Held)>,
    seat: Seat,
    Visitor { pass, client }: Visitor,
    shutdown: Shutdown,
) -> impl Stream<Item = Bytes> {
    let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let events = Events {
        results,
        heartbeat,
        shutdown,
        is_complete: false,
        sent: None,
        client,
        ended: pass.ended().boxed(),
        _seat: seat,
        _open: Open::event_stream(),
    };
    let opened = stream::once(async { Bytes::from_static(b":\n\n") });
    opened.chain(stream::unfold(events, |mut events| async move {
        if events.is_complete {
            return None;
        }
        events.sent = None;
        let event = tokio::select! {
            biased;
            () = events.shutdown.requested() => return None,
            () = &mut events.ended => {
                events.is_complete = true;
                shown_out()
            }
            result = events.results.next() => {
                events.is_complete = result.is_none();
                match result {
                    Some((event, held)) => {
                        events.sent = Some(held);
                        event?
                    }
                    None => complete(),
                }
            }
            () = events.client.leaves() => return None,
            _ = events.heartbeat.tick() => Bytes::from_static(b":\n\n"),
        };
        Some((event, events))
    }))
}

/// The events of whoever is no longer let in: why, and the end, since it would be of no use to come again.
fn shown_out() -> Bytes {
    let response = Refused::Unauthenticated(SHOWN_OUT).to_response();
    let events = next(&response, None).into_iter().chain([complete()]);
    events.flatten().collect()
}

/// The event after which no more come.
fn complete() -> Bytes {
    Bytes::from_static(b"event: complete\ndata:\n\n")
}

/// The event of a result, with its id if it has one. JSON has no line breaks, so that it is one line of data.
fn next(response: &Response, id: Option<&str>) -> Option<Bytes> {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    match serde_json::to_string(&Body::of(response)) {
        Ok(text) => Some(Bytes::from(format!("event: next\n{id}data: {text}\n\n"))),
        Err(error) => {
            tracing::error!(%error, "an event could not be written");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Pass;
    use std::pin::pin;

    use tokio::time::timeout;

    use super::*;
    use crate::{Limits, channel, sockets::Sockets};

    const SIGN: &str = ":\n\n";

    #[tokio::test(start_paused = true)]
    async fn signs_of_life_come_at_once_and_whenever_nothing_else_does() {
        let limits = Limits::default();
        let seat = Sockets::new(&limits).seat(None, &limits).unwrap();
        let (trigger, shutdown) = channel();
        let quiet = stream::pending().boxed();
        let visitor = Visitor {
            pass: Pass::new(|request| request),
            client: Client::default(),
        };
        let mut events = pin!(events(quiet, seat, visitor, shutdown));
        let opened = Instant::now();
        assert_eq!(events.next().await.unwrap(), SIGN);
        assert_eq!(opened.elapsed(), Duration::ZERO);
        for count in 1..=3 {
            let sign = timeout(2 * HEARTBEAT, events.next()).await;
            assert_eq!(sign.expect("there is no sign").unwrap(), SIGN);
            // The timer's own grain is a millisecond.
            let (due, now) = (count * HEARTBEAT, opened.elapsed());
            assert!(
                (due..due + Duration::from_millis(10)).contains(&now),
                "{count}: {now:?}"
            );
        }
        trigger.pull();
        assert_eq!(timeout(HEARTBEAT / 2, events.next()).await, Ok(None));
    }
}
