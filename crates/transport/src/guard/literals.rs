//! Objects that are written out in a document have each field once.
//!
//! Once it is parsed nobody can tell: of two fields of one name the parser keeps the last, so that what a client has
//! written would be dropped without a word.

use std::collections::HashSet;

use super::{
    Refusal,
    text::{self, Token},
};

/// Checks a document that has passed [`text::check_document`].
///
/// # Errors
/// If an object has two fields of one name.
pub(super) fn check(document: &str) -> Result<(), Refusal> {
    // What is open, each with the names that it has if it is an object. Selections never stand within parentheses, and
    // objects never elsewhere.
    let mut open: Vec<(u8, HashSet<&str>)> = vec![];
    let mut parentheses = 0_usize;
    let mut name = None;
    let mut at = 0;
    while let Ok(Some((token, end))) = text::token(document.as_bytes(), at) {
        let spelled = document.as_bytes().get(at..end).unwrap_or_default();
        let text = document.get(at..end);
        at = end;
        match (token, spelled) {
            (Token::Blank | Token::Comment, _) => continue,
            (_, b"{" | b"[" | b"(") => {
                parentheses += usize::from(spelled == b"(");
                open.extend(spelled.first().map(|bracket| (*bracket, HashSet::new())));
            }
            (_, b"}" | b"]" | b")") => {
                if let Some((b'(', _)) = open.pop() {
                    parentheses -= 1;
                }
            }
            (_, b":") if parentheses > 0 => {
                if let (Some(name), Some((b'{', names))) = (name, open.last_mut())
                    && !names.insert(name)
                {
                    return Err(Refusal::DuplicateField(name.to_owned()));
                }
            }
            _ => {}
        }
        name = text.filter(|_| token == Token::Name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_stands_once_in_each_object() {
        let twice = Err(Refusal::DuplicateField("a".to_owned()));
        for (document, expected) in [
            ("{ a: b a: b c { a: b } a }", Ok(())),
            (
                "{ f(x: { a: 1, b: { a: 2 }, c: [{ a: 3 }, { a: 4 }] }, y: { a: 5 }) }",
                Ok(()),
            ),
            ("{ f(x: { b: \"a: a:\", a: $a, c: a }) { a: b a: b } }", Ok(())),
            ("{ f(x: { a: 1, a: 1 }) }", twice.clone()),
            ("{ f(x: { a: { b: 1 } # a\n a : 2 }) }", twice.clone()),
            ("{ f(x: [[{ b: 1, a: [{ a: 1 }], a: 2 }]]) }", twice.clone()),
            ("query ($x: X = { a: 1, a: 2 }) { f }", twice.clone()),
            ("{ f @d(x: { a: 1 a: 2 }) }", twice),
            ("}}}])){(é{a:1 a", Ok(())),
        ] {
            assert_eq!(check(document), expected, "{document}");
        }
    }
}
