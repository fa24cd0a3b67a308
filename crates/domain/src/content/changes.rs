//! How a draft differs from the live content, field by field.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::{Content, Message, Schedule, ScheduleKind};
use crate::Timestamp;

/// One field in which two contents differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentChange {
    /// The field, e.g. `name` or `message.subject`.
    pub path: String,
    /// Its value in the live content; `None` where that has none.
    pub live: Option<Value>,
    /// Its value in the draft; `None` where that has none.
    pub draft: Option<Value>,
}

/// All fields in which `draft` differs from `live`, in the order of the fields. Lists (tags, segments, headers) are
/// one value each; the fields of message and schedule are told singly, also where the message changes its channel.
#[must_use]
pub fn changes(live: &Content, draft: &Content) -> Vec<ContentChange> {
    let mut live = fields(live);
    let mut draft = fields(draft);
    PATHS
        .iter()
        .filter_map(|path| {
            let live = take(&mut live, path);
            let draft = take(&mut draft, path);
            (live != draft).then(|| ContentChange {
                path: (*path).to_owned(),
                live,
                draft,
            })
        })
        .collect()
}

/// Every path that [`fields`] can give, in the order in which changes are told.
const PATHS: [&str; 15] = [
    "name",
    "description",
    "tags",
    "message.subject",
    "message.title",
    "message.url",
    "message.body",
    "message.from",
    "message.replyTo",
    "message.trigger",
    "message.headers",
    "segments",
    "schedule.kind",
    "schedule.startAt",
    "schedule.endAt",
];

type Field = (&'static str, Value);

fn take(fields: &mut [Field], path: &str) -> Option<Value> {
    fields
        .iter_mut()
        .find(|(name, _)| *name == path)
        .map(|(_, value)| value.take())
}

fn fields(content: &Content) -> Vec<Field> {
    let Content {
        name,
        description,
        tags,
        message,
        segments,
        schedule,
    } = content;
    let segments: Vec<String> = segments.iter().map(ToString::to_string).collect();
    let mut fields = vec![
        ("name", json!(name)),
        ("description", json!(description)),
        ("tags", json!(tags)),
        ("segments", json!(segments)),
    ];
    fields.extend(message.iter().flat_map(message_fields));
    fields.extend(schedule_fields(*schedule));
    fields
}

fn message_fields(message: &Message) -> Vec<Field> {
    match message {
        Message::Email(email) => {
            let mut fields = vec![
                ("message.subject", json!(email.subject)),
                ("message.body", json!(email.body)),
            ];
            fields.extend(email.from.iter().map(|from| ("message.from", json!(from))));
            fields.extend(
                email
                    .reply_to
                    .iter()
                    .map(|reply_to| ("message.replyTo", json!(reply_to))),
            );
            fields
        }
        Message::InApp(in_app) => vec![
            ("message.title", json!(in_app.title)),
            ("message.body", json!(in_app.body)),
            ("message.trigger", json!(in_app.trigger)),
        ],
        Message::Webhook(webhook) => {
            let header = |header: &super::Header| json!({ "name": header.name, "value": header.value });
            vec![
                ("message.url", json!(webhook.url)),
                ("message.body", json!(webhook.body)),
                ("message.headers", webhook.headers.iter().map(header).collect()),
            ]
        }
    }
}

fn schedule_fields(schedule: Schedule) -> Vec<Field> {
    let kind = match schedule.kind {
        ScheduleKind::OnLaunch => "ON_LAUNCH",
        ScheduleKind::AtTime => "AT_TIME",
        ScheduleKind::ApiTriggered => "API_TRIGGERED",
    };
    let time = |at: Timestamp| json!(at.to_rfc3339_opts(SecondsFormat::Millis, true));
    let mut fields = vec![("schedule.kind", json!(kind))];
    fields.extend(schedule.start_at.map(|at| ("schedule.startAt", time(at))));
    fields.extend(schedule.end_at.map(|at| ("schedule.endAt", time(at))));
    fields
}
