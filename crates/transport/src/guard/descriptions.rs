//! Descriptions of operations, fragments and variables, which GraphQL has since September 2025 and the parser does not
//! know. They say nothing to a server, so there are blanks where they stood.

use std::{borrow::Cow, ops::Range};

use super::{
    grammar::DEFINITIONS,
    text::{self, Token},
};

/// A document without its descriptions, as wide as before, so that errors point to the right place. It has passed
/// [`text::check_document`].
pub(super) fn blank(document: &str) -> Cow<'_, str> {
    let descriptions = find(document);
    if descriptions.is_empty() {
        return document.into();
    }
    let mut blanked = String::with_capacity(document.len());
    let mut at = 0;
    for Range { start, end } in descriptions {
        blanked.push_str(document.get(at..start).unwrap_or_default());
        let description = document.get(start..end).unwrap_or_default();
        let is_end_of_line = |letter| matches!(letter, '\n' | '\r');
        blanked.extend(
            description
                .chars()
                .map(|letter| if is_end_of_line(letter) { letter } else { ' ' }),
        );
        at = end;
    }
    blanked.push_str(document.get(at..).unwrap_or_default());
    blanked.into()
}

/// Where descriptions stand: before the word that a definition begins with, and before a variable that is defined.
fn find(document: &str) -> Vec<Range<usize>> {
    let bytes = document.as_bytes();
    let (mut found, mut open, mut last, mut at) = (vec![], vec![], "", 0);
    // A string that is a description if what it would describe comes next.
    let mut pending: Option<(Range<usize>, bool)> = None;
    while let Ok(Some((token, end))) = text::token(bytes, at) {
        let (start, spelled) = (at, document.get(at..end).unwrap_or_default());
        at = end;
        if matches!(token, Token::Blank | Token::Comment) || spelled.is_empty() {
            continue;
        }
        if let Some((description, is_of_variable)) = pending.take()
            && if is_of_variable {
                spelled == "$"
            } else {
                DEFINITIONS.contains(&spelled)
            }
        {
            found.push(description);
        }
        let is_outside = open.is_empty() && matches!(last, "" | "}");
        let is_before_variable = matches!(open.as_slice(), ["("]) && !matches!(last, "=" | ":");
        if token == Token::String && (is_outside || is_before_variable) {
            pending = Some((start..end, is_before_variable));
        }
        match spelled {
            "{" | "[" | "(" => open.push(spelled),
            "}" | "]" | ")" => {
                open.pop();
            }
            _ => {}
        }
        last = spelled;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_blanks() {
        for (document, blanked) in [
            ("\"What\" query A { b }", "       query A { b }"),
            (
                "{ a } \"\"\"\n é\n\"\"\" fragment b on C { d }",
                "{ a }    \n  \n    fragment b on C { d }",
            ),
            (
                "query (\"a\" $a: Int = 1 \"b\" $b: B) { c }",
                "query (    $a: Int = 1     $b: B) { c }",
            ),
            (
                "query ($a: A = \"a\" \"b\" $b: B) { c }",
                "query ($a: A = \"a\"     $b: B) { c }",
            ),
            (
                "query ($a: [A!]! = [\"a\"] # c\n \"b\" $b: B) { c }",
                "query ($a: [A!]! = [\"a\"] # c\n     $b: B) { c }",
            ),
        ] {
            assert_eq!(blank(document), blanked);
        }
    }

    #[test]
    fn other_strings_stay() {
        for document in [
            "{ a(b: \"c\", d: [\"e\" $f \"g\" $h]) }",
            "query ($a: A = \"a\" $b: B) { c(d: \"e\") }",
            "query ($a: A \"a\") { b }",
            "query (\"a\" \"b\" b: B) { c }",
            "\"shorthand\" { a }",
            "{ a } \"nothing\"",
            "query \"a\" A { b }",
        ] {
            assert_eq!(blank(document), document);
        }
    }
}
