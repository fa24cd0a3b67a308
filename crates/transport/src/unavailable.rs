//! An operation that failed because the database is away is a failure of the service, which proxies and clients should
//! see by the status, where GraphQL over HTTP allows one. A schema says so by the code `UNAVAILABLE`, and by
//! `changed: false` beside it where a mutation has certainly done nothing.

use async_graphql::{Response, ServerError, Value, parser::types::OperationType};

use crate::{error::OVERLOADED, guard::Chosen, request_error::is_request_error};

/// The `extensions.code` of such errors, and of those of an operation for which there was no room.
const CODES: [&str; 2] = ["UNAVAILABLE", OVERLOADED];

/// Whether the operation has nothing to show but such errors, and can be sent again as it is. A part of an answer is still
/// an answer, with status 200; and who sends a mutation again must not do twice what one of its fields has done, or may
/// have done, already.
pub(crate) fn is_all(response: &Response, operation: Option<&Chosen>) -> bool {
    let is_empty = match &response.data {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        _ => false,
    };
    let is_repeatable = is_request_error(response)
        || match operation {
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
    code.is_some_and(|code| CODES.iter().any(|ours| *code == Value::from(*ours)))
}
