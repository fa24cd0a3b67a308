//! Writing an answer: its media type, its status, its body.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::{
    HttpRequest, HttpResponse, Responder as _,
    body::{BodySize, BoxBody, MessageBody, None as NoBody},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
    web::Bytes,
};
use async_graphql::{Response, ServerError, Value};
use async_graphql_actix_web::GraphQLResponse;
use serde::Serialize;

use super::accept::{Accept, MediaType};
use crate::{answer_size::Answer, budget::Held, error::Refused, request_error::is_request_error};

/// An answer as it is written: what went wrong first, since it may be long until the data ends.
#[derive(Serialize)]
pub(crate) struct Body<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    /// Left out where nothing was executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

impl<'a> Body<'a> {
    /// What a response says.
    pub(crate) fn of(response: &'a Response) -> Self {
        Self {
            errors: &response.errors,
            data: (!is_request_error(response)).then_some(&response.data),
            extensions: &response.extensions,
        }
    }
}

/// The answer to a request that was handed to the schema.
pub(crate) fn answer(answer: Answer, media_type: MediaType, request: &HttpRequest) -> HttpResponse {
    let Answer { response, held, .. } = answer;
    if is_request_error(&response) {
        let status = match media_type {
            MediaType::GraphqlResponse => StatusCode::BAD_REQUEST,
            MediaType::Json | MediaType::EventStream => StatusCode::OK,
        };
        return write(
            HttpResponse::build(status).finish(),
            media_type,
            &Body::of(&response),
        );
    }
    // It writes what is right for every media type: headers of the schema's own, how long it may be kept, and the body.
    let mut written = GraphQLResponse::from(response).respond_to(request);
    let headers = written.headers_mut();
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(media_type.content_type()),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    send_in_pieces(written, held)
}

/// How much of an answer is handed to the connection at once, in bytes.
const PIECE: usize = 64 * 1024;

/// A body that is sent piece by piece as the client takes it, and until then holds the memory that it takes.
struct Pieces {
    rest: Bytes,
    _held: Held,
}

/// The same answer, in pieces if it is long: the connection copies what it is handed.
fn send_in_pieces(answer: HttpResponse, mut held: Held) -> HttpResponse {
    let (answer, body) = answer.into_parts();
    let rest = match body.try_into_bytes() {
        Ok(rest) if rest.len() > PIECE => rest,
        Ok(bytes) => return answer.set_body(BoxBody::new(bytes)),
        Err(body) => return answer.set_body(body),
    };
    held.shrink_to_written(rest.len());
    answer.set_body(BoxBody::new(Pieces { rest, _held: held }))
}

impl MessageBody for Pieces {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.rest.len() as u64)
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let rest = &mut self.get_mut().rest;
        let piece = rest.split_to(rest.len().min(PIECE));
        Poll::Ready((!piece.is_empty()).then_some(Ok(piece)))
    }
}

/// The answer to a request that was executed as far as it could be without the database, and has nothing to show.
pub(crate) fn unavailable(response: &Response) -> HttpResponse {
    let mut builder = HttpResponse::ServiceUnavailable();
    builder.insert_header((header::RETRY_AFTER, "1"));
    let body = Body {
        data: None,
        ..Body::of(response)
    };
    write(builder.finish(), MediaType::GraphqlResponse, &body)
}

/// The answer to a request that is refused before the schema has seen it.
pub(crate) fn refuse(refused: &Refused, headers: &HeaderMap) -> HttpResponse {
    let accept = Accept::of(headers);
    // Who takes nothing of what there is can still see what is wrong.
    let media_type = accept
        .best(&[MediaType::Json, MediaType::GraphqlResponse])
        .unwrap_or(MediaType::Json);
    let mut builder = HttpResponse::build(refused.status(media_type));
    if let Some(allow) = refused.allow() {
        builder.insert_header((header::ALLOW, allow));
    }
    if let Some(version) = refused.websocket_version() {
        builder.insert_header((header::SEC_WEBSOCKET_VERSION, version));
    }
    if let Some(challenge) = refused.challenge() {
        builder.insert_header((header::WWW_AUTHENTICATE, challenge));
    }
    if let Some(seconds) = refused.retry_after() {
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    write(builder.finish(), media_type, &Body::of(&refused.to_response()))
}

/// The answer to a HEAD whose GET has this one. What is sent of it is its head alone; an event stream must not go on either.
pub(crate) fn head(response: HttpResponse) -> HttpResponse {
    response.map_body(|_, body| match body.size() {
        BodySize::Stream => BoxBody::new(NoBody::new()),
        _ => body,
    })
}

fn write(response: HttpResponse, media_type: MediaType, body: &Body<'_>) -> HttpResponse {
    match serde_json::to_vec(body) {
        Ok(text) => {
            let mut response = response.set_body(BoxBody::new(text));
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static(media_type.content_type()),
            );
            headers.insert(header::VARY, HeaderValue::from_static("accept"));
            response
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
