//! Filters: which recipients a segment holds, as [CEL](https://cel.dev) expressions.
//!
//! The library parses and evaluates. It knows no limits, so what may cost much is metered here (`meter`), and what can be
//! seen to be wrong before anybody is looked at is told when a filter is compiled (`sense`).

mod meter;
mod sense;
mod value;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};

use cel::parser::PrattParser;
use cel::{Context, Env, IdedExpr, ParseError, Value};

use crate::Recipient;

/// The most bytes of UTF-8 that a filter may have.
pub const LIMIT: usize = 4_000;

/// How deep an expression may be nested.
const NESTING: usize = 100;

/// How much of the stack evaluating takes for each level of nesting at most. A debug build took some 100 KiB.
const LEVEL: usize = 128 << 10;

/// How much of the stack the parser takes for the worst text, and what is made of it when it is dropped.
const PARSER: usize = 2 << 20;

/// How many of the parser's errors are looked at for the one that is told.
const REPORTED: u32 = 20;

/// What the parser says of what is nested deeper than it goes.
const TOO_DEEP: &str = "recursion limit";

/// What expressions may call, and where what they cost is charged.
static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut environment = Env::default().with_optional_support(false).with_stdlib();
    meter::declare(&mut environment);
    Arc::new(environment)
});

/// Tells which recipients a segment holds. Clones share what was compiled.
#[derive(Clone)]
pub struct Filter {
    expression: Arc<IdedExpr>,
    depth: usize,
}

/// What a filter says of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Whether it holds them.
    pub holds: bool,
    /// Whether it would have taken too many steps to tell. Nobody is held then.
    pub cut_off: bool,
    /// How many steps it took to tell: a few for what is usual, and some ten thousand in a millisecond.
    pub steps: usize,
}

/// Why a text is no filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct FilterError {
    /// The line that is wrong, from 1.
    pub line: usize,
    /// Where it is wrong: the character, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl Filter {
    /// Compiles a filter.
    ///
    /// # Errors
    /// If the text is no expression, or one that cannot be meant: it names what there is not, or is never true or false.
    pub fn compile(text: &str) -> Result<Self, FilterError> {
        if text.len() > LIMIT {
            let message = format!("a filter has at most {LIMIT} bytes");
            return Err(FilterError::at_start(message));
        }
        // Whoever asks may have used most of the stack.
        stacker::maybe_grow(PARSER, 2 * PARSER, || {
            let mut expression = parse(text)?;
            sense::check(&expression, text)?;
            let depth = depth(&expression);
            meter::install(&mut expression);
            Ok(Self {
                expression: Arc::new(expression),
                depth,
            })
        })
    }

    /// Asks it about a recipient. Whoever lacks what it asks for is not held, nor is anybody for whom it would take too many
    /// steps.
    #[must_use]
    pub fn ask(&self, recipient: &Recipient) -> Answer {
        let recipient = value::recipient(recipient);
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        context.add_variable_from_value(sense::RECIPIENT, recipient);
        meter::metered(|| {
            // Nothing was found at which the library panics; should there be something, it holds nobody either.
            let result = catch_unwind(AssertUnwindSafe(|| {
                let stack = self.depth * LEVEL;
                stacker::maybe_grow(stack, 2 * stack, || Value::resolve(&self.expression, &context))
            }));
            matches!(result, Ok(Ok(Value::Bool(true))))
        })
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Filter")
    }
}

impl FilterError {
    fn at_start(message: impl Into<String>) -> Self {
        Self {
            line: 1,
            column: 1,
            message: message.into(),
        }
    }
}

fn parse(text: &str) -> Result<IdedExpr, FilterError> {
    let parser = PrattParser::new().error_reporting_limit(REPORTED);
    let parsed = catch_unwind(AssertUnwindSafe(|| parser.parse(text)));
    let Ok(parsed) = parsed else {
        return Err(FilterError::at_start("it is no expression"));
    };
    let expression = parsed.map_err(|errors| {
        // What is too deep is told as other errors too, which come of it.
        let deep = errors.errors.iter().find(|error| error.msg.contains(TOO_DEEP));
        let placed = errors.errors.iter().find(|error| error.pos.0 > 0);
        let first = deep.or(placed).or(errors.errors.first());
        first.map_or_else(
            || FilterError::at_start("it is no expression"),
            |error| told(error, text),
        )
    })?;
    if depth(&expression) > NESTING {
        return Err(FilterError::at_start(format!(
            "it is nested deeper than {NESTING} levels"
        )));
    }
    Ok(expression)
}

/// What the parser says, without its own words.
fn told(error: &ParseError, text: &str) -> FilterError {
    let said = error.msg.trim_start_matches("Syntax error: ");
    let message = match said.strip_prefix("mismatched input ") {
        Some(rest) if rest.trim_start_matches('\'').starts_with("<EOF>") => {
            "it ends where more is expected".to_owned()
        }
        Some(rest) => format!("unexpected {}", rest.split(" expecting").next().unwrap_or(rest)),
        None if said.contains(TOO_DEEP) => format!("it is nested deeper than {NESTING} levels"),
        None if said.contains("limit exceeded") => "it is no expression".to_owned(),
        None => said.lines().next().unwrap_or(said).to_owned(),
    };
    let place = |position: isize| usize::try_from(position).unwrap_or(1).max(1);
    let (line, byte) = (place(error.pos.0), place(error.pos.1));
    let before = text.split('\n').nth(line - 1).unwrap_or_default();
    let before = before.char_indices().take_while(|(at, _)| at + 1 < byte);
    FilterError {
        line,
        column: before.count() + 1,
        message: message.chars().take(200).collect(),
    }
}

/// How deep an expression is nested. It is walked without recursion: nobody knows yet how deep that is.
fn depth(expression: &IdedExpr) -> usize {
    let (mut deepest, mut rest) = (0, vec![(expression, 1)]);
    while let Some((expression, depth)) = rest.pop() {
        deepest = deepest.max(depth);
        rest.extend(sense::parts(expression).map(|part| (part, depth + 1)));
    }
    deepest
}
