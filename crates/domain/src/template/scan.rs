//! Cuts a text into its tags and what stands between them.
//!
//! The library is given the tags alone, with a number in place of each text: its grammar looks at the rest of a run of
//! blanks at each of them, so that a page of nothing else would take it hours. And it has no way to change how values are
//! written, so that escaping becomes a filter at the end of each `{{ … }}` here. What is cut out here and what it takes for a tag is
//! the same: both end it at the first closing braces that are not in quotes, and the library refuses a source with
//! anything in it that is neither tag nor text.

use std::fmt::Write as _;
use std::ops::Range;

use super::language::{self, Role};
use super::{Escaping, NESTING, TAG, TAGS, TemplateError};

/// The most digits that a number in a tag may have.
const DIGITS: usize = 18;

/// A text, cut up.
pub(super) struct Scanned {
    /// What the library gets.
    pub(super) source: String,
    /// The texts between the tags, by their numbers.
    pub(super) texts: Vec<String>,
    /// The tags as the library gets them, to find out which of them it does not take.
    pub(super) tags: Vec<Tag>,
}

/// A tag.
pub(super) struct Tag {
    /// The line that it begins in, from 1.
    pub(super) line: usize,
    /// As it was written.
    pub(super) text: String,
    /// As the library gets it.
    pub(super) source: String,
    /// What it does among others; `None` for a value.
    pub(super) role: Option<Role>,
}

/// Cuts a text up.
///
/// # Errors
/// If a tag does not end, is too long, or is none, or if blocks do not fit.
pub(super) fn scan(text: &str, escaping: Escaping) -> Result<Scanned, TemplateError> {
    let mut scanner = Scanner {
        text,
        escaping,
        at: 0,
        line: (0, 1),
        trims: false,
        open: vec![],
        scanned: Scanned {
            source: String::new(),
            texts: vec![],
            tags: vec![],
        },
    };
    while scanner.next()? {}
    if let Some(block) = scanner.open.last() {
        return Err(TemplateError {
            line: block.line,
            message: format!(
                "`{{% {} %}}` is not closed by `{{% end{} %}}`",
                block.name, block.name
            ),
        });
    }
    Ok(scanner.scanned)
}

struct Scanner<'t> {
    text: &'t str,
    escaping: Escaping,
    /// Where it has come to.
    at: usize,
    /// A place, and the line that it is in.
    line: (usize, usize),
    /// Whether the tag before takes away the white space after it.
    trims: bool,
    /// The blocks that are open.
    open: Vec<Block>,
    scanned: Scanned,
}

struct Block {
    name: &'static str,
    line: usize,
    /// Where its size is to be told, and from where that is counted.
    counted: Option<(usize, usize)>,
}

impl Scanner<'_> {
    /// Takes the text up to the next tag, and the tag. False at the end.
    fn next(&mut self) -> Result<bool, TemplateError> {
        let rest = &self.text[self.at..];
        let start = rest
            .as_bytes()
            .windows(2)
            .position(|two| matches!(two, b"{{" | b"{%"));
        let Some(start) = start.map(|start| self.at + start) else {
            self.keep(rest, false);
            return Ok(false);
        };
        let inner = self.inner(start)?;
        let text = &self.text[self.at..start];
        let before = self.text[start + 2..inner.start].starts_with('-');
        self.keep(text, before);
        let end = inner.end
            + if self.text[inner.end..].starts_with('-') {
                3
            } else {
                2
            };
        self.trims = end - inner.end == 3;
        self.at = end;
        let body = &self.text[inner];
        if self.text[start..].starts_with("{{") {
            self.value(start, body)?;
        } else {
            self.tag(start, body)?;
        }
        Ok(true)
    }

    /// What is within the braces that open at `start`, without the hyphens that take away white space.
    fn inner(&mut self, start: usize) -> Result<Range<usize>, TemplateError> {
        let opening = &self.text[start..start + 2];
        let closing = if opening == "{{" { "}}" } else { "%}" };
        let (mut quote, mut depth, mut digits) = (None, 0_usize, 0_usize);
        for (index, byte) in self.text.bytes().enumerate().skip(start + 2) {
            digits = if quote.is_none() && byte.is_ascii_digit() {
                digits + 1
            } else {
                0
            };
            match (quote, byte) {
                (None, b'\'' | b'"') => quote = Some(byte),
                (Some(open), _) if open == byte => quote = None,
                (None, b'[') => depth += 1,
                (None, b']') => depth = depth.saturating_sub(1),
                (None, _) if self.text.as_bytes()[index..].starts_with(closing.as_bytes()) => {
                    let inner = &self.text[start + 2..index];
                    let from = start + 2 + usize::from(inner.starts_with('-'));
                    // `{{-}}` has one hyphen, not two.
                    let to = index - usize::from(index > from && inner.ends_with('-'));
                    return Ok(from..to);
                }
                _ => {}
            }
            if depth > NESTING {
                return Err(self.error(start, format!("brackets are more than {NESTING} deep")));
            }
            // The library panics of larger ones.
            if digits > DIGITS {
                return Err(self.error(start, format!("a number has more than {DIGITS} digits")));
            }
            if index - start > TAG {
                return Err(self.error(start, format!("`{opening}` is not closed within {TAG} bytes")));
            }
        }
        Err(self.error(start, format!("`{opening}` is not closed by `{closing}`")))
    }

    fn keep(&mut self, text: &str, trims_end: bool) {
        let text = if self.trims { text.trim_ascii_start() } else { text };
        let text = if trims_end { text.trim_ascii_end() } else { text };
        if !text.is_empty() {
            let _ = write!(
                self.scanned.source,
                "{{% {} {} %}}",
                language::TEXT,
                self.scanned.texts.len()
            );
            self.scanned.texts.push(text.to_owned());
        }
    }

    fn value(&mut self, start: usize, body: &str) -> Result<(), TemplateError> {
        let ends = ["raw", "escape", "escape_once"];
        let escapes = self.escaping == Escaping::Html && !ends.contains(&last_filter(body));
        let escape = if escapes { language::ESCAPE } else { "" };
        self.push(start, format!("{{{{ {body}{escape} }}}}"), None)
    }

    fn tag(&mut self, start: usize, body: &str) -> Result<(), TemplateError> {
        let body = body.trim_ascii();
        // A comment in one tag.
        if body.starts_with('#') {
            return Ok(());
        }
        let name_ends = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let (name, arguments) = body.split_at(name_ends.unwrap_or(body.len()));
        let Some(role) = language::role(name) else {
            let message = if name.is_empty() {
                "`{% %}` has no name".to_owned()
            } else {
                format!("there is no tag `{name}`")
            };
            return Err(self.error(start, message));
        };
        match role {
            Role::Verbatim(name) => return self.verbatim(start, name),
            Role::Single => {}
            Role::Open(name) => return self.open(start, name, arguments),
            Role::Part(of) => {
                if !self.open.last().is_some_and(|block| of.contains(&block.name)) {
                    let of = of.join("` or `");
                    return Err(self.error(start, format!("`{name}` stands outside of `{of}`")));
                }
            }
            Role::Close(name) => return self.close(start, name, arguments),
        }
        self.push(start, format!("{{% {body} %}}"), Some(role))
    }

    fn open(&mut self, start: usize, name: &'static str, arguments: &str) -> Result<(), TemplateError> {
        if self.open.len() == NESTING {
            return Err(self.error(start, format!("blocks are more than {NESTING} deep")));
        }
        let line = self.line_of(start);
        // How large a loop's body is, is told when its end is known.
        let counted = (name == "for").then(|| (self.scanned.source.len() + "{% for ".len(), self.at));
        let size = if counted.is_some() { " 0000000" } else { "" };
        self.open.push(Block { name, line, counted });
        self.push(
            start,
            format!("{{% {name}{size}{arguments} %}}"),
            Some(Role::Open(name)),
        )
    }

    fn close(&mut self, start: usize, name: &'static str, arguments: &str) -> Result<(), TemplateError> {
        let block = match self.open.pop() {
            Some(block) if block.name == name => block,
            Some(block) => {
                let message = format!(
                    "`{{% end{name} %}}` stands where `{{% end{} %}}` is to close line {}",
                    block.name, block.line
                );
                return Err(self.error(start, message));
            }
            None => return Err(self.error(start, format!("`{{% end{name} %}}` closes nothing"))),
        };
        if let Some((at, from)) = block.counted {
            let size = format!("{:07}", start - from);
            self.scanned.source.replace_range(at..at + size.len(), &size);
        }
        self.push(
            start,
            format!("{{% end{name}{arguments} %}}"),
            Some(Role::Close(name)),
        )
    }

    /// Skips what is not looked at up to the tag that ends it, and keeps it, unless it is a comment.
    fn verbatim(&mut self, start: usize, name: &'static str) -> Result<(), TemplateError> {
        let (from, mut search) = (self.at, self.at);
        while let Some(found) = self.text[search..].find("{%") {
            let open = search + found;
            let after = &self.text[open + 2..];
            let tag = after.strip_prefix('-').unwrap_or(after).trim_ascii_start();
            let closed = tag
                .strip_prefix("end")
                .and_then(|tag| tag.strip_prefix(name))
                .map(str::trim_ascii_start)
                .and_then(|tag| {
                    let closing = tag.strip_prefix("%}").map(|rest| (rest, false));
                    closing.or_else(|| tag.strip_prefix("-%}").map(|rest| (rest, true)))
                });
            if let Some((rest, trims)) = closed {
                if name == "raw" {
                    self.keep(&self.text[from..open], after.starts_with('-'));
                }
                self.trims = trims;
                self.at = self.text.len() - rest.len();
                return Ok(());
            }
            search = open + 2;
        }
        Err(self.error(
            start,
            format!("`{{% {name} %}}` is not closed by `{{% end{name} %}}`"),
        ))
    }

    fn push(&mut self, start: usize, source: String, role: Option<Role>) -> Result<(), TemplateError> {
        let line = self.line_of(start);
        if self.scanned.tags.len() == TAGS {
            let message = format!("there are more than {TAGS} tags");
            return Err(TemplateError { line, message });
        }
        self.scanned.source.push_str(&source);
        let text = self.text[start..self.at].to_owned();
        self.scanned.tags.push(Tag {
            line,
            text,
            source,
            role,
        });
        Ok(())
    }

    fn error(&mut self, at: usize, message: String) -> TemplateError {
        let line = self.line_of(at);
        TemplateError { line, message }
    }

    /// The line of a place, which is not before any that was asked for.
    fn line_of(&mut self, at: usize) -> usize {
        let (from, line) = self.line;
        let line = line + self.text[from.min(at)..at].matches('\n').count();
        self.line = (at.max(from), line);
        line
    }
}

/// The name of the last filter of a value, or nothing.
fn last_filter(body: &str) -> &str {
    let (mut quote, mut last) = (None, None);
    for (index, byte) in body.bytes().enumerate() {
        match (quote, byte) {
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'|') => last = Some(index + 1),
            _ => {}
        }
    }
    last.map_or("", |last| body[last..].trim_ascii())
}
