//! From a text to a document of a size that can be walked through.

use async_graphql::{
    ServerError,
    parser::{parse_query, types::ExecutableDocument},
};

use super::{descriptions, document, grammar, literals, refusal::PARSE_FAILED, spelling, text};
use crate::{Introspection, Limits, error::with_code};

/// Checks the text of a document, parses it, and checks what it is; with how many tokens it has.
pub(super) fn parse(
    query: &str,
    limits: &Limits,
    introspection: Introspection,
) -> Result<(ExecutableDocument, usize), ServerError> {
    let tokens = text::check_document(query, limits)?;
    let query = descriptions::blank(query);
    literals::check(&query)?;
    grammar::check(&query)?;
    let document = parse_query(spelling::respell(&query)).map_err(|error| syntax_error(error.into()))?;
    document::check(&document, limits, introspection)?;
    Ok((document, tokens))
}

/// The parser's error, in one line. Its own message draws the source line and an arrow under it, which repeats what
/// `locations` says, and would send a line of megabytes back.
fn syntax_error(mut error: ServerError) -> ServerError {
    if let Some((_, expectation)) = error.message.rsplit_once(" = ") {
        error.message = format!("Syntax error: {expectation}");
    }
    with_code(error, PARSE_FAILED)
}
