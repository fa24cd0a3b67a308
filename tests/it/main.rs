//! The whole system, a module a story. Most stories speak GraphQL to a schema over a migrated database in a folder
//! of their own; those about the process itself start the real binary.

mod cli;
mod durability;
mod feed;
mod harness;
mod http;
mod layering;
mod migrations;
mod process;
mod races;
mod readme;
mod schema;
mod websocket;
