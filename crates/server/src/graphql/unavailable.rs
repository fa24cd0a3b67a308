//! An operation that failed because the database is away is a failure of the service, which proxies and clients should
//! see by the status, where GraphQL over HTTP allows one.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderValue},
};
use async_graphql::{Response, ServerError, Value, parser::types::OperationType};

use super::{guard::Chosen, http::GRAPHQL_RESPONSE};

/// The `extensions.code` of such errors.
const CODE: &str = "UNAVAILABLE";

/// Whether the operation has nothing to show but such errors, and can be sent again as it is. A part of an answer is still
/// an answer, with status 200; and who sends a mutation again must not do twice what one of its fields has done, or may
/// have done, already.
pub(super) fn is_all(response: &Response, operation: Option<Chosen>) -> bool {
    let is_empty = match &response.data {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        _ => false,
    };
    let is_repeatable = match operation {
        Some(operation) if operation.kind == OperationType::Mutation => {
            operation.has_one_field && response.errors.iter().all(has_changed_nothing)
        }
        Some(_) | None => true,
    };
    is_empty && is_repeatable && !response.errors.is_empty() && response.errors.iter().all(is_unavailable)
}

fn has_changed_nothing(error: &ServerError) -> bool {
    let changed = error
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get("changed"));
    changed == Some(&Value::Boolean(false))
}

fn is_unavailable(error: &ServerError) -> bool {
    let code = error
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get("code"));
    code.is_some_and(|code| *code == Value::from(CODE))
}

/// Whether the client takes the media type that has statuses. Who takes plain JSON alone expects 200 with any answer.
pub(super) fn may_be_told(request: &HttpRequest) -> bool {
    let accepted: Vec<&str> = request
        .headers()
        .get_all(header::ACCEPT)
        .filter_map(|value| HeaderValue::to_str(value).ok())
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim())
        .collect();
    let knows = |range: &&str| {
        [GRAPHQL_RESPONSE, "application/*", "*/*"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(range))
    };
    accepted.is_empty() || accepted.iter().any(knows)
}
