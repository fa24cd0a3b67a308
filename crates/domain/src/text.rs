//! The rules of texts, and patches of single fields.

use std::ops::RangeInclusive;

use crate::ProblemKind;
use crate::problem::Problems;

/// A field of a patch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patched<T> {
    /// Left out: it stays as it is.
    #[default]
    Keep,
    /// null.
    Null,
    /// A new value.
    Set(T),
    /// Left out, where it must be given.
    Missing,
}

impl<T> Patched<T> {
    /// The same, but leaving it out is a problem.
    #[must_use]
    pub fn required(self) -> Self {
        match self {
            Self::Keep => Self::Missing,
            Self::Null | Self::Set(_) | Self::Missing => self,
        }
    }

    /// The new value, for `change` to check, or the old one. null and a missing value are problems of the field.
    pub fn resolve(
        self,
        problems: &mut Problems,
        name: &str,
        old: T,
        change: impl FnOnce(&mut Problems, T) -> T,
    ) -> T {
        match self {
            Self::Keep => old,
            Self::Set(new) => change(problems, new),
            Self::Null => {
                problems.add(name, ProblemKind::Null);
                old
            }
            Self::Missing => {
                problems.add(name, ProblemKind::Missing);
                old
            }
        }
    }
}

/// The rule of a text that is counted in characters.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// The most characters (Unicode scalar values) that it may have.
    pub limit: usize,
    /// Whether white space around it is taken off, before anything is counted.
    pub trimmed: bool,
    /// Whether it must have at least one character.
    pub required: bool,
}

/// The name of anything that has one.
pub(crate) const NAME: Line = Line {
    limit: 200,
    trimmed: true,
    required: true,
};

/// The description of anything that has one.
pub(crate) const DESCRIPTION: Line = Line {
    limit: 10_000,
    trimmed: false,
    required: false,
};

impl Line {
    /// Checks `text` and gives it back as it is to be kept.
    pub fn check(self, problems: &mut Problems, name: impl Into<String>, text: String) -> String {
        let text = if self.trimmed && text.trim().len() != text.len() {
            text.trim().to_owned()
        } else {
            text
        };
        if self.required && text.is_empty() {
            problems.add(name, ProblemKind::Empty);
        } else if text.contains('\0') {
            problems.add(name, ProblemKind::Nul);
        } else if text.chars().nth(self.limit).is_some() {
            problems.add(name, ProblemKind::TooLong { limit: self.limit });
        }
        text
    }

    /// As [`check`](Self::check), and a line break is a problem too.
    pub fn check_one_line(self, problems: &mut Problems, name: &str, text: String) -> String {
        if text.contains(is_line_break) {
            problems.add(name, ProblemKind::LineBreak);
        }
        self.check(problems, name, text)
    }

    /// As [`check`](Self::check), and whatever [steers] a screen is a problem too.
    pub fn check_plain(self, problems: &mut Problems, name: &str, text: String) -> String {
        let text = self.check(problems, name, text);
        // A NUL is told of already.
        if text.contains(|c| c != '\0' && steers(c)) {
            problems.add(name, ProblemKind::Control);
        }
        text
    }

    /// The patched text, checked.
    pub fn patch(self, problems: &mut Problems, name: &str, patch: Patched<String>, old: String) -> String {
        patch.resolve(problems, name, old, |problems, new| {
            self.check(problems, name, new)
        })
    }
}

/// What ends a line, in any script: what a mail program or a browser could take for the start of another header.
fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Characters that turn the direction of what follows, or that cannot be seen at all. The two joiners are none of them:
/// some scripts are not written without.
const UNSEEN: [RangeInclusive<char>; 13] = [
    '\u{ad}'..='\u{ad}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{180e}'..='\u{180e}',
    '\u{200b}'..='\u{200b}',
    '\u{200e}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{2064}',
    '\u{2066}'..='\u{2069}',
    '\u{3164}'..='\u{3164}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{e0000}'..='\u{e007f}',
];

/// Whether a character does something to a line instead of standing in it: a control character, a line break, or one that
/// turns the direction of what follows, or that cannot be seen at all. In a list or a log, it could make one name look
/// like several, or like another one.
#[must_use]
pub fn steers(c: char) -> bool {
    c.is_control() || is_line_break(c) || UNSEEN.iter().any(|unseen| unseen.contains(&c))
}

/// Checks a text that is counted in bytes of UTF-8.
pub fn check_body(problems: &mut Problems, name: &str, text: &str, limit: usize) {
    if text.len() > limit {
        problems.add(name, ProblemKind::TooLarge { limit });
    } else if text.contains('\0') {
        problems.add(name, ProblemKind::Nul);
    }
}
