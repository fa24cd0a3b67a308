//! The whole system, a module a story. Most stories speak GraphQL to a schema over a migrated database in a folder
//! of their own; those about the process itself start the real binary.

// What a story cannot unwrap, it fails by. Clippy lets only the functions that bear `#[test]` do so.
#![allow(clippy::unwrap_used)]

mod cost;
mod harness;
mod ids;
mod layering;
mod lists;
mod lookahead;
mod migrations;
mod odd_input;
mod order;
mod paging;
mod schema;
mod search;
mod validation;
