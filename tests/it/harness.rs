//! What the stories stand on.

mod content;
pub(crate) mod introspection;
mod lists;
mod server;
mod world;

pub(crate) use content::{email, in_app, webhook};
pub(crate) use lists::{List, find};
pub(crate) use server::Server;
pub(crate) use world::{Payload, World, codes};
