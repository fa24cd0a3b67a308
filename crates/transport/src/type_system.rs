//! What a schema says of the types of its fields, arguments and inputs.
//!
//! An executor does not tell what it serves, so it is read from the schema's text in GraphQL's own language.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned, Value,
    parser::{
        parse_schema,
        types::{
            BaseType, DirectiveDefinition, FieldDefinition, OperationType, SchemaDefinition, Type,
            TypeDefinition, TypeKind, TypeSystemDefinition,
        },
    },
};

/// What every schema has, and none writes down.
const INTROSPECTION: &str = include_str!("type_system/introspection.graphql");

/// The type in it that has the fields where introspection begins.
const INTROSPECTION_ROOTS: &str = "__Roots";

/// The types and directives of a schema, by their names.
#[derive(Debug)]
pub struct TypeSystem {
    types: HashMap<Name, TypeDefinition>,
    /// What every schema has. It stands apart, since it counts otherwise where an operation is measured.
    common: HashMap<Name, TypeDefinition>,
    directives: HashMap<Name, DirectiveDefinition>,
    /// The objects that are of an interface or a union.
    possible: HashMap<Name, HashSet<Name>>,
    /// What fits the scalars of the schema's own.
    scalars: HashMap<Name, fn(&Value) -> bool>,
    /// What fields count for besides what they answer with, by their types and their own names.
    weights: HashMap<(Name, Name), usize>,
    query: Name,
    mutation: Name,
    subscription: Name,
}

/// A text that is no schema.
#[derive(Debug, thiserror::Error)]
#[error("the schema cannot be read: {0}")]
pub struct NoSchema(#[from] async_graphql::parser::Error);

impl TypeSystem {
    /// Reads a schema in GraphQL's schema definition language. Extensions of types are not looked at.
    ///
    /// # Errors
    /// If the text is none.
    pub fn parse(sdl: &str) -> Result<Self, NoSchema> {
        let mut directives = HashMap::new();
        let mut roots = None;
        let common = read(INTROSPECTION, &mut directives, &mut None)?;
        let types = read(sdl, &mut directives, &mut roots)?;
        let root = |chosen: fn(&SchemaDefinition) -> Option<Name>, usual: &str| {
            roots
                .as_ref()
                .and_then(chosen)
                .unwrap_or_else(|| Name::new(usual))
        };
        Ok(Self {
            query: root(|roots| Some(roots.query.as_ref()?.node.clone()), "Query"),
            mutation: root(|roots| Some(roots.mutation.as_ref()?.node.clone()), "Mutation"),
            subscription: root(
                |roots| Some(roots.subscription.as_ref()?.node.clone()),
                "Subscription",
            ),
            possible: possible_types(&types),
            types,
            common,
            directives,
            scalars: HashMap::new(),
            weights: HashMap::new(),
        })
    }

    /// The same, of whose scalar `name` only those values are taken that `fits` says yes to; of other scalars of the
    /// schema's own, all are. So what does not fit is refused before anything is carried out.
    #[must_use]
    pub fn with_scalar(mut self, name: &str, fits: fn(&Value) -> bool) -> Self {
        self.scalars.insert(Name::new(name), fits);
        self
    }

    /// The same, of which a field of a type takes as long to answer as so many values would, whatever the answer is.
    #[must_use]
    pub fn with_weight(mut self, of: &str, field: &str, values: usize) -> Self {
        self.weights.insert((Name::new(of), Name::new(field)), values);
        self
    }

    /// What a field counts for besides what it answers with.
    pub(crate) fn weight(&self, of: &Name, field: &Name) -> usize {
        let key = (of.clone(), field.clone());
        self.weights.get(&key).copied().unwrap_or_default()
    }

    /// The type with this name, if it is one of the schema's own.
    pub(crate) fn get(&self, name: &Name) -> Option<&TypeDefinition> {
        self.types.get(name)
    }

    /// The type with this name, be it the schema's own or one that every schema has.
    pub(crate) fn any(&self, name: &Name) -> Option<&TypeDefinition> {
        let common = || self.common.get(name).filter(|_| name != INTROSPECTION_ROOTS);
        self.types.get(name).or_else(common)
    }

    /// The type that operations of this kind begin with.
    pub(crate) fn root(&self, kind: OperationType) -> Option<&TypeDefinition> {
        self.get(match kind {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        })
    }

    /// The field of a type with this name, introspection included.
    pub(crate) fn field_of<'a>(
        &'a self,
        definition: &'a TypeDefinition,
        name: &Name,
    ) -> Option<&'a FieldDefinition> {
        let is_begin = match name.as_str() {
            "__typename" => is_composite(definition),
            "__schema" | "__type" => definition.name.node == self.query,
            _ => return field(definition, name),
        };
        let roots = self.common.get(INTROSPECTION_ROOTS).filter(|_| is_begin);
        roots.and_then(|roots| field(roots, name))
    }

    /// The directive with this name.
    pub(crate) fn directive(&self, name: &Name) -> Option<&DirectiveDefinition> {
        self.directives.get(name)
    }

    /// What fits the scalar with this name; none if everything does.
    pub(crate) fn scalar(&self, name: &Name) -> Option<fn(&Value) -> bool> {
        self.scalars.get(name).copied()
    }

    /// The names of all types.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(Name::as_str)
    }

    /// Whether an object can be of both types, which have fields of their own.
    pub(crate) fn overlap(&self, one: &TypeDefinition, other: &TypeDefinition) -> bool {
        let (one, other) = (&one.name.node, &other.name.node);
        match (self.possible.get(one), self.possible.get(other)) {
            (Some(objects), Some(others)) => !objects.is_disjoint(others),
            (Some(objects), None) => objects.contains(other),
            (None, Some(others)) => others.contains(one),
            (None, None) => one == other,
        }
    }

    /// The objects of an interface or a union, by name.
    pub(crate) fn objects_of(&self, definition: &TypeDefinition) -> Vec<&TypeDefinition> {
        let objects = self.possible.get(&definition.name.node);
        let mut objects: Vec<_> = objects
            .into_iter()
            .flatten()
            .filter_map(|name| self.get(name))
            .collect();
        objects.sort_unstable_by(|one, other| one.name.node.cmp(&other.name.node));
        objects
    }

    /// Whether values of this type have fields of their own, so that something of them must be selected.
    pub(crate) fn is_composite(&self, ty: &Type) -> bool {
        self.get(named(ty)).is_some_and(is_composite)
    }
}

/// Reads the types of a text, and into the other two what else stands there.
fn read(
    sdl: &str,
    directives: &mut HashMap<Name, DirectiveDefinition>,
    roots: &mut Option<SchemaDefinition>,
) -> Result<HashMap<Name, TypeDefinition>, NoSchema> {
    let mut types = HashMap::new();
    for definition in parse_schema(sdl)?.definitions {
        match definition {
            TypeSystemDefinition::Type(definition) if !definition.node.extend => {
                types.insert(definition.node.name.node.clone(), definition.node);
            }
            TypeSystemDefinition::Schema(definition) if !definition.node.extend => {
                *roots = Some(definition.node);
            }
            TypeSystemDefinition::Directive(Positioned { node, .. }) => {
                let is_repeatable = is_repeatable(sdl, &node.name.node);
                let definition = DirectiveDefinition {
                    is_repeatable,
                    ..node
                };
                directives.insert(definition.name.node.clone(), definition);
            }
            TypeSystemDefinition::Type(_) | TypeSystemDefinition::Schema(_) => {}
        }
    }
    Ok(types)
}

/// Whether a directive may stand in one place more than once. The parser takes all of them to.
fn is_repeatable(sdl: &str, name: &str) -> bool {
    let mut definitions = sdl
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("directive @")?.strip_prefix(name));
    definitions.any(|rest| rest.starts_with([' ', '(']) && rest.contains(" repeatable on "))
}

/// The objects that are of each interface and each union.
fn possible_types(types: &HashMap<Name, TypeDefinition>) -> HashMap<Name, HashSet<Name>> {
    let mut possible: HashMap<Name, HashSet<Name>> = HashMap::new();
    for (name, definition) in types {
        match &definition.kind {
            TypeKind::Object(object) => {
                for interface in &object.implements {
                    let objects = possible.entry(interface.node.clone()).or_default();
                    objects.insert(name.clone());
                }
            }
            TypeKind::Union(union) => {
                let objects = possible.entry(name.clone()).or_default();
                objects.extend(union.members.iter().map(|member| member.node.clone()));
            }
            TypeKind::Interface(_) => {
                possible.entry(name.clone()).or_default();
            }
            TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_) => {}
        }
    }
    possible
}

/// Whether values of a type have fields of their own.
pub(crate) fn is_composite(definition: &TypeDefinition) -> bool {
    matches!(
        definition.kind,
        TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)
    )
}

/// The field of an object or interface with this name.
pub(crate) fn field<'a>(definition: &'a TypeDefinition, name: &Name) -> Option<&'a FieldDefinition> {
    fields(definition).find(|field| field.name.node == *name)
}

/// The fields of an object or interface; none of other types.
pub(crate) fn fields(definition: &TypeDefinition) -> impl Iterator<Item = &FieldDefinition> {
    let fields = match &definition.kind {
        TypeKind::Object(object) => object.fields.as_slice(),
        TypeKind::Interface(interface) => interface.fields.as_slice(),
        TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => &[],
    };
    fields.iter().map(|field| &field.node)
}

/// The name in a type, however many lists are around it.
pub(crate) fn named(ty: &Type) -> &Name {
    let mut ty = ty;
    loop {
        match &ty.base {
            BaseType::Named(name) => return name,
            BaseType::List(item) => ty = item,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_what_the_schema_says_or_have_their_usual_names() {
        let usual = TypeSystem::parse("type Query { a: Int } type Subscription { b: Int }").unwrap();
        assert!(usual.root(OperationType::Query).is_some());
        assert!(usual.root(OperationType::Mutation).is_none());
        assert!(usual.root(OperationType::Subscription).is_some());
        let named = TypeSystem::parse("schema { query: Q mutation: M } type Q { a: [M!] } type M { b: Int }")
            .unwrap();
        let query = named.root(OperationType::Query).unwrap();
        let type_of = |definition, name| &field(definition, &Name::new(name)).unwrap().ty.node;
        assert_eq!(super::named(type_of(query, "a")), "M");
        assert!(named.is_composite(type_of(query, "a")));
        let mutation = named.root(OperationType::Mutation).unwrap();
        assert!(!named.is_composite(type_of(mutation, "b")));
    }

    #[test]
    fn every_type_has_its_name_and_the_type_of_queries_the_whole_schema() {
        let types =
            TypeSystem::parse("schema { query: Q } type Q { a: U } union U = Q enum E { A }").unwrap();
        let has = |ty: &str, field: &str| {
            let definition = types.any(&Name::new(ty)).unwrap();
            types.field_of(definition, &Name::new(field)).is_some()
        };
        for (ty, field) in [
            ("Q", "__schema"),
            ("Q", "__type"),
            ("Q", "__typename"),
            ("U", "__typename"),
        ] {
            assert!(has(ty, field), "{ty} {field}");
        }
        for (ty, field) in [
            ("U", "__schema"),
            ("E", "__typename"),
            ("Q", "__nothing"),
            ("Int", "__typename"),
        ] {
            assert!(!has(ty, field), "{ty} {field}");
        }
        assert!(has("__Type", "ofType"));
        assert!(types.get(&Name::new("__Type")).is_none());
        assert!(types.any(&Name::new("__Roots")).is_none());
    }

    #[test]
    fn types_overlap_where_an_object_is_of_both() {
        let types = TypeSystem::parse(
            "interface I { a: Int } interface J { a: Int } interface K { a: Int }
             type A implements I & J { a: Int } type B implements I { a: Int } type C { a: Int }
             union U = A | C union V = B",
        )
        .unwrap();
        let overlap = |one: &str, other: &str| {
            let get = |name: &str| types.get(&Name::new(name)).unwrap();
            assert_eq!(
                types.overlap(get(one), get(other)),
                types.overlap(get(other), get(one))
            );
            types.overlap(get(one), get(other))
        };
        for (one, other) in [
            ("A", "A"),
            ("A", "I"),
            ("I", "J"),
            ("U", "I"),
            ("U", "C"),
            ("V", "I"),
        ] {
            assert!(overlap(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("A", "B"),
            ("B", "J"),
            ("C", "I"),
            ("V", "J"),
            ("U", "V"),
            ("K", "A"),
            ("K", "I"),
        ] {
            assert!(!overlap(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_is_no_schema_is_told() {
        assert!(TypeSystem::parse("type {").is_err());
    }
}
