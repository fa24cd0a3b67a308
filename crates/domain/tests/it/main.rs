//! What the domain promises, tried from outside through what other crates can call.
//!
//! `matrix` holds the rules table, `random_commands` the invariants over whole lives, the rest the input and the
//! differences between contents.

mod allowed_actions;
mod changes;
mod commands;
mod filters;
mod lists;
mod matrix;
mod messages;
mod names;
mod patches;
mod random_commands;
mod recipients;
mod replay;
mod roles;
mod schedules;
mod sources;
mod strategies;
mod support;
mod templates;
mod texts;
mod urls_and_addresses;
