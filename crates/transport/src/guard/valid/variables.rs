//! Variables: each defined once, of a type that can be given, and used where that type fits.

use std::{
    collections::{HashMap, HashSet},
    ptr,
};

use async_graphql::{
    Name, Pos, Positioned, Value as ConstValue,
    parser::types::{BaseType, DirectiveLocation, InputValueDefinition, Type, TypeKind, VariableDefinition},
};
use async_graphql_value::Value;

use super::{MAX_ERRORS, Walk, values};
use crate::{
    TypeSystem,
    guard::input::{field_of, is_one_of},
    type_system,
};

/// What a definition uses, without what it spreads.
#[derive(Debug, Default)]
pub(super) struct Uses<'a> {
    /// The variables, each once for all places that take the same: each operation that spreads a fragment looks at them.
    variables: Vec<Use<'a>>,
    /// Those that are there, by their names and by what takes them.
    known: HashSet<(&'a Name, Option<PlaceKey>)>,
    /// The fragments that it spreads.
    pub(super) spreads: Vec<&'a Name>,
}

/// The use of a variable.
#[derive(Debug)]
struct Use<'a> {
    name: &'a Name,
    position: Pos,
    /// Where it is used, if that is known.
    place: Option<Place<'a>>,
}

/// The fragments that operations reach.
pub(super) type Reached<'a> = HashSet<&'a Name>;

/// A place where a value stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The type of what it takes.
    pub(super) ty: &'a Type,
    /// Whether it takes no null.
    pub(super) is_required: bool,
    /// Whether it has a value if it is given none.
    pub(super) has_default: bool,
    /// Whether it is a field of an input of which one is given.
    pub(super) is_one_of: bool,
}

/// What places have in common that take the same: where their type stands in the schema, and the rest of it.
type PlaceKey = (*const Type, [bool; 3]);

impl<'a> Place<'a> {
    fn key(self) -> PlaceKey {
        let flags = [self.is_required, self.has_default, self.is_one_of];
        (ptr::from_ref(self.ty), flags)
    }

    /// An argument, or a field of an input.
    pub(super) fn of(definition: &'a InputValueDefinition) -> Self {
        Self {
            has_default: definition.default_value.is_some(),
            ..Self::plain(&definition.ty.node)
        }
    }

    fn plain(ty: &'a Type) -> Self {
        Self {
            ty,
            is_required: !ty.nullable,
            has_default: false,
            is_one_of: false,
        }
    }

    /// The place of an item in a list that stands here.
    fn item(self) -> Self {
        match &self.ty.base {
            BaseType::List(item) => Self::plain(item),
            // A scalar of the schema's own may be written as a list.
            BaseType::Named(_) => Self {
                is_required: false,
                ..Self::plain(self.ty)
            },
        }
    }

    /// The place of a field in an object that stands here.
    fn field(self, types: &'a TypeSystem, name: &Name) -> Option<Self> {
        let definition = types.get(type_system::named(self.ty))?;
        let field = field_of(definition, name)?;
        Some(Self {
            is_one_of: is_one_of(definition),
            ..Self::of(field)
        })
    }
}

impl<'a> Walk<'a> {
    /// Notes the variables in a value.
    pub(super) fn uses(&mut self, value: &'a Value, position: Pos, place: Option<Place<'a>>) {
        match value {
            Value::Variable(name) => {
                if self.uses.known.insert((name, place.map(Place::key))) {
                    self.uses.variables.push(Use {
                        name,
                        position,
                        place,
                    });
                }
            }
            Value::List(values) => {
                for value in values {
                    self.uses(value, position, place.map(Place::item));
                }
            }
            Value::Object(values) => {
                for (name, value) in values {
                    let place = place.and_then(|place| place.field(self.types, name));
                    self.uses(value, position, place);
                }
            }
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => {}
        }
    }
}

impl<'a> Walk<'a> {
    /// Walks through the definitions of an operation's variables.
    pub(super) fn definitions(&mut self, definitions: &'a [Positioned<VariableDefinition>]) {
        let mut before = HashSet::new();
        for definition in definitions {
            let (position, definition) = (definition.pos, &definition.node);
            let (name, ty) = (&definition.name.node, &definition.var_type.node);
            if !before.insert(name) {
                self.tell(
                    &[position],
                    format_args!("The variable `${name}` is defined twice."),
                );
            }
            let named = type_system::named(ty);
            match self.types.any(named).map(|definition| &definition.kind) {
                None => {
                    let meant = self.did_you_mean(named, self.types.names());
                    self.tell(&[position], format_args!("There is no type `{named}`.{meant}"));
                }
                Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)) => self.tell(
                    &[position],
                    format_args!(
                        "The variable `${name}` cannot be of the type `{named}`, which is none of inputs."
                    ),
                ),
                Some(TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_)) => {}
            }
            if let Some(default) = &definition.default_value {
                let value = default.node.clone().into_value();
                if let Err(misfit) = values::check(self.types, ty, &value) {
                    let (at, must) = (misfit.at, misfit.must);
                    self.tell(
                        &[default.pos],
                        format_args!("The default of the variable `${name}{at}` {must}."),
                    );
                }
            }
            self.directives(&definition.directives, DirectiveLocation::VariableDefinition);
        }
    }

    /// Checks an operation's variables where they are used: in itself, and in the fragments that it reaches.
    pub(super) fn variables(
        &mut self,
        definitions: &'a [Positioned<VariableDefinition>],
        own: &Uses<'a>,
        fragments: &HashMap<&'a Name, &Uses<'a>>,
        reached: &mut Reached<'a>,
    ) {
        let by_name: HashMap<_, _> = definitions
            .iter()
            .map(|definition| (&definition.node.name.node, definition))
            .collect();
        let mut used = HashSet::new();
        let mut here = Reached::new();
        let mut next = vec![own];
        // Beyond a hundred errors nothing is told.
        while let Some(uses) = next.pop().filter(|_| self.errors.len() < MAX_ERRORS) {
            for use_ in &uses.variables {
                used.insert(use_.name);
                match by_name.get(use_.name) {
                    Some(definition) => self.place(definition, use_),
                    None => self.tell(
                        &[use_.position],
                        format_args!("There is no variable `${}`.", use_.name),
                    ),
                }
            }
            for spread in &uses.spreads {
                if here.insert(*spread) {
                    next.extend(fragments.get(*spread).copied());
                }
            }
        }
        for definition in definitions {
            let name = &definition.node.name.node;
            if !used.contains(name) {
                self.tell(
                    &[definition.pos],
                    format_args!("The variable `${name}` is never used."),
                );
            }
        }
        reached.extend(here);
    }

    /// Checks a variable in a place.
    fn place(&mut self, definition: &Positioned<VariableDefinition>, use_: &Use<'a>) {
        let Some(place) = use_.place else {
            return;
        };
        let (name, positions) = (use_.name, [definition.pos, use_.position]);
        let ty = &definition.node.var_type.node;
        if !is_allowed(&definition.node, place) {
            let must = place.ty;
            self.tell(
                &positions,
                format_args!("The variable `${name}` of the type `{ty}` stands where a value of the type `{must}` must be."),
            );
        }
        if place.is_one_of && ty.nullable {
            self.tell(
                &positions,
                format_args!("The variable `${name}` stands where exactly one value must be given, so its type must be `{ty}!`."),
            );
        }
    }
}

/// Whether all values of a variable fit a place; null may be found not to when it is given.
fn is_allowed(definition: &VariableDefinition, place: Place<'_>) -> bool {
    let ty = &definition.var_type.node;
    let default = definition.default_value.as_ref();
    let has_default = default.is_some_and(|default| default.node != ConstValue::Null);
    let may_be_null = ty.nullable && !has_default && !place.has_default;
    !(place.is_required && may_be_null) && is_base_of(&ty.base, &place.ty.base)
}

/// Whether all values of the type `given` are of the type `taken`.
fn is_of(given: &Type, taken: &Type) -> bool {
    (taken.nullable || !given.nullable) && is_base_of(&given.base, &taken.base)
}

fn is_base_of(given: &BaseType, taken: &BaseType) -> bool {
    match (given, taken) {
        (BaseType::Named(given), BaseType::Named(taken)) => given == taken,
        (BaseType::List(given), BaseType::List(taken)) => is_of(given, taken),
        (BaseType::Named(_), BaseType::List(_)) | (BaseType::List(_), BaseType::Named(_)) => false,
    }
}
