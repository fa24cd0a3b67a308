//! What the stories stand on.

mod audit;
mod content;
mod crowd;
mod database;
mod feed;
pub(crate) mod introspection;
mod judge;
mod lists;
mod many;
mod program;
mod raw;
mod server;
mod socket;
mod standing;
mod step;
mod tampering;
mod together;
mod verbs;
mod world;

pub(crate) use audit::{Ask, Books, audit};
pub(crate) use content::{email, in_app, webhook};
pub(crate) use database::{Database, backend};
pub(crate) use feed::{CAMPAIGN_EVENTS, Feed, STATUS_CHANGES, sequence, sequences, texts};
pub(crate) use judge::{assert_whole, findings};
pub(crate) use lists::{List, find};
pub(crate) use program::Program;
pub(crate) use raw::{exchange, post_raw};
pub(crate) use server::{SET_TIME, Server, client, command, run};
pub(crate) use socket::{Received, SUBPROTOCOL, Socket};
pub(crate) use standing::STANDINGS;
pub(crate) use step::{Step, created};
pub(crate) use tampering::{Cell, Tampering};
pub(crate) use together::{Dice, crowded, together};
pub(crate) use world::{Payload, World, codes};
