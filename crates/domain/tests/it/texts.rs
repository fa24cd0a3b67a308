//! Texts at their limits: counted in characters, the body alone in bytes; NUL and line breaks.

use understudy_domain::ProblemKind;
use understudy_domain::content::{ContentPatch, EmailPatch, InAppPatch, MessagePatch, WebhookPatch};
use understudy_domain::text::Patched;

use crate::support::{Told, email, in_app, plain, rename, say, try_patch, webhook};

/// A text field: its path, the patch that sets it, and its rule.
struct Field {
    path: &'static str,
    patch: fn(String) -> ContentPatch,
    limit: usize,
    is_required: bool,
    is_one_line: bool,
}

const FIELDS: [Field; 6] = [
    Field {
        path: "name",
        patch: |text| rename(text),
        limit: 200,
        is_required: true,
        is_one_line: false,
    },
    Field {
        path: "description",
        patch: |text| ContentPatch {
            description: Patched::Set(text),
            ..ContentPatch::default()
        },
        limit: 10_000,
        is_required: false,
        is_one_line: false,
    },
    Field {
        path: "tags.0",
        patch: |text| ContentPatch {
            tags: Patched::Set(vec![text]),
            ..ContentPatch::default()
        },
        limit: 100,
        is_required: true,
        is_one_line: false,
    },
    Field {
        path: "message.email.subject",
        patch: |subject| say(MessagePatch::Email(EmailPatch { subject, ..email() })),
        limit: 1_000,
        is_required: true,
        is_one_line: true,
    },
    Field {
        path: "message.inApp.title",
        patch: |title| say(MessagePatch::InApp(InAppPatch { title, ..in_app() })),
        limit: 1_000,
        is_required: true,
        is_one_line: true,
    },
    Field {
        path: "message.inApp.trigger",
        patch: |trigger| say(MessagePatch::InApp(InAppPatch { trigger, ..in_app() })),
        limit: 200,
        is_required: true,
        is_one_line: true,
    },
];

/// What must be told, if anything, of one field.
fn problems(path: &str, kinds: &[ProblemKind]) -> Vec<Told> {
    kinds.iter().map(|kind| (path.to_owned(), kind.clone())).collect()
}

#[track_caller]
fn assert_problems(field: &Field, text: &str, kinds: &[ProblemKind]) {
    let told = try_patch((field.patch)(text.to_owned()))
        .err()
        .unwrap_or_default();
    let shown: String = text.chars().take(20).collect();
    assert_eq!(told, problems(field.path, kinds), "{} of {shown:?}…", field.path);
}

#[test]
fn the_limit_is_allowed_and_one_more_is_not_in_characters() {
    for field in &FIELDS {
        let limit = field.limit;
        for character in ["a", "ü", "\u{1f3ad}"] {
            assert_problems(field, &character.repeat(limit), &[]);
            assert_problems(
                field,
                &character.repeat(limit + 1),
                &[ProblemKind::TooLong { limit }],
            );
        }
    }
}

#[test]
fn a_text_is_empty_only_where_it_may_be() {
    for field in &FIELDS {
        let wrong = if field.is_required {
            &[ProblemKind::Empty][..]
        } else {
            &[]
        };
        assert_problems(field, "", wrong);
        assert_problems(field, "a", &[]);
    }
}

#[test]
fn a_nul_is_refused_everywhere() {
    for field in &FIELDS {
        for text in ["\0", "a\0", "\0a"] {
            assert_problems(field, text, &[ProblemKind::Nul]);
        }
    }
}

#[test]
fn one_line_is_one_line_in_any_script() {
    for field in &FIELDS {
        for line_break in [
            "\n", "\r", "\r\n", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}",
        ] {
            let wrong = if field.is_one_line {
                &[ProblemKind::LineBreak][..]
            } else {
                &[]
            };
            assert_problems(field, &format!("a{line_break}b"), wrong);
        }
        assert_problems(field, "a\tb \u{a0}c", &[]);
    }
}

#[test]
fn names_and_tags_are_trimmed_before_they_are_counted() {
    let around = |text: &str| format!("\u{2003}\t {text} \r\n\u{a0}");
    let content = try_patch(ContentPatch {
        tags: Patched::Set(vec![around(&"t".repeat(100)), around("b c")]),
        ..rename(around(&"n".repeat(200)))
    });
    let content = content.expect("white space around does not count");
    assert_eq!(content.name, "n".repeat(200));
    assert_eq!(content.tags, ["t".repeat(100), "b c".to_owned()]);

    assert_eq!(
        try_patch(rename(around(""))),
        Err(problems("name", &[ProblemKind::Empty]))
    );
}

#[test]
fn other_texts_are_kept_as_they_were_given() {
    let text = " \u{202e}a\u{301} ".to_owned();
    let content = try_patch(ContentPatch {
        description: Patched::Set(text.clone()),
        ..say(MessagePatch::Email(EmailPatch {
            subject: text.clone(),
            body: text.clone(),
            ..email()
        }))
    });
    let content = content.expect("any Unicode is text");
    let message = understudy_domain::Message::Email(understudy_domain::EmailMessage {
        subject: text.clone(),
        body: text.clone(),
        from: None,
        reply_to: None,
    });
    assert_eq!((content.description, content.message), (text, Some(message)));
}

#[test]
fn a_body_is_counted_in_bytes_and_holds_any_lines() {
    type WithBody = fn(String) -> MessagePatch;
    const LIMIT: usize = 1 << 20;
    let bodies: [(&str, WithBody); 3] = [
        ("message.email.body", |body| {
            MessagePatch::Email(EmailPatch { body, ..email() })
        }),
        ("message.inApp.body", |body| {
            MessagePatch::InApp(InAppPatch { body, ..in_app() })
        }),
        ("message.webhook.body", |body| {
            MessagePatch::Webhook(WebhookPatch { body, ..webhook() })
        }),
    ];
    for (path, patch) in bodies {
        let told = |body: String| try_patch(say(patch(body))).err().unwrap_or_default();
        let too_large = problems(path, &[ProblemKind::TooLarge { limit: LIMIT }]);
        assert_eq!(told(String::new()), []);
        assert_eq!(told("a\r\nb\u{2028}".to_owned()), []);
        assert_eq!(told("a".repeat(LIMIT)), []);
        assert_eq!(told("ü".repeat(LIMIT / 2)), []);
        assert_eq!(told("a".repeat(LIMIT + 1)), too_large);
        assert_eq!(told("ü".repeat(LIMIT / 2) + "a"), too_large);
        assert_eq!(told("a\0b".to_owned()), problems(path, &[ProblemKind::Nul]));
    }
}

#[test]
fn a_patch_that_says_nothing_changes_nothing() {
    assert_eq!(try_patch(ContentPatch::default()), Ok(plain()));
}
