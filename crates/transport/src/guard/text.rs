//! The pass over a request's text, before anything is parsed. It is linear, allocates nothing and recurses never.

use super::Refusal;
use crate::Limits;

/// How long a name may be, in bytes. Errors tell names again, and look for others that are like them.
pub(super) const MAX_NAME: usize = 256;

/// Checks the text of a GraphQL document, and counts its tokens. A text that passes need not be a document: that is for
/// the parser to say.
///
/// # Errors
/// If brackets nest too deep, there are too many tokens or directives, a name is too long, or a string has no end.
pub(super) fn check_document(text: &str, limits: &Limits) -> Result<usize, Refusal> {
    let bytes = text.as_bytes();
    let (mut at, mut tokens, mut directives, mut nesting) = (0, 0, 0, 0_usize);
    while let Some((token, end)) = token(bytes, at)? {
        match bytes.get(at) {
            Some(b'{' | b'[' | b'(') => nesting += 1,
            Some(b'}' | b']' | b')') => nesting = nesting.saturating_sub(1),
            Some(b'@') => directives += 1,
            _ => {}
        }
        if token == Token::Name && end - at > MAX_NAME {
            return Err(Refusal::Name(MAX_NAME));
        }
        at = end;
        tokens += usize::from(!matches!(token, Token::Blank | Token::Comment));
        if nesting > limits.nesting {
            return Err(Refusal::Nesting(limits.nesting));
        }
        if tokens > limits.tokens {
            return Err(Refusal::Tokens(limits.tokens));
        }
        if directives > limits.directives {
            return Err(Refusal::Directives(limits.directives));
        }
    }
    Ok(tokens)
}

/// What stands at a place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// A byte between two others, without meaning.
    Blank,
    /// From its sign to the end of the line.
    Comment,
    /// A string or block string with its quotes.
    String,
    /// A name or keyword.
    Name,
    /// A sign, a digit, or a byte that belongs in no document outside of strings and comments. Digits count singly, since
    /// to the parser `000` is three numbers.
    Sign,
}

/// What stands at a place in a document, and where it ends; none at the end of the document.
///
/// # Errors
/// If a string has no end.
pub(super) fn token(bytes: &[u8], at: usize) -> Result<Option<(Token, usize)>, Refusal> {
    let Some(byte) = bytes.get(at) else {
        return Ok(None);
    };
    Ok(Some(match byte {
        b' ' | b'\t' | b'\n' | b'\r' | b',' => (Token::Blank, at + 1),
        b'#' => (Token::Comment, end_of_comment(bytes, at)),
        b'"' => (Token::String, end_of_string(bytes, at)?),
        b'_' | b'a'..=b'z' | b'A'..=b'Z' => (Token::Name, end_of_name(bytes, at)),
        _ => (Token::Sign, at + 1),
    }))
}

/// Where the comment that starts at `start` ends.
fn end_of_comment(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    rest.iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .map_or(bytes.len(), |length| start + length)
}

/// Where the name that starts at `start` ends.
fn end_of_name(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    rest.iter()
        .position(|byte| !is_part(byte))
        .map_or(bytes.len(), |length| start + length)
}

/// Where the string or block string that starts at `start` ends.
///
/// One without an end is refused here, not left to the parser: the parser takes `"""` without an end for an empty
/// string and reads on, so that what looks like a string from here would be brackets to it.
fn end_of_string(bytes: &[u8], start: usize) -> Result<usize, Refusal> {
    let rest = bytes.get(start..).unwrap_or_default();
    let block = rest.starts_with(b"\"\"\"");
    let (quote, escape): (&[u8], &[u8]) = if block {
        (b"\"\"\"", b"\\\"\"\"")
    } else {
        (b"\"", b"\\")
    };
    let mut at = quote.len();
    while let Some(&byte) = rest.get(at) {
        let here = rest.get(at..).unwrap_or_default();
        if here.starts_with(quote) {
            return Ok(start + at + quote.len());
        }
        if !block && matches!(byte, b'\n' | b'\r') {
            break;
        }
        at += match here.starts_with(escape) {
            // In a block string the escape is `\"""` as a whole; in a string it is `\` and any one byte.
            true if block => escape.len(),
            true => 2,
            false => 1,
        };
    }
    Err(Refusal::UnterminatedString)
}

/// Checks the text of a JSON value.
///
/// # Errors
/// If it has too many values, or they nest too deep.
pub(super) fn check_json(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let (mut values, mut nesting, mut in_string, mut escaped) = (0, 0_usize, false, false);
    for byte in bytes {
        if in_string {
            in_string = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => nesting += 1,
            b']' | b'}' => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        // Each value but the outermost follows one of these.
        values += usize::from(matches!(byte, b'[' | b'{' | b','));
        if values > limits.values {
            return Err(Refusal::Values(limits.values));
        }
        if nesting > limits.json_nesting {
            return Err(Refusal::JsonNesting(limits.json_nesting));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits::default()
    }

    fn document(text: &str) -> Result<(), Refusal> {
        check_document(text, &limits()).map(drop)
    }

    fn json(bytes: &[u8]) -> Result<(), Refusal> {
        check_json(bytes, &limits())
    }

    /// `count` times `open`, in a document.
    fn nested(open: &str, count: usize) -> String {
        format!("{{ f(x: {}", open.repeat(count))
    }

    #[test]
    fn every_kind_of_bracket_counts() {
        for open in ["[", "{", "(", "{a:", "[{", "{a(b:"] {
            assert_eq!(
                document(&nested(open, 2_000)),
                Err(Refusal::Nesting(limits().nesting)),
                "{open}"
            );
        }
        assert_eq!(document(&nested("[", limits().nesting - 2)), Ok(()));
        assert_eq!(
            document(&nested("[", limits().nesting - 1)),
            Err(Refusal::Nesting(limits().nesting))
        );
    }

    #[test]
    fn brackets_beside_each_other_do_not_nest() {
        assert_eq!(document(&"[]{}()".repeat(1_000)), Ok(()));
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let many = "[".repeat(2_000);
        for text in [
            format!("{{ f(x: \"{many}\") }}"),
            format!("{{ f(x: \"\\\"{many}\\\\\") }}"),
            format!("{{ f(x: \"\"\"{many}\n\"\\\"\"\"{many}\"\"\") }}"),
            format!("{{ f # \"{many}\n }}"),
            format!("{{ f # {many}"),
        ] {
            assert_eq!(document(&text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_follows_a_string_or_comment_counts_again() {
        let many = "[".repeat(2_000);
        for text in [
            format!("\"\"{many}"),
            format!("\"\\\\\"{many}"),
            format!("\"\"\"\"\"\"{many}"),
            format!("\"\"\" \\\"\"\" \"\"\"{many}"),
            format!("\"\"\"\\\\\"\"\" \"\"\"{many}"),
            format!("# \" \n{many}"),
            format!("# \" \r{many}"),
        ] {
            assert_eq!(document(&text), Err(Refusal::Nesting(limits().nesting)), "{text}");
        }
    }

    #[test]
    fn a_string_without_an_end_hides_nothing() {
        let many = "[".repeat(2_000);
        for text in [
            format!("{{ f(x: [\"\"\"[\" {many}"),
            format!("{{ f(x: \"{many}"),
            format!("{{ f(x: \"\n{many}\""),
            "\"\\".to_owned(),
            "\"\"\"\"\"".to_owned(),
        ] {
            assert_eq!(document(&text), Err(Refusal::UnterminatedString), "{text}");
        }
    }

    #[test]
    fn tokens_are_counted_and_long_strings_are_one() {
        let body = "x".repeat(2 * 1024 * 1024);
        assert_eq!(document(&format!("{{ f(x: \"{body}\") }}")), Ok(()));
        assert_eq!(
            document(&format!("{{ {} }}", "a ".repeat(limits().tokens - 2))),
            Ok(())
        );
        for text in [
            "a ".repeat(limits().tokens + 1),
            "0".repeat(limits().tokens + 1),
            "...a".repeat(limits().tokens / 4 + 1),
        ] {
            assert_eq!(document(&text), Err(Refusal::Tokens(limits().tokens)));
        }
    }

    #[test]
    fn a_bulk_command_written_out_passes() {
        let ids = "\"cmp_01jdgq7r5tf9zvqk3m8x2yhn4c\", ".repeat(10_000);
        let text =
            format!("mutation {{ archiveCampaigns(selection: {{ ids: [{ids}] }}) {{ changedCount }} }}");
        assert_eq!(document(&text), Ok(()));
    }

    #[test]
    fn values_of_json_are_counted_outside_of_strings() {
        assert_eq!(
            json(format!("[{}0]", "0,".repeat(limits().values - 1)).as_bytes()),
            Ok(())
        );
        assert_eq!(
            json(format!("[\"\\\"{}\"]", "[,{".repeat(limits().values)).as_bytes()),
            Ok(())
        );
        for text in [
            format!("[{}0]", "0,".repeat(limits().values)),
            format!("[\"\\\\\"{}", ",".repeat(limits().values)),
        ] {
            assert_eq!(json(text.as_bytes()), Err(Refusal::Values(limits().values)));
        }
    }

    #[test]
    fn json_nests_as_deep_as_allowed() {
        let nested = |open: &str, depth: usize| open.repeat(depth);
        for open in ["[", "{\"a\":"] {
            assert_eq!(json(nested(open, limits().json_nesting).as_bytes()), Ok(()));
            assert_eq!(
                json(nested(open, limits().json_nesting + 1).as_bytes()),
                Err(Refusal::JsonNesting(limits().json_nesting))
            );
        }
        assert_eq!(json("[]{}".repeat(1_000).as_bytes()), Ok(()));
        assert_eq!(json(format!("\"{}\"", "[".repeat(1_000)).as_bytes()), Ok(()));
    }

    #[test]
    fn names_are_as_long_as_allowed() {
        let (name, longer) = ("x".repeat(256), "x".repeat(257));
        for around in [
            "{ # }",
            "{ a: # }",
            "{ #: a }",
            "{ a(#: 1) }",
            "{ a(b: $#) }",
            "{ a @# }",
            "{ ...# }",
            "query ($a: #) { a }",
        ] {
            assert_eq!(document(&around.replace('#', &name)), Ok(()), "{around}");
            assert_eq!(
                document(&around.replace('#', &longer)),
                Err(Refusal::Name(MAX_NAME)),
                "{around}"
            );
        }
        assert_eq!(
            document(&format!("{{ a(b: \"{longer}\") # {longer}\n }}")),
            Ok(())
        );
    }

    #[test]
    fn directives_are_counted() {
        let text = |count: usize| format!("{{ a {} }}", "@b ".repeat(count));
        assert_eq!(document(&text(limits().directives)), Ok(()));
        assert_eq!(
            document(&text(limits().directives + 1)),
            Err(Refusal::Directives(limits().directives))
        );
    }
}
