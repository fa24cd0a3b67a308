//! The values that an operation's variables have where the request gives none.
//!
//! async-graphql knows them where a variable is an argument of a field, but not in the conditions of `@skip` and
//! `@include`, which it takes for false: it would carry out a command that `@skip(if: $dry)` is to keep from it. So
//! they are written into the request before it gets there.

use async_graphql::{ServerError, Value, Variables, parser::types::OperationDefinition};

use super::coded;

/// The code of variables that do not fit their operation.
pub(super) const BAD_USER_INPUT: &str = "BAD_USER_INPUT";

/// Gives each variable of `operation` that was left out its default.
///
/// # Errors
/// If one that must have a value has none.
pub(super) fn fill(variables: &mut Variables, operation: &OperationDefinition) -> Result<(), ServerError> {
    for definition in &operation.variable_definitions {
        let (name, definition) = (&definition.node.name.node, &definition.node);
        match (variables.get(name), &definition.default_value) {
            (None, Some(default)) => {
                variables.insert(name.clone(), default.node.clone());
            }
            (None | Some(Value::Null), _) if !definition.var_type.node.nullable => {
                let message = format!("The variable `${name}` must have a value.");
                return Err(coded(message, BAD_USER_INPUT));
            }
            (None | Some(_), _) => {}
        }
    }
    Ok(())
}
