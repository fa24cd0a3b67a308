//! Messages as they come in, unchecked, and the checks.

use http::{HeaderName, HeaderValue};
use url::Url;

use super::{EmailMessage, Header, InAppMessage, Message, WebhookMessage};
use crate::ProblemKind;
use crate::address::check_address;
use crate::problem::Problems;
use crate::template::{Escaping, Template};
use crate::text::{Line, check_body};

const SUBJECT: Line = Line {
    limit: 1_000,
    trimmed: false,
    required: true,
};
const TRIGGER: Line = Line {
    limit: 200,
    trimmed: false,
    required: true,
};
const URL: Line = Line {
    limit: 2_000,
    trimmed: false,
    required: false,
};
pub(super) const MOST_BODY_BYTES: usize = 1 << 20;
const MOST_HEADERS: usize = 100;
pub(super) const MOST_HEADER_BYTES: usize = 8 << 10;

/// A new message, unchecked.
#[derive(Debug, Clone)]
pub enum MessagePatch {
    /// An email.
    Email(EmailPatch),
    /// A message inside the app.
    InApp(InAppPatch),
    /// A webhook.
    Webhook(WebhookPatch),
}

/// A new email, unchecked; the fields are [`EmailMessage`]'s.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct EmailPatch {
    pub subject: String,
    pub body: String,
    pub from: Option<String>,
    pub reply_to: Option<String>,
}

/// A new in-app message, unchecked; the fields are [`InAppMessage`]'s.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct InAppPatch {
    pub title: String,
    pub body: String,
    pub trigger: String,
}

/// A new webhook, unchecked; the fields are [`WebhookMessage`]'s.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct WebhookPatch {
    pub url: String,
    pub body: String,
    pub headers: Vec<HeaderPatch>,
}

/// A new header, unchecked; the fields are [`Header`]'s.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct HeaderPatch {
    pub name: String,
    pub value: String,
}

impl MessagePatch {
    /// The message, if there is nothing wrong with it; paths name its kind as the input does.
    pub(super) fn check(self, problems: &mut Problems) -> Message {
        match self {
            Self::Email(email) => Message::Email(problems.within("email", |problems| email.check(problems))),
            Self::InApp(in_app) => {
                Message::InApp(problems.within("inApp", |problems| in_app.check(problems)))
            }
            Self::Webhook(webhook) => {
                Message::Webhook(problems.within("webhook", |problems| webhook.check(problems)))
            }
        }
    }
}

impl EmailPatch {
    fn check(self, problems: &mut Problems) -> EmailMessage {
        let subject = SUBJECT.check_one_line(problems, "subject", self.subject);
        check_template(problems, "subject", &subject);
        check_body(problems, "body", &self.body, MOST_BODY_BYTES);
        check_template(problems, "body", &self.body);
        let from = self.from.map(|from| check_address(problems, "from", from));
        let reply_to = self
            .reply_to
            .map(|reply_to| check_address(problems, "replyTo", reply_to));
        EmailMessage {
            subject,
            body: self.body,
            from,
            reply_to,
        }
    }
}

impl InAppPatch {
    fn check(self, problems: &mut Problems) -> InAppMessage {
        let title = SUBJECT.check_one_line(problems, "title", self.title);
        check_template(problems, "title", &title);
        check_body(problems, "body", &self.body, MOST_BODY_BYTES);
        check_template(problems, "body", &self.body);
        let trigger = TRIGGER.check_one_line(problems, "trigger", self.trigger);
        InAppMessage {
            title,
            body: self.body,
            trigger,
        }
    }
}

impl WebhookPatch {
    fn check(self, problems: &mut Problems) -> WebhookMessage {
        let url = URL.check(problems, "url", self.url);
        if has_tags(&url) {
            check_template(problems, "url", &url);
        } else if !is_web_url(&url) {
            problems.add("url", ProblemKind::NotAUrl);
        }
        check_body(problems, "body", &self.body, MOST_BODY_BYTES);
        check_template(problems, "body", &self.body);
        let headers = check_headers(problems, self.headers);
        WebhookMessage {
            url,
            body: self.body,
            headers,
        }
    }
}

/// What is too large for its field is told of already, and is not looked at.
fn check_template(problems: &mut Problems, name: &str, text: &str) {
    if text.len() > MOST_BODY_BYTES {
        return;
    }
    // What is escaped makes no difference to what is a template.
    if let Err(error) = Template::compile(text, Escaping::None) {
        problems.add(name, ProblemKind::NotATemplate(error));
    }
}

/// Whether anything in a text is filled in, so that it can only be told of what comes out whether it is right.
fn has_tags(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// The parser mends what browsers mend (white space, backslashes, missing or surplus slashes); what needed mending is
/// refused, since whoever sends it may not mend it the same way.
pub(super) fn is_web_url(text: &str) -> bool {
    let scheme_is_whole = ["http://", "https://"].iter().any(|scheme| {
        text.split_at_checked(scheme.len())
            .is_some_and(|(start, rest)| start.eq_ignore_ascii_case(scheme) && !rest.starts_with('/'))
    });
    let is_clean = !text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\');
    scheme_is_whole && is_clean && Url::parse(text).is_ok_and(|url| url.has_host())
}

fn check_headers(problems: &mut Problems, headers: Vec<HeaderPatch>) -> Vec<Header> {
    if headers.len() > MOST_HEADERS {
        problems.add("headers", ProblemKind::TooMany { limit: MOST_HEADERS });
        return vec![];
    }
    problems.within("headers", |problems| {
        let checked = headers.into_iter().enumerate().map(|(index, header)| {
            problems.within(index.to_string(), |problems| check_header(problems, header))
        });
        checked.collect()
    })
}

fn check_header(problems: &mut Problems, header: HeaderPatch) -> Header {
    let HeaderPatch { name, value } = header;
    if name.len() > MOST_HEADER_BYTES {
        problems.add(
            "name",
            ProblemKind::TooLarge {
                limit: MOST_HEADER_BYTES,
            },
        );
    } else if HeaderName::from_bytes(name.as_bytes()).is_err() {
        problems.add("name", ProblemKind::NotAHeader);
    }
    if value.len() > MOST_HEADER_BYTES {
        problems.add(
            "value",
            ProblemKind::TooLarge {
                limit: MOST_HEADER_BYTES,
            },
        );
    } else if !is_header_value(&value) {
        problems.add("value", ProblemKind::NotAHeader);
    } else {
        check_template(problems, "value", &value);
    }
    Header { name, value }
}

/// `HeaderValue` lets through what HTTP only tolerates: bytes beyond ASCII, which every receiver reads in its own
/// way, and white space around the value, which HTTP/1 drops and for which HTTP/2 calls the request malformed.
pub(super) fn is_header_value(value: &str) -> bool {
    HeaderValue::from_str(value).is_ok() && value.is_ascii() && value.trim_ascii() == value
}
