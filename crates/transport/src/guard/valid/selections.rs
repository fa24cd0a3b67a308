//! What is selected: fields that there are, with their arguments, and fragments of types that can meet.

use std::{collections::HashSet, fmt};

use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{
        DirectiveLocation, Field, FieldDefinition, FragmentSpread, InlineFragment, InputValueDefinition,
        Selection, SelectionSet, TypeCondition, TypeDefinition,
    },
};
use async_graphql_value::Value;

use super::{Walk, values, variables::Place};
use crate::{guard::input::is_required, type_system};

/// What arguments are given to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Taker<'n> {
    Field(&'n Name),
    Directive(&'n Name),
}

impl fmt::Display for Taker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, "the field `{name}`"),
            Self::Directive(name) => write!(f, "the directive `@{name}`"),
        }
    }
}

impl<'a> Walk<'a> {
    /// Walks through what is selected of a type; of none that there is, if that has been told already.
    pub(super) fn selection_set(&mut self, set: &'a SelectionSet, parent: Option<&'a TypeDefinition>) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => self.field(field, parent),
                Selection::InlineFragment(fragment) => self.inline_fragment(fragment, parent),
                Selection::FragmentSpread(spread) => self.spread(spread, parent),
            }
        }
    }

    fn field(&mut self, field: &'a Positioned<Field>, parent: Option<&'a TypeDefinition>) {
        let Field {
            name,
            arguments,
            directives,
            selection_set,
            ..
        } = &field.node;
        let definition = parent.and_then(|parent| self.types.field_of(parent, &name.node));
        if let (Some(parent), None) = (parent, definition) {
            let names = type_system::fields(parent).map(|field| field.name.node.as_str());
            let meant = self.did_you_mean(&name.node, names);
            self.tell(
                &[field.pos],
                format_args!("The type `{}` has no field `{name}`.{meant}", parent.name.node),
            );
        }
        let defined = definition.map(|definition| &definition.arguments);
        self.arguments(arguments, defined, Taker::Field(&name.node), field.pos);
        self.directives(directives, DirectiveLocation::Field);
        let inner = definition.and_then(|definition| self.inner(field, definition));
        self.selection_set(&selection_set.node, inner);
    }

    /// The type that is selected of in a field, where it has fields of its own.
    fn inner(
        &mut self,
        field: &Positioned<Field>,
        definition: &'a FieldDefinition,
    ) -> Option<&'a TypeDefinition> {
        let ty = &definition.ty.node;
        let inner = self
            .types
            .any(type_system::named(ty))
            .filter(|ty| type_system::is_composite(ty));
        let name = &field.node.name;
        match (inner, field.node.selection_set.node.items.is_empty()) {
            (Some(_), true) => self.tell(
                &[field.pos],
                format_args!(
                    "Something must be selected of the field `{name}`, which is of the type `{ty}`."
                ),
            ),
            (None, false) => self.tell(
                &[field.pos],
                format_args!("Nothing can be selected of the field `{name}`, which is of the type `{ty}`."),
            ),
            _ => {}
        }
        inner
    }

    /// Walks through what is given to a field or directive, which takes what is `defined`, if there is such a one.
    pub(super) fn arguments(
        &mut self,
        given: &'a [(Positioned<Name>, Positioned<Value>)],
        defined: Option<&'a Vec<Positioned<InputValueDefinition>>>,
        of: Taker<'_>,
        position: Pos,
    ) {
        let names = |defined: &'a Vec<Positioned<InputValueDefinition>>| {
            defined.iter().map(|argument| argument.node.name.node.as_str())
        };
        let mut before = HashSet::new();
        for (name, value) in given {
            if !before.insert(&name.node) {
                self.tell(
                    &[name.pos],
                    format_args!("The argument `{name}` of {of} stands there twice."),
                );
            }
            let definition = defined.and_then(|defined| {
                defined
                    .iter()
                    .find(|argument| argument.node.name.node == name.node)
            });
            self.uses(
                &value.node,
                value.pos,
                definition.map(|definition| Place::of(&definition.node)),
            );
            if let (Some(defined), None) = (defined, definition) {
                let meant = self.did_you_mean(&name.node, names(defined));
                self.tell(
                    &[name.pos],
                    format_args!("There is no argument `{name}` of {of}.{meant}"),
                );
            }
            let fits = definition.map_or(Ok(()), |definition| {
                values::check(self.types, &definition.node.ty.node, &value.node)
            });
            if let Err(misfit) = fits {
                let (at, must) = (misfit.at, misfit.must);
                self.tell(
                    &[value.pos],
                    format_args!("The argument `{name}{at}` of {of} {must}."),
                );
            }
        }
        for argument in defined.into_iter().flatten() {
            let name = &argument.node.name.node;
            if is_required(&argument.node) && !before.contains(name) {
                self.tell(
                    &[position],
                    format_args!("The argument `{name}` of {of} must be given."),
                );
            }
        }
    }

    fn inline_fragment(
        &mut self,
        fragment: &'a Positioned<InlineFragment>,
        parent: Option<&'a TypeDefinition>,
    ) {
        let own = match &fragment.node.type_condition {
            Some(condition) => self.condition(condition),
            None => parent,
        };
        self.meeting(parent, own, fragment.pos);
        self.directives(&fragment.node.directives, DirectiveLocation::InlineFragment);
        self.selection_set(&fragment.node.selection_set.node, own);
    }

    fn spread(&mut self, spread: &'a Positioned<FragmentSpread>, parent: Option<&'a TypeDefinition>) {
        let name = &spread.node.fragment_name;
        self.directives(&spread.node.directives, DirectiveLocation::FragmentSpread);
        let Some(fragment) = self.document.fragments.get(&name.node) else {
            self.tell(&[name.pos], format_args!("There is no fragment `{name}`."));
            return;
        };
        let own = self.types.any(&fragment.node.type_condition.node.on.node);
        self.meeting(parent, own, spread.pos);
        self.uses.spreads.push(&name.node);
    }

    /// The type of a condition, which must have fields of its own.
    pub(super) fn condition(
        &mut self,
        condition: &'a Positioned<TypeCondition>,
    ) -> Option<&'a TypeDefinition> {
        let on = &condition.node.on;
        let Some(definition) = self.types.any(&on.node) else {
            let meant = self.did_you_mean(&on.node, self.types.names());
            self.tell(&[on.pos], format_args!("There is no type `{on}`.{meant}"));
            return None;
        };
        if !type_system::is_composite(definition) {
            self.tell(
                &[on.pos],
                format_args!("Nothing can be selected of the type `{on}`."),
            );
            return None;
        }
        Some(definition)
    }

    /// Checks that an object can be of the type around a fragment and of the fragment's own.
    fn meeting(
        &mut self,
        parent: Option<&'a TypeDefinition>,
        own: Option<&'a TypeDefinition>,
        position: Pos,
    ) {
        if let (Some(parent), Some(own)) = (parent, own)
            && type_system::is_composite(own)
            && !self.types.overlap(parent, own)
        {
            let (parent, own) = (&parent.name.node, &own.name.node);
            self.tell(
                &[position],
                format_args!(
                    "The fragment is never used, since nothing of the type `{parent}` is a `{own}`."
                ),
            );
        }
    }
}
