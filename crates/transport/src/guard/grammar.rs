//! What the parser takes for a document, and GraphQL does not.
//!
//! The parser reads some words and numbers by their beginnings: `queryall` is to it a query by the name of `all`, `007`
//! three numbers, and `trueish` the value `true` before something else. Clients' tools refuse such documents, and they
//! would mean something else than what stands there.

use super::{
    Refusal,
    text::{self, Token},
};

/// What a definition begins with.
pub(super) const DEFINITIONS: [&str; 4] = ["query", "mutation", "subscription", "fragment"];

/// The values that are words of the language.
const WORDS: [&str; 3] = ["true", "false", "null"];

/// Checks a document that has passed [`text::check_document`], without its descriptions.
///
/// # Errors
/// If it is no document by GraphQL's grammar, where the parser would not notice.
pub(super) fn check(document: &str) -> Result<(), Refusal> {
    let bytes = document.as_bytes();
    let (mut at, mut nesting, mut parentheses) = (0, 0_usize, 0_usize);
    let (mut before, mut last) = ("", "");
    // Whether the last word would be misread as a value, unless it is the name of one.
    let mut is_misread = false;
    while let Ok(Some((token, end))) = text::token(bytes, at) {
        let (start, spelled) = (at, document.get(at..end).unwrap_or_default());
        at = end;
        // What is empty is a part of a letter of several bytes, of which GraphQL knows one: a mark that it ignores.
        if matches!(token, Token::Blank | Token::Comment) || spelled.is_empty() {
            continue;
        }
        let is_outside = nesting == 0 && matches!(last, "" | "}");
        match spelled {
            "{" | "[" | "(" => nesting += 1,
            "}" | "]" | ")" => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        parentheses = match spelled {
            "(" => parentheses + 1,
            ")" => parentheses.saturating_sub(1),
            _ => parentheses,
        };
        let is_word = token == Token::Name;
        if is_outside && is_word && !DEFINITIONS.contains(&spelled) {
            return Err(Refusal::Syntax("a definition begins with another word"));
        }
        if nesting == 0 && (last, spelled) == ("fragment", "on") && matches!(before, "" | "}") {
            return Err(Refusal::Syntax("a fragment's name is not `on`"));
        }
        if (last, spelled) == ("(", ")") {
            return Err(Refusal::Syntax("there is something in parentheses"));
        }
        let begins_as_value = WORDS
            .iter()
            .any(|word| spelled != *word && spelled.starts_with(word));
        if (is_misread && spelled != ":") || (parentheses > 0 && begins_as_value && last == ":") {
            return Err(Refusal::Syntax(
                "a value begins otherwise than `true`, `false` and `null`",
            ));
        }
        is_misread = is_word && begins_as_value && parentheses > 0 && !matches!(last, "$" | "@");
        if has_leading_zero(bytes, start) {
            return Err(Refusal::Syntax("a number begins otherwise than with 0"));
        }
        (before, last) = (last, spelled);
    }
    Ok(())
}

/// Whether a number begins here, with a zero and another digit.
fn has_leading_zero(bytes: &[u8], at: usize) -> bool {
    let byte = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let back = |steps| byte(at.checked_sub(steps));
    let is_first = match back(1) {
        b'0'..=b'9' | b'.' | b'+' => false,
        // The digits of an exponent may begin with a zero.
        b'-' => !(matches!(back(2), b'e' | b'E') && back(3).is_ascii_digit()),
        _ => true,
    };
    byte(Some(at)) == b'0' && byte(at.checked_add(1)).is_ascii_digit() && is_first
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn what_graphql_has_passes() {
        for document in [
            "{ a }",
            "query { a } mutation b { c } fragment d on E { f } subscription { g }",
            "query query { query } fragment fragment on on { on }",
            "{ a(b: true, c: [false null], d: { nullable: 1, trueish: $truth }, truth: 1) { falsely } }",
            "query ($nullable: Int = null @trueish) { a(b: $nullable) }",
            "{ a(b: [0, -0, 0.0, 10, 1.05, 1e05, 1e-05, 1E+05, 100], c: \"007\") # 007\n }",
            "{ a(b: { }, c: [ ]) }",
            "query\u{feff} A\u{feff} { b } \u{feff}",
        ] {
            assert_eq!(check(document), Ok(()), "{document}");
            assert!(
                parse_query(document).is_ok()
                    || document.contains("subscription {")
                    || document.contains("@trueish"),
                "{document}"
            );
        }
    }

    #[test]
    fn what_only_the_parser_takes_is_refused() {
        for document in [
            "queryall { a }",
            "{ a } mutations { b }",
            "{ ...b } fragmentb on C { d }",
            "fragment on on A { b } { ...b }",
            "query () { a }",
            "query a ( # nothing\n ) { b }",
            "{ a(b: 00) }",
            "{ a(b: [01, 2]) }",
            "{ a(b: -01) }",
            "{ a(b: [c-01]) }",
            "{ a(b: [trueish]) }",
            "{ a(b: nullable: 1) }",
            "query ($a: B = falsely) { c }",
        ] {
            assert!(matches!(check(document), Err(Refusal::Syntax(_))), "{document}");
        }
    }
}
