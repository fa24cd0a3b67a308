//! What a subscription begins with: one field.

use std::collections::HashSet;

use async_graphql::{
    Name, Positioned,
    parser::types::{Field, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value;

use super::Walk;
use crate::guard::collected::condition;

impl<'a> Walk<'a> {
    /// Checks that a subscription selects one field of its own, whatever its variables are.
    pub(super) fn subscription(&mut self, operation: &'a Positioned<OperationDefinition>) {
        let mut fields = vec![];
        self.root_fields(
            &operation.node.selection_set.node,
            &mut HashSet::new(),
            &mut fields,
        );
        let key = fields.first().map(|field| &field.node.response_key().node);
        let others = fields
            .iter()
            .find(|field| Some(&field.node.response_key().node) != key);
        if key.is_none() || others.is_some() {
            let position = others.map_or(operation.pos, |field| field.pos);
            self.tell(
                &[position],
                format_args!("A subscription selects one field; send one subscription for each."),
            );
        }
        for field in fields
            .iter()
            .filter(|field| field.node.name.node.starts_with("__"))
        {
            let name = &field.node.name;
            self.tell(
                &[field.pos],
                format_args!("The field `{name}` cannot be subscribed to."),
            );
        }
    }

    fn root_fields(
        &mut self,
        set: &'a SelectionSet,
        spread: &mut HashSet<&'a Name>,
        fields: &mut Vec<&'a Positioned<Field>>,
    ) {
        for item in &set.items {
            let mut is_selected = true;
            for (wanted, value) in item.node.directives().iter().filter_map(condition) {
                match value {
                    Value::Boolean(value) => is_selected &= *value == wanted,
                    Value::Variable(_) => self.tell(
                        &[item.pos],
                        format_args!("What a subscription selects cannot depend on a variable."),
                    ),
                    _ => {}
                }
            }
            if !is_selected {
                continue;
            }
            match &item.node {
                Selection::Field(field) => fields.push(field),
                Selection::InlineFragment(fragment) => {
                    self.root_fields(&fragment.node.selection_set.node, spread, fields);
                }
                Selection::FragmentSpread(fragment) => {
                    let name = &fragment.node.fragment_name.node;
                    let fragment = self.document.fragments.get(name);
                    if let Some(fragment) = fragment.filter(|_| spread.insert(name)) {
                        self.root_fields(&fragment.node.selection_set.node, spread, fields);
                    }
                }
            }
        }
    }
}
