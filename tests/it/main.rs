//! The whole system, a module a story. Most stories speak GraphQL to a schema over a migrated database in a folder
//! of their own; those about the process itself start the real binary.

mod allowed_actions;
mod archive;
mod bulk;
mod bulk_many;
mod bulk_selection;
mod canvases;
mod cascade;
mod changes;
mod clone;
mod create;
mod discard_draft;
mod expected_version;
mod harness;
mod in_app_order;
mod in_app_priority;
mod in_app_walk;
mod launch;
mod launch_draft;
mod layering;
mod migrations;
mod not_found;
mod pair;
mod readme;
mod resume;
mod save_draft;
mod schema;
mod segments;
mod stop;
mod unarchive;
mod update;
