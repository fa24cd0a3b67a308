//! Whether whoever has asked is still there.
//!
//! Over HTTP/1.1 the library lets go of an answer once its connection is gone. Over HTTP/2 it does not before there is
//! something to send, and the operation would be carried out to its end, or its event stream stay open until the next
//! sign of life.

use std::future::{pending, poll_fn};
use std::task::Poll;
use std::time::Duration;

use actix_web::{HttpRequest, http::Version, web::Payload};
use futures_util::StreamExt as _;
use tokio::time::sleep;

/// How often somebody looks.
const LOOK: Duration = Duration::from_secs(1);

/// Whoever has sent a request.
#[derive(Default)]
pub(crate) struct Client {
    /// The request's body, which is at its end, where it tells whether its client has left.
    body: Option<Payload>,
}

impl Client {
    /// Whoever has sent this one, whose body has been read or has no meaning.
    pub(crate) fn of(request: &HttpRequest, body: Payload) -> Self {
        Self {
            body: (request.version() == Version::HTTP_2).then_some(body),
        }
    }

    /// Waits until the client has left, as far as that can be seen here.
    pub(crate) async fn leaves(&mut self) {
        let Some(body) = &mut self.body else {
            return pending().await;
        };
        loop {
            sleep(LOOK).await;
            // At the end of a body there is nothing, again and again; but of one that was given up, an error.
            let has_left = poll_fn(|context| {
                loop {
                    match body.poll_next_unpin(context) {
                        // Nobody wants it, and the end of it is what counts.
                        Poll::Ready(Some(Ok(_))) => {}
                        Poll::Ready(Some(Err(_))) => return Poll::Ready(true),
                        Poll::Ready(None) | Poll::Pending => return Poll::Ready(false),
                    }
                }
            });
            if has_left.await {
                return;
            }
        }
    }
}
