//! From the tables to patches on contents.

use std::collections::HashMap;

use chrono::TimeDelta;
use understudy_domain::content::{
    ContentPatch, EmailPatch, HeaderPatch, InAppPatch, MessagePatch, SchedulePatch, WebhookPatch,
};
use understudy_domain::text::Patched;
use understudy_domain::{SegmentId, Timestamp};

use super::DemoError;
use super::table::{Day, Part};

/// Where answers to the shop's letters go.
const REPLY_TO: &str = "help@cairnfell.example";

/// Where the shop's webhooks go. The domain is one that nobody can own, so nothing is ever sent anywhere.
const WEBHOOKS: &str = "https://hooks.cairnfell.example/";

/// What the parts of a content mean in this workspace, today.
pub(super) struct Patches {
    /// The beginning of the day from which the tables count.
    today: Timestamp,
    /// The segments by their names.
    pub(super) segments: HashMap<&'static str, SegmentId>,
}

impl Patches {
    pub(super) fn new(today: Timestamp) -> Self {
        Self {
            today,
            segments: HashMap::new(),
        }
    }

    pub(super) fn segment(&self, name: &'static str) -> Result<SegmentId, DemoError> {
        self.segments.get(name).copied().ok_or(DemoError::Unknown(name))
    }

    pub(super) fn patch(&self, parts: &[Part]) -> Result<ContentPatch, DemoError> {
        let mut patch = ContentPatch::default();
        for part in parts {
            match *part {
                Part::Name(name) => patch.name = set(name),
                Part::Description(description) => patch.description = set(description),
                Part::Tags(tags) => {
                    patch.tags = Patched::Set(tags.iter().map(|tag| (*tag).to_owned()).collect());
                }
                Part::Email(subject, body) => patch.message = email(None, subject, body),
                Part::Letter(from, subject, body) => patch.message = email(Some(from), subject, body),
                Part::InApp(title, body, trigger) => patch.message = in_app(title, body, trigger),
                Part::Webhook(endpoint, body) => patch.message = webhook(endpoint, body),
                Part::To(segments) => {
                    let ids: Result<_, _> = segments.iter().map(|name| self.segment(name)).collect();
                    patch.segments = Patched::Set(ids?);
                }
                Part::Schedule(kind, start, end) => {
                    patch.schedule = Patched::Set(SchedulePatch {
                        kind,
                        start_at: start.map(|day| self.moment(day)),
                        end_at: end.map(|day| self.moment(day)),
                    });
                }
            }
        }
        Ok(patch)
    }

    fn moment(&self, Day(days, hour): Day) -> Timestamp {
        self.today + TimeDelta::days(days) + TimeDelta::hours(hour)
    }
}

fn set(text: &str) -> Patched<String> {
    Patched::Set(text.to_owned())
}

fn email(from: Option<&str>, subject: &str, body: &str) -> Patched<MessagePatch> {
    Patched::Set(MessagePatch::Email(EmailPatch {
        subject: subject.to_owned(),
        body: body.to_owned(),
        from: from.map(str::to_owned),
        reply_to: from.map(|_| REPLY_TO.to_owned()),
    }))
}

fn in_app(title: &str, body: &str, trigger: &str) -> Patched<MessagePatch> {
    Patched::Set(MessagePatch::InApp(InAppPatch {
        title: title.to_owned(),
        body: body.to_owned(),
        trigger: trigger.to_owned(),
    }))
}

fn webhook(endpoint: &str, body: &str) -> Patched<MessagePatch> {
    let header = |name: &str, value: &str| HeaderPatch {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    Patched::Set(MessagePatch::Webhook(WebhookPatch {
        url: format!("{WEBHOOKS}{endpoint}"),
        body: body.to_owned(),
        headers: vec![
            header("Content-Type", "application/json"),
            header("X-Shop", "cairnfell"),
        ],
    }))
}
