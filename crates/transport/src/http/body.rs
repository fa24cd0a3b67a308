//! Taking in the body of a POST.

use std::{ops::Deref, pin::pin};

use actix_web::{error::PayloadError, web::Payload};
use futures_util::StreamExt as _;
use tokio::time::timeout;

use crate::{
    Limits,
    budget::{Budget, Held},
    error::{Refused, in_short},
    receiving::LITTLE,
};

/// What a request takes besides its body, in bytes. Over HTTP/2 one connection may begin as many as it likes.
const REQUEST: usize = 4 * 1024;

/// How long a body may be that belongs to a request for which room is kept, in bytes.
const SMALL: usize = LITTLE - REQUEST;

/// A body, for which room is held until this is dropped.
#[derive(Debug)]
pub(crate) struct Body {
    bytes: Vec<u8>,
    held: Held,
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Body {
    /// Takes in a body of whoever is `admitted`, as far and for as long as it may go on, and if there is room for it. What
    /// its head announces counts for nothing.
    ///
    /// While it is still being decided whether they are, no more is taken than a small one has: where a body that breaks
    /// off is read by nobody, its connection is closed without an answer.
    ///
    /// # Errors
    /// If they are not; if it is too large, takes too long, or breaks off; or if too much is being received already.
    pub(crate) async fn receive<T>(
        payload: &mut Payload,
        limits: &Limits,
        budget: &Budget,
        admitted: impl Future<Output = Result<T, Refused>>,
    ) -> Result<(Self, T), Refused> {
        let mut body = Self {
            bytes: vec![],
            held: budget.hold(0),
        };
        body.held.grow(REQUEST)?;
        let whole = async {
            let mut admitted = pin!(admitted);
            let (mut pass, mut is_whole) = (None, false);
            loop {
                tokio::select! {
                    biased;
                    outcome = &mut admitted, if pass.is_none() => pass = Some(outcome?),
                    piece = payload.next(), if !is_whole && (pass.is_some() || body.len() < SMALL) => match piece {
                        Some(piece) => body.append(&piece.map_err(|error| broken(&error))?, limits.bytes)?,
                        None => is_whole = true,
                    },
                }
                if is_whole && let Some(pass) = pass.take() {
                    return Ok((body, pass));
                }
            }
        };
        let outcome = timeout(limits.request_time, whole).await;
        outcome.unwrap_or(Err(Refused::SlowBody(limits.request_time)))
    }

    /// The room that is held for it, without the body.
    pub(crate) fn into_held(self) -> Held {
        self.held
    }

    /// Takes in what comes next, of at most `limit` bytes in all.
    fn append(&mut self, piece: &[u8], limit: usize) -> Result<(), Refused> {
        let length = self.bytes.len().saturating_add(piece.len());
        if length > limit {
            return Err(Refused::PayloadTooLarge(limit));
        }
        let capacity = self.bytes.capacity();
        if length > capacity {
            // What is held is what the memory really has; and that grows so that not every piece has it moved, but not so
            // that what is small would be taken for what is not.
            let most = if length <= SMALL { limit.min(SMALL) } else { limit };
            let wanted = capacity.saturating_mul(2).clamp(length, most);
            self.held.grow(wanted - capacity)?;
            self.bytes.reserve_exact(wanted - self.bytes.len());
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }
}

fn broken(error: &PayloadError) -> Refused {
    Refused::BadRequest(format!("The body could not be read: {}", in_short(error)))
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use actix_web::{FromRequest as _, dev, test::TestRequest, web::Bytes};
    use futures_util::stream;

    use super::*;
    use crate::receiving;

    /// So little that all of it is for small ones.
    const ROOM: usize = 16 * 1024;

    #[test]
    fn a_body_holds_what_it_takes_and_no_more_than_it_may() {
        let budget = Budget::new(ROOM);
        let is_left = |bytes| budget.hold(0).grow(bytes).is_ok();
        let empty = || Body {
            bytes: vec![],
            held: budget.hold(0),
        };
        let mut body = empty();
        for _ in 0..100 {
            body.append(&[b'x'; 10], 1_000).unwrap();
            let held = body.bytes.capacity();
            assert!(held <= 2 * body.len());
            assert!(is_left(ROOM - held) && !is_left(ROOM - held + 1));
        }
        let beyond = body.append(b"x", 1_000);
        assert!(matches!(beyond, Err(Refused::PayloadTooLarge(1_000))));
        assert_eq!(*body, [b'x'; 1_000]);

        let held = body.into_held();
        let whole = [b'x'; ROOM];
        let refused = empty().append(&whole, ROOM);
        assert!(matches!(refused, Err(Refused::NoRoom(_))), "{refused:?}");
        drop(held);
        empty().append(&whole, ROOM).unwrap();
    }

    #[test]
    fn what_is_small_has_room_where_what_is_large_has_taken_the_rest() {
        const KIB: usize = 1024;
        let budget = receiving::budget(512 * KIB);
        let mut large = budget.hold(0);
        large.grow(448 * KIB).unwrap();
        let mut body = Body {
            bytes: vec![],
            held: budget.hold(0),
        };
        body.held.grow(REQUEST).unwrap();
        // With what the request takes besides, that is 32 KiB.
        for _ in 0..28 {
            body.append(&[b'x'; KIB], 512 * KIB).unwrap();
        }
        let beyond = body.append(b"x", 512 * KIB);
        assert!(matches!(beyond, Err(Refused::NoRoom(_))), "{beyond:?}");
        drop(large);
        body.append(b"x", 512 * KIB).unwrap();
        assert_eq!(body.len(), 28 * KIB + 1);
    }

    /// As far as it is taken in by then, it is read; if nobody did, its connection would be closed without a word.
    #[tokio::test(start_paused = true)]
    async fn a_body_that_breaks_off_while_it_is_decided_who_sends_it_is_refused_at_once() {
        let pieces = [Ok(Bytes::from_static(b"{")), Err(PayloadError::Incomplete(None))];
        let mut payload = dev::Payload::from(stream::iter(pieces).boxed_local());
        let request = TestRequest::default().to_http_request();
        let mut payload = Payload::from_request(&request, &mut payload).await.unwrap();
        let budget = Budget::new(ROOM);
        let undecided = pending::<Result<(), Refused>>();
        let outcome = Body::receive(&mut payload, &Limits::default(), &budget, undecided).await;
        assert!(matches!(outcome, Err(Refused::BadRequest(_))), "{outcome:?}");
    }
}
