//! What tests need of the machine that they run on: a PostgreSQL of their own, a browser, and receivers of what is sent.
//!
//! This library refuses to know Understudy and to speak to a database: it finds PostgreSQL's programs and runs them.
//! `cargo xtask test` starts a cluster with it for the whole run, and a story that stops or kills its database one for
//! itself. It knows Unix only, as the stories do that send signals.

pub mod browser;
pub mod postgres;
pub mod receivers;
