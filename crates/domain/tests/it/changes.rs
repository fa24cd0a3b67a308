//! How a draft is told to differ from the live content.

use proptest::prelude::*;
use serde_json::{Value, json};
use understudy_domain::content::{
    ContentChange, EmailPatch, HeaderPatch, InAppPatch, MessagePatch, WebhookPatch, changes,
};
use understudy_domain::{Content, Message, Schedule, ScheduleKind};

use crate::strategies::content;
use crate::support::{email, in_app, message_of, moment, plain, segment_id, webhook};

/// What is told of two contents, null where a side has no value.
fn told(live: &Content, draft: &Content) -> Vec<(String, Value, Value)> {
    let value = |value: Option<Value>| value.unwrap_or(Value::Null);
    changes(live, draft)
        .into_iter()
        .map(|ContentChange { path, live, draft }| (path, value(live), value(draft)))
        .collect()
}

fn change(path: &str, live: &Value, draft: &Value) -> (String, Value, Value) {
    (path.to_owned(), live.clone(), draft.clone())
}

fn saying(message: Message) -> Content {
    Content {
        message: Some(message),
        ..plain()
    }
}

fn emailing(patch: EmailPatch) -> Content {
    saying(message_of(MessagePatch::Email(patch)))
}

fn showing(patch: InAppPatch) -> Content {
    saying(message_of(MessagePatch::InApp(patch)))
}

fn calling(patch: WebhookPatch) -> Content {
    saying(message_of(MessagePatch::Webhook(patch)))
}

/// Each pair differs in the one field that stands before it, and both ways round that is all that is told.
#[track_caller]
fn assert_single(path: &str, (live, draft): (&Content, &Content), (before, after): (&Value, &Value)) {
    assert_eq!(told(live, draft), [change(path, before, after)]);
    assert_eq!(told(draft, live), [change(path, after, before)]);
}

#[test]
fn nothing_is_told_of_equals() {
    for content in [plain(), emailing(email()), showing(in_app()), calling(webhook())] {
        assert_eq!(changes(&content, &content.clone()), []);
    }
}

#[test]
fn each_field_of_a_content_is_told_by_its_path() {
    let live = plain();
    let renamed = Content {
        name: "Another".to_owned(),
        ..live.clone()
    };
    assert_single("name", (&live, &renamed), (&json!("Plain"), &json!("Another")));
    let described = Content {
        description: "Described.".to_owned(),
        ..live.clone()
    };
    assert_single(
        "description",
        (&live, &described),
        (&json!(""), &json!("Described.")),
    );
}

#[test]
fn lists_are_told_as_whole_values() {
    let with_tags = |tags: &[&str]| Content {
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..plain()
    };
    assert_single(
        "tags",
        (&with_tags(&["a", "b"]), &with_tags(&["b", "a"])),
        (&json!(["a", "b"]), &json!(["b", "a"])),
    );
    assert_single(
        "tags",
        (&with_tags(&[]), &with_tags(&["a"])),
        (&json!([]), &json!(["a"])),
    );

    let targeting = |numbers: &[usize]| Content {
        segments: numbers.iter().copied().map(segment_id).collect(),
        ..plain()
    };
    let id = |number| segment_id(number).to_string();
    assert_single(
        "segments",
        (&targeting(&[0]), &targeting(&[0, 1])),
        (&json!([id(0)]), &json!([id(0), id(1)])),
    );

    let with_header = |value: &str| {
        let header = HeaderPatch {
            name: "X".to_owned(),
            value: value.to_owned(),
        };
        calling(WebhookPatch {
            headers: vec![header],
            ..webhook()
        })
    };
    assert_single(
        "message.headers",
        (&with_header("a"), &with_header("b")),
        (
            &json!([{ "name": "X", "value": "a" }]),
            &json!([{ "name": "X", "value": "b" }]),
        ),
    );
}

#[test]
fn each_field_of_a_message_is_told_by_its_path() {
    let text = || "Another".to_owned();
    let hello = json!("Hello");
    let body = json!("Come and see.");
    let another = json!("Another");
    let subject = emailing(EmailPatch {
        subject: text(),
        ..email()
    });
    assert_single(
        "message.subject",
        (&emailing(email()), &subject),
        (&hello, &another),
    );
    let email_body = emailing(EmailPatch {
        body: text(),
        ..email()
    });
    assert_single(
        "message.body",
        (&emailing(email()), &email_body),
        (&body, &another),
    );
    let title = showing(InAppPatch {
        title: text(),
        ..in_app()
    });
    assert_single("message.title", (&showing(in_app()), &title), (&hello, &another));
    let in_app_body = showing(InAppPatch {
        body: text(),
        ..in_app()
    });
    assert_single(
        "message.body",
        (&showing(in_app()), &in_app_body),
        (&body, &another),
    );
    let trigger = showing(InAppPatch {
        trigger: text(),
        ..in_app()
    });
    assert_single(
        "message.trigger",
        (&showing(in_app()), &trigger),
        (&json!("app_opened"), &another),
    );
    let url = calling(WebhookPatch {
        url: "http://example.com".to_owned(),
        ..webhook()
    });
    let urls = (&json!(webhook().url), &json!("http://example.com"));
    assert_single("message.url", (&calling(webhook()), &url), urls);
    let webhook_body = calling(WebhookPatch {
        body: text(),
        ..webhook()
    });
    assert_single(
        "message.body",
        (&calling(webhook()), &webhook_body),
        (&json!("{}"), &another),
    );
}

#[test]
fn an_address_that_comes_or_goes_is_told_against_nothing() {
    let address = || Some("a@example.com".to_owned());
    let from = emailing(EmailPatch {
        from: address(),
        ..email()
    });
    let reply_to = emailing(EmailPatch {
        reply_to: address(),
        ..email()
    });
    let values = (&Value::Null, &json!("a@example.com"));
    assert_single("message.from", (&emailing(email()), &from), values);
    assert_single("message.replyTo", (&emailing(email()), &reply_to), values);
    assert_eq!(
        changes(&emailing(email()), &from)[0].live,
        None,
        "absent, not null"
    );
}

#[test]
fn each_field_of_a_schedule_is_told_by_its_path() {
    let scheduled = |kind, start_at, end_at| Content {
        schedule: Schedule {
            kind,
            start_at,
            end_at,
        },
        ..plain()
    };
    let at_time = |start_at| scheduled(ScheduleKind::AtTime, Some(start_at), None);
    assert_single(
        "schedule.kind",
        (&plain(), &scheduled(ScheduleKind::ApiTriggered, None, None)),
        (&json!("ON_LAUNCH"), &json!("API_TRIGGERED")),
    );
    assert_single(
        "schedule.startAt",
        (&at_time(moment(0)), &at_time(moment(1))),
        (
            &json!("2023-11-14T22:13:20.000Z"),
            &json!("2023-11-14T22:13:21.000Z"),
        ),
    );
    assert_single(
        "schedule.endAt",
        (
            &plain(),
            &scheduled(ScheduleKind::OnLaunch, None, Some(moment(0))),
        ),
        (&Value::Null, &json!("2023-11-14T22:13:20.000Z")),
    );
    assert_eq!(
        told(&plain(), &at_time(moment(0))),
        [
            change("schedule.kind", &json!("ON_LAUNCH"), &json!("AT_TIME")),
            change(
                "schedule.startAt",
                &Value::Null,
                &json!("2023-11-14T22:13:20.000Z")
            ),
        ]
    );
}

/// The fields that both channels have are compared; the others come and go, in the order of the fields.
#[test]
fn another_channel_is_told_field_by_field() {
    let null = Value::Null;
    let hello = json!("Hello");
    assert_eq!(
        told(&emailing(email()), &showing(in_app())),
        [
            change("message.subject", &hello, &null),
            change("message.title", &null, &hello),
            change("message.trigger", &null, &json!("app_opened")),
        ]
    );
    let url = json!(webhook().url);
    assert_eq!(
        told(&calling(webhook()), &emailing(email())),
        [
            change("message.subject", &null, &hello),
            change("message.url", &url, &null),
            change("message.body", &json!("{}"), &json!("Come and see.")),
            change("message.headers", &json!([]), &null),
        ]
    );
}

#[test]
fn a_message_that_goes_is_told_field_by_field() {
    let null = Value::Null;
    assert_eq!(
        told(&showing(in_app()), &plain()),
        [
            change("message.title", &json!("Hello"), &null),
            change("message.body", &json!("Come and see."), &null),
            change("message.trigger", &json!("app_opened"), &null),
        ]
    );
}

/// Each path is told once, and never a field that is alike.
fn assert_told_once(told: &[ContentChange]) -> Result<(), TestCaseError> {
    for (number, change) in told.iter().enumerate() {
        prop_assert_ne!(&change.live, &change.draft);
        prop_assert!(told[..number].iter().all(|other| other.path != change.path));
    }
    Ok(())
}

proptest! {
    #[test]
    fn changes_are_empty_exactly_where_the_contents_are_equal(live in content(), draft in content()) {
        let told = changes(&live, &draft);
        assert_told_once(&told)?;
        prop_assert_eq!(told.is_empty(), live == draft);
        prop_assert_eq!(changes(&live, &live.clone()), vec![]);
    }

    /// Two contents made apart are seldom nearly alike, so here one takes a single part from the other.
    #[test]
    fn a_single_part_that_differs_is_told_under_its_own_path(live in content(), other in content(), part in 0..6) {
        let (name, draft) = match part {
            0 => ("name", Content { name: other.name, ..live.clone() }),
            1 => ("description", Content { description: other.description, ..live.clone() }),
            2 => ("tags", Content { tags: other.tags, ..live.clone() }),
            3 => ("message", Content { message: other.message, ..live.clone() }),
            4 => ("segments", Content { segments: other.segments, ..live.clone() }),
            _ => ("schedule", Content { schedule: other.schedule, ..live.clone() }),
        };
        let told = changes(&live, &draft);
        prop_assert_eq!(told.is_empty(), live == draft);
        prop_assert!(told.iter().all(|change| change.path.split('.').next() == Some(name)));
    }

    /// Both ways round the same is told, with the sides exchanged.
    #[test]
    fn changes_are_the_same_from_either_side(live in content(), draft in content()) {
        let turned: Vec<ContentChange> = changes(&draft, &live)
            .into_iter()
            .map(|change| ContentChange { live: change.draft, draft: change.live, ..change })
            .collect();
        prop_assert_eq!(changes(&live, &draft), turned);
    }
}
