//! Email addresses.

use email_address::{EmailAddress, Options};

use crate::ProblemKind;
use crate::problem::Problems;
use crate::text::Line;

const ADDRESS: Line = Line {
    limit: 1_000,
    trimmed: false,
    required: false,
};
/// Addresses that mail can be sent to from anywhere.
fn options() -> Options {
    Options::default().with_required_tld().without_domain_literal()
}

/// An address, with or without a display name: `news@example.com` or `Example News <news@example.com>`.
pub(crate) fn check_address(problems: &mut Problems, name: &str, address: String) -> String {
    let address = ADDRESS.check_one_line(problems, name, address);
    let is_address = EmailAddress::parse_with_options(&address, options()).is_ok();
    let mut names = address.rsplit_once(" <").into_iter();
    if !is_address || !names.all(|(name, _)| is_display_name(name.trim())) {
        problems.add(name, ProblemKind::NotAnAddress);
    }
    address
}

/// The parser lets anything stand before the bracket. There, a comma or another bracket would make two addresses of
/// one for the next program that reads it, so outside of quotes only words are let through, and never a control
/// character.
fn is_display_name(name: &str) -> bool {
    let mut is_quoted = false;
    let mut characters = name.chars();
    while let Some(character) = characters.next() {
        let is_allowed = match character {
            '"' => {
                is_quoted = !is_quoted;
                true
            }
            '\\' => is_quoted && characters.next().is_some_and(|escaped| !escaped.is_control()),
            '(' | ')' | '<' | '>' | '[' | ']' | ':' | ';' | '@' | ',' => is_quoted,
            other => !other.is_control(),
        };
        if !is_allowed {
            return false;
        }
    }
    !is_quoted && !name.is_empty()
}

/// Checks an address without a display name: `ada@example.com`.
pub(crate) fn check_bare_address(problems: &mut Problems, name: &str, address: String) -> String {
    let address = ADDRESS.check_one_line(problems, name, address);
    let options = options().without_display_text();
    if EmailAddress::parse_with_options(&address, options).is_err() {
        problems.add(name, ProblemKind::NotAnAddress);
    }
    address
}
