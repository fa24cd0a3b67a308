//! Templates: texts with places to be filled in for each recipient, in [Liquid](https://shopify.github.io/liquid/).
//!
//! The library parses and renders. It knows no limits, escapes nothing and tells of many errors without a place, so a text
//! is cut into its tags first (`scan`), and whatever may cost much is metered (`meter`).

mod blocks;
mod filters;
mod language;
mod locate;
mod meter;
mod scan;
mod stage;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use liquid_core::{Renderable, runtime};

pub use stage::Stage;

use crate::template::language::LANGUAGE;
use crate::template::scan::scan;

/// The most bytes that one tag of a template may have, from brace to brace.
pub const TAG: usize = 4_000;

/// The most tags that a template may have.
pub const TAGS: usize = 4_000;

/// How deep blocks may stand in one another, and indexes in brackets.
pub const NESTING: usize = 32;

/// How much of the stack a level of nesting takes at most. A debug build took some 20 KiB.
const LEVEL: usize = 64 << 10;

/// A compiled template. Clones share what was compiled.
#[derive(Clone)]
pub struct Template(Arc<Compiled>);

struct Compiled {
    /// The texts between the tags, which the library gets to see as numbers.
    texts: Arc<[String]>,
    root: runtime::Template,
}

/// What becomes of the values that are filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escaping {
    /// They stand as they are.
    None,
    /// They are escaped for HTML, wherever the template does not say `raw` or escapes them itself.
    Html,
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct TemplateError {
    /// The line that is wrong, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Why a template cannot be rendered for a recipient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// It does more than a message may take altogether.
    #[error("rendering takes too many steps")]
    TooLong,
    /// What comes out is larger than it may be.
    #[error("what is rendered is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes there may be.
        limit: usize,
    },
    /// What it does cannot be done with these values, e.g. a division by nothing.
    #[error("{0}")]
    Impossible(String),
}

impl Template {
    /// Compiles a template.
    ///
    /// # Errors
    /// If the text is none.
    pub fn compile(text: &str, escaping: Escaping) -> Result<Self, TemplateError> {
        let scanned = scan(text, escaping)?;
        let root = parse(&scanned.source).ok_or_else(|| locate::error(&scanned.tags))?;
        Ok(Self(Arc::new(Compiled {
            texts: scanned.texts.into(),
            root,
        })))
    }

    /// What it says on this stage, in at most `limit` bytes of UTF-8.
    ///
    /// # Errors
    /// If it takes too long, becomes too large, or does what cannot be done.
    pub fn render(&self, stage: &Stage, limit: usize) -> Result<String, RenderError> {
        let Compiled { texts, root } = &*self.0;
        let run = stage.run(Arc::clone(texts));
        let mut page = meter::Page::new(limit, run.meter());
        // Arithmetic at its limits panics in the library.
        let rendered =
            on_a_large_stack(|| catch_unwind(AssertUnwindSafe(|| root.render_to(&mut page, &run))));
        if run.meter().is_spent() {
            return Err(RenderError::TooLong);
        }
        match rendered {
            Ok(Ok(())) => Ok(page.into_text()),
            _ if page.is_full() => Err(RenderError::TooLarge { limit }),
            Ok(Err(error)) => Err(RenderError::Impossible(locate::reason(&error))),
            Err(_) => Err(RenderError::Impossible("a number is too large".to_owned())),
        }
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").finish_non_exhaustive()
    }
}

/// What the library makes of a source; `None` if it takes it for none.
fn parse(source: &str) -> Option<runtime::Template> {
    on_a_large_stack(|| liquid_core::parser::parse(source, &LANGUAGE))
        .map(runtime::Template::new)
        .ok()
}

/// Whoever asks may have used most of the stack.
fn on_a_large_stack<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(NESTING * LEVEL, 2 * NESTING * LEVEL, run)
}
