//! Whether a value fits the type that it is given for.
//!
//! async-graphql finds most of what does not fit while it validates, but not all: a number beyond what `Int` holds, or
//! a text where an object should be, is found by the field that gets it, when the fields before it have been carried
//! out.

use async_graphql::{
    Name, Number, Value,
    parser::types::{BaseType, EnumType, InputValueDefinition, Type, TypeDefinition, TypeKind},
};

use crate::TypeSystem;

/// Why a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// Where in the value, as one would write it after the value's name: `.segments[3]`.
    pub(super) at: String,
    /// What must be there.
    pub(super) must: String,
}

impl Misfit {
    /// At the value itself.
    fn new(must: String) -> Self {
        Self {
            at: String::new(),
            must,
        }
    }

    /// The same, seen from the value around.
    fn within(mut self, segment: &str) -> Self {
        self.at.insert_str(0, segment);
        self
    }
}

/// Checks a value against its type. Types that the schema does not have are left to validation.
///
/// # Errors
/// If it does not fit.
pub(super) fn check(types: &TypeSystem, ty: &Type, value: &Value) -> Result<(), Misfit> {
    match (&ty.base, value) {
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
        (BaseType::Named(name), value) => match types.get(name) {
            Some(definition) => check_named(types, ty, definition, value),
            None if is_of_scalar(name, value) => Ok(()),
            None => Err(must_be(ty)),
        },
    }
}

fn must_be(ty: &Type) -> Misfit {
    Misfit::new(format!("must be of the type `{ty}`"))
}

fn check_named(
    types: &TypeSystem,
    ty: &Type,
    definition: &TypeDefinition,
    value: &Value,
) -> Result<(), Misfit> {
    match (&definition.kind, value) {
        (TypeKind::InputObject(object), Value::Object(values)) => {
            for (name, value) in values {
                let field = object.fields.iter().find(|field| field.node.name.node == *name);
                let Some(field) = field else {
                    return Err(Misfit::new(format!("must not have a field `{name}`")));
                };
                check(types, &field.node.ty.node, value)
                    .map_err(|misfit| misfit.within(&format!(".{name}")))?;
            }
            let given = values.iter().filter(|(_, value)| **value != Value::Null).count();
            if is_one_of(definition) && (values.len(), given) != (1, 1) {
                // Which ones there are, nobody learns who has not named them.
                return Err(Misfit::new(
                    "must have exactly one field, and not null".to_owned(),
                ));
            }
            let missing = object
                .fields
                .iter()
                .find(|field| is_required(&field.node) && !values.contains_key(&field.node.name.node));
            missing.map_or(Ok(()), |field| {
                Err(Misfit::new(format!(
                    "must have the field `{}`",
                    field.node.name.node
                )))
            })
        }
        (TypeKind::Enum(definition), Value::String(name)) if has_value(definition, name) => Ok(()),
        (TypeKind::Enum(definition), Value::Enum(name)) if has_value(definition, name) => Ok(()),
        (TypeKind::InputObject(_) | TypeKind::Enum(_), _) => Err(must_be(ty)),
        // What fits a scalar of the schema's own, only the schema knows. The others are no inputs.
        (TypeKind::Scalar | TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_), _) => Ok(()),
    }
}

/// Whether a value fits one of GraphQL's own scalars. What is none of them is left to validation.
fn is_of_scalar(name: &Name, value: &Value) -> bool {
    match name.as_str() {
        "Int" => number(value)
            .and_then(Number::as_i64)
            .is_some_and(|number| i32::try_from(number).is_ok()),
        "Float" => number(value).is_some(),
        "String" => matches!(value, Value::String(_)),
        "Boolean" => matches!(value, Value::Boolean(_)),
        "ID" => matches!(value, Value::String(_)) || number(value).is_some_and(|number| !number.is_f64()),
        _ => true,
    }
}

fn number(value: &Value) -> Option<&Number> {
    match value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

/// Whether exactly one of the fields is to be given.
fn is_one_of(definition: &TypeDefinition) -> bool {
    definition
        .directives
        .iter()
        .any(|directive| directive.node.name.node == "oneOf")
}

fn is_required(field: &InputValueDefinition) -> bool {
    !field.ty.node.nullable && field.default_value.is_none()
}

fn has_value(definition: &EnumType, name: &str) -> bool {
    definition
        .values
        .iter()
        .any(|value| value.node.value.node == *name)
}

#[cfg(test)]
mod tests {
    use async_graphql::{parser::types::Type, value};

    use super::*;

    const SDL: &str = "
        input Search { text: String! = \"\", tags: [String!], page: Page!, state: State, when: When, choice: Choice }
        input Page { size: Int!, ratio: Float, id: ID }
        input Choice @oneOf { one: Int, other: Boolean }
        enum State { ON OFF }
        scalar When
    ";

    fn checked(ty: &str, value: &Value) -> Result<(), (String, String)> {
        let types = TypeSystem::parse(SDL).unwrap();
        check(&types, &Type::new(ty).unwrap(), value).map_err(|misfit| (misfit.at, misfit.must))
    }

    #[test]
    fn what_fits_passes() {
        for (ty, value) in [
            ("Int", value!(null)),
            ("Int!", value!(2_147_483_647)),
            ("Float!", value!(1)),
            ("Float!", value!(1.5)),
            ("ID!", value!("x")),
            ("ID!", value!(7)),
            ("Boolean", value!(false)),
            ("[Int!]", value!(1)),
            ("[Int]!", value!([1, null])),
            ("[[Int!]!]!", value!([[1], [2, 3]])),
            ("State!", value!("ON")),
            ("When!", value!({ "whatever": [1] })),
            ("Unknown!", value!(1)),
            ("Choice", value!({ "one": 1 })),
            ("Search!", value!({ "page": { "size": 1 } })),
            (
                "Search!",
                value!({
                    "text": "a", "tags": "one", "page": { "size": 1, "ratio": 2, "id": 3 },
                    "state": "OFF", "when": 1, "choice": { "other": true }
                }),
            ),
        ] {
            assert_eq!(checked(ty, &value), Ok(()), "{ty}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_place() {
        let page = "must be of the type `Page!`";
        let one = "must have exactly one field, and not null";
        for (ty, value, at, must) in [
            ("Int!", value!(null), "", "must be of the type `Int!`"),
            ("Int", value!(2_147_483_648_u64), "", "must be of the type `Int`"),
            ("Int", value!(-2_147_483_649_i64), "", "must be of the type `Int`"),
            ("Int", value!(1.5), "", "must be of the type `Int`"),
            ("Int", value!("1"), "", "must be of the type `Int`"),
            ("Int", value!([1]), "", "must be of the type `Int`"),
            ("Float", value!("1.5"), "", "must be of the type `Float`"),
            ("ID", value!(1.5), "", "must be of the type `ID`"),
            ("ID", value!(true), "", "must be of the type `ID`"),
            ("String", value!(1), "", "must be of the type `String`"),
            ("Boolean", value!("true"), "", "must be of the type `Boolean`"),
            ("[Int!]", value!([1, null]), "[1]", "must be of the type `Int!`"),
            (
                "[[Int!]]",
                value!([[1], ["a"]]),
                "[1][0]",
                "must be of the type `Int!`",
            ),
            ("State", value!("HALF"), "", "must be of the type `State`"),
            ("State", value!(1), "", "must be of the type `State`"),
            ("Choice", value!({ "one": 1, "other": true }), "", one),
            ("Choice", value!({ "one": 1, "other": null }), "", one),
            ("Choice", value!({ "one": null }), "", one),
            ("Choice", value!({}), "", one),
            ("Search", value!("a"), "", "must be of the type `Search`"),
            ("Search", value!({}), "", "must have the field `page`"),
            ("Search", value!({ "page": null }), ".page", page),
            (
                "Search",
                value!({ "page": {} }),
                ".page",
                "must have the field `size`",
            ),
            (
                "Search",
                value!({ "page": { "size": 1, "sizes": 1 } }),
                ".page",
                "must not have a field `sizes`",
            ),
            (
                "[Search]",
                value!([{ "page": { "size": 1 }, "tags": ["a", 1] }]),
                "[0].tags[1]",
                "must be of the type `String!`",
            ),
        ] {
            let expected = Err((at.to_owned(), must.to_owned()));
            assert_eq!(checked(ty, &value), expected, "{ty} {value}");
        }
    }
}
