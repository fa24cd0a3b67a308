//! What the stories stand on.

mod content;
mod server;
mod world;

pub(crate) use content::{email, in_app, webhook};
pub(crate) use server::Server;
pub(crate) use world::{Payload, World, codes};
