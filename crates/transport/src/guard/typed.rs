//! The pass over the chosen operation by the types of its fields: how much the answer may hold, and whether what the
//! fields are given fits with the values that the variables have.
//!
//! The document is known to be valid, and small once its fragments are expanded, so that it can be walked as it is. A
//! null may still be where none can be: in a variable whose default is something else.

use std::{cell::Cell, collections::HashMap};

use async_graphql::{
    Name, Number, Positioned, Value as ConstValue, Variables,
    parser::types::{
        BaseType, Directive, ExecutableDocument, Field, FieldDefinition, InputValueDefinition,
        OperationDefinition, Selection, SelectionSet, TypeDefinition,
    },
};
use async_graphql_value::Value;

use super::{Refusal, input, weight::Weights};
use crate::{TypeSystem, type_system};

/// The arguments that say how many items a page has.
const PAGE_SIZES: [&str; 2] = ["first", "last"];

/// How many items a page is taken to have, where nobody says.
const USUAL_PAGE: usize = 20;

/// How many values the reading of a page counts for, besides what is on it.
const PAGE_READING: usize = 20;

/// How many items a list without pages is taken to have.
const USUAL_LIST: usize = 10;

/// What the pass goes by.
pub(super) struct Pass<'a> {
    pub(super) document: &'a ExecutableDocument,
    pub(super) variables: &'a Variables,
    pub(super) weights: &'a Weights<'a>,
    pub(super) types: &'a TypeSystem,
    /// How many values may be asked for.
    pub(super) limit: usize,
    /// What fields have been given so far, wherever they stand. A field is looked at no further beyond the limit, since
    /// each copy of a long value takes its time.
    pub(super) given: Cell<usize>,
}

impl<'a> Pass<'a> {
    /// Checks what `operation` asks for: no more values than the limit, if every page is full. A value is a field of an
    /// object, an object in a list, or something that a field is given; each page counts for some more, and so does what
    /// takes long. What
    /// introspection tells counts as one object for each of its fields. How many these are.
    ///
    /// # Errors
    /// If it asks for more, or gives an argument what does not fit it.
    pub(super) fn check(&self, operation: &'a OperationDefinition) -> Result<usize, Refusal> {
        let limit = self.limit;
        let root = self.types.root(operation.ty);
        let values = self.selection_set(&operation.selection_set.node, root, None)?;
        if values > limit {
            return Err(Refusal::Complexity { values, limit });
        }
        Ok(values)
    }

    /// What is selected of one object, at most: it is of one type, and has nothing of what is selected of others. The lists
    /// in it have `page` items, if it is itself a page of so many.
    fn selection_set(
        &self,
        set: &'a SelectionSet,
        parent: Option<&'a TypeDefinition>,
        page: Option<usize>,
    ) -> Result<usize, Refusal> {
        // Clients that keep what they read ask for the type of each object, which costs nothing beside the rest of it.
        let is_free = |item: &Positioned<Selection>| match &item.node {
            Selection::Field(field) => field.node.name.node == "__typename",
            _ => false,
        };
        let is_all_free = set.items.iter().all(is_free);
        let (mut of_all, mut of_some) = (0_usize, HashMap::<_, usize>::new());
        for item in &set.items {
            self.directives(item.node.directives())?;
            let (values, condition) = match &item.node {
                Selection::Field(field) => (self.field(&field.node, parent, page)?, None),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let condition = condition.and_then(|condition| self.types.get(&condition.node.on.node));
                    let set = &fragment.node.selection_set.node;
                    (self.selection_set(set, condition.or(parent), page)?, condition)
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, page)?,
            };
            let sum = match condition {
                Some(condition) => of_some.entry(&condition.name.node).or_default(),
                None => &mut of_all,
            };
            if is_all_free || !is_free(item) {
                *sum = sum.saturating_add(values);
            }
        }
        Ok(of_all.saturating_add(self.most(parent, &of_some)))
    }

    /// The most that an object of a type can have of what is selected of the types with these names.
    fn most(&self, parent: Option<&TypeDefinition>, of_some: &HashMap<&Name, usize>) -> usize {
        let sum = |of: &dyn Fn(&Name) -> bool| {
            let own = of_some.iter().filter(|(name, _)| of(name));
            own.fold(0_usize, |sum, (_, values)| sum.saturating_add(*values))
        };
        let objects = parent.map(|parent| self.types.objects_of(parent));
        let objects = objects.filter(|objects| !objects.is_empty() && !of_some.is_empty());
        // An object itself is of all types that a valid document names there.
        let Some(objects) = objects else {
            return sum(&|_| true);
        };
        let of_object = |object: &TypeDefinition| {
            sum(&|name| {
                let condition = self.types.get(name);
                condition.is_none_or(|condition| self.types.overlap(object, condition))
            })
        };
        objects.into_iter().map(of_object).max().unwrap_or(0)
    }

    /// What a fragment selects, and of which type.
    fn fragment(
        &self,
        name: &Name,
        page: Option<usize>,
    ) -> Result<(usize, Option<&'a TypeDefinition>), Refusal> {
        let Some(Positioned { node, .. }) = self.document.fragments.get(name) else {
            return Ok((0, None));
        };
        let condition = self.types.get(&node.type_condition.node.on.node);
        Ok((
            self.selection_set(&node.selection_set.node, condition, page)?,
            condition,
        ))
    }

    fn field(
        &self,
        field: &'a Field,
        parent: Option<&'a TypeDefinition>,
        page: Option<usize>,
    ) -> Result<usize, Refusal> {
        let set = &field.selection_set.node;
        let given = self.weights.field(field);
        let values = self.given.get().saturating_add(given);
        self.given.set(values);
        if values > self.limit {
            return Err(Refusal::Complexity {
                values,
                limit: self.limit,
            });
        }
        let given = given.saturating_add(1);
        let definition = parent.and_then(|parent| type_system::field(parent, &field.name.node));
        let Some(definition) = definition else {
            return Ok(self.selection_set(set, None, None)?.saturating_add(given));
        };
        let size = self.arguments(field, definition)?;
        let reading = if is_paged(definition) { PAGE_READING } else { 0 };
        let weight = parent.map_or(0, |parent| self.types.weight(&parent.name.node, &field.name.node));
        let ty = &definition.ty.node;
        let object = self.types.get(type_system::named(ty));
        let values = if matches!(ty.base, BaseType::List(_)) && self.types.is_composite(ty) {
            let items = size.or(page).unwrap_or(USUAL_LIST);
            let item = self.selection_set(set, object, None)?.saturating_add(1);
            item.saturating_mul(items)
        } else {
            let page = size.or_else(|| is_paged(definition).then_some(USUAL_PAGE));
            self.selection_set(set, object, page)?
        };
        Ok(values
            .saturating_add(given)
            .saturating_add(reading)
            .saturating_add(weight))
    }

    /// Checks what a field is given; with how many items it is asked for by that: by the size of a page, or by a list of
    /// what is wanted.
    fn arguments(&self, field: &Field, definition: &FieldDefinition) -> Result<Option<usize>, Refusal> {
        let mut size: Option<usize> = None;
        for argument in &definition.arguments {
            let name = argument.node.name.node.as_str();
            let Some(given) = field.get_argument(name) else {
                continue;
            };
            let of = || format!("the field `{}`", field.name);
            let Some(value) = self.argument(&argument.node, given, of)? else {
                continue;
            };
            let items = match &value {
                ConstValue::Number(number) if PAGE_SIZES.contains(&name) => Some(page_size(number)),
                ConstValue::List(values) => Some(values.len()),
                _ => None,
            };
            size = size.max(items);
        }
        Ok(size)
    }

    /// Checks what directives are given.
    fn directives(&self, directives: &[Positioned<Directive>]) -> Result<(), Refusal> {
        for Positioned { node, .. } in directives {
            let definition = self.types.directive(&node.name.node);
            for argument in definition.iter().flat_map(|definition| &definition.arguments) {
                if let Some(given) = node.get_argument(&argument.node.name.node) {
                    self.argument(&argument.node, given, || {
                        format!("the directive `@{}`", node.name)
                    })?;
                }
            }
        }
        Ok(())
    }

    /// The value of an argument; none if it is a variable that was left out.
    fn argument(
        &self,
        definition: &InputValueDefinition,
        given: &Positioned<Value>,
        of: impl Fn() -> String,
    ) -> Result<Option<ConstValue>, Refusal> {
        let Some(mut value) = self.value(&given.node) else {
            return Ok(None);
        };
        input::coerce(self.types, &definition.ty.node, &mut value).map_err(|misfit| Refusal::Argument {
            of: of(),
            at: format!("{}{}", definition.name.node, misfit.at),
            must: misfit.must,
            position: given.pos,
        })?;
        Ok(Some(value))
    }

    /// The value that stands in a document, with its variables. Those that were left out are as if nothing stood there, or
    /// in a list as if it were null; none if the value is such a variable itself.
    fn value(&self, value: &Value) -> Option<ConstValue> {
        Some(match value {
            Value::Variable(name) => return self.variables.get(name).cloned(),
            Value::List(values) => {
                let values = values.iter().map(|value| self.value(value).unwrap_or_default());
                ConstValue::List(values.collect())
            }
            Value::Object(fields) => {
                let fields = fields
                    .iter()
                    .filter_map(|(name, value)| Some((name.clone(), self.value(value)?)));
                ConstValue::Object(fields.collect())
            }
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => return value.clone().into_const(),
        })
    }
}

/// How many items a number asks for. Less than none is for the field itself to refuse.
fn page_size(number: &Number) -> usize {
    let size = number.as_u64().unwrap_or(0);
    usize::try_from(size).unwrap_or(usize::MAX)
}

/// Whether a field has pages.
fn is_paged(definition: &FieldDefinition) -> bool {
    definition
        .arguments
        .iter()
        .any(|argument| PAGE_SIZES.contains(&argument.node.name.node.as_str()))
}

#[cfg(test)]
mod tests;
