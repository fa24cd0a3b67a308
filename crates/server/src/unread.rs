//! Answers that nobody reads, where the system does not notice.
//!
//! Over HTTP/1.1 and TCP it does, and cuts the connection off. Over HTTP/2 a client takes whatever the connection brings,
//! and says for each answer how much of it may be sent: nothing, if it likes, for as long as it stays. And of Unix sockets
//! the system does not say who takes nothing.

use std::{
    cell::RefCell,
    mem,
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::{
    Error,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Version,
    middleware::Next,
    rt::{self, task::JoinHandle},
    web::Bytes,
};
use tokio::time::{Instant, sleep_until};

/// How much is handed out at once, in bytes: what is not taken of it stays where nobody can take it back.
const PIECE: usize = 16 * 1024;

/// Gives up an answer over HTTP/2 or a Unix socket of which nothing is taken for as long as `patience`.
///
/// # Errors
/// As what is behind it.
pub(crate) async fn watch<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
    patience: Duration,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // Who comes by a Unix socket has no address.
    let is_unnoticed = request.version() == Version::HTTP_2 || request.peer_addr().is_none();
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| {
        let is_small = match body.size() {
            BodySize::None => true,
            BodySize::Sized(size) => size <= PIECE as u64,
            BodySize::Stream => false,
        };
        if is_unnoticed && !is_small {
            BoxBody::new(Watched::new(body.boxed(), patience))
        } else {
            body.boxed()
        }
    }))
}

/// A body that is given up if nobody takes what it hands out.
struct Watched {
    size: BodySize,
    answer: Rc<RefCell<Answer>>,
    watch: JoinHandle<()>,
}

/// What there is of an answer.
#[derive(Default)]
struct Answer {
    /// None once it was given up.
    body: Option<BoxBody>,
    /// What has come of it and was not handed out.
    rest: Bytes,
    /// Since when what was handed out waits to be taken; none while the body itself is waited for.
    waiting: Option<Instant>,
}

/// That it was given up.
#[derive(Debug, thiserror::Error)]
#[error("the client took nothing of it for too long")]
struct GivenUp;

impl Watched {
    fn new(body: BoxBody, patience: Duration) -> Self {
        let size = body.size();
        let answer = Rc::new(RefCell::new(Answer {
            body: Some(body),
            ..Answer::default()
        }));
        let watch = rt::spawn(give_up(Rc::downgrade(&answer), patience));
        Self { size, answer, watch }
    }
}

/// Waits until an answer has waited for too long, and lets go of it.
async fn give_up(answer: Weak<RefCell<Answer>>, patience: Duration) {
    loop {
        let Some(waiting) = answer.upgrade().map(|answer| answer.borrow().waiting) else {
            return;
        };
        let end = waiting.unwrap_or_else(Instant::now) + patience;
        if end > Instant::now() {
            sleep_until(end).await;
            continue;
        }
        // Only then is it dropped, when nobody looks at it.
        let given_up = answer
            .upgrade()
            .map(|answer| mem::take(&mut *answer.borrow_mut()));
        drop(given_up);
        return;
    }
}

impl MessageBody for Watched {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let mut answer = self.answer.borrow_mut();
        answer.waiting = None;
        if answer.rest.is_empty() {
            let Some(body) = &mut answer.body else {
                return Poll::Ready(Some(Err(GivenUp.into())));
            };
            match ready!(Pin::new(body).poll_next(context)) {
                Some(Ok(bytes)) => answer.rest = bytes,
                ended => return Poll::Ready(ended),
            }
        }
        answer.waiting = Some(Instant::now());
        let length = answer.rest.len().min(PIECE);
        // A part of the same memory would keep all of it.
        let piece = Bytes::copy_from_slice(&answer.rest.split_to(length));
        Poll::Ready(Some(Ok(piece)))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use actix_web::body::BodyStream;
    use futures_util::stream;
    use tokio::{task::LocalSet, time::advance};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    /// A body that brings this much at once, and what it holds for as long as it is there.
    fn body(length: usize) -> (Pin<Box<Watched>>, Weak<()>) {
        let held = Rc::new(());
        let weak = Rc::downgrade(&held);
        let bytes = stream::iter([Bytes::from(vec![7; length])]);
        let stream = futures_util::StreamExt::map(bytes, move |bytes| {
            assert_eq!(Rc::strong_count(&held), 1);
            Ok::<_, std::io::Error>(bytes)
        });
        let body = BoxBody::new(BodyStream::new(stream));
        (
            Box::pin(Watched::new(body, PATIENCE + Duration::from_millis(1))),
            weak,
        )
    }

    async fn next(body: &mut Pin<Box<Watched>>) -> Option<Result<Bytes, String>> {
        let next = poll_fn(|context| body.as_mut().poll_next(context)).await;
        next.map(|next| next.map_err(|error| error.to_string()))
    }

    /// Lets time go by, and everybody see it.
    async fn wait(time: Duration) {
        tokio::task::yield_now().await;
        advance(time).await;
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_it_piece_by_piece_gets_all_of_it_however_slowly() {
        let slowly = async {
            let (mut body, _) = body(3 * PIECE + 1);
            for length in [PIECE, PIECE, PIECE, 1] {
                assert_eq!(next(&mut body).await.unwrap().unwrap(), vec![7; length]);
                wait(PATIENCE).await;
            }
            assert!(next(&mut body).await.is_none());
        };
        LocalSet::new().run_until(slowly).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_takes_is_given_up() {
        let given_up = async {
            let (mut body, held) = body(3 * PIECE);
            // Before anybody asks for it, nobody is waited for.
            wait(3 * PATIENCE).await;
            next(&mut body).await.unwrap().unwrap();
            wait(PATIENCE).await;
            assert!(held.upgrade().is_some());
            wait(Duration::from_millis(2)).await;
            assert!(held.upgrade().is_none(), "it is still held");
            let error = next(&mut body).await.unwrap().unwrap_err();
            assert_eq!(error, GivenUp.to_string());
        };
        LocalSet::new().run_until(given_up).await;
    }
}
