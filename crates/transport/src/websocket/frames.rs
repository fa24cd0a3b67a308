//! The heads of frames, looked at before what is in them is kept.
//!
//! actix-http finds out that a frame is too large when all of it is there, so that a head that announces a terabyte would
//! be waited for, and all that comes kept. And nothing says how many messages may be half there at once, or for how long, so
//! room is held for each until all of it has come, and who shows signs of life but never ends a message is found here.

use std::io;
use std::time::Duration;

use actix_web::{
    dev,
    error::PayloadError,
    web::{Bytes, Payload},
};
use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use crate::{
    Limits,
    budget::{Held, NoRoom},
};

/// The most that a frame of the protocol's own may carry, in bytes.
const CONTROL: u64 = 125;

/// The bit that tells frames of the protocol's own from those of messages.
const IS_CONTROL: u8 = 0b1000;

/// The bit that tells the last frame of a message.
const IS_LAST: u8 = 0b1000_0000;

/// The bits that mean nothing, since no extension of the protocol is spoken.
const RESERVED: u8 = 0b0111_0000;

/// What a frame of a message takes besides what is in it, in bytes: a message may come in frames of a byte each.
const FRAME: usize = 128;

/// Where in a client's bytes the pass is.
#[derive(Debug)]
struct Frames {
    /// How long a frame may be, without its head.
    limit: u64,
    /// What is there of the head of a frame: two bytes, its length if that is not in the second, and its mask.
    head: Vec<u8>,
    /// How much of the frame itself is still to come.
    rest: u64,
    /// What the frame is.
    kind: Kind,
    /// How long a message may take.
    time: Duration,
    /// When the message began that is being received.
    begun: Option<Instant>,
    /// For that message.
    held: Held,
}

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One of the protocol's own.
    Control,
    /// A part of a message, after which more come.
    Part,
    /// The last part of a message, or all of it.
    Last,
}

/// The same bytes, as far as no frame in them is larger than a request may be or breaks a rule that its head shows, and
/// each message is there in its time and has room.
///
/// They come frame by frame: who reads them takes in all that is there before understanding any of it, and what is wrong
/// with a frame would have those before it forgotten.
pub(super) fn checked(payload: Payload, limits: &Limits, held: Held) -> dev::Payload {
    let frames = Frames::new(limits.bytes, limits.request_time, held);
    let pieces = stream::unfold(
        (payload, frames, Bytes::new()),
        |(mut payload, mut frames, mut bytes)| async move {
            if frames.is_between() {
                tokio::task::yield_now().await;
            }
            if bytes.is_empty() {
                match payload.next().await? {
                    Ok(more) => bytes = more,
                    Err(error) => return Some((Err(error), (payload, frames, bytes))),
                }
            }
            let passed = frames.pass(&bytes).map(|count| bytes.split_to(count));
            Some((passed, (payload, frames, bytes)))
        },
    );
    dev::Payload::Stream {
        payload: Box::pin(pieces),
    }
}

impl Frames {
    fn new(limit: usize, time: Duration, held: Held) -> Self {
        Self {
            limit: u64::try_from(limit).unwrap_or(u64::MAX),
            head: vec![],
            rest: 0,
            kind: Kind::Control,
            time,
            begun: None,
            held,
        }
    }

    /// Goes over the bytes that come next, up to the end of a frame. How many these are.
    fn pass(&mut self, bytes: &[u8]) -> Result<usize, PayloadError> {
        // Whoever sends nothing is not looked at here, but shows no sign of life either.
        if self.begun.is_some_and(|begun| begun.elapsed() > self.time) {
            return Err(PayloadError::Io(io::ErrorKind::TimedOut.into()));
        }
        let mut left = bytes;
        while let Some((first, after)) = left.split_first() {
            if self.rest > 0 {
                left = self.pass_content(left)?;
            } else {
                self.head.push(*first);
                left = after;
                self.pass_head()?;
            }
            if self.is_between() {
                break;
            }
        }
        Ok(bytes.len() - left.len())
    }

    /// Whether there is a frame that has ended, or none yet, and nothing of the next one.
    fn is_between(&self) -> bool {
        self.rest == 0 && self.head.is_empty()
    }

    /// Looks at what there is of a head.
    fn pass_head(&mut self) -> Result<(), PayloadError> {
        let Some(length) = self.length() else {
            return Ok(());
        };
        self.kind = self.kind();
        let first = self.head.first().copied().unwrap_or_default();
        if first & RESERVED != 0 {
            return Err(broken("A frame has a bit that means nothing"));
        }
        if self.kind == Kind::Control && first & IS_LAST == 0 {
            return Err(broken("A frame of the protocol's own is not whole"));
        }
        let limit = if self.kind == Kind::Control {
            CONTROL
        } else {
            self.limit
        };
        if length > limit {
            return Err(PayloadError::Overflow);
        }
        if self.head.len() == self.head_length() {
            self.head.clear();
            self.rest = length;
            self.begin()?;
        }
        Ok(())
    }

    /// Goes over what there is of the frame itself; what comes after it.
    fn pass_content<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8], NoRoom> {
        let here = usize::try_from(self.rest).unwrap_or(usize::MAX).min(bytes.len());
        self.rest -= u64::try_from(here).unwrap_or(u64::MAX);
        if self.kind != Kind::Control {
            self.held.grow(here)?;
        }
        self.end();
        Ok(bytes.get(here..).unwrap_or_default())
    }

    /// Takes notice of a frame whose head is there.
    fn begin(&mut self) -> Result<(), NoRoom> {
        if self.kind != Kind::Control {
            self.begun.get_or_insert_with(Instant::now);
            self.held.grow(FRAME)?;
        }
        self.end();
        Ok(())
    }

    /// Takes notice of the end of a message, if this is one: whoever waits for it reads it now.
    fn end(&mut self) {
        if self.rest == 0 && self.kind == Kind::Last {
            self.begun = None;
            self.held.shrink_to(0);
        }
    }

    /// What the frame is whose head this is.
    fn kind(&self) -> Kind {
        match self.head.first() {
            Some(first) if first & IS_CONTROL != 0 => Kind::Control,
            Some(first) if first & IS_LAST != 0 => Kind::Last,
            _ => Kind::Part,
        }
    }

    /// How many bytes of the head have the length, beside the second.
    fn length_bytes(&self) -> usize {
        match self.head.get(1).map(|second| second & 0x7f) {
            Some(126) => 2,
            Some(127) => 8,
            _ => 0,
        }
    }

    fn head_length(&self) -> usize {
        let is_masked = self.head.get(1).is_some_and(|second| second & 0x80 != 0);
        2 + self.length_bytes() + if is_masked { 4 } else { 0 }
    }

    /// How long the frame is, as soon as the head says so.
    fn length(&self) -> Option<u64> {
        let second = self.head.get(1)?;
        let length = self.head.get(2..2 + self.length_bytes())?;
        if length.is_empty() {
            return Some(u64::from(second & 0x7f));
        }
        Some(
            length
                .iter()
                .fold(0, |length, byte| length << 8 | u64::from(*byte)),
        )
    }
}

/// That a frame is none of a `WebSocket`. The library would find out as well, but for some it writes a line into the log,
/// which anybody could fill with that.
fn broken(why: &'static str) -> PayloadError {
    PayloadError::Io(io::Error::new(io::ErrorKind::InvalidData, why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;

    const TIME: Duration = Duration::from_secs(10);

    /// A masked frame of so many bytes, with the length written in `bytes` of its head.
    fn frame(opcode: u8, length: usize, bytes: usize) -> Vec<u8> {
        let mut frame = vec![0x80 | opcode];
        match bytes {
            0 => frame.push(0x80 | u8::try_from(length).unwrap()),
            2 => frame.push(0xfe),
            _ => frame.push(0xff),
        }
        frame.extend(&length.to_be_bytes()[8 - bytes..]);
        frame.extend([1, 2, 3, 4]);
        frame.extend(vec![0xff; length]);
        frame
    }

    /// Has all of these pass.
    fn pass(frames: &mut Frames, mut bytes: &[u8]) -> Result<(), PayloadError> {
        while !bytes.is_empty() {
            bytes = &bytes[frames.pass(bytes)?..];
        }
        Ok(())
    }

    /// Whether these pass, in pieces of each size.
    fn passes(bytes: &[u8], limit: usize) -> bool {
        let results = [1, 2, 3, 7, 1_000].map(|size| {
            let mut frames = Frames::new(limit, TIME, Budget::new(1 << 30).hold(0));
            bytes.chunks(size).all(|piece| pass(&mut frames, piece).is_ok())
        });
        assert!(results.iter().all(|result| *result == results[0]), "{results:?}");
        results[0]
    }

    #[test]
    fn frames_pass_up_to_the_limit_one_after_the_other() {
        let all = [
            frame(1, 0, 0),
            frame(1, 125, 0),
            frame(9, 125, 0),
            frame(1, 300, 2),
            frame(0, 300, 8),
        ];
        assert!(passes(&all.concat(), 300));
        assert!(!passes(&[all.concat(), frame(1, 301, 2)].concat(), 300));
        assert!(!passes(&frame(1, 301, 8), 300));
        assert!(!passes(&frame(9, 126, 2), 300));
        assert!(!passes(&frame(1, 100, 0), 99));
    }

    #[test]
    fn frames_pass_one_by_one() {
        let mut frames = Frames::new(300, TIME, Budget::new(1 << 30).hold(0));
        let (first, second) = (frame(1, 10, 0), frame(9, 0, 0));
        let both = [first.as_slice(), &second, &first[..3]].concat();
        assert_eq!(frames.pass(&both).unwrap(), first.len());
        assert!(frames.is_between());
        assert_eq!(frames.pass(&both[first.len()..]).unwrap(), second.len());
        assert_eq!(frames.pass(&first[..3]).unwrap(), 3);
        assert!(!frames.is_between());
        assert_eq!(frames.pass(&first[3..]).unwrap(), first.len() - 3);
        assert!(frames.is_between());
    }

    #[test]
    fn what_the_head_of_a_frame_may_not_say_is_refused() {
        let empty = |first: u8| [first, 0x80, 1, 2, 3, 4];
        for first in [0x81, 0x01, 0x80, 0x00, 0x88, 0x89, 0x8a] {
            assert!(passes(&empty(first), 300), "{first:x}");
        }
        // Bits that mean nothing, and a close, a ping and a pong of which more is to come.
        for first in [0xc1, 0xa1, 0x91, 0xc9, 0x41, 0x08, 0x09, 0x0a] {
            assert!(!passes(&empty(first), 300), "{first:x}");
        }
    }

    #[test]
    fn a_head_alone_is_enough() {
        let terabyte = [0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0];
        assert!(!passes(&terabyte, 1 << 20));
        assert!(passes(&terabyte[..5], 1 << 20));
        // As long as a number may be.
        assert!(!passes(
            &[&[0x82, 0x7f], [0xff; 8].as_slice()].concat(),
            usize::MAX - 1
        ));
    }

    #[test]
    fn room_is_held_for_a_message_until_all_of_it_has_come() {
        const PART: usize = 1_000;
        let budget = Budget::new(8 * (PART + FRAME));
        let mut frames = Frames::new(PART, TIME, budget.hold(0));
        let is_left = |bytes| budget.hold(0).grow(bytes).is_ok();
        let part = |first| [&[first], &frame(0, PART, 2)[1..]].concat();
        for _ in 0..3 {
            // The first part, the middle one, a ping between them, and half of the last one.
            pass(&mut frames, &part(0x01)).unwrap();
            pass(&mut frames, &part(0x00)).unwrap();
            pass(&mut frames, &frame(9, 125, 0)).unwrap();
            let last = part(0x80);
            let (here, rest) = last.split_at(last.len() - PART / 2);
            pass(&mut frames, here).unwrap();
            let held = 3 * FRAME + 2 * PART + PART / 2;
            assert!(is_left(8 * (PART + FRAME) - held) && !is_left(8 * (PART + FRAME) - held + 1));
            pass(&mut frames, rest).unwrap();
            assert!(is_left(8 * (PART + FRAME)));
        }
        // Parts without anything in them are not nothing.
        let error = loop {
            if let Err(error) = pass(&mut frames, &[0x00, 0x80, 1, 2, 3, 4]) {
                break error;
            }
        };
        assert!(crate::receiving::had_no_room(&error), "{error}");
        drop(frames);
        assert!(is_left(8 * (PART + FRAME)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_must_be_there_in_its_time_whatever_comes_between_its_parts() {
        let mut frames = Frames::new(1_000, TIME, Budget::new(1 << 20).hold(0));
        let ping = frame(9, 0, 0);
        let part = [0x01, 0x81, 1, 2, 3, 4, 5];
        for _ in 0..3 {
            pass(&mut frames, &part).unwrap();
            tokio::time::advance(TIME).await;
            pass(&mut frames, &ping).unwrap();
            pass(&mut frames, &frame(0, 5, 0)).unwrap();
            // Between two messages there is all the time that there is.
            tokio::time::advance(3 * TIME).await;
            pass(&mut frames, &ping).unwrap();
        }
        // However often another part of it comes.
        pass(&mut frames, &part).unwrap();
        tokio::time::advance(TIME).await;
        pass(&mut frames, &[&[0x00], &part[1..]].concat()).unwrap();
        tokio::time::advance(Duration::from_millis(1)).await;
        let late = pass(&mut frames, &ping);
        assert!(
            matches!(&late, Err(PayloadError::Io(error)) if error.kind() == io::ErrorKind::TimedOut),
            "{late:?}"
        );
    }
}
