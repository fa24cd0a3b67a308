//! `/`: `GraphiQL`, which npm builds in `playground`, and the files that it is made of. A server that was built without
//! it has a page instead that says how to get it.

use std::{borrow::Cow, convert::Infallible, fmt::Write as _, future::ready};

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::{MessageBody, SizedStream},
    http::{
        StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETag, EntityTag, Header as _, IfNoneMatch,
            REFERRER_POLICY,
        },
    },
    web::{Bytes, Path, ServiceConfig},
};
use futures_util::stream;
use rust_embed::{Embed, EmbeddedFile};

use crate::readable::readable;

/// What npm has built. `build.rs` sees to it that a later build of it is not missed.
#[derive(Embed)]
#[folder = "../../playground/dist"]
#[allow_missing = true]
struct Playground;

/// The page of a server that was built without.
const MISSING: &str = include_str!("graphiql/missing.html");

/// Its media type.
const HTML: &str = "text/html; charset=utf-8";

/// Nothing from elsewhere, and no script but in files of ours. Styles are inline because `GraphiQL`'s editor writes its
/// own, and `data:` is where its style sheet has its fonts and small pictures. A worker is held to the policy that its
/// own file comes with, so all files have it.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For the page: browsers ask each time whether it is still the same.
const ASK: &str = "no-cache";

/// For the files beside it, whose names change with what is in them.
const KEEP: &str = "public, max-age=31536000, immutable";

/// The page, and the files beside it.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(readable("/", page))
        .service(readable("/assets/{name}", asset));
}

/// `GET /`.
async fn page(request: HttpRequest) -> HttpResponse {
    match Playground::get("index.html") {
        Some(file) => send(&request, file, ASK),
        None => missing(),
    }
}

/// `GET /assets/{name}`.
async fn asset(request: HttpRequest, name: Path<String>) -> HttpResponse {
    match Playground::get(&format!("assets/{name}")) {
        Some(file) => send(&request, file, KEEP),
        None => HttpResponse::NotFound().finish(),
    }
}

/// A file, unless whoever asks has it.
fn send(request: &HttpRequest, file: EmbeddedFile, caching: &'static str) -> HttpResponse {
    let tag = EntityTag::new_weak(hex(&file.metadata.sha256_hash()));
    let is_known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    if is_known {
        return answer(StatusCode::NOT_MODIFIED, caching)
            .insert_header(ETag(tag))
            .finish();
    }
    answer(StatusCode::OK, caching)
        .insert_header(ETag(tag))
        .content_type(media_type(&file))
        .body(in_pieces(file.data))
}

/// How much of a file is handed to the connection at once, in bytes: what it is handed, it keeps until that is read.
const PIECE: usize = 64 * 1024;

/// A body that is handed out piece by piece.
fn in_pieces(file: Cow<'static, [u8]>) -> impl MessageBody {
    let bytes = match file {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let length = bytes.len() as u64;
    let pieces = stream::unfold(bytes, |mut rest| {
        let piece = rest.split_to(rest.len().min(PIECE));
        ready((!piece.is_empty()).then_some((Ok::<_, Infallible>(piece), rest)))
    });
    SizedStream::new(length, pieces)
}

/// The page that says how to get the other.
fn missing() -> HttpResponse {
    answer(StatusCode::OK, ASK).content_type(HTML).body(MISSING)
}

/// The beginning of an answer: what any file is sent with.
fn answer(status: StatusCode, caching: &'static str) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((REFERRER_POLICY, "no-referrer"));
    response
}

/// A file's media type, by its name.
fn media_type(file: &EmbeddedFile) -> String {
    let media_type = file.metadata.mimetype();
    if media_type.starts_with("text/") {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_owned()
    }
}

/// Bytes as text, for an entity tag.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use actix_web::{body::to_bytes, http::header::CONTENT_TYPE};

    use super::*;

    #[actix_web::test]
    async fn a_server_without_it_says_how_to_get_it_and_runs_no_script() {
        let response = missing();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers().get(CONTENT_SECURITY_POLICY).unwrap(), POLICY);
        assert_eq!(response.headers().get(CONTENT_TYPE).unwrap(), HTML);
        let body = to_bytes(response.into_body()).await.unwrap();
        let page = std::str::from_utf8(&body).unwrap();
        assert!(page.contains("cargo xtask playground"));
        assert!(!page.contains("<script") && !page.contains("://"));
    }
}
