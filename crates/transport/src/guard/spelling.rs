//! Spells a document as async-graphql's parser knows it.
//!
//! It does not know all that GraphQL allows: comments between `on` and the name of a type, blanks in the type of a
//! variable, `-0` as an `Int`, the escapes in strings for what is beyond four digits, and the one of block strings. What is spelled anew is as
//! wide as before wherever that is possible, so that errors point to the right place.

use std::{fmt::Write as _, iter};

use super::text::{self, Token};

/// Where in the definition of a variable the pass is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In none.
    Elsewhere,
    /// After its `$`.
    Dollar,
    /// After its name.
    Name,
    /// After the `:` before its type.
    Colon,
    /// In its type, as far as the name in it.
    Type,
    /// In its type, after the name in it.
    TypeEnd,
}

/// The same document in the parser's spelling. The text has passed [`text::check_document`]; one that is no document is
/// none afterwards.
pub(super) fn respell(document: &str) -> String {
    let mut respelled = String::with_capacity(document.len());
    // Blanks in a type, which come after it.
    let mut blanks = String::new();
    let mut place = Place::Elsewhere;
    let bytes = document.as_bytes();
    let mut at = 0;
    while let Ok(Some((token, mut end))) = text::token(bytes, at) {
        // A letter of several bytes is several signs.
        while !document.is_char_boundary(end) {
            end += 1;
        }
        let spelled = document.get(at..end).unwrap_or_default();
        at = end;
        let is_in_type = matches!(place, Place::Type | Place::TypeEnd);
        let here = if is_in_type { &mut blanks } else { &mut respelled };
        match token {
            Token::Blank => here.push_str(spelled),
            Token::Comment => here.extend(spelled.chars().map(|_| ' ')),
            // One that GraphQL ignores wherever it stands.
            Token::Sign if spelled == "\u{feff}" => here.push_str(spelled),
            Token::String | Token::Name | Token::Sign => {}
        }
        if matches!(token, Token::Blank | Token::Comment) || spelled == "\u{feff}" {
            continue;
        }
        place = match (place, spelled, token) {
            (_, "$", _) => Place::Dollar,
            (Place::Dollar, _, Token::Name) => Place::Name,
            (Place::Name, ":", _) => Place::Colon,
            (Place::Colon | Place::Type, "[", _) => Place::Type,
            (Place::Colon | Place::Type, _, Token::Name) | (Place::TypeEnd, "]" | "!", _) => Place::TypeEnd,
            _ => Place::Elsewhere,
        };
        if !(is_in_type && matches!(place, Place::Type | Place::TypeEnd)) {
            respelled.push_str(&blanks);
            blanks.clear();
        }
        let is_zero = spelled == "0" && respelled.ends_with('-');
        let ends = !matches!(bytes.get(at), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
        if is_zero && ends {
            respelled.pop();
            respelled.push_str(" 0");
        } else if token == Token::String && spelled.contains("\\u") && !spelled.starts_with("\"\"\"") {
            respell_string(spelled, &mut respelled);
        } else if token == Token::String && spelled.starts_with(BLOCK) && spelled.contains(ESCAPED_BLOCK) {
            respell_block_string(spelled, &mut respelled);
        } else {
            respelled.push_str(spelled);
        }
    }
    respelled.push_str(&blanks);
    respelled
}

/// Writes a string with each character that is escaped by more than four digits as it is.
fn respell_string(string: &str, respelled: &mut String) {
    let mut rest = string;
    while let Some(start) = rest.find('\\') {
        let (before, escape) = rest.split_at(start);
        respelled.push_str(before);
        let (character, length) = match unescape(escape) {
            Some((character, length)) => (Some(character), length),
            // Whatever is escaped by one letter, or by nothing that is known, is left to the parser.
            None => (None, escape.chars().take(2).map(char::len_utf8).sum()),
        };
        let (escape, after) = escape.split_at(length);
        match character {
            Some(character) if u32::from(character) > 0xffff => respelled.push(character),
            Some(character) => {
                let _ = write!(respelled, "\\u{:04x}", u32::from(character));
            }
            None => respelled.push_str(escape),
        }
        rest = after;
    }
    respelled.push_str(rest);
}

/// What is around a block string, and how it stands within one.
const BLOCK: &str = "\"\"\"";
const ESCAPED_BLOCK: &str = "\\\"\"\"";

/// Writes a block string as a string of one line, with all that follows it where it was.
fn respell_block_string(string: &str, respelled: &mut String) {
    let inner = string
        .strip_prefix(BLOCK)
        .and_then(|rest| rest.strip_suffix(BLOCK));
    let value = block_string_value(&inner.unwrap_or_default().replace(ESCAPED_BLOCK, BLOCK));
    // Whatever JSON escapes, GraphQL does in the same way.
    let written = serde_json::Value::from(value).to_string();
    let mut lines = lines(string);
    let last_line = lines.next_back().unwrap_or_default().chars().count();
    let breaks = lines.count();
    let padding = match breaks {
        0 => last_line.saturating_sub(written.chars().count()),
        _ => last_line,
    };
    respelled.push_str(&written);
    respelled.extend(iter::repeat_n('\n', breaks));
    respelled.extend(iter::repeat_n(' ', padding));
}

/// What a block string says: its lines without the indentation that they share, and without empty ones around them.
fn block_string_value(raw: &str) -> String {
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_empty = |line: &&str| indentation(line) == line.len();
    let shared = lines(raw)
        .skip(1)
        .filter(|line| !is_empty(line))
        .map(indentation)
        .min();
    let shared = shared.unwrap_or(0);
    let mut said: Vec<_> = lines(raw)
        .enumerate()
        .map(|(index, line)| {
            if index == 0 {
                line
            } else {
                line.get(shared..).unwrap_or_default()
            }
        })
        .skip_while(is_empty)
        .collect();
    while said.last().is_some_and(is_empty) {
        said.pop();
    }
    said.join("\n")
}

/// The lines of a text, by what GraphQL takes for their ends.
fn lines(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let mut rest = Some(text);
    let mut lines = vec![];
    while let Some(text) = rest {
        let end = text.find(['\n', '\r']);
        let (line, after) = end.map_or((text, None), |end| {
            let (line, rest) = text.split_at(end);
            let rest = rest.strip_prefix("\r\n").or_else(|| rest.get(1..));
            (line, rest)
        });
        lines.push(line);
        rest = after;
    }
    lines.into_iter()
}

/// How many digits may stand in the braces of an escape.
const MOST_DIGITS: usize = 8;

/// The character that a text begins with, escaped by digits, and how many bytes that takes.
fn unescape(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix("\\u")?;
    if let Some(braced) = digits.strip_prefix('{') {
        // No further, since nobody says how far it is to the next one.
        let end = braced
            .bytes()
            .take(MOST_DIGITS + 1)
            .position(|byte| byte == b'}')?;
        let digits = braced.get(..end)?;
        let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        return Some((char::from_u32(code)?, "\\u{}".len() + digits.len()));
    }
    let four = |text: &str| {
        let digits = text.get(..4)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
    };
    let first = four(digits)?;
    if let Some(character) = char::from_u32(u32::from(first)) {
        return Some((character, "\\u0000".len()));
    }
    // Half of a pair, which is nothing without the other half.
    let second = four(digits.get(4..)?.strip_prefix("\\u")?)?;
    let character = char::decode_utf16([first, second]).next()?.ok()?;
    Some((character, 2 * "\\u0000".len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_parser_knows_stays_as_it_is() {
        for document in [
            "",
            "query A($a: [Int!]! = [1, -2] $b: Int) { a(x: \"\\\\u{41}\", y: \"\"\"\\u{41} # \"\"\") ... on B { c } }",
            "{ a(x: -0.5, y: -0e1, z: 10, w: -10) }",
            "{ a(x: \"\\u00e9\\n\\\"\") }",
        ] {
            assert_eq!(respell(document), document);
        }
    }

    #[test]
    fn what_it_does_not_know_is_spelled_otherwise() {
        for (document, respelled) in [
            ("{ a # b é\n c }", "{ a      \n c }"),
            ("{ ... on # b\r\n C { d } }", "{ ... on    \r\n C { d } }"),
            ("query ($a: [ Int ! ] !) { b }", "query ($a: [Int!]!    ) { b }"),
            (
                "query ($a: [ # c\n Int ]= 1) { b }",
                "query ($a: [Int]    \n  = 1) { b }",
            ),
            (
                "query ($a : Int , $b : Int ) { b }",
                "query ($a : Int , $b : Int ) { b }",
            ),
            (
                "query ($a: Int $b: Int!) { c(d: $a e: [1 ] f: $b) }",
                "query ($a: Int $b: Int!) { c(d: $a e: [1 ] f: $b) }",
            ),
            ("{ a(x: -0, y: [-0]) }", "{ a(x:  0, y: [ 0]) }"),
            (
                "{ a(x: \"\\u{1F3AD}\\u{1f3ad} \\u{e9}\") }",
                "{ a(x: \"\u{1F3AD}\u{1F3AD} \\u00e9\") }",
            ),
            (
                r#"{ a(x: """b \""" c""", y: "d") }"#,
                r#"{ a(x: "b \"\"\" c"  , y: "d") }"#,
            ),
            (
                "{ a(x: \"\"\"\r\n   \n  b\t\\\\n \\\"\"\"\n\n    \"c\"\n   \"\"\", y: 1) }",
                "{ a(x: \"b\\t\\\\\\\\n \\\"\\\"\\\"\\n\\n  \\\"c\\\"\"\n\n\n\n\n      , y: 1) }",
            ),
            ("{ a(x: \"\\u{00000041}\") }", "{ a(x: \"\\u0041\") }"),
            (
                "{ a(x: \"\\ud83c\\udfad\\u{22}\\u{0}\") }",
                "{ a(x: \"\u{1F3AD}\\u0022\\u0000\") }",
            ),
        ] {
            assert_eq!(respell(document), respelled);
        }
    }

    #[test]
    fn what_is_no_document_is_not_made_one() {
        for string in [
            "\"\\ud83c\"",
            "\"\\udfad\\ud83c\"",
            "\"\\u{}\"",
            "\"\\u{110000}\"",
            "\"\\u{+1}\"",
            "\"\\u{000000041}\"",
            "\"\\u{\\u{41\"",
            "\"\\u12\"",
            "\"\\u{d800}\"",
            "\"\\x\"",
        ] {
            assert_eq!(respell(string), string);
        }
    }
}
