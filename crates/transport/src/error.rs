//! What is refused before the schema has seen it, or instead of it.

use std::{fmt::Display, time::Duration};

use actix_web::http::StatusCode;
use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};

use crate::{Denied, TooOften, budget::NoRoom, http::accept::MediaType, observe};

/// The code of what is refused since too much is going on already.
pub(crate) const OVERLOADED: &str = "OVERLOADED";

/// The code of what cannot be had at the moment.
pub(crate) const UNAVAILABLE: &str = "UNAVAILABLE";

/// The code of what is refused since whoever asks has asked for too much in too little time.
const RATE_LIMITED: &str = "RATE_LIMITED";

/// Where such an error says how long to wait, in seconds.
const RETRY_AFTER: &str = "retryAfter";

/// The status of an answer that nobody waits for any more, since the client has left; as proxies note it. It is never sent.
pub const CLIENT_LEFT: u16 = 499;

/// A refusal. It is told as GraphQL tells errors, so that a client needs one reader for all of them: a list `errors`
/// whose items carry `extensions.code`. There is no `data`, since nothing was executed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// The request is not one that GraphQL over HTTP knows.
    #[error("{0}")]
    BadRequest(String),
    /// The body is too large; how large it may be, in bytes.
    #[error("The request is larger than {0} bytes.")]
    PayloadTooLarge(usize),
    /// A WebSocket of a version that is not spoken.
    #[error("The WebSocket must be of version 13.")]
    WebSocketVersion,
    /// The body is not JSON by its own account.
    #[error("{0}")]
    UnsupportedMediaType(&'static str),
    /// The client takes nothing that there is to answer with.
    #[error("{0}")]
    NotAcceptable(&'static str),
    /// A page of another origin.
    #[error("Pages of this origin are not let in.")]
    ForeignOrigin,
    /// Nobody knows who has sent it.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// Too many requests in too little time.
    #[error("{}", .0.message)]
    RateLimited(Box<ServerError>),
    /// It cannot be found out who has sent it.
    #[error("{0}")]
    Unavailable(&'static str),
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
    /// The request's JSON is larger than it may be, but not in bytes.
    #[error("{}", .0.message)]
    Body(Box<ServerError>),
    /// Too much is going on already.
    #[error("{0}")]
    Overloaded(&'static str),
    /// Too much is being received already.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// The body has taken too long.
    #[error("The body was not there within {} s.", .0.as_secs())]
    SlowBody(Duration),
    /// The answer has taken too long. What was begun may have been carried out, or may yet be.
    #[error(
        "The request was not answered within {} s. What it asked for may have been done or not.", .0.as_secs()
    )]
    TimedOut(Duration),
    /// The client has left, so that nobody will be told.
    #[error("The client has left.")]
    Left,
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unauthenticated(why) => Self::Unauthenticated(why),
            Denied::TooOften(wait) => wait.into(),
            Denied::Unavailable(why) => Self::Unavailable(why),
        }
    }
}

impl From<TooOften> for Refused {
    fn from(wait: TooOften) -> Self {
        Self::RateLimited(Box::new(rate_limited(wait)))
    }
}

impl From<ServerError> for Refused {
    fn from(error: ServerError) -> Self {
        Self::Document(Box::new(error))
    }
}

impl Refused {
    /// The value of `extensions.code`.
    fn code(&self) -> &'static str {
        match self {
            Self::BadRequest(_) | Self::WebSocketVersion | Self::Document(_) | Self::Body(_) => "BAD_REQUEST",
            Self::PayloadTooLarge(_) => "PAYLOAD_TOO_LARGE",
            Self::UnsupportedMediaType(_) => "UNSUPPORTED_MEDIA_TYPE",
            Self::NotAcceptable(_) => "NOT_ACCEPTABLE",
            Self::ForeignOrigin => "FORBIDDEN_ORIGIN",
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::RateLimited(_) => RATE_LIMITED,
            Self::Unavailable(_) => UNAVAILABLE,
            Self::MethodNotAllowed { .. } => "METHOD_NOT_ALLOWED",
            Self::Overloaded(_) | Self::NoRoom(_) => OVERLOADED,
            Self::SlowBody(_) => "REQUEST_TIMEOUT",
            Self::TimedOut(_) => "TIMEOUT",
            Self::Left => "CLIENT_LEFT",
        }
    }

    /// The answer. It is counted, so there is one for each that is sent.
    pub(crate) fn to_response(&self) -> Response {
        let response = Response::from_errors(match self {
            Self::Document(error) | Self::Body(error) | Self::RateLimited(error) => {
                vec![ServerError::clone(error)]
            }
            Self::Unavailable(_) => {
                let mut error = coded(self.to_string(), self.code());
                if let Some(extensions) = &mut error.extensions {
                    extensions.set("changed", false);
                }
                vec![error]
            }
            _ => vec![coded(self.to_string(), self.code())],
        });
        match self {
            // The operation that was begun is counted by itself.
            Self::TimedOut(_) => observe::count_errors(&response),
            Self::Left => {}
            _ => observe::count_refused(&response),
        }
        response
    }

    /// The status. A document that is none is a good request by plain JSON, whose status is about the request alone.
    pub(crate) fn status(&self, media_type: MediaType) -> StatusCode {
        match self {
            Self::Document(_) if media_type == MediaType::Json => StatusCode::OK,
            Self::BadRequest(_) | Self::WebSocketVersion | Self::Document(_) | Self::Body(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::PayloadTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotAcceptable(_) => StatusCode::NOT_ACCEPTABLE,
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::SlowBody(_) => StatusCode::REQUEST_TIMEOUT,
            Self::Overloaded(_) | Self::NoRoom(_) | Self::TimedOut(_) | Self::Unavailable(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Left => StatusCode::from_u16(CLIENT_LEFT).unwrap_or(StatusCode::BAD_REQUEST),
        }
    }

    /// The value of `Allow`.
    pub(crate) fn allow(&self) -> Option<&'static str> {
        match self {
            Self::MethodNotAllowed { allow, .. } => Some(allow),
            _ => None,
        }
    }

    /// The value of `Sec-WebSocket-Version`, by which a client learns what is spoken.
    pub(crate) fn websocket_version(&self) -> Option<&'static str> {
        matches!(self, Self::WebSocketVersion).then_some("13")
    }

    /// The value of `WWW-Authenticate`, by which a client learns how to be let in.
    pub(crate) fn challenge(&self) -> Option<&'static str> {
        matches!(self, Self::Unauthenticated(_)).then_some("Bearer")
    }

    /// The value of `Retry-After`, in seconds.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Overloaded(_) | Self::NoRoom(_) | Self::Unavailable(_) => Some(1),
            Self::RateLimited(error) => retry_after(error),
            _ => None,
        }
    }
}

/// The most that is told again of what an error of a library says, in bytes: at its beginning, and at its end.
const SAID: (usize, usize) = (120, 80);

/// What an error of a library says, without the middle if it is long. It may repeat whatever it is about, and that is as
/// long as a client likes, and longer once it is escaped.
pub(crate) fn in_short(error: &impl Display) -> String {
    let text = error.to_string();
    let begin = text.floor_char_boundary(SAID.0);
    let end = text.ceil_char_boundary(text.len().saturating_sub(SAID.1));
    if begin < end {
        // What is left must not keep the memory of all of it.
        format!("{}…{}", &text[..begin], &text[end..])
    } else {
        text
    }
}

/// The error for who asks for too much in too little time.
fn rate_limited(TooOften(wait): TooOften) -> ServerError {
    // A second that has begun counts, so that nobody comes too early.
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let message = format!("This is more than may be asked for in a time. Try again after {seconds} s.");
    let mut error = coded(message, RATE_LIMITED);
    if let Some(extensions) = &mut error.extensions {
        extensions.set(RETRY_AFTER, seconds);
    }
    error
}

/// How long to wait after such an error, in seconds; none if it is another one.
fn retry_after(error: &ServerError) -> Option<u64> {
    match error.extensions.as_ref()?.get(RETRY_AFTER)? {
        Value::Number(seconds) => seconds.as_u64(),
        _ => None,
    }
}

/// An error with `extensions.code`.
pub(crate) fn coded(message: impl Into<String>, code: &str) -> ServerError {
    with_code(ServerError::new(message, None), code)
}

/// `error`, with `extensions.code` set.
pub(crate) fn with_code(mut error: ServerError, code: &str) -> ServerError {
    error
        .extensions
        .get_or_insert_with(ErrorExtensionValues::default)
        .set("code", code);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_error_its_beginning_and_its_end_are_told() {
        for short in [String::new(), "short".to_owned(), "x".repeat(SAID.0 + SAID.1)] {
            assert_eq!(in_short(&short), short);
        }
        let long = format!("invalid: {} at line 1", "ä".repeat(500_000));
        let told = in_short(&long);
        assert!(told.starts_with("invalid: ää"), "{told}");
        assert!(told.ends_with("ää at line 1"), "{told}");
        assert!(told.contains('…'), "{told}");
        assert!(told.capacity() < 1_000, "{told}");
    }
}
