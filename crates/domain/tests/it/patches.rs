//! Patches as a whole: null, what must be given, all problems at once, and whatever anyone could send.

use proptest::prelude::*;
use understudy_domain::content::{
    ContentPatch, EmailPatch, HeaderPatch, InAppPatch, MessagePatch, SchedulePatch, WebhookPatch,
};
use understudy_domain::text::Patched;
use understudy_domain::{Content, Message, ProblemKind, ScheduleKind};

use crate::strategies::{any_patch, content, states};
use crate::support::{
    Told, email, message_of, moment, plain, say, segment_id, segment_states, try_patch, try_patch_on,
};

fn told(problems: &[(&str, ProblemKind)]) -> Vec<Told> {
    problems
        .iter()
        .map(|(path, kind)| ((*path).to_owned(), kind.clone()))
        .collect()
}

#[test]
fn null_clears_the_message_and_is_wrong_elsewhere() {
    let base = Content {
        message: Some(message_of(MessagePatch::Email(email()))),
        ..plain()
    };
    let nothing = ContentPatch {
        message: Patched::Null,
        ..ContentPatch::default()
    };
    let segments = segment_states(&[]);
    assert_eq!(try_patch_on(&base, nothing, &segments), Ok(plain()));

    let all = ContentPatch {
        name: Patched::Null,
        description: Patched::Null,
        tags: Patched::Null,
        message: Patched::Null,
        segments: Patched::Null,
        schedule: Patched::Null,
    };
    assert_eq!(
        try_patch_on(&base, all, &segments),
        Err(told(&[
            ("name", ProblemKind::Null),
            ("description", ProblemKind::Null),
            ("tags", ProblemKind::Null),
            ("segmentIds", ProblemKind::Null),
            ("schedule", ProblemKind::Null),
        ]))
    );
}

#[test]
fn creation_needs_a_name_and_nothing_else() {
    let outcome = try_patch(ContentPatch::default().for_creation());
    assert_eq!(outcome, Err(told(&[("name", ProblemKind::Missing)])));

    let null = ContentPatch {
        name: Patched::Null,
        ..ContentPatch::default()
    };
    assert_eq!(
        try_patch(null.for_creation()),
        Err(told(&[("name", ProblemKind::Null)]))
    );

    let named = ContentPatch {
        name: Patched::Set("Plain".to_owned()),
        ..ContentPatch::default()
    };
    let outcome = named
        .for_creation()
        .apply(&Content::empty(), &segment_states(&[]));
    assert_eq!(outcome, Ok(plain()));
}

#[test]
fn what_is_left_out_stays() {
    let base = Content {
        name: "Base".to_owned(),
        description: "Stays.".to_owned(),
        tags: vec!["stays".to_owned()],
        message: Some(message_of(MessagePatch::Email(email()))),
        segments: vec![segment_id(0)],
        ..Content::empty()
    };
    let mut patch = ContentPatch::from(plain());
    patch.description = Patched::Keep;
    patch.message = Patched::Keep;
    patch.segments = Patched::Keep;
    let expected = Content {
        name: "Plain".to_owned(),
        tags: vec![],
        ..base.clone()
    };
    assert_eq!(try_patch_on(&base, patch, &segment_states(&[])), Ok(expected));
}

#[test]
fn all_problems_are_told_at_once_with_their_paths() {
    let patch = ContentPatch {
        name: Patched::Set(" ".to_owned()),
        description: Patched::Set("\0".to_owned()),
        tags: Patched::Set(vec!["a".to_owned(), String::new(), "a".to_owned()]),
        message: Patched::Set(MessagePatch::Email(EmailPatch {
            subject: "a\nb\0".to_owned(),
            body: "\0".to_owned(),
            from: Some("\r\n".to_owned()),
            reply_to: Some("a".repeat(1_001)),
        })),
        segments: Patched::Set(vec![segment_id(0), segment_id(1), segment_id(2), segment_id(0)]),
        schedule: Patched::Set(SchedulePatch {
            kind: ScheduleKind::OnLaunch,
            start_at: Some(moment(2)),
            end_at: Some(moment(1)),
        }),
    };
    assert_eq!(
        try_patch_on(&plain(), patch, &segment_states(&[false, true])),
        Err(told(&[
            ("name", ProblemKind::Empty),
            ("description", ProblemKind::Nul),
            ("tags.1", ProblemKind::Empty),
            ("tags.2", ProblemKind::Repeated),
            ("message.email.subject", ProblemKind::LineBreak),
            ("message.email.subject", ProblemKind::Nul),
            ("message.email.body", ProblemKind::Nul),
            ("message.email.from", ProblemKind::LineBreak),
            ("message.email.from", ProblemKind::NotAnAddress),
            ("message.email.replyTo", ProblemKind::TooLong { limit: 1_000 }),
            ("message.email.replyTo", ProblemKind::NotAnAddress),
            ("segmentIds.1", ProblemKind::ArchivedSegment(segment_id(1))),
            ("segmentIds.2", ProblemKind::NoSuchSegment(segment_id(2))),
            ("segmentIds.3", ProblemKind::Repeated),
            ("schedule.endAt", ProblemKind::EndBeforeStart),
        ]))
    );
}

#[test]
fn the_paths_name_the_kind_of_message_as_the_input_does() {
    let in_app = MessagePatch::InApp(InAppPatch {
        title: String::new(),
        body: "\0".to_owned(),
        trigger: "\n".to_owned(),
    });
    assert_eq!(
        try_patch(say(in_app)),
        Err(told(&[
            ("message.inApp.title", ProblemKind::Empty),
            ("message.inApp.body", ProblemKind::Nul),
            ("message.inApp.trigger", ProblemKind::LineBreak),
        ]))
    );

    let header = |name: &str, value: &str| HeaderPatch {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let webhook = MessagePatch::Webhook(WebhookPatch {
        url: String::new(),
        body: "\0".to_owned(),
        headers: vec![header("X", "fine"), header("", "\n"), header("ü", "fine")],
    });
    assert_eq!(
        try_patch(say(webhook)),
        Err(told(&[
            ("message.webhook.url", ProblemKind::NotAUrl),
            ("message.webhook.body", ProblemKind::Nul),
            ("message.webhook.headers.1.name", ProblemKind::NotAHeader),
            ("message.webhook.headers.1.value", ProblemKind::NotAHeader),
            ("message.webhook.headers.2.name", ProblemKind::NotAHeader),
        ]))
    );
}

/// The limits that must hold of whatever was accepted, in words of their own.
fn check_accepted(content: &Content) -> Result<(), TestCaseError> {
    let Content {
        name,
        description,
        tags,
        message,
        segments,
        schedule,
    } = content;
    let one_line = |text: &str| !text.contains(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}']);
    let mut texts = vec![name, description];
    prop_assert!(!name.is_empty() && name.trim() == name && name.chars().count() <= 200);
    prop_assert!(tags.iter().all(|tag| !tag.is_empty() && tag.trim() == tag));
    texts.extend(tags);
    match message {
        Some(Message::Email(email)) => {
            let addresses = || email.from.iter().chain(&email.reply_to);
            prop_assert!(!email.subject.is_empty() && one_line(&email.subject));
            prop_assert!(addresses().all(|address| address.contains('@') && one_line(address)));
            texts.extend(addresses().chain([&email.subject, &email.body]));
        }
        Some(Message::InApp(in_app)) => {
            prop_assert!(one_line(&in_app.title) && one_line(&in_app.trigger));
            texts.extend([&in_app.title, &in_app.body, &in_app.trigger]);
        }
        Some(Message::Webhook(webhook)) => {
            prop_assert!(webhook.url.to_lowercase().starts_with("http"));
            prop_assert!(webhook.headers.iter().all(|header| one_line(&header.value)));
            texts.extend([&webhook.url, &webhook.body]);
        }
        None => {}
    }
    prop_assert!(texts.iter().all(|text| !text.contains('\0')));
    prop_assert!((1..segments.len()).all(|number| !segments[..number].contains(&segments[number])));
    prop_assert!(schedule.kind != ScheduleKind::AtTime || schedule.start_at.is_some());
    prop_assert!(
        schedule
            .start_at
            .zip(schedule.end_at)
            .is_none_or(|(start, end)| start < end)
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever is sent, there is an answer: a content within its limits that is accepted again as it stands, or
    /// problems, each of a field.
    #[test]
    fn no_patch_brings_a_panic_and_what_is_accepted_is_accepted_again(
        base in content(),
        patch in any_patch(),
        segments in states(),
    ) {
        match patch.apply(&base, &segments) {
            Ok(accepted) => {
                check_accepted(&accepted)?;
                prop_assert_eq!(ContentPatch::from(accepted.clone()).apply(&accepted, &segments), Ok(accepted));
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|problem| !problem.path.is_empty()));
            }
        }
    }

    /// A content whose segments are all in use can be given to any other.
    #[test]
    fn a_valid_content_is_accepted_onto_any_other(base in content(), wanted in content()) {
        let segments = segment_states(&[false; crate::strategies::SEGMENTS]);
        prop_assert_eq!(ContentPatch::from(wanted.clone()).apply(&base, &segments), Ok(wanted));
    }
}
