//! What a template may say: the tags and filters of Liquid, as far as they have a meaning here.

use std::sync::LazyLock;

use liquid_core::parser::{Language, ParseBlock, ParseFilter, ParseTag};
use liquid_lib::stdlib;

use super::blocks::{Capture, For, Text};
use super::filters::{Escape, Json, Metered, Raw};

/// The tag that stands for a text. Nobody can write it, since [`role`] does not know it.
pub(super) const TEXT: &str = "text";

/// What escapes a value.
pub(super) const ESCAPE: &str = " | html_escaped";

/// What a tag does among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It stands alone.
    Single,
    /// It opens a block of this name.
    Open(&'static str),
    /// It stands in blocks of these names.
    Part(&'static [&'static str]),
    /// It closes a block of this name.
    Close(&'static str),
    /// What follows is not looked at.
    Verbatim(&'static str),
}

/// What the tag of this name does. Templates of others (`include`, `render`) are not to be had, and tables are made of HTML.
pub(super) fn role(name: &str) -> Option<Role> {
    Some(match name {
        "assign" | "break" | "continue" | "cycle" | "increment" | "decrement" => Role::Single,
        "if" => Role::Open("if"),
        "unless" => Role::Open("unless"),
        "case" => Role::Open("case"),
        "for" => Role::Open("for"),
        "capture" => Role::Open("capture"),
        "ifchanged" => Role::Open("ifchanged"),
        "elsif" => Role::Part(&["if"]),
        "else" => Role::Part(&["if", "unless", "case", "for"]),
        "when" => Role::Part(&["case"]),
        "endif" => Role::Close("if"),
        "endunless" => Role::Close("unless"),
        "endcase" => Role::Close("case"),
        "endfor" => Role::Close("for"),
        "endcapture" => Role::Close("capture"),
        "endifchanged" => Role::Close("ifchanged"),
        "raw" => Role::Verbatim("raw"),
        "comment" => Role::Verbatim("comment"),
        _ => return None,
    })
}

/// The tags and filters, for the library.
pub(super) static LANGUAGE: LazyLock<Language> = LazyLock::new(|| {
    let mut language = Language::empty();
    let blocks: [Box<dyn ParseBlock>; 6] = [
        stdlib::IfBlock.into(),
        stdlib::UnlessBlock.into(),
        stdlib::CaseBlock.into(),
        stdlib::IfChangedBlock.into(),
        For.into(),
        Capture.into(),
    ];
    for block in blocks {
        let name = block.reflection().start_tag().to_owned();
        language.blocks.register(name, block);
    }
    let tags: [Box<dyn ParseTag>; 7] = [
        stdlib::AssignTag.into(),
        stdlib::BreakTag.into(),
        stdlib::ContinueTag.into(),
        stdlib::CycleTag.into(),
        stdlib::IncrementTag.into(),
        stdlib::DecrementTag.into(),
        Text.into(),
    ];
    for tag in tags {
        let name = tag.reflection().tag().to_owned();
        language.tags.register(name, tag);
    }
    for filter in filters() {
        let name = filter.reflection().name().to_owned();
        language.filters.register(name, Box::new(Metered(filter)));
    }
    language
});

fn filters() -> Vec<Box<dyn ParseFilter>> {
    vec![
        stdlib::Abs.into(),
        stdlib::Append.into(),
        stdlib::AtLeast.into(),
        stdlib::AtMost.into(),
        stdlib::Capitalize.into(),
        stdlib::Ceil.into(),
        stdlib::Compact.into(),
        stdlib::Concat.into(),
        stdlib::Date.into(),
        stdlib::Default.into(),
        stdlib::DividedBy.into(),
        stdlib::Downcase.into(),
        stdlib::Escape.into(),
        stdlib::EscapeOnce.into(),
        stdlib::First.into(),
        stdlib::Floor.into(),
        stdlib::Join.into(),
        stdlib::Last.into(),
        stdlib::Lstrip.into(),
        stdlib::Map.into(),
        stdlib::Minus.into(),
        stdlib::Modulo.into(),
        stdlib::NewlineToBr.into(),
        stdlib::Plus.into(),
        stdlib::Prepend.into(),
        stdlib::Remove.into(),
        stdlib::RemoveFirst.into(),
        stdlib::Replace.into(),
        stdlib::ReplaceFirst.into(),
        stdlib::Reverse.into(),
        stdlib::Round.into(),
        stdlib::Rstrip.into(),
        stdlib::Size.into(),
        stdlib::Slice.into(),
        stdlib::Sort.into(),
        stdlib::SortNatural.into(),
        stdlib::Split.into(),
        stdlib::Strip.into(),
        stdlib::StripHtml.into(),
        stdlib::StripNewlines.into(),
        stdlib::Times.into(),
        stdlib::Truncate.into(),
        stdlib::TruncateWords.into(),
        stdlib::Uniq.into(),
        stdlib::Upcase.into(),
        stdlib::UrlDecode.into(),
        stdlib::UrlEncode.into(),
        stdlib::Where.into(),
        Escape.into(),
        Json.into(),
        Raw.into(),
    ]
}
