//! What the stories stand on.

mod content;
mod many;
mod server;
mod standing;
mod step;
mod verbs;
mod world;

pub(crate) use content::{email, in_app, webhook};
pub(crate) use server::Server;
pub(crate) use standing::STANDINGS;
pub(crate) use step::{Step, created};
pub(crate) use world::{Payload, World, codes};
