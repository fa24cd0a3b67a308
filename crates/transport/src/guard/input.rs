//! Whether the value of a variable fits its type, and what it is then.
//!
//! A document's own values are looked at while it is validated (`valid/values.rs`); these come as JSON, which has texts
//! where GraphQL has values of enums, and knows no whole numbers: `3.0` is 3. If what does not fit were left to the
//! fields that get it, the fields before them would have been carried out.

use async_graphql::{
    Name, Number, Value,
    indexmap::IndexMap,
    parser::types::{
        BaseType, EnumType, InputObjectType, InputValueDefinition, Type, TypeDefinition, TypeKind,
    },
};

use super::text::MAX_NAME;
use crate::TypeSystem;

/// The scalars that GraphQL itself has.
pub(super) mod scalar {
    pub(in crate::guard) const INT: &str = "Int";
    pub(in crate::guard) const FLOAT: &str = "Float";
    pub(in crate::guard) const STRING: &str = "String";
    pub(in crate::guard) const BOOLEAN: &str = "Boolean";
    pub(in crate::guard) const ID: &str = "ID";
    pub(in crate::guard) const ALL: [&str; 5] = [INT, FLOAT, STRING, BOOLEAN, ID];
}

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

    /// A field that there is not. Its name may be as long as JSON may be.
    pub(super) fn no_field(name: &str) -> Self {
        let short: String = name.chars().take(MAX_NAME).collect();
        let dots = if short.len() < name.len() { "…" } else { "" };
        Self::new(format!("must not have a field `{short}{dots}`"))
    }

    /// The same, seen from the value around.
    pub(super) fn within(mut self, segment: &str) -> Self {
        self.at.insert_str(0, segment);
        self
    }
}

/// Checks a value against its type, and makes of it what the type has: whole numbers of numbers, and texts of ids.
/// Types that the schema does not have are left to validation.
///
/// # Errors
/// If it does not fit.
pub(super) fn coerce(types: &TypeSystem, ty: &Type, value: &mut Value) -> Result<(), Misfit> {
    match (&ty.base, value) {
        (_, Value::Null) if ty.nullable => Ok(()),
        (_, Value::Null) => Err(must_be(ty)),
        (BaseType::List(item), Value::List(values)) => {
            for (index, value) in values.iter_mut().enumerate() {
                coerce(types, item, value).map_err(|misfit| misfit.within(&format!("[{index}]")))?;
            }
            Ok(())
        }
        // One value is a list of one.
        (BaseType::List(item), value) => coerce(types, item, value),
        (BaseType::Named(name), value) => match types.get(name) {
            Some(definition) => coerce_named(types, ty, definition, value),
            None if coerce_scalar(name, value) => Ok(()),
            None => Err(must_be(ty)),
        },
    }
}

/// That there is no value of this type.
pub(super) fn must_be(ty: &Type) -> Misfit {
    Misfit::new(format!("must be of the type `{ty}`"))
}

fn coerce_named(
    types: &TypeSystem,
    ty: &Type,
    definition: &TypeDefinition,
    value: &mut Value,
) -> Result<(), Misfit> {
    let fits = match (&definition.kind, value) {
        (TypeKind::InputObject(object), Value::Object(values)) => {
            return coerce_object(types, definition, object, values);
        }
        (TypeKind::Enum(definition), Value::String(name)) => has_value(definition, name),
        (TypeKind::Enum(definition), Value::Enum(name)) => has_value(definition, name),
        (TypeKind::InputObject(_) | TypeKind::Enum(_), _) => false,
        (TypeKind::Scalar, value) => types.scalar(&definition.name.node).is_none_or(|fits| fits(value)),
        // These are no inputs.
        (TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_), _) => true,
    };
    if fits { Ok(()) } else { Err(must_be(ty)) }
}

fn coerce_object(
    types: &TypeSystem,
    definition: &TypeDefinition,
    object: &InputObjectType,
    values: &mut IndexMap<Name, Value>,
) -> Result<(), Misfit> {
    for (name, value) in values.iter_mut() {
        let field = field_of(definition, name).ok_or_else(|| Misfit::no_field(name))?;
        coerce(types, &field.ty.node, value).map_err(|misfit| misfit.within(&format!(".{name}")))?;
    }
    let given = values.values().filter(|value| **value != Value::Null).count();
    if is_one_of(definition) && (values.len(), given) != (1, 1) {
        return Err(one_field());
    }
    required_fields(object, |name| values.contains_key(name))
}

/// Whether a value fits one of GraphQL's own scalars. What is none of them is left to validation.
fn coerce_scalar(name: &Name, value: &mut Value) -> bool {
    match (name.as_str(), &*value) {
        (scalar::INT, Value::Number(number)) => {
            let Some(whole) = whole(number).and_then(|whole| whole.parse::<i32>().ok()) else {
                return false;
            };
            *value = Value::from(whole);
            true
        }
        (scalar::ID, Value::Number(number)) => {
            let Some(whole) = whole(number) else {
                return false;
            };
            *value = Value::String(whole);
            true
        }
        (scalar::FLOAT, Value::Number(_))
        | (scalar::STRING | scalar::ID, Value::String(_))
        | (scalar::BOOLEAN, Value::Boolean(_)) => true,
        (name, _) => !scalar::ALL.contains(&name),
    }
}

/// The digits of a number that is whole, however it is written.
fn whole(number: &Number) -> Option<String> {
    match number.as_f64() {
        Some(float) if number.is_f64() => {
            // Without a sign for zero.
            (float.fract() == 0.0).then(|| format!("{:.0}", float + 0.0))
        }
        _ => Some(number.to_string()),
    }
}

/// Whether exactly one of the fields is to be given.
pub(super) fn is_one_of(definition: &TypeDefinition) -> bool {
    definition
        .directives
        .iter()
        .any(|directive| directive.node.name.node == "oneOf")
}

/// That not exactly one of the fields is given.
pub(super) fn one_field() -> Misfit {
    // Which ones there are, nobody learns who has not named them.
    Misfit::new("must have exactly one field, and not null".to_owned())
}

/// Checks that what an object must have is given.
///
/// # Errors
/// If something is not.
pub(super) fn required_fields(
    object: &InputObjectType,
    is_given: impl Fn(&Name) -> bool,
) -> Result<(), Misfit> {
    let mut fields = object.fields.iter().map(|field| &field.node);
    let missing = fields.find(|field| is_required(field) && !is_given(&field.name.node));
    missing.map_or(Ok(()), |field| {
        Err(Misfit::new(format!("must have the field `{}`", field.name.node)))
    })
}

/// The field of an input object with this name.
pub(super) fn field_of<'a>(definition: &'a TypeDefinition, name: &str) -> Option<&'a InputValueDefinition> {
    let TypeKind::InputObject(object) = &definition.kind else {
        return None;
    };
    let mut fields = object.fields.iter().map(|field| &field.node);
    fields.find(|field| field.name.node == name)
}

/// Whether an argument or a field must be given.
pub(super) fn is_required(field: &InputValueDefinition) -> bool {
    !field.ty.node.nullable && field.default_value.is_none()
}

/// Whether an enum has this value.
pub(super) fn has_value(definition: &EnumType, name: &str) -> bool {
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
        scalar Even
    ";

    fn checked(ty: &str, value: &Value) -> Result<(), (String, String)> {
        coerced(ty, value).map(|_| ())
    }

    fn coerced(ty: &str, value: &Value) -> Result<Value, (String, String)> {
        let is_even = |value: &Value| matches!(value, Value::Number(number) if number.as_u64().is_some_and(|number| number % 2 == 0));
        let types = TypeSystem::parse(SDL).unwrap().with_scalar("Even", is_even);
        let mut value = value.clone();
        coerce(&types, &Type::new(ty).unwrap(), &mut value).map_err(|misfit| (misfit.at, misfit.must))?;
        Ok(value)
    }

    #[test]
    fn numbers_that_are_whole_are_whole_numbers() {
        for (ty, value, expected) in [
            ("Int", value!(3.0), value!(3)),
            ("[Int!]", value!([-1.0, 1e9]), value!([-1, 1_000_000_000])),
            ("Int", value!(-0.0), value!(0)),
            ("ID", value!(3.0), value!("3")),
            ("ID", value!(-3), value!("-3")),
            (
                "ID",
                value!(18_446_744_073_709_551_615_u64),
                value!("18446744073709551615"),
            ),
            ("ID", value!(1e20), value!("100000000000000000000")),
            (
                "Search",
                value!({ "page": { "size": 2.0 } }),
                value!({ "page": { "size": 2 } }),
            ),
            ("Float", value!(3.0), value!(3.0)),
            ("When", value!(3.0), value!(3.0)),
        ] {
            assert_eq!(coerced(ty, &value), Ok(expected), "{ty} {value}");
        }
        for (ty, value) in [
            ("Int", value!(2_147_483_648.0)),
            ("Int", value!(1e300)),
            ("ID", value!(0.5)),
        ] {
            assert!(coerced(ty, &value).is_err(), "{ty} {value}");
        }
    }

    #[test]
    fn a_scalar_of_the_schema_may_say_what_fits_it() {
        assert_eq!(checked("[Even]", &value!([2, null, 4])), Ok(()));
        let misfit = ("[1]".to_owned(), "must be of the type `Even`".to_owned());
        assert_eq!(checked("[Even]", &value!([2, 3])), Err(misfit));
    }

    #[test]
    fn a_name_that_there_is_not_is_told_as_far_as_it_is_short() {
        let long = "x".repeat(1_000_000);
        let (_, must) =
            checked("Page", &Value::from_json(serde_json::json!({ long: 1 })).unwrap()).unwrap_err();
        assert_eq!(must.len(), "must not have a field ``…".len() + MAX_NAME);
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
