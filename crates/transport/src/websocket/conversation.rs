//! A conversation over a socket, from the handshake to the close.

use std::future::pending;
use std::io;
use std::pin::pin;
use std::time::Duration;

use actix_web::{error::PayloadError, web::Bytes};
use actix_ws::{
    AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Closed, Item, ProtocolError, Session,
};
use async_graphql::Executor;
use futures_util::FutureExt as _;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_stream::{StreamExt as _, StreamMap, StreamNotifyClose};

use super::message::{Outgoing, Said, close_code, reason, understand};
use super::operation::{self, Asked, Results, Told};
use super::places::Places;
use crate::{
    Denied, Endpoint, Head, Pass, Shown, Shutdown, error::Refused, gate::SHOWN_OUT, observe::Open, receiving,
    sockets::Seat,
};

/// How often a socket is pinged in the time in which it has to show a sign of life. Proxies drop connections that look
/// idle, too, which most of them do after a minute.
const PINGS: u32 = 6;

/// The longest message that is sent in one frame, in bytes; longer ones are sent in several. A connection may have some
/// sixty frames that are not sent yet.
const FRAGMENT: usize = 16 * 1024;

/// How long the close frame may wait for a client that does not read.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// How a conversation ends: with a close frame, or without one, since there is nobody left to read it.
type End = Option<CloseReason>;

/// What is known of a client from the request that became its socket.
pub(super) struct Handshake {
    pub(super) speaks_the_protocol: bool,
    pub(super) head: Head,
}

/// A conversation that is going on.
struct Conversation<E> {
    endpoint: Endpoint<E>,
    session: Session,
    seat: Seat,
    shutdown: Shutdown,
    /// By which the client was let in, once it was.
    pass: Option<Pass>,
    /// What it has shown with its first request.
    handshake: Handshake,
    /// For the answers of queries and mutations.
    places: Places,
    /// The operations that run, by their ids. The end of each is told as `None`.
    operations: StreamMap<String, StreamNotifyClose<Results>>,
    /// When the client was last known to be there.
    last_sign: Instant,
}

/// Talks until either side has had enough, and closes.
pub(super) async fn hold<E: Executor>(
    endpoint: Endpoint<E>,
    session: Session,
    incoming: AggregatedMessageStream,
    handshake: Handshake,
    seat: Seat,
) {
    let _open = Open::websocket();
    let mut conversation = Conversation {
        shutdown: endpoint.shutdown(),
        places: Places::new(endpoint.schema().budget().clone()),
        endpoint,
        session,
        seat,
        pass: None,
        handshake,
        operations: StreamMap::new(),
        last_sign: Instant::now(),
    };
    let end = if conversation.handshake.speaks_the_protocol {
        conversation.exchange(incoming).await
    } else {
        Some(reason(
            close_code::SUBPROTOCOL_NOT_ACCEPTABLE,
            "Subprotocol not acceptable: offer graphql-transport-ws",
        ))
    };
    if let Some(reason) = end {
        // The description may have what the client has sent in it.
        tracing::debug!(code = u16::from(reason.code), "closing a socket");
        // The frame waits for its turn, which never comes where the client has stopped reading, and nobody is left
        // to tell if it cannot be sent.
        let _ = timeout(CLOSE_TIMEOUT, conversation.session.close(Some(reason))).await;
    }
}

impl<E: Executor> Conversation<E> {
    /// Takes messages in and sends results out until there is a reason to stop.
    async fn exchange(&mut self, mut incoming: AggregatedMessageStream) -> End {
        let mut shutdown = self.shutdown.clone();
        let mut init_time = pin!(sleep(self.endpoint.limits().init_time));
        let mut ping = interval(self.endpoint.limits().silence / PINGS);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // In this order, since the last branch may be ready at every turn.
            let step = tokio::select! {
                biased;
                () = ended(self.pass.as_ref()) => Err(Some(shown_out())),
                () = shutdown.requested() => Err(Some(away())),
                () = &mut init_time, if self.pass.is_none() => {
                    Err(Some(reason(close_code::INITIALISATION_TIMEOUT, "Connection initialisation timeout")))
                }
                _ = ping.tick() => self.ping().await,
                message = incoming.recv() => self.receive(message).await,
                Some((id, told)) = self.operations.next(), if !self.operations.is_empty() => {
                    self.tell(&id, told).await
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Asks the client to show that it is there, unless it has not done so for too long. A peer that is gone is found
    /// by that, and one that has nothing to say is not, since every WebSocket answers pings by itself.
    async fn ping(&mut self) -> Result<(), End> {
        if self.last_sign.elapsed() > self.endpoint.limits().silence {
            return Err(Some(lost("The client shows no sign of life")));
        }
        let mut session = self.session.clone();
        self.deliver(async move { session.ping(b"").await }).await
    }

    /// Does what a message asks for.
    async fn receive(
        &mut self,
        message: Option<Result<AggregatedMessage, ProtocolError>>,
    ) -> Result<(), End> {
        self.last_sign = Instant::now();
        match message {
            Some(Ok(AggregatedMessage::Text(text))) => {
                let said = understand(text.as_bytes(), self.endpoint.limits()).map_err(Some)?;
                self.obey(said, text.as_bytes()).await
            }
            Some(Ok(AggregatedMessage::Ping(payload))) => {
                let mut session = self.session.clone();
                self.deliver(async move { session.pong(&payload).await }).await
            }
            Some(Ok(AggregatedMessage::Pong(_))) => Ok(()),
            Some(Ok(AggregatedMessage::Binary(_))) => {
                Err(Some(reason(CloseCode::Unsupported, "Messages must be text")))
            }
            // With the code that it came with, as is usual; the library lets none through that is not valid.
            Some(Ok(AggregatedMessage::Close(why))) => {
                let code = why.map_or(CloseCode::Normal, |why| why.code);
                Err(Some(code.into()))
            }
            Some(Err(error)) => Err(Some(broken(&error))),
            None => Err(None),
        }
    }

    /// Does what a message says, which has this text.
    async fn obey(&mut self, said: Said, text: &[u8]) -> Result<(), End> {
        match said {
            Said::Init(_) if self.pass.is_some() => Err(Some(reason(
                close_code::TOO_MANY_INITIALISATION_REQUESTS,
                "Too many initialisation requests",
            ))),
            Said::Init(payload) => {
                let shown = Shown {
                    head: &self.handshake.head,
                    payload: payload.as_ref(),
                };
                let gate = self.endpoint.gate();
                let pass = tokio::select! {
                    biased;
                    () = self.shutdown.requested() => return Err(Some(away())),
                    pass = gate.admit(shown) => pass,
                };
                let pass = pass.and_then(|pass| {
                    pass.begin().map_err(Denied::TooOften)?;
                    Ok(pass)
                });
                self.pass = Some(pass.map_err(|denied| Some(not_let_in(&denied)))?);
                self.send(&Outgoing::ConnectionAck).await
            }
            Said::Ping(payload) => {
                let text = Outgoing::Pong { payload }.to_text().map_err(Some)?;
                let held = self.endpoint.schema().hold(text.len());
                let _held = held.map_err(|error| Some(reason(CloseCode::Again, &error)))?;
                self.send_text(text).await
            }
            Said::Pong => Ok(()),
            Said::Complete(id) => {
                // What it still had to tell is not told: the id may be in use again when it arrives there.
                self.operations.remove(&id);
                Ok(())
            }
            Said::Subscribe(id, _) if self.operations.contains_key(&id) => Err(Some(reason(
                close_code::SUBSCRIBER_EXISTS,
                &format_args!("Subscriber for {id} already exists"),
            ))),
            Said::Subscribe(id, _) if self.operations.len() >= self.endpoint.limits().operations => {
                let refused = Refused::Overloaded(
                    "Too many operations are running on this socket. End one of them, or open another socket.",
                );
                self.refuse(&id, &refused).await
            }
            Said::Subscribe(id, request) => {
                // Before that nothing runs, so nothing of the above is said.
                let Some(pass) = self.pass.clone() else {
                    return Err(Some(reason(close_code::UNAUTHORIZED, "Unauthorized")));
                };
                let request = match request {
                    Ok(request) => *request,
                    Err(refused) => return self.refuse(&id, &refused).await,
                };
                let asked = Asked {
                    id: id.clone(),
                    request,
                    text,
                    pass,
                };
                let results = operation::begin(&self.endpoint, asked, self.seat.shares(), &self.places);
                self.operations
                    .insert(id, StreamNotifyClose::new(results.map_err(Some)?));
                Ok(())
            }
        }
    }

    /// Refuses an operation. The others go on: clients take a socket that is closed for one as one that has ended for good.
    async fn refuse(&mut self, id: &str, refused: &Refused) -> Result<(), End> {
        let payload = &refused.to_response().errors;
        self.send(&Outgoing::Error { id, payload }).await
    }

    /// Tells what has come of an operation, or that nothing more comes.
    async fn tell(&mut self, id: &str, told: Option<Told>) -> Result<(), End> {
        let Some(Told {
            text,
            is_error,
            held,
            place,
        }) = told
        else {
            // Before the client learns that its id may be used again.
            self.operations.remove(id);
            return self.send(&Outgoing::Complete { id }).await;
        };
        if is_error {
            self.operations.remove(id);
        }
        let sent = self.send_text(text.map_err(Some)?).await;
        // The connection has taken it.
        drop((held, place));
        sent
    }

    async fn send(&mut self, message: &Outgoing<'_>) -> Result<(), End> {
        let text = message.to_text().map_err(Some)?;
        self.send_text(text).await
    }

    async fn send_text(&mut self, text: String) -> Result<(), End> {
        let mut session = self.session.clone();
        if text.len() <= FRAGMENT {
            return self.deliver(async move { session.text(text).await }).await;
        }
        // The connection has a queue of messages, whose memory nobody limits if they may be of any length.
        let mut rest = Bytes::from(text);
        let mut fragment = Item::FirstText(rest.split_to(FRAGMENT));
        loop {
            let mut session = self.session.clone();
            let is_last = matches!(fragment, Item::Last(_));
            self.deliver(async move { session.continuation(fragment).await })
                .await?;
            if is_last {
                return Ok(());
            }
            let next = rest.split_to(rest.len().min(FRAGMENT));
            fragment = if rest.is_empty() {
                Item::Last(next)
            } else {
                Item::Continue(next)
            };
        }
    }

    /// Sends, unless that takes too long or the process is asked to stop.
    async fn deliver(&mut self, send: impl Future<Output = Result<(), Closed>>) -> Result<(), End> {
        let mut send = pin!(send);
        if let Some(outcome) = (&mut send).now_or_never() {
            return outcome.map_err(|Closed| None);
        }
        // What waits goes on when the client reads, and that is a sign of life as good as any.
        tokio::select! {
            biased;
            () = ended(self.pass.as_ref()) => Err(Some(shown_out())),
            () = self.shutdown.requested() => Err(Some(away())),
            outcome = timeout(self.endpoint.limits().silence, send) => match outcome {
                Ok(Ok(())) => {
                    self.last_sign = Instant::now();
                    Ok(())
                }
                Ok(Err(Closed)) => Err(None),
                Err(_) => Err(Some(lost("The client has not been reading for too long"))),
            },
        }
    }
}

/// When a pass ends, if there is one.
async fn ended(pass: Option<&Pass>) {
    match pass {
        Some(pass) => pass.ended().await,
        None => pending().await,
    }
}

/// What somebody was let in by is no longer valid.
fn shown_out() -> CloseReason {
    reason(close_code::FORBIDDEN, SHOWN_OUT)
}

/// Whom the gate does not let in.
fn not_let_in(denied: &Denied) -> CloseReason {
    match denied {
        Denied::Unauthenticated(why) => reason(close_code::FORBIDDEN, *why),
        Denied::TooOften(_) => reason(CloseCode::Again, "Too many tries; wait, and try again"),
        Denied::Unavailable(why) => reason(CloseCode::Again, *why),
    }
}

/// The process is stopping, and the client may connect to another one at once.
fn away() -> CloseReason {
    reason(CloseCode::Away, "The server is stopping")
}

/// The connection is as good as lost, for which nobody need be to blame: a computer may have been asleep. So the client is
/// told to come again; a code that says it has broken a rule keeps clients from that for good.
fn lost(description: &str) -> CloseReason {
    reason(CloseCode::Again, description)
}

/// What a broken stream is closed with.
fn broken(error: &ProtocolError) -> CloseReason {
    match error {
        ProtocolError::Overflow => reason(CloseCode::Size, "The message is too large"),
        // What is wrong with a frame is found before it is read as text.
        ProtocolError::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            reason(CloseCode::Invalid, "The message is not UTF-8")
        }
        ProtocolError::Io(error) => {
            match error.get_ref().and_then(|error| error.downcast_ref()) {
                Some(error) if receiving::had_no_room(error) => reason(CloseCode::Again, &error.to_string()),
                Some(PayloadError::Io(error)) if error.kind() == io::ErrorKind::TimedOut => {
                    lost("The message was not there in its time")
                }
                Some(PayloadError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                    reason(CloseCode::Protocol, &error.to_string())
                }
                // This is how the frame comes whose head says that it is too large, and the message that has grown too
                // large from frame to frame.
                _ => reason(CloseCode::Size, &error.to_string()),
            }
        }
        other => reason(CloseCode::Protocol, &other.to_string()),
    }
}
