//! The whole system, a module a story. Most stories speak GraphQL to a schema over a migrated database in a folder
//! of their own; those about the process itself start the real binary.

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
