//! How many bytes are being received, by all connections together.
//!
//! Each body and each message has a limit of its own, but anybody can begin thousands of them and end none. So there is
//! room for so many bytes in all, and who finds none left is sent away, to come again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::error::PayloadError;

/// What holds at most as many bytes finds room where there is none left for larger ones: a part of it is kept for these,
/// so that some hundred large bodies that never end do not keep ordinary requests out.
const SMALL: usize = 32 * 1024;

/// The part that is kept.
const KEPT: usize = 8;

/// The room that there is. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    /// Bytes that nobody holds.
    left: Arc<AtomicUsize>,
    /// Bytes of these that are kept for who holds few.
    kept: usize,
}

/// What somebody holds of the room, until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    room: Room,
    bytes: usize,
}

/// That there is no room left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Too much is being received at once. Try again.")]
pub(crate) struct NoRoom;

impl Room {
    /// Room for so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            left: Arc::new(AtomicUsize::new(bytes)),
            kept: bytes / KEPT,
        }
    }

    /// Nothing of it as yet.
    pub(crate) fn enter(&self) -> Held {
        Held {
            room: self.clone(),
            bytes: 0,
        }
    }
}

impl Held {
    /// Takes as many bytes more.
    ///
    /// # Errors
    /// If there is no room for them. Then nothing is taken.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let held = self.bytes.saturating_add(bytes);
        let kept = if held <= SMALL { 0 } else { self.room.kept };
        let taken = |left: usize| left.checked_sub(bytes).filter(|rest| *rest >= kept);
        // It is a number by itself, which nothing else is ordered by.
        self.room
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
            .map_err(|_| NoRoom)?;
        self.bytes = held;
        Ok(())
    }

    /// Gives all of it back.
    pub(crate) fn release(&mut self) {
        self.room.left.fetch_add(self.bytes, Ordering::Relaxed);
        self.bytes = 0;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

/// As a stream of bytes tells it.
impl From<NoRoom> for PayloadError {
    fn from(error: NoRoom) -> Self {
        Self::Io(io::Error::other(error))
    }
}

impl NoRoom {
    /// Whether this is why a stream has broken off.
    pub(crate) fn is_reason(error: &PayloadError) -> bool {
        match error {
            PayloadError::Io(error) => error
                .get_ref()
                .is_some_and(<dyn std::error::Error + Send + Sync>::is::<Self>),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_so_many_bytes_and_who_goes_makes_room() {
        let room = Room::new(8 * SMALL);
        let (mut large, mut other) = (room.enter(), room.enter());
        large.take(4 * SMALL).unwrap();
        assert_eq!(other.take(3 * SMALL + 1), Err(NoRoom));
        other.take(3 * SMALL).unwrap();
        assert_eq!(large.take(1), Err(NoRoom));
        drop(large);
        other.take(4 * SMALL).unwrap();
        other.release();
        assert_eq!(room.left.load(Ordering::Relaxed), 8 * SMALL);
    }

    #[test]
    fn a_part_is_kept_for_who_holds_little() {
        let room = Room::new(8 * SMALL);
        let mut large = room.enter();
        large.take(7 * SMALL).unwrap();
        let (mut small, mut other) = (room.enter(), room.enter());
        small.take(SMALL - 1).unwrap();
        other.take(1).unwrap();
        assert_eq!(other.take(1), Err(NoRoom));
        // Who has grown does not count as small any more.
        drop(other);
        assert_eq!(small.take(2), Err(NoRoom));
        small.take(1).unwrap();
    }
}
