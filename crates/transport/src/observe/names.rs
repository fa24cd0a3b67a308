//! The names under which operations are counted. Clients choose them, and each one has figures of its own, so there are
//! only so many.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use metrics::SharedString;

/// How many names there are; those that come later share [`OTHER`].
const MOST: usize = 200;

/// What has no place among the names. No operation can be named so, since names have no brackets.
pub(super) const OTHER: &str = "(other)";

/// What has no name.
pub(super) const ANONYMOUS: &str = "(anonymous)";

/// The names that have a place.
#[derive(Debug, Default)]
pub(super) struct Names(Mutex<HashSet<Arc<str>>>);

impl Names {
    /// The label of a name, which gets a place if there is one left.
    pub(super) fn place(&self, name: &str) -> SharedString {
        self.look(name, true)
    }

    /// The label of a name, if it has a place.
    pub(super) fn find(&self, name: &str) -> SharedString {
        self.look(name, false)
    }

    fn look(&self, name: &str, may_add: bool) -> SharedString {
        // Nobody panics while holding it; and the set is whole at every step.
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(name) {
            return SharedString::from_shared(Arc::clone(known));
        }
        if !may_add || names.len() >= MOST {
            return OTHER.into();
        }
        let name: Arc<str> = name.into();
        names.insert(Arc::clone(&name));
        SharedString::from_shared(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_only_so_many_names_and_who_has_a_place_keeps_it() {
        let names = Names::default();
        assert_eq!(&*names.find("First"), OTHER);
        assert_eq!(&*names.place("First"), "First");
        assert_eq!(&*names.find("First"), "First");
        for number in 1..200 {
            let name = format!("N{number}");
            assert_eq!(&*names.place(&name), name);
        }
        assert_eq!(&*names.place("Late"), OTHER);
        assert_eq!(&*names.place("First"), "First");
    }
}
