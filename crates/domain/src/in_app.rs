//! The order in which in-app messages win: level first, then exact place.

mod decision;

pub use decision::{InAppVerdict, InAppWish};

/// How urgent an in-app message is, against all others of the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InAppLevel {
    /// Shown before all others.
    High,
    /// The level of everything that was not given another.
    Medium,
    /// Shown when nothing else wants the slot.
    Low,
}

impl InAppLevel {
    /// Where a campaign enters whose live message becomes in-app.
    pub const DEFAULT: Self = Self::Medium;
}

/// Where exactly a source stands. No two sources of a workspace share one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The level.
    pub level: InAppLevel,
    /// The place within the level.
    pub rank: Rank,
}

/// A place within a level, as bytes that compare as the places do.
///
/// Between any two ranks there is another, so one move writes one row. The first eight bytes are a whole number and
/// the rest a base-256 fraction of it: moving to an end steps the whole number and does not grow the rank, moving
/// between two neighbours grows it by about one bit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(Vec<u8>);

const WHOLE: usize = size_of::<u64>();
const MIDDLE: u64 = 1 << 63;

impl Rank {
    /// The rank of the first source of a level.
    #[must_use]
    pub fn first() -> Self {
        Self::new(MIDDLE, &[])
    }

    /// The rank over stored bytes; `None` if no rank was ever written so.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let canonical = bytes.len() == WHOLE || (bytes.len() > WHOLE && bytes.last() != Some(&0));
        canonical.then_some(Self(bytes))
    }

    /// The bytes as they are stored. They compare as the ranks do.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A rank above the topmost one of a level, or the first of an empty level.
    #[must_use]
    pub fn above(topmost: Option<&Self>) -> Self {
        topmost.map_or_else(Self::first, |topmost| Self::new(topmost.whole() - 1, &[]))
    }

    /// A rank between two neighbours, of which `above` wins over `below`; an absent neighbour is an end of the level.
    #[must_use]
    pub fn between(above: Option<&Self>, below: Option<&Self>) -> Self {
        match (above, below) {
            (None, below) => Self::above(below),
            (Some(above), None) => Self::new(above.whole() + 1, &[]),
            (Some(above), Some(below)) => {
                debug_assert!(above < below, "neighbours come in their order");
                let gap = below.whole() - above.whole();
                match gap {
                    0 => Self::new(above.whole(), &middle(above.fraction(), Some(below.fraction()))),
                    1 => Self::new(above.whole(), &middle(above.fraction(), None)),
                    _ => Self::new(above.whole() + gap / 2, &[]),
                }
            }
        }
    }

    fn new(whole: u64, fraction: &[u8]) -> Self {
        let mut bytes = whole.to_be_bytes().to_vec();
        bytes.extend_from_slice(fraction);
        Self(bytes)
    }

    fn whole(&self) -> u64 {
        self.0
            .iter()
            .take(WHOLE)
            .fold(0, |whole, byte| whole << 8 | u64::from(*byte))
    }

    fn fraction(&self) -> &[u8] {
        self.0.get(WHOLE..).unwrap_or_default()
    }
}

/// A fraction strictly between two base-256 fractions; `high` absent is one.
fn middle(low: &[u8], high: Option<&[u8]>) -> Vec<u8> {
    let mut result = Vec::new();
    let mut high = high;
    loop {
        let at = result.len();
        let from = u16::from(low.get(at).copied().unwrap_or(0));
        let to = high.map_or(256, |high| u16::from(high.get(at).copied().unwrap_or(0)));
        // Both are bytes, or one past: their middle is a byte.
        let digit = u16::midpoint(from, to).to_be_bytes()[1];
        if to > from + 1 {
            result.push(digit);
            return result;
        }
        if to > from {
            // From here on everything above `low` is below `high`.
            high = None;
        }
        result.push(from.to_be_bytes()[1]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Inserting anywhere, any number of times, keeps the order total and every rank storable.
        #[test]
        fn there_is_always_a_rank_between_two(places in prop::collection::vec(any::<prop::sample::Index>(), 1..300)) {
            let mut order: Vec<Rank> = vec![];
            for place in places {
                let at = place.index(order.len() + 1);
                let above = at.checked_sub(1).and_then(|above| order.get(above));
                let rank = Rank::between(above, order.get(at));
                prop_assert_eq!(Rank::from_bytes(rank.as_bytes().to_vec()), Some(rank.clone()));
                order.insert(at, rank);
            }
            prop_assert!(order.is_sorted_by(|a, b| a < b));
        }
    }

    #[test]
    fn moves_to_an_end_do_not_grow_a_rank() {
        let mut top = Rank::first();
        let mut bottom = Rank::first();
        for _ in 0..10_000 {
            top = Rank::between(None, Some(&top));
            bottom = Rank::between(Some(&bottom), None);
        }
        assert_eq!((top.as_bytes().len(), bottom.as_bytes().len()), (WHOLE, WHOLE));
        assert!(top < bottom);
    }

    #[test]
    fn a_thousand_moves_between_the_same_two_stay_small() {
        let (above, mut below) = (Rank::first(), Rank::between(Some(&Rank::first()), None));
        for _ in 0..1_000 {
            let rank = Rank::between(Some(&above), Some(&below));
            assert!(above < rank && rank < below);
            below = rank;
        }
        assert!(below.as_bytes().len() < 200);
    }

    #[test]
    fn bytes_that_were_never_written_are_no_rank() {
        assert_eq!(Rank::from_bytes(vec![]), None);
        assert_eq!(Rank::from_bytes(vec![0; 7]), None);
        assert_eq!(Rank::from_bytes(vec![0; 9]), None);
    }
}
