//! The whole system, a module a story. Most stories speak GraphQL to a schema over a migrated database of their
//! own; those about the process itself start the real binary.
//!
//! They run on `SQLite`, or, where `UNDERSTUDY_TEST_DATABASE` is the URL of a PostgreSQL database, on that cluster:
//! `cargo xtask test` runs them on both.

// `allow-unwrap-in-tests` knows a test by its attribute; here the helpers are part of the tests too.
#![allow(clippy::unwrap_used)]

mod access;
mod allowed_actions;
mod analytics;
mod archive;
mod attacks;
mod broken_database;
mod bulk;
mod bulk_many;
mod bulk_selection;
mod canvases;
mod cascade;
mod changes;
mod check;
mod cli;
mod clients;
mod clone;
mod copy;
mod cost;
mod create;
mod discard_draft;
mod durability;
mod expected_version;
mod feed;
mod graphiql;
mod harness;
mod http;
mod ids;
mod in_app_decision;
mod in_app_fence;
mod in_app_order;
mod in_app_priority;
mod in_app_walk;
mod launch;
mod launch_draft;
mod layering;
mod lists;
mod lookahead;
mod migrations;
mod not_found;
mod odd_input;
mod operations;
mod order;
mod paging;
mod pair;
mod plans;
mod postgres;
mod process;
mod races;
mod readme;
mod recipients;
mod resume;
mod save_draft;
mod scanners;
mod schema;
mod search;
mod segments;
mod sending;
mod stop;
mod templates;
mod test_messages;
mod torture;
mod two_servers;
mod unarchive;
mod unread;
mod update;
mod validation;
mod websocket;
