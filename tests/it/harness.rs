//! What the stories stand on.

mod content;
pub(crate) mod introspection;
mod lists;
mod many;
mod server;
mod standing;
mod step;
mod verbs;
mod world;

pub(crate) use content::{email, in_app, webhook};
pub(crate) use lists::List;
pub(crate) use server::Server;
pub(crate) use standing::STANDINGS;
pub(crate) use step::{Step, created};
pub(crate) use world::{Payload, World, codes};
