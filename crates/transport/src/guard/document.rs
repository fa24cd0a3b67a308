//! The pass over a parsed document: how large it is once every fragment stands where it is spread.
//!
//! Fragments that spread each other twice double with each level, so that the size is never walked, only computed:
//! each fragment is measured once, and its measure is used wherever it is spread.

use std::collections::HashMap;

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use super::Refusal;
use crate::{Introspection, Limits};

/// The fields of introspection that lead from a type to many others.
const INTROSPECTION_LISTS: [&str; 4] = ["fields", "inputFields", "interfaces", "possibleTypes"];

/// The fields where introspection begins.
const INTROSPECTION_ROOTS: [&str; 2] = ["__schema", "__type"];

/// What a selection set comes to, with its fragments expanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Measure {
    /// How many selections there are.
    selections: usize,
    /// How many of them the client has given another name.
    aliases: usize,
    /// How many of them stand in one another, at most.
    depth: usize,
    /// How many of introspection's lists stand in one another, at most.
    lists: usize,
}

/// How far a fragment has been measured.
enum Progress {
    /// It is being measured: to meet it now is a cycle.
    Begun,
    /// It has been measured.
    Done(Measure),
}

/// The pass's state.
struct Pass<'a> {
    document: &'a ExecutableDocument,
    limits: &'a Limits,
    introspection: Introspection,
    fragments: HashMap<&'a Name, Progress>,
}

/// Checks all operations, since validation visits even those that are not chosen, and all fragments, even
/// those that no operation uses.
///
/// # Errors
/// If the document is too large or too deep, asks about the schema where it must not, or has a fragment that contains
/// itself.
pub(super) fn check(
    document: &ExecutableDocument,
    limits: &Limits,
    introspection: Introspection,
) -> Result<(), Refusal> {
    let mut pass = Pass {
        document,
        limits,
        introspection,
        fragments: HashMap::new(),
    };
    let mut all = Measure::default();
    for (_, operation) in document.operations.iter() {
        let part = pass.selection_set(&operation.node.selection_set.node, 0)?;
        all = pass.add(all, part)?;
    }
    for name in document.fragments.keys() {
        pass.fragment(name, 0)?;
    }
    Ok(())
}

impl<'a> Pass<'a> {
    /// Measures a selection set that stands `above` levels deep.
    fn selection_set(&mut self, set: &'a SelectionSet, above: usize) -> Result<Measure, Refusal> {
        let mut whole = Measure::default();
        for item in &set.items {
            let part = self.selection(&item.node, above + 1)?;
            whole = self.add(whole, part)?;
        }
        Ok(whole)
    }

    /// What two parts that stand beside each other come to. It is checked at each step, so that no sum can grow beyond
    /// what a number holds.
    fn add(&self, one: Measure, other: Measure) -> Result<Measure, Refusal> {
        let whole = Measure {
            selections: one.selections + other.selections,
            aliases: one.aliases + other.aliases,
            depth: one.depth.max(other.depth),
            lists: one.lists.max(other.lists),
        };
        if whole.selections > self.limits.selections {
            return Err(Refusal::Selections(self.limits.selections));
        }
        if whole.aliases > self.limits.aliases {
            return Err(Refusal::Aliases(self.limits.aliases));
        }
        Ok(whole)
    }

    /// Measures a selection and what it contains, standing at the level `depth`.
    fn selection(&mut self, selection: &'a Selection, depth: usize) -> Result<Measure, Refusal> {
        if depth > self.limits.depth {
            return Err(Refusal::Depth(self.limits.depth));
        }
        let (inner, is_list, is_alias) = match selection {
            Selection::Field(field) => {
                let name = field.node.name.node.as_str();
                let inner = self.selection_set(&field.node.selection_set.node, depth)?;
                if INTROSPECTION_ROOTS.contains(&name) && self.introspection == Introspection::Off {
                    return Err(Refusal::IntrospectionOff);
                }
                if INTROSPECTION_ROOTS.contains(&name) && inner.lists > self.limits.introspection_lists {
                    return Err(Refusal::Introspection(self.limits.introspection_lists));
                }
                (
                    inner,
                    INTROSPECTION_LISTS.contains(&name),
                    field.node.alias.is_some(),
                )
            }
            Selection::InlineFragment(fragment) => (
                self.selection_set(&fragment.node.selection_set.node, depth)?,
                false,
                false,
            ),
            Selection::FragmentSpread(spread) => (
                self.fragment(&spread.node.fragment_name.node, depth)?,
                false,
                false,
            ),
        };
        Ok(Measure {
            selections: inner.selections + 1,
            aliases: inner.aliases + usize::from(is_alias),
            depth: inner.depth + 1,
            lists: inner.lists + usize::from(is_list),
        })
    }

    /// Measures a fragment, or remembers its measure. One that does not exist is left to validation.
    fn fragment(&mut self, name: &Name, above: usize) -> Result<Measure, Refusal> {
        let Some((name, definition)) = self.document.fragments.get_key_value(name) else {
            return Ok(Measure::default());
        };
        match self.fragments.get(name) {
            Some(Progress::Begun) => return Err(Refusal::Cycle(name.to_string())),
            Some(Progress::Done(measure)) if above + measure.depth > self.limits.depth => {
                return Err(Refusal::Depth(self.limits.depth));
            }
            Some(Progress::Done(measure)) => return Ok(*measure),
            None => {}
        }
        self.fragments.insert(name, Progress::Begun);
        let measure = self.selection_set(&definition.node.selection_set.node, above)?;
        self.fragments.insert(name, Progress::Done(measure));
        Ok(measure)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn check_text(text: &str) -> Result<(), Refusal> {
        check(&parse_query(text).unwrap(), &limits(), Introspection::On)
    }

    fn limits() -> Limits {
        Limits {
            depth: 64,
            ..Limits::default()
        }
    }

    #[test]
    fn aliases_count_wherever_they_are_spread() {
        let text = |count: usize| {
            let aliases: Vec<_> = (0..count).map(|number| format!("a{number}: b")).collect();
            format!(
                "{{ ...f ... on Query {{ ...f }} }} fragment f on Query {{ {} }}",
                aliases.join(" ")
            )
        };
        assert_eq!(check_text(&text(limits().aliases / 2)), Ok(()));
        assert_eq!(
            check_text(&text(limits().aliases / 2 + 1)),
            Err(Refusal::Aliases(limits().aliases))
        );
    }

    /// Fragments `f0` to `f{levels}`, each of which spreads the next one `times` times; the last selects one field.
    fn spreading(levels: usize, times: usize) -> String {
        let mut definitions: Vec<_> = (0..levels)
            .map(|level| {
                let spreads = format!("...f{} ", level + 1).repeat(times);
                format!("fragment f{level} on Query {{ {spreads} }}")
            })
            .collect();
        definitions.push(format!("fragment f{levels} on Query {{ hello }}"));
        definitions.join(" ")
    }

    #[test]
    fn fragments_count_wherever_they_are_spread() {
        let of = |levels| format!("{{ ...f0 }} {}", spreading(levels, 2));
        assert_eq!(check_text(&of(10)), Ok(()));
        assert_eq!(check_text(&of(13)), Err(Refusal::Selections(limits().selections)));
        assert_eq!(check_text(&of(24)), Err(Refusal::Selections(limits().selections)));
        assert_eq!(check_text(&of(60)), Err(Refusal::Selections(limits().selections)));
    }

    #[test]
    fn fragments_that_no_operation_uses_count_as_well() {
        assert_eq!(
            check_text(&format!("{{ hello }} {}", spreading(60, 2))),
            Err(Refusal::Selections(limits().selections))
        );
        assert_eq!(
            check_text(&format!("{{ hello }} {}", spreading(2_000, 1))),
            Err(Refusal::Depth(limits().depth))
        );
    }

    #[test]
    fn all_operations_count_together() {
        let operations = |count: usize| {
            let queries: Vec<_> = (0..count)
                .map(|index| format!("query q{index} {{ ...f0 }}"))
                .collect();
            queries.join(" ") + " "
        };
        assert_eq!(check_text(&(operations(3) + &spreading(10, 2))), Ok(()));
        assert_eq!(
            check_text(&(operations(4) + &spreading(10, 2))),
            Err(Refusal::Selections(limits().selections))
        );
    }

    #[test]
    fn depth_counts_through_fragments_whatever_the_order() {
        let fields = |count| format!("{} hello {}", "a {".repeat(count), "}".repeat(count));
        let text = |first: &str, second: &str| {
            format!("{{ {first} {second} }} fragment f on Query {{ {} }}", fields(40))
        };
        let (deep, flat) = (format!("{} ...f {}", "a {".repeat(30), "}".repeat(30)), "...f");
        assert_eq!(check_text(&text(flat, flat)), Ok(()));
        assert_eq!(
            check_text(&text(&deep, flat)),
            Err(Refusal::Depth(limits().depth))
        );
        assert_eq!(
            check_text(&text(flat, &deep)),
            Err(Refusal::Depth(limits().depth))
        );
    }

    #[test]
    fn cycles_are_found_directly_indirectly_and_unused() {
        let cycle = "fragment a on Query { ...b } fragment b on Query { x { ...a } }";
        for text in [
            "{ ...a } fragment a on Query { ...a }".to_owned(),
            format!("{{ ...a }} {cycle}"),
            format!("{{ hello }} {cycle}"),
        ] {
            assert!(matches!(check_text(&text), Err(Refusal::Cycle(_))), "{text}");
        }
    }

    #[test]
    fn introspection_may_not_walk_in_circles() {
        let circle = |times| {
            let (open, close) = ("fields { type { ".repeat(times), "} }".repeat(times));
            format!("{{ __schema {{ types {{ {open} name {close} }} }} }}")
        };
        assert_eq!(check_text(&circle(3)), Ok(()));
        assert_eq!(
            check_text(&circle(4)),
            Err(Refusal::Introspection(limits().introspection_lists))
        );
        let through_fragments = "{ __type(name: \"Query\") { ...a } } \
            fragment a on __Type { fields { type { ...b } } } fragment b on __Type { fields { type { ...c } } } \
            fragment c on __Type { possibleTypes { inputFields { name } } }";
        assert_eq!(
            check_text(through_fragments),
            Err(Refusal::Introspection(limits().introspection_lists))
        );
    }

    #[test]
    fn a_field_of_ours_may_be_called_fields() {
        assert_eq!(
            check_text("{ fields { fields { fields { fields { fields } } } } }"),
            Ok(())
        );
    }

    #[test]
    fn an_unknown_fragment_is_left_to_validation() {
        assert_eq!(check_text("{ ...nowhere }"), Ok(()));
    }
}
