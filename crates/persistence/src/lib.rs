//! The database: SeaORM entities, rows to domain and back, the one write transaction, the event log and the reads.
//!
//! This crate refuses to know GraphQL, and to decide anything: it loads what a decision needs, and writes what was
//! decided, all of it or nothing. It is the only crate besides the migrations that names SeaORM.

mod backend;
pub mod check;
mod codes;
mod contents;
pub mod copy;
mod entity;
mod error;
pub mod migrate;
pub mod read;
mod rows;
mod store;
mod transaction;
mod write;

pub use backend::{Connections, without_secrets};
pub use error::{OpenError, StoreError};
pub use read::Snapshot;
pub use store::{SecretHash, Store, WriteError};
pub use write::{Change, Claim, Claims, Ended, Pending, PlanStep, Side, WriteTx};
