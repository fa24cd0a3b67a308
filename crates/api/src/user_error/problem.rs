//! What is wrong with an input, in words.

use understudy_domain::{Channel, Problem, ProblemKind};

use super::{UserError, UserErrorCode};

/// One error for each problem, with its path below `input`.
pub(super) fn user_errors(problems: &[Problem], input: &[&str]) -> Vec<UserError> {
    problems
        .iter()
        .map(|problem| user_error(problem, input))
        .collect()
}

fn user_error(problem: &Problem, input: &[&str]) -> UserError {
    let code = match problem.kind {
        ProblemKind::ArchivedSegment(_) => UserErrorCode::SegmentArchived,
        ProblemKind::Missing
        | ProblemKind::Null
        | ProblemKind::Empty
        | ProblemKind::TooLong { .. }
        | ProblemKind::TooLarge { .. }
        | ProblemKind::TooMany { .. }
        | ProblemKind::TooDeep { .. }
        | ProblemKind::Repeated
        | ProblemKind::Nul
        | ProblemKind::LineBreak
        | ProblemKind::Control
        | ProblemKind::AnId
        | ProblemKind::NotAnObject
        | ProblemKind::NotAFilter(_)
        | ProblemKind::NotATemplate(_)
        | ProblemKind::NotAnAddress
        | ProblemKind::NotAUrl
        | ProblemKind::OtherChannel(_)
        | ProblemKind::NotAHeader
        | ProblemKind::NoStart
        | ProblemKind::EndBeforeStart
        | ProblemKind::Past
        | ProblemKind::Future
        | ProblemKind::Taken
        | ProblemKind::NoSuchSegment(_) => UserErrorCode::Invalid,
    };
    let path: Vec<&str> = input
        .iter()
        .copied()
        .chain(problem.path.iter().map(String::as_str))
        .collect();
    UserError::new(code, message(&problem.kind, &label(&problem.path))).at(&path)
}

fn message(kind: &ProblemKind, label: &str) -> String {
    let (is, has) = match label {
        "attributes" | "properties" => ("are", "have"),
        _ => ("is", "has"),
    };
    match kind {
        ProblemKind::Missing => format!("The {label} {is} missing."),
        ProblemKind::Null => format!("The {label} cannot be null; leave it out to keep it as it is."),
        ProblemKind::Empty => format!("The {label} is empty."),
        ProblemKind::TooLong { limit } => {
            format!("The {label} is too long: at most {} characters.", grouped(*limit))
        }
        ProblemKind::TooLarge { limit } => {
            format!(
                "The {label} {is} too large: at most {} bytes of UTF-8.",
                grouped(*limit)
            )
        }
        ProblemKind::TooMany { limit } => {
            format!("The {label} are too many: at most {}.", grouped(*limit))
        }
        ProblemKind::TooDeep { limit } => {
            format!("The {label} have too many lists and objects within one another: at most {limit}.")
        }
        ProblemKind::Repeated => format!("The {label} stands in the list already; give each once."),
        ProblemKind::Nul => format!("The {label} {has} a NUL character, which cannot be kept."),
        ProblemKind::LineBreak => format!("The {label} has a line break, and is one line."),
        ProblemKind::Control => {
            format!("The {label} has a control character, a line break, or one that cannot be seen.")
        }
        ProblemKind::AnId => format!("The {label} is an id; choose a name that is none."),
        ProblemKind::NotAnObject => format!("The {label} are not a JSON object."),
        ProblemKind::NotAFilter(error) => format!("The {label} is wrong at {error}."),
        ProblemKind::NotATemplate(error) => format!("The {label} is wrong in {error}."),
        ProblemKind::NotAnAddress => format!("The {label} is not an email address, e.g. news@example.com."),
        ProblemKind::NotAUrl => {
            format!("The {label} is not an http or https address with a host, e.g. https://example.com/hook.")
        }
        ProblemKind::OtherChannel(channel) => match channel {
            Channel::Email => "The message is an email; give an address that mail can be sent to.".to_owned(),
            Channel::Webhook => "The message is a webhook; give a URL.".to_owned(),
            Channel::InApp => {
                "The message is shown inside the app, and cannot be sent; look at its preview.".to_owned()
            }
        },
        ProblemKind::NotAHeader => format!("The {label} has characters that HTTP does not allow there."),
        ProblemKind::NoStart => "A schedule at a set time needs the time: give startAt.".to_owned(),
        ProblemKind::EndBeforeStart => "The end of the schedule is not after its start.".to_owned(),
        ProblemKind::Past => format!("The {label} is past."),
        ProblemKind::Future => format!("The {label} is to come; look at the clock that it was told by."),
        ProblemKind::Taken => format!(
            "The {label} is taken; choose another. That of a token stays taken when it is revoked or expires."
        ),
        ProblemKind::NoSuchSegment(id) => format!("There is no segment with the id {id}."),
        ProblemKind::ArchivedSegment(id) => {
            format!(
                "The segment {id} is archived and cannot be added; unarchive it first, or choose another."
            )
        }
    }
}

/// The field in words: its own name, and for an item of a list that of the list.
fn label(path: &[String]) -> String {
    let Some((last, above)) = path.split_last() else {
        return "input".to_owned();
    };
    if last.parse::<usize>().is_err() {
        return in_words(last);
    }
    match above.last().map(String::as_str) {
        Some("tags") => "tag".to_owned(),
        Some("segmentIds") => "segment".to_owned(),
        Some("headers") => "header".to_owned(),
        Some(_) | None => "item".to_owned(),
    }
}

fn in_words(name: &str) -> String {
    match name {
        "replyTo" => "reply-to address".to_owned(),
        "from" => "sender".to_owned(),
        "url" | "webhookUrl" => "URL".to_owned(),
        "segmentIds" => "segments".to_owned(),
        "externalId" => "external id".to_owned(),
        "email" => "address".to_owned(),
        "expiresAt" => "time of expiry".to_owned(),
        "at" => "time".to_owned(),
        "idempotencyKey" => "idempotency key".to_owned(),
        name => name.to_owned(),
    }
}

/// The number with its digits in groups of three: 1,000.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
