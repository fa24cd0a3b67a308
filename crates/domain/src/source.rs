//! What stands around campaigns: segments, which they are sent to, and Canvases, which they compete with.

use crate::problem::Problems;
use crate::text::{DESCRIPTION, NAME, Patched, check_body};
use crate::{
    CanvasId, Filter, FilterError, Flaw, Place, Problem, ProblemKind, SegmentId, Timestamp, Version, filter,
};

/// A group of users. Archiving it archives every campaign whose live content uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its id.
    pub id: SegmentId,
    /// One up with every change.
    pub version: Version,
    /// 1 to 200 characters.
    pub name: String,
    /// Up to 10,000 characters.
    pub description: String,
    /// Whom it holds, as a CEL expression; `None`: everyone.
    pub filter: Option<String>,
    /// When it was archived; `None` while it is in use.
    pub archived_at: Option<Timestamp>,
}

/// A change of a segment: what is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct SegmentPatch {
    /// The name; creating a segment needs one.
    pub name: Patched<String>,
    /// The description.
    pub description: Patched<String>,
    /// The filter; null is everyone.
    pub filter: Patched<String>,
}

impl Segment {
    /// A new segment.
    ///
    /// # Errors
    /// All that is wrong with the input.
    pub fn create(id: SegmentId, patch: SegmentPatch) -> Result<Self, Vec<Problem>> {
        let empty = Self {
            id,
            version: Version::FIRST,
            name: String::new(),
            description: String::new(),
            filter: None,
            archived_at: None,
        };
        let name = patch.name.required();
        empty.patched(SegmentPatch { name, ..patch })
    }

    /// The segment with the patch applied, at the same version.
    ///
    /// # Errors
    /// All that is wrong with the input.
    pub fn patched(self, patch: SegmentPatch) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let name = NAME.patch(&mut problems, "name", patch.name, self.name);
        let description =
            DESCRIPTION.patch(&mut problems, "description", patch.description, self.description);
        let filter = match patch.filter {
            Patched::Keep | Patched::Missing => self.filter,
            Patched::Null => None,
            Patched::Set(filter) => Some(check_filter(&mut problems, filter)),
        };
        problems.unless_any(Self {
            name,
            description,
            filter,
            ..self
        })
    }

    /// What tells whom it holds; `None`: everyone.
    ///
    /// # Errors
    /// If its filter is none, which would not be let in.
    pub fn compiled_filter(&self) -> Result<Option<Filter>, FilterError> {
        self.filter.as_deref().map(Filter::compile).transpose()
    }

    /// All that would be wrong with it if it came in today.
    #[must_use]
    pub fn flaws(&self) -> Vec<Flaw> {
        let again = SegmentPatch {
            name: Patched::Set(self.name.clone()),
            description: Patched::Set(self.description.clone()),
            filter: self.filter.clone().map_or(Patched::Null, Patched::Set),
        };
        match self.clone().patched(again) {
            Err(problems) => problems.into_iter().map(Flaw::Problem).collect(),
            Ok(kept) => name_flaw(&self.name, &kept.name),
        }
    }
}

fn check_filter(problems: &mut Problems, filter: String) -> String {
    check_body(problems, "filter", &filter, filter::LIMIT);
    if filter.len() <= filter::LIMIT
        && let Err(error) = Filter::compile(&filter)
    {
        problems.add("filter", ProblemKind::NotAFilter(error));
    }
    filter
}

/// A competitor for the in-app slot: named, ranked, archivable. Its journey is not modelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    /// Its id.
    pub id: CanvasId,
    /// 1 to 200 characters.
    pub name: String,
    /// When it was archived; `None` while it is in use.
    pub archived_at: Option<Timestamp>,
    /// Where it stands in the in-app order. An archived one keeps the place for its return, and has no position.
    pub place: Place,
}

impl Canvas {
    /// A new Canvas.
    ///
    /// # Errors
    /// All that is wrong with the name.
    pub fn create(id: CanvasId, name: String, place: Place) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let name = NAME.patch(&mut problems, "name", Patched::Set(name), String::new());
        problems.unless_any(Self {
            id,
            name,
            archived_at: None,
            place,
        })
    }

    /// All that would be wrong with it if it came in today.
    #[must_use]
    pub fn flaws(&self) -> Vec<Flaw> {
        match Self::create(self.id, self.name.clone(), self.place.clone()) {
            Err(problems) => problems.into_iter().map(Flaw::Problem).collect(),
            Ok(kept) => name_flaw(&self.name, &kept.name),
        }
    }
}

/// A name is all of a segment, a Canvas and a token that may be kept otherwise than it came in.
pub(crate) fn name_flaw(name: &str, kept: &str) -> Vec<Flaw> {
    let flaw = (name != kept).then(|| Flaw::KeptOtherwise("name".to_owned()));
    flaw.into_iter().collect()
}
