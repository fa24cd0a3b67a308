//! Where a template is wrong, and what is: the library does not always say the one, and says the other to its own kind.

use liquid_core::error::Error;

use super::TemplateError;
use super::language::{LANGUAGE, Role};
use super::scan::Tag;

/// How much of a tag a message quotes, in characters.
const QUOTED: usize = 60;

/// What is wrong with a template that the library does not take, though its blocks fit: the first tag with which it no
/// longer does. What comes before, closed, it takes.
pub(super) fn error(tags: &[Tag]) -> TemplateError {
    let (mut good, mut bad) = (0, tags.len());
    while bad - good > 1 {
        let middle = usize::midpoint(good, bad);
        if super::parse(&closed(&tags[..middle])).is_some() {
            good = middle;
        } else {
            bad = middle;
        }
    }
    let Some(tag) = tags.get(bad - 1) else {
        return TemplateError {
            line: 1,
            message: "is not understood".to_owned(),
        };
    };
    let source = closed(&tags[..bad]);
    let error = super::on_a_large_stack(|| liquid_core::parser::parse(&source, &LANGUAGE).err());
    TemplateError {
        line: tag.line,
        message: message(tag, error.as_ref()),
    }
}

/// Tags, and what closes the blocks among them.
fn closed(tags: &[Tag]) -> String {
    let mut source: String = tags.iter().map(|tag| tag.source.as_str()).collect();
    let mut open = vec![];
    for tag in tags {
        match tag.role {
            Some(Role::Open(name)) => open.push(name),
            Some(Role::Close(_)) => {
                open.pop();
            }
            _ => {}
        }
    }
    for name in open.into_iter().rev() {
        source.push_str("{% end");
        source.push_str(name);
        source.push_str(" %}");
    }
    source
}

/// What is wrong with a tag, in the words of its author.
fn message(tag: &Tag, error: Option<&Error>) -> String {
    let text = error.map(ToString::to_string).unwrap_or_default();
    if let Some(filter) = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("requested filter="))
    {
        return format!("there is no filter `{filter}`");
    }
    let reason = match error {
        // The grammar points at a place in what it got, and names its own rules.
        Some(_) if text.contains("  = expected") => None,
        Some(_) if text.contains(" --> ") => text.lines().find_map(|line| line.strip_prefix("  = ")),
        Some(error) => return format!("{}: {}", quoted(&tag.text), reason(error)),
        None => None,
    };
    let reason = reason.map(|reason| format!(": {}", reason.trim_end_matches('.').to_lowercase()));
    format!(
        "{} is not understood{}",
        quoted(&tag.text),
        reason.unwrap_or_default()
    )
}

fn quoted(tag: &str) -> String {
    let short: String = tag
        .chars()
        .take(QUOTED)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let rest = if short.len() < tag.len() { "…" } else { "" };
    format!("`{short}{rest}`")
}

/// What an error says first, and by what.
pub(super) fn reason(error: &Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let first = first.strip_prefix("liquid: ").unwrap_or(first).to_lowercase();
    let told = |key| text.lines().find_map(|line| line.trim().strip_prefix(key));
    let filter = told("filter=")
        .map(|filter| format!("`{filter}`: "))
        .unwrap_or_default();
    let cause = told("cause=")
        .map(|cause| format!(": {}", cause.to_lowercase()))
        .unwrap_or_default();
    format!("{filter}{first}{cause}")
}
