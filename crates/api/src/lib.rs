//! The GraphQL face of Understudy: the promised schema, over the use cases of [`understudy_app`].
//!
//! This crate refuses to know databases and HTTP. It decides nothing about campaigns either: what is allowed stands in
//! `understudy_domain::rules`, and a refusal is only put into words here. What it does decide is how things are told:
//! names, descriptions, codes, messages, cursors, and how much of the store a selection needs.

mod charge;
mod connection;
mod cursor;
mod error;
mod follower;
mod id;
mod input;
mod mutation;
mod query;
#[cfg(test)]
mod sample;
mod scalar;
mod schema;
mod showing;
mod subscription;
mod types;
mod user_error;
mod viewer;
mod wants;

pub use charge::Charge;
pub use follower::Follower;
pub use scalar::is_moment;
pub use schema::{SLOW_FIELDS, Schema, Unfinished, reticent, schema, sdl, trusting, unfinished};
pub use showing::{execute, execute_stream};
