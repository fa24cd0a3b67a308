//! Whether a document is one by the rules of GraphQL, over all of its operations and fragments.
//!
//! async-graphql has rules of its own, which let pass what clients' tools refuse (arguments of `__typename`, texts in
//! the place of enums, fields that cannot be merged) and refuse what they let pass (a list that is never null where it
//! might be). So a document is looked at here, by its schema's text, and async-graphql checks it no more. Each
//! definition is walked through once, however often a fragment is spread.

mod directives;
mod merge;
mod selections;
mod subscription;
mod suggestion;
mod values;
mod variables;

use std::{collections::HashMap, fmt};

use async_graphql::{
    Name, Pos, Positioned, ServerError,
    parser::types::{
        DirectiveLocation, ExecutableDocument, FragmentDefinition, OperationDefinition, OperationType,
    },
};

use super::{Refusal, refusal::VALIDATION_FAILED};
use crate::{Introspection, Limits, TypeSystem, error::with_code};
use variables::Uses;

/// How many errors are told of a document. Each word of it may be one, and an error is longer than a word.
pub(super) const MAX_ERRORS: usize = 100;

/// The walk through a document.
struct Walk<'a> {
    document: &'a ExecutableDocument,
    types: &'a TypeSystem,
    /// Whether names that might have been meant are told.
    introspection: Introspection,
    /// What is wrong, as far as it is told.
    errors: Vec<ServerError>,
    /// What the definition that is being walked through uses.
    uses: Uses<'a>,
}

/// Checks a document that is known to be of a size that can be walked, and to have no fragment that contains itself. Says
/// whether any field stands there more than once, so that those of its response key are to be merged.
///
/// # Errors
/// If it is not valid: what is wrong with it, in the order in which it stands there.
pub(super) fn check(
    document: &ExecutableDocument,
    types: &TypeSystem,
    limits: &Limits,
    introspection: Introspection,
) -> Result<bool, Vec<ServerError>> {
    let mut walk = Walk {
        document,
        types,
        introspection,
        errors: vec![],
        uses: Uses::default(),
    };
    let mut fragments: Vec<_> = document.fragments.iter().collect();
    fragments.sort_by_key(|(_, fragment)| fragment.pos);
    let fragments: Vec<_> = fragments
        .into_iter()
        .map(|(name, fragment)| (name, fragment.pos, walk.fragment(fragment)))
        .collect();
    let uses: HashMap<_, _> = fragments.iter().map(|(name, _, uses)| (*name, uses)).collect();
    let mut operations: Vec<_> = document
        .operations
        .iter()
        .map(|(_, operation)| operation)
        .collect();
    operations.sort_by_key(|operation| operation.pos);
    let mut reached = variables::Reached::default();
    for operation in &operations {
        walk.operation(operation, &uses, &mut reached);
    }
    for (name, position, _) in &fragments {
        if !reached.contains(name) {
            walk.tell(&[*position], format_args!("The fragment `{name}` is never used."));
        }
    }
    // What cannot be merged is told of fields that there are.
    let mut has_repeats = false;
    if walk.errors.is_empty() {
        has_repeats = merge::check(&mut walk, &operations, limits).map_err(|refusal| vec![refusal.into()])?;
    }
    let mut errors = walk.errors;
    errors.sort_by_key(|error| error.locations.first().copied());
    if errors.is_empty() {
        Ok(has_repeats)
    } else {
        Err(errors)
    }
}

impl<'a> Walk<'a> {
    /// Tells what is wrong, and where.
    fn tell(&mut self, positions: &[Pos], message: fmt::Arguments<'_>) {
        if self.errors.len() < MAX_ERRORS {
            let mut error = ServerError::new(message.to_string(), None);
            error.locations = positions.to_vec();
            self.errors.push(with_code(error, VALIDATION_FAILED));
        }
    }

    /// Walks through a fragment's definition; what it uses.
    fn fragment(&mut self, fragment: &'a Positioned<FragmentDefinition>) -> Uses<'a> {
        let parent = self.condition(&fragment.node.type_condition);
        self.directives(&fragment.node.directives, DirectiveLocation::FragmentDefinition);
        self.selection_set(&fragment.node.selection_set.node, parent);
        std::mem::take(&mut self.uses)
    }

    /// Walks through an operation, and with what it uses through those `fragments` that it reaches.
    fn operation(
        &mut self,
        operation: &'a Positioned<OperationDefinition>,
        fragments: &HashMap<&'a Name, &Uses<'a>>,
        reached: &mut variables::Reached<'a>,
    ) {
        let OperationDefinition {
            ty,
            variable_definitions,
            directives,
            selection_set,
        } = &operation.node;
        let root = self.types.root(*ty);
        if root.is_none() {
            self.tell(&[operation.pos], format_args!("There are no {}.", plural(*ty)));
        }
        self.definitions(variable_definitions);
        let place = match ty {
            OperationType::Query => DirectiveLocation::Query,
            OperationType::Mutation => DirectiveLocation::Mutation,
            OperationType::Subscription => DirectiveLocation::Subscription,
        };
        self.directives(directives, place);
        self.selection_set(&selection_set.node, root);
        if *ty == OperationType::Subscription {
            self.subscription(operation);
        }
        let uses = std::mem::take(&mut self.uses);
        self.variables(variable_definitions, &uses, fragments, reached);
    }
}

/// What there are none of.
fn plural(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "queries",
        OperationType::Mutation => "mutations",
        OperationType::Subscription => "subscriptions",
    }
}

#[cfg(test)]
mod tests;
