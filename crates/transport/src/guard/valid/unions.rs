//! Fragments on unions, as async-graphql understands them.
//!
//! It knows of an object what it is called and what it implements, but not which unions it is of: a fragment on a union
//! that stands in what is selected of one of its objects would be dropped without a word. So an operation that may have
//! such fragments is written anew, with fragments where they are spread: on a union they have no condition where there is
//! an object already, and stand once for each of its objects elsewhere.

use async_graphql::{
    Name, Pos, Positioned, Variables,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, Field, InlineFragment, Selection, SelectionSet,
        TypeCondition, TypeDefinition, TypeKind,
    },
};

use super::Refusal;
use crate::{TypeSystem, guard::weight::Weights, type_system};

/// How many selections there may be afterwards, of each that may be selected.
const COPIES: usize = 4;

/// What a selection takes, or a thousand bytes of what it is given.
const SELECTION_BYTES: usize = 1_000;

/// The document, with the chosen operation written anew, and how many bytes that takes; none if nothing in it has a condition that is a union. The
/// document must be valid, and small with fragments wherever they are spread.
///
/// # Errors
/// If it becomes too large by that.
pub(in crate::guard) fn resolve(
    document: &ExecutableDocument,
    name: Option<&str>,
    types: &TypeSystem,
    limit: usize,
) -> Result<Option<(ExecutableDocument, usize)>, Refusal> {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(_), None) => None,
    };
    let Some(operation) = operation.filter(|_| has_unions(document, types)) else {
        return Ok(None);
    };
    let no_variables = Variables::default();
    let mut pass = Pass {
        document,
        types,
        weights: Weights::of(&no_variables),
        left: limit.saturating_mul(COPIES),
        limit,
    };
    let root = types.root(operation.node.ty);
    let set = pass.selection_set(&operation.node.selection_set, root)?;
    let mut resolved = document.clone();
    let operation = match (&mut resolved.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get_mut(name),
        (DocumentOperations::Multiple(_), None) => None,
    };
    let bytes = (limit.saturating_mul(COPIES) - pass.left).saturating_mul(SELECTION_BYTES);
    Ok(operation
        .map(|operation| operation.node.selection_set = set)
        .map(|()| (resolved, bytes)))
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
    document: &'a ExecutableDocument,
    types: &'a TypeSystem,
    weights: Weights<'a>,
    /// How many selections there may still be, with what they are given.
    left: usize,
    limit: usize,
}

/// A fragment, wherever it stands.
#[derive(Clone, Copy)]
struct Fragment<'a> {
    position: Pos,
    condition: Option<&'a Positioned<TypeCondition>>,
    directives: &'a [Positioned<Directive>],
    set: &'a Positioned<SelectionSet>,
}

impl<'a> Pass<'a> {
    /// What is selected of a type.
    fn selection_set(
        &mut self,
        set: &'a Positioned<SelectionSet>,
        parent: Option<&'a TypeDefinition>,
    ) -> Result<Positioned<SelectionSet>, Refusal> {
        let mut items = vec![];
        for item in &set.node.items {
            let weight = match &item.node {
                Selection::Field(field) => self.weights.field(&field.node),
                fragment => self.weights.directives(fragment.directives()),
            };
            let left = self.left.checked_sub(weight.saturating_add(1));
            self.left = left.ok_or(Refusal::Selections(self.limit))?;
            match &item.node {
                Selection::Field(field) => {
                    let definition =
                        parent.and_then(|parent| self.types.field_of(parent, &field.node.name.node));
                    let ty = definition
                        .and_then(|definition| self.types.any(type_system::named(&definition.ty.node)));
                    let copy = Field {
                        alias: field.node.alias.clone(),
                        name: field.node.name.clone(),
                        arguments: field.node.arguments.clone(),
                        directives: field.node.directives.clone(),
                        selection_set: self.selection_set(&field.node.selection_set, ty)?,
                    };
                    let copy = Positioned::new(copy, field.pos);
                    items.push(Positioned::new(Selection::Field(copy), item.pos));
                }
                Selection::InlineFragment(fragment) => {
                    let fragment = Fragment {
                        position: item.pos,
                        condition: fragment.node.type_condition.as_ref(),
                        directives: &fragment.node.directives,
                        set: &fragment.node.selection_set,
                    };
                    self.fragment(fragment, parent, &mut items)?;
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(definition) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let fragment = Fragment {
                            position: item.pos,
                            condition: Some(&definition.node.type_condition),
                            directives: &spread.node.directives,
                            set: &definition.node.selection_set,
                        };
                        self.fragment(fragment, parent, &mut items)?;
                    }
                }
            }
        }
        Ok(Positioned::new(SelectionSet { items }, set.pos))
    }

    fn fragment(
        &mut self,
        fragment: Fragment<'a>,
        parent: Option<&'a TypeDefinition>,
        items: &mut Vec<Positioned<Selection>>,
    ) -> Result<(), Refusal> {
        let condition = fragment.condition.map(|condition| &condition.node.on);
        let own = condition.and_then(|on| self.types.any(&on.node));
        let is_of_object = parent.is_some_and(|parent| matches!(parent.kind, TypeKind::Object(_)));
        let meets = |on: &Positioned<Name>| match (parent, self.types.any(&on.node)) {
            (Some(parent), Some(own)) => self.types.overlap(parent, own),
            _ => true,
        };
        let is_parent = own.map(|own| &own.name.node) == parent.map(|parent| &parent.name.node);
        let of = match own.map(|own| &own.kind) {
            Some(TypeKind::Union(_)) if is_of_object || is_parent => vec![None],
            Some(TypeKind::Union(union)) => union.members.iter().filter(|on| meets(on)).map(Some).collect(),
            _ if condition.is_some_and(|on| !meets(on)) => vec![],
            _ => vec![condition],
        };
        for condition in of {
            // What is known to be an object stays one, whatever else it is.
            let ty = match condition {
                Some(on) if !is_of_object => self.types.any(&on.node),
                _ => parent,
            };
            let inline = InlineFragment {
                type_condition: condition
                    .map(|on| Positioned::new(TypeCondition { on: on.clone() }, fragment.position)),
                directives: fragment.directives.to_vec(),
                selection_set: self.selection_set(fragment.set, ty)?,
            };
            let inline = Positioned::new(inline, fragment.position);
            items.push(Positioned::new(
                Selection::InlineFragment(inline),
                fragment.position,
            ));
        }
        Ok(())
    }
}
