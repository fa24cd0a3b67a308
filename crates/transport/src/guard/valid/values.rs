//! What is written out in a document, and whether it fits its place there.
//!
//! A document tells more kinds of values apart than JSON: an enum's value is no text, and `1.0` no whole number.

use async_graphql::{
    Name, Number,
    indexmap::IndexMap,
    parser::types::{BaseType, InputObjectType, Type, TypeDefinition, TypeKind},
};
use async_graphql_value::Value;

use crate::{
    TypeSystem,
    guard::input::{Misfit, field_of, has_value, is_one_of, must_be, one_field, required_fields, scalar},
};

/// Checks what is written out against its type. Variables are looked at by themselves; types that there are not have
/// been told already.
///
/// # Errors
/// If it does not fit.
pub(super) fn check(types: &TypeSystem, ty: &Type, value: &Value) -> Result<(), Misfit> {
    match (&ty.base, value) {
        (_, Value::Variable(_)) => Ok(()),
        (_, Value::Null) if ty.nullable => Ok(()),
        (_, Value::Null) => Err(must_be(ty)),
        (BaseType::List(item), Value::List(values)) => {
            for (index, value) in values.iter().enumerate() {
                check(types, item, value).map_err(|misfit| misfit.within(&format!("[{index}]")))?;
            }
            Ok(())
        }
        // One value is a list of one.
        (BaseType::List(item), value) => check(types, item, value),
        (BaseType::Named(name), value) => {
            let fits = match types.get(name) {
                Some(definition) => match (&definition.kind, value) {
                    (TypeKind::InputObject(object), Value::Object(values)) => {
                        return check_object(types, definition, object, values);
                    }
                    (TypeKind::Enum(definition), Value::Enum(name)) => has_value(definition, name),
                    (TypeKind::InputObject(_) | TypeKind::Enum(_), _) => false,
                    (TypeKind::Scalar, _) => fits_scalar(types, name, value),
                    (TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_), _) => true,
                },
                None => is_of_scalar(name, value),
            };
            if fits { Ok(()) } else { Err(must_be(ty)) }
        }
    }
}

fn check_object(
    types: &TypeSystem,
    definition: &TypeDefinition,
    object: &InputObjectType,
    values: &IndexMap<Name, Value>,
) -> Result<(), Misfit> {
    for (name, value) in values {
        let field = field_of(definition, name).ok_or_else(|| Misfit::no_field(name))?;
        check(types, &field.ty.node, value).map_err(|misfit| misfit.within(&format!(".{name}")))?;
    }
    let given = values.values().filter(|value| **value != Value::Null).count();
    if is_one_of(definition) && (values.len(), given) != (1, 1) {
        return Err(one_field());
    }
    required_fields(object, |name| values.contains_key(name))
}

/// Whether a value fits a scalar of the schema's own. With a variable in it, nobody knows yet.
fn fits_scalar(types: &TypeSystem, name: &Name, value: &Value) -> bool {
    let Some(fits) = types.scalar(name) else {
        return true;
    };
    value.clone().into_const().is_none_or(|value| fits(&value))
}

/// Whether a value fits one of GraphQL's own scalars.
fn is_of_scalar(name: &Name, value: &Value) -> bool {
    match (name.as_str(), value) {
        (scalar::INT, Value::Number(number)) => is_int(number),
        (scalar::ID, Value::Number(number)) => !number.is_f64(),
        (scalar::FLOAT, Value::Number(_))
        | (scalar::STRING | scalar::ID, Value::String(_))
        | (scalar::BOOLEAN, Value::Boolean(_)) => true,
        (name, _) => !scalar::ALL.contains(&name),
    }
}

/// Whether a number is one for `Int`, as it is written.
fn is_int(number: &Number) -> bool {
    number
        .as_i64()
        .is_some_and(|number| i32::try_from(number).is_ok())
}
