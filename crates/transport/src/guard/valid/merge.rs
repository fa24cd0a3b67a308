//! Fields of one response key: whether they can be merged into one, as an answer has it.
//!
//! Those that may be of one object must ask for the same; those that never are need only have the same shape. Both are
//! found by comparing each field with the first of its kind, not all with each other. Fields of an interface meet those
//! of each of its objects, which may multiply with each level; so the steps are counted.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned,
    parser::types::{
        BaseType, Field, FieldDefinition, OperationDefinition, Selection, SelectionSet, Type, TypeDefinition,
        TypeKind,
    },
};

use super::{Refusal, Walk};
use crate::{Limits, type_system};

/// How often a selection may be met, of those that there may be.
const MEETINGS: usize = 4;

/// A field, once fragments stand where they are spread.
#[derive(Debug, Clone, Copy)]
struct Met<'a> {
    field: &'a Positioned<Field>,
    parent: &'a TypeDefinition,
    definition: &'a FieldDefinition,
}

/// The pass's state.
struct Pass<'a, 'w> {
    walk: &'w mut Walk<'a>,
    /// How many selections have been met.
    met: usize,
    limit: usize,
    /// Whether any field that may be of one object is there more than once.
    has_repeats: bool,
}

/// Checks the fields of operations that are valid otherwise. Says whether any is there more than once.
///
/// # Errors
/// If more is to be compared than the document's size accounts for. What cannot be merged is told to the walk.
pub(super) fn check<'a>(
    walk: &mut Walk<'a>,
    operations: &[&'a Positioned<OperationDefinition>],
    limits: &Limits,
) -> Result<bool, Refusal> {
    let mut pass = Pass {
        walk,
        met: 0,
        limit: limits.selections.saturating_mul(MEETINGS),
        has_repeats: false,
    };
    for operation in operations {
        let root = pass.walk.types.root(operation.node.ty);
        let fields = pass.collect(
            root.map(|root| (&operation.node.selection_set.node, root))
                .into_iter(),
        )?;
        pass.shapes(&fields)?;
        pass.meanings(&fields)?;
    }
    Ok(pass.has_repeats)
}

impl<'a> Pass<'a, '_> {
    /// All fields of some selections, each of a type.
    fn collect(
        &mut self,
        sets: impl Iterator<Item = (&'a SelectionSet, &'a TypeDefinition)>,
    ) -> Result<Vec<Met<'a>>, Refusal> {
        let (mut fields, mut spread) = (vec![], HashSet::new());
        for (set, parent) in sets {
            self.collect_into(&mut fields, &mut spread, set, parent)?;
        }
        Ok(fields)
    }

    fn collect_into(
        &mut self,
        fields: &mut Vec<Met<'a>>,
        spread: &mut HashSet<&'a Name>,
        set: &'a SelectionSet,
        parent: &'a TypeDefinition,
    ) -> Result<(), Refusal> {
        let types = self.walk.types;
        self.met = self.met.saturating_add(set.items.len());
        if self.met > self.limit {
            return Err(Refusal::Meetings);
        }
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let definition = types.field_of(parent, &field.node.name.node);
                    fields.extend(definition.map(|definition| Met {
                        field,
                        parent,
                        definition,
                    }));
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let own = condition.and_then(|condition| types.any(&condition.node.on.node));
                    let set = &fragment.node.selection_set.node;
                    self.collect_into(fields, spread, set, own.unwrap_or(parent))?;
                }
                Selection::FragmentSpread(fragment) => {
                    let name = &fragment.node.fragment_name.node;
                    let fragment = self
                        .walk
                        .document
                        .fragments
                        .get(name)
                        .map(|fragment| &fragment.node);
                    let own = fragment.and_then(|fragment| types.any(&fragment.type_condition.node.on.node));
                    if let (Some(fragment), Some(own)) = (fragment, own) {
                        if !spread.insert(name) {
                            self.has_repeats = true;
                            continue;
                        }
                        self.collect_into(fields, spread, &fragment.selection_set.node, own)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What is selected in fields.
    fn inner(&mut self, fields: &[Met<'a>]) -> Result<Vec<Met<'a>>, Refusal> {
        let types = self.walk.types;
        self.collect(fields.iter().filter_map(|met| {
            let ty = types.any(type_system::named(&met.definition.ty.node))?;
            Some((&met.field.node.selection_set.node, ty))
        }))
    }

    /// Checks that all fields of a response key have one shape.
    fn shapes(&mut self, fields: &[Met<'a>]) -> Result<(), Refusal> {
        for fields in by_key(fields) {
            self.compare(&fields, "of different types", |one, other, walk| {
                has_shape_of(&one.definition.ty.node, &other.definition.ty.node, walk)
            });
            let inner = self.inner(&fields)?;
            self.shapes(&inner)?;
        }
        Ok(())
    }

    /// Checks that fields of a response key which may be of one object are the same.
    fn meanings(&mut self, fields: &[Met<'a>]) -> Result<(), Refusal> {
        for fields in by_key(fields) {
            for fields in meeting(&fields) {
                self.has_repeats |= fields.len() > 1;
                let are_same = self.compare(&fields, "different fields", |one, other, _| {
                    one.field.node.name.node == other.field.node.name.node
                }) && self.compare(&fields, "given different arguments", |one, other, _| {
                    has_arguments_of(&one.field.node, &other.field.node)
                });
                if are_same {
                    let inner = self.inner(&fields)?;
                    self.meanings(&inner)?;
                }
            }
        }
        Ok(())
    }

    /// Whether all fields are like the first of them. If not, it is told what they `are`.
    fn compare(
        &mut self,
        fields: &[Met<'a>],
        are: &str,
        is_like: impl Fn(&Met<'a>, &Met<'a>, &Walk<'a>) -> bool,
    ) -> bool {
        let Some((first, others)) = fields.split_first() else {
            return true;
        };
        let Some(other) = others.iter().find(|other| !is_like(first, other, self.walk)) else {
            return true;
        };
        let key = first.field.node.response_key();
        self.walk.tell(
            &[first.field.pos, other.field.pos],
            format_args!(
                "The fields `{key}` cannot be one, since they are {are}; give one of them another alias."
            ),
        );
        false
    }
}

/// The fields by their response keys, in their order.
fn by_key<'a>(fields: &[Met<'a>]) -> Vec<Vec<Met<'a>>> {
    in_groups(fields.iter().copied(), |met| &met.field.node.response_key().node)
}

fn in_groups<'a>(fields: impl Iterator<Item = Met<'a>>, key: fn(&Met<'a>) -> &'a Name) -> Vec<Vec<Met<'a>>> {
    let mut groups: Vec<Vec<Met<'a>>> = vec![];
    let mut places = HashMap::new();
    for met in fields {
        let place = *places.entry(key(&met)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(met),
            None => groups.push(vec![met]),
        }
    }
    groups
}

/// The fields that may be of one object: those of each object's type, and with them all those of interfaces.
fn meeting<'a>(fields: &[Met<'a>]) -> Vec<Vec<Met<'a>>> {
    let is_object = |met: &Met<'a>| matches!(met.parent.kind, TypeKind::Object(_));
    let (objects, others): (Vec<_>, Vec<_>) = fields.iter().copied().partition(is_object);
    let mut groups = in_groups(objects.into_iter(), |met| &met.parent.name.node);
    if groups.is_empty() {
        return vec![others];
    }
    for group in &mut groups {
        group.extend(others.iter().copied());
    }
    groups
}

/// Whether values of both types look alike, as far as what is selected of them does.
fn has_shape_of(one: &Type, other: &Type, walk: &Walk<'_>) -> bool {
    let has_fields = |name| walk.types.any(name).is_some_and(type_system::is_composite);
    one.nullable == other.nullable
        && match (&one.base, &other.base) {
            (BaseType::List(one), BaseType::List(other)) => has_shape_of(one, other, walk),
            (BaseType::Named(one), BaseType::Named(other)) => {
                one == other || (has_fields(one) && has_fields(other))
            }
            (BaseType::List(_), BaseType::Named(_)) | (BaseType::Named(_), BaseType::List(_)) => false,
        }
}

fn has_arguments_of(one: &Field, other: &Field) -> bool {
    one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(|(name, value)| {
            other
                .get_argument(&name.node)
                .is_some_and(|other| other.node == value.node)
        })
}
