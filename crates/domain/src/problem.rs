//! What is wrong with an input, and where.

use crate::{Channel, FilterError, SegmentId, TemplateError};

/// One thing that is wrong with an input. An input is checked to its end: all its problems are told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field, as a path below the input, e.g. `["message", "email", "subject"]`; list items by their index.
    pub path: Vec<String>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong with something that is kept already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// It would not be let in.
    Problem(Problem),
    /// It would be let in, and this field of it be kept otherwise, e.g. without the white space around it.
    KeptOtherwise(String),
}

/// The ways in which an input can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// A field that must be given is not.
    Missing,
    /// null, where only `message` can be cleared.
    Null,
    /// Fewer than one character, after trimming where the field is trimmed.
    Empty,
    /// More characters than allowed.
    TooLong {
        /// The most there may be, in characters.
        limit: usize,
    },
    /// More bytes of UTF-8 than allowed.
    TooLarge {
        /// The most there may be, in bytes.
        limit: usize,
    },
    /// More items in a list than allowed.
    TooMany {
        /// The most there may be.
        limit: usize,
    },
    /// More lists and objects within one another than allowed.
    TooDeep {
        /// The most there may be.
        limit: usize,
    },
    /// An item that stands twice in a list that has each once.
    Repeated,
    /// A NUL character, which `PostgreSQL` cannot store.
    Nul,
    /// A line break in a text of one line.
    LineBreak,
    /// A control character, a line break, or one that cannot be seen, in a name that stands in lists and logs beside other things.
    Control,
    /// The id of something, in place of a name.
    AnId,
    /// Not a JSON object.
    NotAnObject,
    /// Not an expression that tells whom a segment holds.
    NotAFilter(FilterError),
    /// Not a template.
    NotATemplate(TemplateError),
    /// Not an email address.
    NotAnAddress,
    /// Not an http or https URL with a host.
    NotAUrl,
    /// An address of another channel than the message's, which is this one.
    OtherChannel(Channel),
    /// Not a header name, or not a header value, as HTTP has them.
    NotAHeader,
    /// A moment that is to come, and is past.
    Past,
    /// A moment that is past, and is to come.
    Future,
    /// A name that something else has.
    Taken,
    /// A schedule at a time without the time.
    NoStart,
    /// An end that is not after the start.
    EndBeforeStart,
    /// A segment that does not exist.
    NoSuchSegment(SegmentId),
    /// A segment that is archived, newly added.
    ArchivedSegment(SegmentId),
}

/// Collects problems below a path.
#[derive(Debug, Default)]
pub struct Problems {
    path: Vec<String>,
    found: Vec<Problem>,
}

impl Problems {
    /// Notes a problem of the field `name` below the current path.
    pub fn add(&mut self, name: impl Into<String>, kind: ProblemKind) {
        let mut path = self.path.clone();
        path.push(name.into());
        self.found.push(Problem { path, kind });
    }

    /// Runs `check` with the path extended by `name`.
    pub fn within<T>(&mut self, name: impl Into<String>, check: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(name.into());
        let result = check(self);
        self.path.pop();
        result
    }

    /// `value` if nothing was found, else all that was.
    ///
    /// # Errors
    /// All the problems, in the order in which they were found.
    pub fn unless_any<T>(self, value: T) -> Result<T, Vec<Problem>> {
        if self.found.is_empty() {
            Ok(value)
        } else {
            Err(self.found)
        }
    }
}
