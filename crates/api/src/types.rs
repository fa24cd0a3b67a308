//! What can be read: the types of the schema, each a thin cover over a read model or a domain value.

pub(crate) mod analytics;
pub(crate) mod campaign;
pub(crate) mod campaign_list;
pub(crate) mod canvas;
pub(crate) mod change;
pub(crate) mod content;
pub(crate) mod draft;
pub(crate) mod event;
pub(crate) mod failure;
pub(crate) mod in_app;
pub(crate) mod message;
pub(crate) mod node;
pub(crate) mod payload;
pub(crate) mod recipient;
pub(crate) mod schedule;
pub(crate) mod segment;
pub(crate) mod token;
pub(crate) mod viewer;

#[cfg(test)]
mod tests;
