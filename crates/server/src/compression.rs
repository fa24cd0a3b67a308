//! What is compressed for whom.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{ACCEPT_ENCODING, AcceptEncoding, Encoding, Header as _},
    middleware::Next,
};

/// All that an answer may be encoded in.
const ENCODINGS: [Encoding; 5] = [
    Encoding::identity(),
    Encoding::brotli(),
    Encoding::gzip(),
    Encoding::deflate(),
    Encoding::zstd(),
];

/// Answers those who take none of what there is as if they had not said so. The library for compression would refuse
/// them, in plain text; HTTP leaves the choice, and who refuses everything usually did not mean it.
///
/// # Errors
/// As what is behind it.
pub(crate) async fn take_any<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let takes_none =
        AcceptEncoding::parse(&request).is_ok_and(|accepted| accepted.negotiate(ENCODINGS.iter()).is_none());
    if takes_none {
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
    next.call(request).await
}
