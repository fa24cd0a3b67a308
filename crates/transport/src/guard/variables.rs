//! The values that an operation's variables have: those of the request, which must fit, or those they have by default.
//!
//! async-graphql knows the defaults where a variable is an argument of a field, but not in the conditions of `@skip` and
//! `@include`, which it takes for false: it would carry out a command that `@skip(if: $dry)` is to keep from it. So
//! they are written into the request before it gets there.

use async_graphql::{ServerError, Value, Variables, parser::types::OperationDefinition};

use super::{coded, input};
use crate::TypeSystem;

/// The code of variables that do not fit their operation.
pub(super) const BAD_USER_INPUT: &str = "BAD_USER_INPUT";

/// Checks the variables of `operation`, makes of them what their types have, and gives each that was left out its
/// default.
///
/// # Errors
/// If one that must have a value has none, or one has a value that does not fit its type.
pub(super) fn fill(
    variables: &mut Variables,
    operation: &OperationDefinition,
    types: &TypeSystem,
) -> Result<(), ServerError> {
    for definition in &operation.variable_definitions {
        let (name, definition) = (&definition.node.name.node, &definition.node);
        match (variables.get_mut(name), &definition.default_value) {
            (None, Some(default)) => {
                variables.insert(name.clone(), default.node.clone());
            }
            (None | Some(Value::Null), _) if !definition.var_type.node.nullable => {
                let message = format!("The variable `${name}` must have a value.");
                return Err(coded(message, BAD_USER_INPUT));
            }
            (Some(value), _) => {
                input::coerce(types, &definition.var_type.node, value).map_err(|misfit| {
                    let message = format!("The variable `${name}{}` {}.", misfit.at, misfit.must);
                    coded(message, BAD_USER_INPUT)
                })?;
            }
            (None, None) => {}
        }
    }
    Ok(())
}
