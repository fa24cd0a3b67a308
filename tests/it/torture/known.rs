//! What clients know of what there is and of what they did.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;

use super::Dice;

/// Among how many of the youngest campaigns, segments or Canvases most commands choose: few, so that clients get in
/// each other's way, and a command on many is about a number that does not grow with the time.
const YOUNGEST_CAMPAIGNS: usize = 60;
const YOUNGEST_OTHERS: usize = 8;

/// A kind of events.
pub(super) type Kind = &'static str;

/// How often something happened that a client asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// As often it was acknowledged.
    pub(super) surely: usize,
    /// As often nobody knows: no answer came, or one that says so.
    pub(super) perhaps: usize,
}

/// A campaign as somebody was shown it.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) version: i64,
    /// What could be done to it then.
    pub(super) allowed_actions: Vec<String>,
}

/// All that is known. Everyone who learns something adds to it.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Facts>);

/// See [`Known`].
#[derive(Debug, Default)]
pub(super) struct Facts {
    campaigns: Vec<String>,
    /// Each campaign as it was at the last version that anyone was shown.
    pub(super) seen: HashMap<String, Seen>,
    segments: Vec<String>,
    canvases: Vec<String>,
    /// By the name of the campaign that somebody wanted to make.
    pub(super) makings: BTreeMap<String, Times>,
    /// By the campaign, what was done to it.
    pub(super) changes: BTreeMap<(String, Kind), Times>,
    /// What may have happened to any campaign at all, once each.
    pub(super) anywhere: BTreeMap<Kind, usize>,
    /// Changes whose version is known: they were made on condition of the version before.
    pub(super) exact: BTreeSet<(String, i64, Kind)>,
}

impl Known {
    /// A campaign that exists, mostly a young one; none if nobody has made one.
    pub(super) fn campaign(&self, dice: &mut Dice) -> Option<String> {
        let facts = self.0.lock().unwrap();
        pick(&facts.campaigns, YOUNGEST_CAMPAIGNS, dice)
    }

    /// How many campaigns somebody knows to exist.
    pub(super) fn campaign_count(&self) -> usize {
        self.0.lock().unwrap().campaigns.len()
    }

    pub(super) fn segment(&self, dice: &mut Dice) -> String {
        let facts = self.0.lock().unwrap();
        pick(&facts.segments, YOUNGEST_OTHERS, dice).unwrap()
    }

    pub(super) fn canvas(&self, dice: &mut Dice) -> String {
        let facts = self.0.lock().unwrap();
        pick(&facts.canvases, YOUNGEST_OTHERS, dice).unwrap()
    }

    /// A campaign as anyone was last shown it; at version 0 if nobody was.
    pub(super) fn seen(&self, id: &str) -> Seen {
        let facts = self.0.lock().unwrap();
        facts.seen.get(id).cloned().unwrap_or_default()
    }

    /// A campaign was shown like this.
    pub(super) fn saw(&self, id: &str, seen: Seen) {
        let mut facts = self.0.lock().unwrap();
        match facts.seen.get_mut(id) {
            Some(known) if known.version >= seen.version => {}
            Some(known) => *known = seen,
            None => {
                facts.seen.insert(id.to_owned(), seen);
                facts.campaigns.push(id.to_owned());
            }
        }
    }

    pub(super) fn found_segment(&self, id: String) {
        self.0.lock().unwrap().segments.push(id);
    }

    pub(super) fn found_canvas(&self, id: String) {
        self.0.lock().unwrap().canvases.push(id);
    }

    /// Adds to what is known.
    pub(super) fn learn(&self, lesson: impl FnOnce(&mut Facts)) {
        lesson(&mut self.0.lock().unwrap());
    }
}

/// One of the youngest, or now and then of all.
fn pick(ids: &[String], youngest: usize, dice: &mut Dice) -> Option<String> {
    let first = match dice.roll(10) {
        0 => 0,
        _ => ids.len().saturating_sub(youngest),
    };
    let ids = &ids[first..];
    (!ids.is_empty()).then(|| dice.pick(ids).clone())
}
