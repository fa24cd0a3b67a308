//! What GraphQL calls a request error.

use async_graphql::{Response, Value};

/// Whether nothing was executed, since the request is none that could be: all errors are about the document, the
/// operation or its variables, and none about a field that was executed.
pub(crate) fn is_request_error(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}
