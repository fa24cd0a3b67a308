//! What the transport itself refuses, before or instead of the schema.

use actix_web::{
    HttpResponse, Responder, ResponseError,
    body::BoxBody,
    http::{StatusCode, header},
};
use async_graphql::{ErrorExtensionValues, ServerError};
use serde::Serialize;

use super::http::{GRAPHQL_RESPONSE, MAX_BODY_BYTES};

/// The answer to a request that was not executed.
#[derive(Serialize)]
struct Answer {
    errors: Vec<ServerError>,
}

/// A refusal by the transport. It is answered as GraphQL answers errors, so that a client needs one reader for all
/// of them: a list `errors` whose items carry `extensions.code`. There is no `data`, since nothing was executed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransportError {
    /// The request is not one that GraphQL over HTTP knows.
    #[error("{0}")]
    BadRequest(String),
    /// The body is too large.
    #[error("The body is larger than {MAX_BODY_BYTES} bytes.")]
    PayloadTooLarge,
    /// The body is not JSON by its own account.
    #[error("The Content-Type of a POST must be application/json.")]
    UnsupportedMediaType,
    /// The method may not do what is asked.
    #[error("{message}")]
    MethodNotAllowed {
        /// The methods that may.
        allow: &'static str,
        /// Why.
        message: &'static str,
    },
    /// The document is not run: it does not parse, or the guard refuses it.
    #[error("{}", .0.message)]
    Document(Box<ServerError>),
    /// The operation was executed as far as it could be without the database. These are its errors.
    #[error("The database is not available.")]
    Unavailable(Vec<ServerError>),
}

impl TransportError {
    /// The value of `extensions.code`.
    fn code(&self) -> &'static str {
        match self {
            Self::BadRequest(_) | Self::Document(_) => "BAD_REQUEST",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::MethodNotAllowed { .. } => "METHOD_NOT_ALLOWED",
            Self::Unavailable(_) => "UNAVAILABLE",
        }
    }

    /// The errors as they stand in the answer.
    fn to_errors(&self) -> Vec<ServerError> {
        match self {
            Self::Document(error) => vec![ServerError::clone(error)],
            Self::Unavailable(errors) => errors.clone(),
            _ => vec![coded(self.to_string(), self.code())],
        }
    }
}

impl ResponseError for TransportError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) | Self::Document(_) => StatusCode::BAD_REQUEST,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let answer = Answer {
            errors: self.to_errors(),
        };
        let mut response = HttpResponse::build(self.status_code());
        if let Self::MethodNotAllowed { allow, .. } = self {
            response.insert_header((header::ALLOW, *allow));
        }
        if matches!(self, Self::Unavailable(_)) {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        response.content_type(GRAPHQL_RESPONSE).json(answer)
    }
}

impl Responder for TransportError {
    type Body = BoxBody;

    fn respond_to(self, _: &actix_web::HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

/// An error with `extensions.code`.
pub(super) fn coded(message: impl Into<String>, code: &str) -> ServerError {
    with_code(ServerError::new(message, None), code)
}

/// `error`, with `extensions.code` set.
pub(super) fn with_code(mut error: ServerError, code: &str) -> ServerError {
    error
        .extensions
        .get_or_insert_with(ErrorExtensionValues::default)
        .set("code", code);
    error
}
