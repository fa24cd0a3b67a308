//! Patches on a content, and all that can be wrong with one.

use std::collections::HashSet;

use chrono::SubsecRound as _;

use super::{Content, MessagePatch, Schedule, ScheduleKind, SegmentStates};
use crate::problem::Problems;
use crate::text::{DESCRIPTION, Line, NAME, Patched};
use crate::{Problem, ProblemKind, SegmentId, Timestamp};

const TAG: Line = Line {
    limit: 100,
    trimmed: true,
    required: true,
};
const MOST_TAGS: usize = 50;
const MOST_SEGMENTS: usize = 100;

/// A change of a content: what is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ContentPatch {
    /// The name; creating a campaign needs one.
    pub name: Patched<String>,
    /// The description.
    pub description: Patched<String>,
    /// All the tags.
    pub tags: Patched<Vec<String>>,
    /// The whole message; null clears it.
    pub message: Patched<MessagePatch>,
    /// All the segments.
    pub segments: Patched<Vec<SegmentId>>,
    /// The whole schedule.
    pub schedule: Patched<SchedulePatch>,
}

/// A new schedule, unchecked.
#[derive(Debug, Clone, Copy)]
pub struct SchedulePatch {
    /// What starts it.
    pub kind: ScheduleKind,
    /// Not before.
    pub start_at: Option<Timestamp>,
    /// Not from then on.
    pub end_at: Option<Timestamp>,
}

impl ContentPatch {
    /// The same patch, for a new campaign: a name is needed.
    #[must_use]
    pub fn for_creation(self) -> Self {
        Self {
            name: self.name.required(),
            ..self
        }
    }

    /// The segments that the patch names; the decision needs their states.
    #[must_use]
    pub fn segment_ids(&self) -> &[SegmentId] {
        match &self.segments {
            Patched::Set(ids) => ids,
            Patched::Keep | Patched::Null | Patched::Missing => &[],
        }
    }

    /// The content with the patch applied.
    ///
    /// A segment that `base` already has may stay though it is archived; adding an archived one is a problem.
    ///
    /// # Errors
    /// All that is wrong with the patch, in the order of the fields.
    pub fn apply(self, base: &Content, segments: &SegmentStates) -> Result<Content, Vec<Problem>> {
        let mut problems = Problems::default();
        let found = &mut problems;
        let base = base.clone();
        let content = Content {
            name: NAME.patch(found, "name", self.name, base.name),
            description: DESCRIPTION.patch(found, "description", self.description, base.description),
            tags: self.tags.resolve(found, "tags", base.tags, check_tags),
            message: match self.message {
                Patched::Keep | Patched::Missing => base.message,
                Patched::Null => None,
                Patched::Set(message) => Some(found.within("message", |found| message.check(found))),
            },
            segments: match self.segments {
                Patched::Set(new) => check_segments(found, &base.segments, new, segments),
                other => other.resolve(found, "segmentIds", base.segments, |_, new| new),
            },
            schedule: match self.schedule {
                Patched::Set(new) => found.within("schedule", |found| check_schedule(found, new)),
                Patched::Keep => base.schedule,
                Patched::Null | Patched::Missing => {
                    found.add("schedule", ProblemKind::Null);
                    base.schedule
                }
            },
        };
        problems.unless_any(content)
    }
}

fn check_tags(problems: &mut Problems, tags: Vec<String>) -> Vec<String> {
    if tags.len() > MOST_TAGS {
        problems.add("tags", ProblemKind::TooMany { limit: MOST_TAGS });
        return tags;
    }
    problems.within("tags", |problems| {
        let tags: Vec<String> = tags
            .into_iter()
            .enumerate()
            .map(|(index, tag)| TAG.check(problems, index.to_string(), tag))
            .collect();
        check_each_once(problems, &tags);
        tags
    })
}

fn check_segments(
    problems: &mut Problems,
    old: &[SegmentId],
    new: Vec<SegmentId>,
    states: &SegmentStates,
) -> Vec<SegmentId> {
    if new.len() > MOST_SEGMENTS {
        problems.add("segmentIds", ProblemKind::TooMany { limit: MOST_SEGMENTS });
        return new;
    }
    problems.within("segmentIds", |problems| {
        for (index, id) in new.iter().enumerate() {
            if !states.exists(*id) {
                problems.add(index.to_string(), ProblemKind::NoSuchSegment(*id));
            } else if states.is_archived(*id) && !old.contains(id) {
                problems.add(index.to_string(), ProblemKind::ArchivedSegment(*id));
            }
        }
        check_each_once(problems, &new);
    });
    new
}

fn check_each_once<T: std::hash::Hash + Eq>(problems: &mut Problems, items: &[T]) {
    let mut seen = HashSet::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        if !seen.insert(item) {
            problems.add(index.to_string(), ProblemKind::Repeated);
        }
    }
}

fn check_schedule(problems: &mut Problems, schedule: SchedulePatch) -> Schedule {
    let start_at = schedule.start_at.map(|at| at.trunc_subsecs(3));
    let end_at = schedule.end_at.map(|at| at.trunc_subsecs(3));
    if schedule.kind == ScheduleKind::AtTime && start_at.is_none() {
        problems.add("startAt", ProblemKind::NoStart);
    }
    if let (Some(start), Some(end)) = (start_at, end_at)
        && end <= start
    {
        problems.add("endAt", ProblemKind::EndBeforeStart);
    }
    Schedule {
        kind: schedule.kind,
        start_at,
        end_at,
    }
}
