//! The schema as a whole.

use async_graphql::{SDLExportOptions, SchemaBuilder, ValidationMode};
use understudy_app::{App, Caller};

use crate::mutation::Mutation;
use crate::query::Query;
use crate::subscription::Subscription;
use crate::types::content::CampaignContent;

/// The executable schema. Clones share one.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// A schema that is not finished: extensions may still be added.
pub type Unfinished = SchemaBuilder<Query, Mutation, Subscription>;

/// The fields that take longer than their answers tell, with the types that they are of: as long as reading about so many
/// values.
pub const SLOW_FIELDS: [(&str, &str, usize); 4] = [
    // All recipients of the workspace may have to be asked.
    ("Segment", "recipientCount", 50),
    ("Segment", "recipients", 50),
    // A template may be long on its way.
    ("Query", "messagePreview", 100),
    // Filters and templates of all that want the slot.
    ("Query", "inAppDecision", 100),
];

/// The schema over an application, as one caller has it.
#[must_use]
pub fn schema(app: App, caller: Caller) -> Schema {
    unfinished(app).data(caller).finish()
}

/// The schema over an application, with something to add. Build it once: it is the same for every request and every
/// connection. Whoever takes an operation in puts its [`Caller`] into the request's data, and has it executed by
/// [`execute`](crate::execute).
#[must_use]
pub fn unfinished(app: App) -> Unfinished {
    builder().data(app)
}

/// The same, for those who validate documents before they have them executed. It does not do so again: its own rules
/// refuse some documents that GraphQL has, and how deep they may be is for those who validate to say.
#[must_use]
pub fn trusting(schema: Unfinished) -> Unfinished {
    schema
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(usize::MAX)
}

/// The same, for those who must not learn from it what there is: it answers no introspection, and its errors suggest no
/// names.
#[must_use]
pub fn reticent(schema: Unfinished) -> Unfinished {
    schema.disable_introspection().disable_suggestions()
}

/// The schema in GraphQL's schema definition language, fields and arguments in alphabetical order. Enum values keep
/// theirs, since the order of a lifecycle says something.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .include_specified_by()
        .use_space_ident();
    builder().finish().sdl_with_options(options)
}

fn builder() -> Unfinished {
    // No field has this interface as its type, so the schema has to be told of it.
    Schema::build(Query, Mutation::default(), Subscription).register_output_type::<CampaignContent>()
}

#[cfg(test)]
mod tests;
