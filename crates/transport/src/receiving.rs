//! What is being received, by all connections together, and how a stream of bytes tells that it is too much.

use std::io;

use actix_web::error::PayloadError;

use crate::budget::{Budget, NoRoom};

/// How many bytes a request or a message may hold and still have room where large ones that never end fill the rest.
pub(crate) const LITTLE: usize = 32 * 1024;

/// The budget of what is being received, in bytes.
pub(crate) fn budget(bytes: usize) -> Budget {
    Budget::keeping_a_part(bytes, LITTLE)
}

impl From<NoRoom> for PayloadError {
    fn from(error: NoRoom) -> Self {
        Self::Io(io::Error::other(error))
    }
}

/// Whether a stream has broken off since there was no room.
pub(crate) fn had_no_room(error: &PayloadError) -> bool {
    match error {
        PayloadError::Io(error) => error
            .get_ref()
            .is_some_and(<dyn std::error::Error + Send + Sync>::is::<NoRoom>),
        _ => false,
    }
}
