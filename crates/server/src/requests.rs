//! Each request has an id, by which its answer and all that is logged of it find each other, and a line in the log.
//!
//! The line has the path without the query string: the query string of a GET has an operation and its variables in it.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use actix_web::{
    Error, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Bytes,
};
use metrics::counter;
use tracing::{Instrument as _, Span, field};
use understudy_transport::CLIENT_LEFT;
use uuid::Uuid;

use crate::{
    connection::{Connection, Place},
    http_1::Wish,
    traces,
};

/// The header that has the id, of requests and of answers.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over, in bytes.
const LONGEST_ID: usize = 128;

/// As much as there is of a path or a method in the log, in bytes. Everything that is served has a shorter one.
const LONGEST_FIELD: usize = 200;

/// What is asked so often by programs that it is logged only where somebody wants to know more.
const ROUTINE: [&str; 3] = ["/livez", "/readyz", "/metrics"];

/// What else there is. Requests for anything else are counted together, since anybody can make up paths.
const SERVED: [&str; 2] = ["/graphql", "/"];

/// Answers a request within its span, with its id, and logs it when the answer has ended.
///
/// # Errors
/// As what is behind it.
pub(crate) async fn observe<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Observed>, Error> {
    let id = id_of(request.headers());
    // At the highest level, so that whatever is logged at all has the id. Whoever executes an operation knows its name.
    let span = tracing::error_span!(
        "request",
        request_id = id.to_str().unwrap_or_default(),
        operation = field::Empty,
        otel.kind = field::Empty
    );
    let mut line = Line {
        begun: Instant::now(),
        method: shortened(request.method().as_str()),
        path: shortened(request.path()),
        status: None,
        is_long: false,
        bytes: 0,
        place: None,
        span: span.clone(),
    };
    let wish = Wish::of(&request);
    traces::adopt(&span, &line.method, &line.path, request.headers());
    let mut response = if let Ok(place) = place(&request) {
        line.place = place;
        let response = next.call(request).instrument(span).await?;
        response.map_into_left_body()
    } else {
        // Without a body, which would wait until somebody reads it.
        let mut refusal = HttpResponse::ServiceUnavailable();
        refusal.insert_header((header::RETRY_AFTER, "1"));
        request.into_response(refusal.finish()).map_into_right_body()
    };
    wish.settle(&mut response);
    response.headers_mut().insert(REQUEST_ID, id);
    line.status = Some(response.status()).filter(|status| status.as_u16() != CLIENT_LEFT);
    traces::answered(&line.span, response.status().as_u16());
    line.is_long = is_long(&response);
    if line.is_long {
        line.tell_opened();
    }
    Ok(response.map_body(|_, body| Observed {
        body: body.boxed(),
        line,
    }))
}

/// That a connection has too many requests in progress.
struct Crowded;

/// The place of a request among those of its connection; none where that is not known.
///
/// # Errors
/// If there is none left.
fn place(request: &ServiceRequest) -> Result<Option<Place>, Crowded> {
    let connection = request.conn_data::<Connection>();
    connection
        .map(|connection| connection.place().ok_or(Crowded))
        .transpose()
}

/// The id that the request has been given on its way, or a new one.
fn id_of(headers: &HeaderMap) -> HeaderValue {
    let is_well_formed = |id: &&HeaderValue| {
        (1..=LONGEST_ID).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
    };
    let given = headers.get(REQUEST_ID).filter(is_well_formed).cloned();
    // A UUID is made of letters that a header takes.
    given.unwrap_or_else(|| {
        HeaderValue::try_from(Uuid::now_v7().to_string()).unwrap_or(HeaderValue::from_static(""))
    })
}

fn shortened(text: &str) -> String {
    text[..text.floor_char_boundary(LONGEST_FIELD)].to_owned()
}

/// Whether an answer goes on for as long as its client stays.
fn is_long<B>(response: &ServiceResponse<B>) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    response.status() == StatusCode::SWITCHING_PROTOCOLS
        || content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"))
}

/// The body of an answer, whose end is the end of the request.
pub(crate) struct Observed {
    body: BoxBody,
    line: Line,
}

impl MessageBody for Observed {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        let _entered = this.line.span.enter();
        let polled = ready!(Pin::new(&mut this.body).poll_next(context));
        if let Some(Ok(bytes)) = &polled {
            this.line.bytes += bytes.len();
        }
        Poll::Ready(polled)
    }
}

/// The line of a request, written when this is dropped: by then its answer has been handed out, or nobody wants it any
/// more.
struct Line {
    begun: Instant,
    method: String,
    path: String,
    /// None until there is an answer.
    status: Option<StatusCode>,
    is_long: bool,
    /// Of the body.
    bytes: usize,
    /// Among the requests of its connection; none where that is not known.
    place: Option<Place>,
    span: Span,
}

impl Line {
    /// Says that an answer has begun that may last for hours.
    fn tell_opened(&self) {
        let _entered = self.span.enter();
        let status = self.status.map(|status| status.as_u16());
        tracing::info!(method = self.method, path = self.path, status, "opened");
    }

    fn count(&self) {
        let mut served = ROUTINE.into_iter().chain(SERVED);
        let path = served.find(|path| *path == self.path).unwrap_or("other");
        let status = self
            .status
            .map_or_else(|| "none".to_owned(), |status| status.as_u16().to_string());
        counter!("understudy_http_requests_total", "path" => path, "status" => status).increment(1);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.count();
        let _entered = self.span.enter();
        let Self {
            method, path, bytes, ..
        } = self;
        let status = self.status.map(|status| status.as_u16());
        let milliseconds = self.begun.elapsed().as_secs_f64() * 1_000.0;
        let text = match status {
            None => "not answered",
            Some(_) if self.is_long => "closed",
            Some(_) => "answered",
        };
        if ROUTINE.contains(&path.as_str()) {
            tracing::debug!(method, path, status, milliseconds, bytes, "{text}");
        } else {
            tracing::info!(method, path, status, milliseconds, bytes, "{text}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The id of a request with this one.
    fn taken(id: &[u8]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_bytes(id).unwrap());
        id_of(&headers).to_str().unwrap().to_owned()
    }

    /// Whether an id is a new one: a UUID of version 7.
    fn is_new(id: &str) -> bool {
        id.parse::<Uuid>().is_ok_and(|id| id.get_version_num() == 7)
    }

    #[test]
    fn an_id_is_taken_over_if_it_is_short_and_visible() {
        let longest = "x".repeat(128);
        for id in ["a", "req-1/2=\"{}", &longest] {
            assert_eq!(taken(id.as_bytes()), *id);
        }
        let too_long = "x".repeat(129);
        for id in [
            b"".as_slice(),
            b"a b",
            b"a\tb",
            b"caf\xc3\xa9",
            too_long.as_bytes(),
        ] {
            assert!(is_new(&taken(id)), "{id:?}");
        }
        let none = id_of(&HeaderMap::new());
        assert!(is_new(none.to_str().unwrap()));
    }

    #[test]
    fn a_field_of_the_log_is_cut_between_letters() {
        assert_eq!(shortened("/graphql"), "/graphql");
        assert_eq!(
            shortened(&"ä".repeat(LONGEST_FIELD)),
            "ä".repeat(LONGEST_FIELD / 2)
        );
    }
}
