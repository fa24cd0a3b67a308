//! Channels, against receivers on loopback.

// `allow-unwrap-in-tests` knows a test by its attribute; here the helpers are part of the tests too.
#![allow(clippy::unwrap_used)]

mod emails;
mod pauses;
mod public;
mod webhooks;
