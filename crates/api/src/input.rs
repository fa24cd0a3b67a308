//! What can be sent in: inputs as the schema has them, and what they mean to the application.

pub(crate) mod bulk;
pub(crate) mod content;
pub(crate) mod engagement;
pub(crate) mod filter;
pub(crate) mod message;
pub(crate) mod missed;
pub(crate) mod place;
pub(crate) mod recipient;
pub(crate) mod segment;
pub(crate) mod test_address;

use async_graphql::MaybeUndefined;
use understudy_domain::text::Patched;

/// A field of a patch, as the domain has it: what is left out, what is null, or a new value.
fn patched<T>(field: MaybeUndefined<T>) -> Patched<T> {
    match field {
        MaybeUndefined::Undefined => Patched::Keep,
        MaybeUndefined::Null => Patched::Null,
        MaybeUndefined::Value(value) => Patched::Set(value),
    }
}

/// As [`patched`], with the value turned into what the domain has for it.
fn try_patched<T, U, E>(
    field: MaybeUndefined<T>,
    convert: impl FnOnce(T) -> Result<U, E>,
) -> Result<Patched<U>, E> {
    Ok(match field {
        MaybeUndefined::Undefined => Patched::Keep,
        MaybeUndefined::Null => Patched::Null,
        MaybeUndefined::Value(value) => Patched::Set(convert(value)?),
    })
}

#[cfg(test)]
mod tests;
