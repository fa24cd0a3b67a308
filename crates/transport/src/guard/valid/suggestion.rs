//! What might have been meant by a name that there is not.

use super::{MAX_ERRORS, Walk};
use crate::Introspection;

/// How many letters may be other ones, of each three.
const LETTERS: usize = 3;

impl Walk<'_> {
    /// Tells the name that is most like `name`, if one is; none where nobody is told what there is, or nothing more is
    /// told at all.
    pub(super) fn did_you_mean<'n>(&self, name: &str, names: impl Iterator<Item = &'n str>) -> String {
        if self.introspection == Introspection::Off || self.errors.len() >= MAX_ERRORS {
            return String::new();
        }
        did_you_mean(name, names)
    }
}

fn did_you_mean<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> String {
    let most = name.len() / LETTERS + 1;
    names
        // Those are not alike anyhow, and to compare long names takes long.
        .filter(|other| other.len().abs_diff(name.len()) <= most)
        .map(|other| {
            (
                strsim::osa_distance(&name.to_lowercase(), &other.to_lowercase()),
                other,
            )
        })
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map_or_else(String::new, |(_, other)| format!(" Did you mean `{other}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearest_is_suggested() {
        let names = ["campaign", "campaigns", "segments", "id"];
        let meant = |name| did_you_mean(name, names.into_iter());
        for (name, expected) in [
            ("campain", " Did you mean `campaign`?"),
            ("Campaigns", " Did you mean `campaigns`?"),
            ("segmnets", " Did you mean `segments`?"),
            ("ID", " Did you mean `id`?"),
            ("nonsense", ""),
            ("x", ""),
        ] {
            assert_eq!(meant(name), expected, "{name}");
        }
    }
}
