//! Reading a GraphQL request from a body or a URL.

use std::fmt::Display;

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderValue},
    web::Query,
};
use async_graphql::{Extensions, Request, Variables};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};

use crate::{
    Limits,
    error::{Refused, in_short},
    guard::{self, trusted},
};

/// A request as a body has it. What else stands there is left to those who know it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JsonRequest {
    #[serde(default, deserialize_with = "query")]
    query: Option<String>,
    #[serde(default, deserialize_with = "document_id")]
    document_id: Option<String>,
    #[serde(default, deserialize_with = "operation_name")]
    operation_name: Option<String>,
    #[serde(default, deserialize_with = "variables")]
    variables: Option<Variables>,
    #[serde(default, deserialize_with = "extensions")]
    extensions: Option<Extensions>,
}

/// A request as a URL has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UrlRequest {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    /// JSON.
    variables: Option<String>,
    /// JSON.
    extensions: Option<String>,
}

/// Reads what stands under a name, or says what should stand there.
fn read<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    value: D,
    name: &str,
    expected: &str,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(value)
        .map_err(|error| D::Error::custom(format!("`{name}` must be {expected}: {}", in_short(&error))))
}

fn query<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    read(value, "query", "a string")
}

fn document_id<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    read(value, "documentId", "a string or null")
}

fn operation_name<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    read(value, "operationName", "a string or null")
}

fn variables<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Variables>, D::Error> {
    read(value, "variables", "an object or null")
}

fn extensions<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Extensions>, D::Error> {
    read(value, "extensions", "an object or null")
}

impl JsonRequest {
    /// Whether there is a document, be it one of nothing.
    pub(crate) fn has_query(&self) -> bool {
        self.query.is_some()
    }

    /// The request, if it has a document or names one.
    pub(crate) fn into_request(self) -> Result<Request, Refused> {
        let query = self.query.filter(|query| !query.trim().is_empty());
        let mut request = Request::new(query.unwrap_or_default());
        request.operation_name = self.operation_name;
        request.variables = self.variables.unwrap_or_default();
        request.extensions = self.extensions.unwrap_or_default();
        trusted::note_id(&mut request, self.document_id);
        if request.query.is_empty() && !trusted::has_id(&request) {
            return Err(Refused::BadRequest("The request has no `query`.".to_owned()));
        }
        Ok(request)
    }
}

/// Whether a body is JSON in UTF-8 by its own account, and nothing that has to be unpacked first. No HTML form can say
/// so, and no page of a foreign origin without being asked by its browser, so neither can have anything carried out.
///
/// # Errors
/// If it is something else, or does not say what it is.
pub(crate) fn check_media_type(request: &HttpRequest) -> Result<(), Refused> {
    let header = |name| request.headers().get(name).map(HeaderValue::to_str);
    let Some(Ok(content_type)) = header(header::CONTENT_TYPE) else {
        return Err(Refused::UnsupportedMediaType(
            "A POST must have the Content-Type application/json.",
        ));
    };
    let mut parts = content_type.split(';').map(str::trim);
    if !parts
        .next()
        .is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json"))
    {
        return Err(Refused::UnsupportedMediaType(
            "The Content-Type of a POST must be application/json.",
        ));
    }
    let is_utf_8 = |parameter: &str| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    if !parts.all(is_utf_8) {
        return Err(Refused::UnsupportedMediaType(
            "The charset of a POST must be utf-8.",
        ));
    }
    match header(header::CONTENT_ENCODING) {
        None => Ok(()),
        Some(Ok(encoding)) if encoding.trim().eq_ignore_ascii_case("identity") => Ok(()),
        Some(_) => Err(Refused::UnsupportedMediaType(
            "The body of a POST must not be compressed.",
        )),
    }
}

/// Reads the body of a POST.
pub(crate) fn parse_body(body: &[u8], limits: &Limits) -> Result<Request, Refused> {
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Refused::BadRequest(
            "Batches are not supported: send one request at a time.".to_owned(),
        ));
    }
    // JSON is, all of it, and what nobody reads would not be looked at.
    if std::str::from_utf8(body).is_err() {
        return Err(Refused::BadRequest("The body is not UTF-8.".to_owned()));
    }
    parse_json::<JsonRequest>(body, limits)?.into_request()
}

/// Reads JSON that is small enough to be read.
fn parse_json<T: DeserializeOwned>(json: &[u8], limits: &Limits) -> Result<T, Refused> {
    check(json, limits)?;
    serde_json::from_slice(json).map_err(|error| bad("The body is not a GraphQL request", &error))
}

/// That something is no request, and why.
fn bad(what: &str, error: &impl Display) -> Refused {
    Refused::BadRequest(format!("{what}: {}", in_short(error)))
}

/// Whether JSON is small enough to be read.
fn check(json: &[u8], limits: &Limits) -> Result<(), Refused> {
    guard::check_json(json, limits).map_err(|error| Refused::Body(Box::new(error)))
}

/// Reads the query string of a GET.
pub(crate) fn parse_url(query_string: &str, limits: &Limits) -> Result<Request, Refused> {
    if query_string.len() > limits.bytes {
        return Err(Refused::PayloadTooLarge(limits.bytes));
    }
    let Query(url) = Query::<UrlRequest>::from_query(query_string)
        .map_err(|error| bad("The URL is not a GraphQL request", &error))?;
    JsonRequest {
        query: url.query,
        document_id: url.document_id,
        operation_name: url.operation_name.filter(|name| !name.is_empty()),
        variables: parse_parameter("variables", url.variables.as_deref(), limits)?,
        extensions: parse_parameter("extensions", url.extensions.as_deref(), limits)?,
    }
    .into_request()
}

/// Reads a parameter that holds a JSON object. An empty one is as good as none.
fn parse_parameter<T: DeserializeOwned>(
    name: &str,
    value: Option<&str>,
    limits: &Limits,
) -> Result<Option<T>, Refused> {
    let Some(text) = value.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    check(text.as_bytes(), limits)?;
    serde_json::from_str(text)
        .map_err(|error| bad(&format!("`{name}` must be an object or null, as JSON"), &error))
}
