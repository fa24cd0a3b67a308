//! What is compressed for whom, and how much of it at once.
//!
//! A compressor keeps its memory until its answer has been taken to the end, and nobody has to read. So what is small is
//! compressed to its end before any of it is sent, and of what is large only as much at once as there is room for; beyond
//! that it is sent as it is.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use actix_web::{
    Error,
    body::{BodySize, BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{
            ACCEPT_ENCODING, AcceptEncoding, CONTENT_ENCODING, Encoding, Header as _, HeaderMap, HeaderValue,
            VARY,
        },
    },
    middleware::Next,
    web::Bytes,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// All that an answer may be encoded in.
const ENCODINGS: [Encoding; 5] = [
    Encoding::identity(),
    Encoding::brotli(),
    Encoding::gzip(),
    Encoding::deflate(),
    Encoding::zstd(),
];

/// How long an answer may be that is compressed to its end before it is sent, in bytes.
const SMALL: u64 = 64 * 1024;

/// How many of these are compressed at once. It takes milliseconds, and up to 2 MiB each.
const SMALL_AT_ONCE: usize = 32;

/// What all compressors of larger answers may take, in MiB.
const ROOM: usize = 160;

/// What one of them takes until its answer has been read, in MiB, as it was measured.
fn cost(encoding: &Encoding) -> u32 {
    if *encoding == Encoding::brotli() {
        20
    } else if *encoding == Encoding::zstd() {
        4
    } else {
        1
    }
}

/// The room that there is for compressors. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Compressors {
    small: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

impl Default for Compressors {
    fn default() -> Self {
        Self {
            small: Arc::new(Semaphore::new(SMALL_AT_ONCE)),
            large: Arc::new(Semaphore::new(ROOM)),
        }
    }
}

/// A note to an answer that it may be compressed.
#[derive(Clone, Copy)]
struct Compressible {
    is_small: bool,
}

/// Stands between what answers and the library that compresses: sees to it that this finds room for what is large, or
/// leaves it as it is.
///
/// # Errors
/// As what is behind it.
pub(crate) async fn admit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
    compressors: Compressors,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let chosen = AcceptEncoding::parse(&request)
        .ok()
        .and_then(|accepted| accepted.negotiate(ENCODINGS.iter()))
        .filter(|encoding| *encoding != Encoding::identity());
    let mut response = next.call(request).await?.map_into_boxed_body();
    // What has an encoding already is not compressed, nor is what is no answer of HTTP's.
    if response.headers().contains_key(CONTENT_ENCODING)
        || response.status() == StatusCode::SWITCHING_PROTOCOLS
    {
        return Ok(response);
    }
    let is_small = match response.response().body().size() {
        BodySize::None => true,
        BodySize::Sized(size) => size <= SMALL,
        BodySize::Stream => false,
    };
    let note = Compressible { is_small };
    response.response_mut().extensions_mut().insert(note);
    let Some(encoding) = chosen.filter(|_| !is_small) else {
        return Ok(response);
    };
    let Ok(permit) = compressors.large.try_acquire_many_owned(cost(&encoding)) else {
        let identity = HeaderValue::from_static("identity");
        response.headers_mut().insert(CONTENT_ENCODING, identity);
        return Ok(response);
    };
    Ok(response.map_body(|_, body| {
        BoxBody::new(Admitted {
            body,
            _permit: permit,
        })
    }))
}

/// A body for whose compressor there is room until this is dropped.
struct Admitted {
    body: BoxBody,
    _permit: OwnedSemaphorePermit,
}

impl MessageBody for Admitted {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(context)
    }
}

/// Stands before the library that compresses: hands on what it has made of a small answer when all of that is there, and
/// says of whatever might be compressed that it depends on what the client takes.
///
/// Who takes none of what there is is answered as if they had not said so. The library would refuse them, in plain text;
/// HTTP leaves the choice, and who refuses everything usually did not mean it.
///
/// # Errors
/// As what is behind it.
pub(crate) async fn negotiate<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
    compressors: Compressors,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let takes_none =
        AcceptEncoding::parse(&request).is_ok_and(|accepted| accepted.negotiate(ENCODINGS.iter()).is_none());
    if takes_none {
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
    let mut response = next.call(request).await?;
    let note = response.response().extensions().get::<Compressible>().copied();
    let Some(Compressible { is_small }) = note else {
        return Ok(response.map_into_boxed_body());
    };
    if !varies(response.headers()) {
        let accept_encoding = HeaderValue::from_static("accept-encoding");
        response.headers_mut().append(VARY, accept_encoding);
    }
    if !is_small || !response.headers().contains_key(CONTENT_ENCODING) {
        return Ok(response.map_into_boxed_body());
    }
    // Nobody closes it; and who waits here has a small answer in memory and nothing else.
    let _turn = compressors.small.acquire().await;
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    let compressed = to_bytes(body).await.map_err(Into::into)?;
    Ok(ServiceResponse::new(
        request,
        response.set_body(BoxBody::new(compressed)),
    ))
}

/// Whether an answer says already that it depends on the encodings that the client takes.
fn varies(headers: &HeaderMap) -> bool {
    let mut names = headers
        .get_all(VARY)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    names.any(|name| name.trim().eq_ignore_ascii_case(ACCEPT_ENCODING.as_str()))
}
