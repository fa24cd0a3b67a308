//! An operation as it is to be executed: its fields collected as GraphQL has it, each response key once.
//!
//! async-graphql executes what it finds where it finds it. It would carry out a command as often as it stands in a
//! mutation, and read a field twice that stands in two fragments, the second time perhaps after somebody has changed
//! what is read. It does not know which unions an object is of, and looks into no fragment for what is subscribed to.
//! An argument that is given a variable without a value is null to it, even where the argument has a default. So an
//! operation in which any of this may matter is written anew: without fragments, but for one for each kind of object
//! where there may be several; without what is skipped; and without arguments that are given nothing.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned, Value as ConstValue, Variables,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, Field, InlineFragment, OperationDefinition,
        OperationType, Selection, SelectionSet, TypeCondition, TypeDefinition, TypeKind,
    },
};
use async_graphql_value::Value;

use super::{Refusal, weight::Weights};
use crate::{TypeSystem, type_system};

/// How many selections there may be afterwards, with what they are given, of each that may be selected.
const COPIES: usize = 4;

/// How often a selection may be looked at, of each that may be selected: for each type of object that it may be of.
const LOOKS: usize = 32;

/// What a field takes, in bytes, and what a value that it is given does, or a thousand bytes of a text.
const FIELD_BYTES: usize = 512;
const VALUE_BYTES: usize = 1_000;

/// An operation that is chosen from its document, with what it is given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) document: &'a ExecutableDocument,
    /// Its name, if it has one.
    pub(super) name: Option<&'a str>,
    pub(super) operation: &'a OperationDefinition,
    /// Those of the operation, with the values that they have by default.
    pub(super) variables: &'a Variables,
}

/// A document of nothing but the operation, as it is to be executed.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) document: ExecutableDocument,
    /// How much memory it takes, at most.
    pub(super) bytes: usize,
}

/// Collects the fields of an operation; none if it can be executed as it stands there. Its document must be valid, and
/// small with fragments wherever they are spread; `has_repeats` says whether any field in it stands there more than once.
///
/// # Errors
/// If it becomes too large by that.
pub(super) fn collect(
    asked: Asked<'_>,
    types: &TypeSystem,
    limit: usize,
    has_repeats: bool,
) -> Result<Option<Collected>, Refusal> {
    let OperationDefinition {
        ty, selection_set, ..
    } = asked.operation;
    let Some(root) = types
        .root(*ty)
        .filter(|_| has_repeats || is_special(asked, types))
    else {
        return Ok(None);
    };
    // A variable is not copied where it stands, but its name is.
    let no_variables = Variables::default();
    let mut pass = Pass {
        asked,
        types,
        weights: Weights::of(&no_variables),
        looks: limit.saturating_mul(LOOKS),
        copies: limit.saturating_mul(COPIES),
        limit,
        bytes: 0,
    };
    let items = pass.set(&[selection_set], root)?;
    let collected = OperationDefinition {
        ty: *ty,
        variable_definitions: asked.operation.variable_definitions.clone(),
        directives: asked.operation.directives.clone(),
        selection_set: Positioned::new(SelectionSet { items }, selection_set.pos),
    };
    let collected = Positioned::new(collected, selection_set.pos);
    let operations = match asked.name {
        None => DocumentOperations::Single(collected),
        Some(name) => DocumentOperations::Multiple(HashMap::from([(Name::new(name), collected)])),
    };
    let fragments = HashMap::new();
    Ok(Some(Collected {
        document: ExecutableDocument {
            operations,
            fragments,
        },
        bytes: pass.bytes,
    }))
}

/// Whether an operation has anything in it that async-graphql takes otherwise, besides what stands there more than once.
fn is_special(asked: Asked<'_>, types: &TypeSystem) -> bool {
    let operation = asked.operation;
    let mut variables = operation.variable_definitions.iter();
    let is_field = |item: &Positioned<Selection>| matches!(item.node, Selection::Field(_));
    variables.any(|definition| !asked.variables.contains_key(&definition.node.name.node))
        || (operation.ty != OperationType::Query && !operation.selection_set.node.items.iter().all(is_field))
        || has_unions(asked.document, types)
}

/// Whether a condition anywhere is a union.
fn has_unions(document: &ExecutableDocument, types: &TypeSystem) -> bool {
    let fragments = document.fragments.values().map(|fragment| &fragment.node);
    let mut conditions = fragments
        .clone()
        .map(|fragment| &fragment.type_condition.node.on.node);
    let operations = document
        .operations
        .iter()
        .map(|(_, operation)| &operation.node.selection_set.node);
    let mut sets = fragments
        .map(|fragment| &fragment.selection_set.node)
        .chain(operations);
    conditions.any(|name| is_union(types, name)) || sets.any(|set| selects_unions(set, types))
}

fn selects_unions(set: &SelectionSet, types: &TypeSystem) -> bool {
    set.items.iter().any(|item| match &item.node {
        Selection::Field(field) => selects_unions(&field.node.selection_set.node, types),
        Selection::InlineFragment(fragment) => {
            let condition = fragment.node.type_condition.as_ref();
            condition.is_some_and(|condition| is_union(types, &condition.node.on.node))
                || selects_unions(&fragment.node.selection_set.node, types)
        }
        Selection::FragmentSpread(_) => false,
    })
}

fn is_union(types: &TypeSystem, name: &Name) -> bool {
    types
        .any(name)
        .is_some_and(|ty| matches!(ty.kind, TypeKind::Union(_)))
}

struct Pass<'a> {
    asked: Asked<'a>,
    types: &'a TypeSystem,
    weights: Weights<'a>,
    /// How many selections may still be looked at.
    looks: usize,
    /// How many there may still be, with what they are given.
    copies: usize,
    limit: usize,
    /// What is there by now, in bytes.
    bytes: usize,
}

type Sets<'s, 'a> = &'s [&'a Positioned<SelectionSet>];

/// The fields of one object, in the order of their response keys.
#[derive(Default)]
struct Fields<'a> {
    /// The first of each response key, and what is selected in all of them.
    merged: Vec<(&'a Positioned<Field>, Vec<&'a Positioned<SelectionSet>>)>,
    places: HashMap<&'a Name, usize>,
    /// The fragments that were spread: what they select is there.
    spread: HashSet<&'a Name>,
}

impl<'a> Pass<'a> {
    /// What is selected of a type: its fields, or those of each of its objects if they are not the same.
    fn set(
        &mut self,
        sets: Sets<'_, 'a>,
        parent: &'a TypeDefinition,
    ) -> Result<Vec<Positioned<Selection>>, Refusal> {
        let spread = &mut HashSet::new();
        let mut is_same = true;
        for set in sets {
            is_same = is_same && self.is_same_for_all(&set.node, parent, spread)?;
        }
        if is_same {
            return self.fields(sets, parent);
        }
        let mut items = vec![];
        for object in self.types.objects_of(parent) {
            let fields = self.fields(sets, object)?;
            let Some(position) = fields.first().map(|field| field.pos) else {
                continue;
            };
            let on = Positioned::new(object.name.node.clone(), position);
            let fragment = InlineFragment {
                type_condition: Some(Positioned::new(TypeCondition { on }, position)),
                directives: vec![],
                selection_set: Positioned::new(SelectionSet { items: fields }, position),
            };
            let fragment = Selection::InlineFragment(Positioned::new(fragment, position));
            items.push(Positioned::new(fragment, position));
        }
        Ok(items)
    }

    /// Whether each object of a type has the same fields of a selection: whether no fragment is for some of them alone.
    fn is_same_for_all(
        &mut self,
        set: &'a SelectionSet,
        parent: &'a TypeDefinition,
        spread: &mut HashSet<&'a Name>,
    ) -> Result<bool, Refusal> {
        if matches!(parent.kind, TypeKind::Object(_)) {
            return Ok(true);
        }
        for item in &set.items {
            self.look()?;
            let Some((condition, set)) = self.fragment(&item.node, spread) else {
                continue;
            };
            // A condition that holds for all of them may still have fields that this type has not.
            let is_for_all = condition.is_none_or(|own| own.name.node == parent.name.node);
            if !is_for_all || !self.is_same_for_all(set, parent, spread)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The fields that are selected of a type, whose objects all have the same.
    fn fields(
        &mut self,
        sets: Sets<'_, 'a>,
        parent: &'a TypeDefinition,
    ) -> Result<Vec<Positioned<Selection>>, Refusal> {
        let mut fields = Fields::default();
        for set in sets {
            self.gather(&set.node, parent, &mut fields)?;
        }
        let mut items = Vec::with_capacity(fields.merged.len());
        for (field, sets) in fields.merged {
            let definition = self.types.field_of(parent, &field.node.name.node);
            let ty = definition
                .and_then(|definition| self.types.any(type_system::named(&definition.ty.node)))
                .filter(|ty| type_system::is_composite(ty));
            let inner = match ty {
                Some(ty) => self.set(&sets, ty)?,
                None => vec![],
            };
            let copy = Field {
                alias: field.node.alias.clone(),
                name: field.node.name.clone(),
                arguments: field
                    .node
                    .arguments
                    .iter()
                    .filter(|(_, value)| self.is_given(&value.node))
                    .cloned()
                    .collect(),
                directives: field
                    .node
                    .directives
                    .iter()
                    .filter(|directive| condition(directive).is_none())
                    .cloned()
                    .collect(),
                selection_set: Positioned::new(SelectionSet { items: inner }, field.node.selection_set.pos),
            };
            let copy = Selection::Field(Positioned::new(copy, field.pos));
            items.push(Positioned::new(copy, field.pos));
        }
        Ok(items)
    }

    /// Gathers the fields that are selected of a type, those of fragments included.
    fn gather(
        &mut self,
        set: &'a SelectionSet,
        parent: &'a TypeDefinition,
        fields: &mut Fields<'a>,
    ) -> Result<(), Refusal> {
        for item in &set.items {
            self.look()?;
            if !self.is_selected(item.node.directives()) {
                continue;
            }
            let Selection::Field(field) = &item.node else {
                if let Some((condition, set)) = self.fragment(&item.node, &mut fields.spread)
                    && condition.is_none_or(|condition| self.types.overlap(parent, condition))
                {
                    self.gather(set, parent, fields)?;
                }
                continue;
            };
            let next = fields.merged.len();
            let place = *fields
                .places
                .entry(&field.node.response_key().node)
                .or_insert(next);
            if let Some((_, sets)) = fields.merged.get_mut(place) {
                sets.push(&field.node.selection_set);
            } else {
                self.copy(self.weights.field(&field.node))?;
                fields.merged.push((field, vec![&field.node.selection_set]));
            }
        }
        Ok(())
    }

    /// The condition of a fragment and what it selects; none if it was spread before, or is a field.
    fn fragment(
        &self,
        selection: &'a Selection,
        spread: &mut HashSet<&'a Name>,
    ) -> Option<(Option<&'a TypeDefinition>, &'a SelectionSet)> {
        let (condition, set) = match selection {
            Selection::Field(_) => return None,
            Selection::InlineFragment(fragment) => {
                let fragment = &fragment.node;
                (fragment.type_condition.as_ref(), &fragment.selection_set)
            }
            Selection::FragmentSpread(fragment) => {
                let name = &fragment.node.fragment_name.node;
                let fragment = self.asked.document.fragments.get(name)?;
                if !spread.insert(name) {
                    return None;
                }
                let fragment = &fragment.node;
                (Some(&fragment.type_condition), &fragment.selection_set)
            }
        };
        let condition = condition.and_then(|condition| self.types.any(&condition.node.on.node));
        Some((condition, &set.node))
    }

    /// Counts a selection that is looked at.
    fn look(&mut self) -> Result<(), Refusal> {
        self.looks = self.looks.checked_sub(1).ok_or(Refusal::Objects(self.limit))?;
        Ok(())
    }

    /// Counts a field that is copied with so many values.
    fn copy(&mut self, values: usize) -> Result<(), Refusal> {
        let copies = self.copies.checked_sub(values.saturating_add(1));
        self.copies = copies.ok_or(Refusal::Objects(self.limit))?;
        self.bytes += FIELD_BYTES + values.saturating_mul(VALUE_BYTES);
        Ok(())
    }

    /// Whether a value is there at all.
    fn is_given(&self, value: &Value) -> bool {
        match value {
            Value::Variable(name) => self.asked.variables.contains_key(name),
            _ => true,
        }
    }

    /// Whether what has these directives is selected.
    fn is_selected(&self, directives: &[Positioned<Directive>]) -> bool {
        directives
            .iter()
            .filter_map(condition)
            .all(|(wanted, value)| match value {
                Value::Boolean(value) => *value == wanted,
                Value::Variable(name) => self.asked.variables.get(name) == Some(&ConstValue::Boolean(wanted)),
                _ => true,
            })
    }
}

/// What a directive's condition must be for anything to be selected, and what it is; none if it has no such condition.
pub(super) fn condition(directive: &Positioned<Directive>) -> Option<(bool, &Value)> {
    let wanted = match directive.node.name.node.as_str() {
        "include" => true,
        "skip" => false,
        _ => return None,
    };
    Some((wanted, &directive.node.get_argument("if")?.node))
}

#[cfg(test)]
mod tests;
