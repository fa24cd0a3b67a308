//! What a schema says of the types of its fields, arguments and inputs.
//!
//! An executor does not tell what it serves, so it is read from the schema's text in GraphQL's own language.

use std::collections::HashMap;

use async_graphql::{
    Name,
    parser::{
        parse_schema,
        types::{
            BaseType, FieldDefinition, OperationType, SchemaDefinition, Type, TypeDefinition, TypeKind,
            TypeSystemDefinition,
        },
    },
};

/// The types of a schema, by their names.
#[derive(Debug)]
pub struct TypeSystem {
    types: HashMap<Name, TypeDefinition>,
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
        let mut types = HashMap::new();
        let mut roots = None;
        for definition in parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Type(definition) if !definition.node.extend => {
                    types.insert(definition.node.name.node.clone(), definition.node);
                }
                TypeSystemDefinition::Schema(definition) if !definition.node.extend => {
                    roots = Some(definition.node);
                }
                TypeSystemDefinition::Type(_)
                | TypeSystemDefinition::Schema(_)
                | TypeSystemDefinition::Directive(_) => {}
            }
        }
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
            types,
        })
    }

    /// The type with this name.
    pub(crate) fn get(&self, name: &Name) -> Option<&TypeDefinition> {
        self.types.get(name)
    }

    /// The type that operations of this kind begin with.
    pub(crate) fn root(&self, kind: OperationType) -> Option<&TypeDefinition> {
        self.get(match kind {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        })
    }

    /// Whether values of this type have fields of their own, so that something of them must be selected.
    pub(crate) fn is_composite(&self, ty: &Type) -> bool {
        self.get(named(ty)).is_some_and(|definition| {
            matches!(
                definition.kind,
                TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)
            )
        })
    }
}

/// The field of an object or interface with this name.
pub(crate) fn field<'a>(definition: &'a TypeDefinition, name: &Name) -> Option<&'a FieldDefinition> {
    let fields = match &definition.kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => return None,
    };
    let field = fields.iter().find(|field| field.node.name.node == *name)?;
    Some(&field.node)
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
    fn what_is_no_schema_is_told() {
        assert!(TypeSystem::parse("type {").is_err());
    }
}
