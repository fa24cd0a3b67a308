//! GraphQL over POST and GET.

use actix_web::{
    Error, HttpRequest, HttpResponse, Responder,
    http::{Method, StatusCode, header},
    web::{Bytes, Data, Query},
};
use async_graphql::{Executor, Request, Variables, parser::types::OperationType};
use async_graphql_actix_web::GraphQLResponse;
use serde::{Deserialize, de::DeserializeOwned};

use super::{GuardedSchema, error::TransportError, guard, unavailable};

/// The largest body of a POST, in bytes. A message's body may be 1 MiB, and JSON may write each of its bytes as
/// `\u0000`, six for one.
pub(super) const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// The media type of answers.
pub(super) const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// The media types of a POST. No HTML form can send them, so a foreign page cannot make a browser post a mutation.
const REQUEST_TYPES: [&str; 2] = ["application/json", GRAPHQL_RESPONSE];

/// A request as it stands in a URL.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UrlRequest {
    #[serde(default)]
    query: String,
    operation_name: Option<String>,
    /// JSON.
    variables: Option<String>,
    /// JSON.
    extensions: Option<String>,
}

/// Answers a POST.
pub(super) async fn post(
    request: HttpRequest,
    body: Result<Bytes, Error>,
    schema: Data<GuardedSchema>,
) -> Result<HttpResponse, TransportError> {
    if !has_json(&request) {
        return Err(TransportError::UnsupportedMediaType);
    }
    let body = body.map_err(|error| match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => TransportError::PayloadTooLarge,
        _ => TransportError::BadRequest(format!("The body could not be read: {error}")),
    })?;
    answer(&request, parse_body(&body)?, &schema).await
}

/// Answers a GET.
pub(super) async fn get(
    request: &HttpRequest,
    schema: &GuardedSchema,
) -> Result<HttpResponse, TransportError> {
    answer(request, parse_url(request.query_string())?, schema).await
}

/// Whether the body is JSON by its own account. Parameters such as `charset` do not matter: JSON is always UTF-8.
fn has_json(request: &HttpRequest) -> bool {
    let Some(Ok(value)) = request
        .headers()
        .get(header::CONTENT_TYPE)
        .map(header::HeaderValue::to_str)
    else {
        return false;
    };
    let media_type = value.split(';').next().unwrap_or_default().trim();
    REQUEST_TYPES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(media_type))
}

/// Reads the body of a POST.
fn parse_body(body: &[u8]) -> Result<Request, TransportError> {
    let malformed = |error| TransportError::BadRequest(format!("The body is not a GraphQL request: {error}"));
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(TransportError::BadRequest(
            "Batches are not supported: send one request at a time.".to_owned(),
        ));
    }
    guard::check_json(body).map_err(|error| TransportError::Document(Box::new(error)))?;
    serde_json::from_slice(body).map_err(malformed)
}

/// Reads the query string of a GET.
fn parse_url(query_string: &str) -> Result<Request, TransportError> {
    let Query(url) = Query::<UrlRequest>::from_query(query_string)
        .map_err(|error| TransportError::BadRequest(format!("The URL is not a GraphQL request: {error}")))?;
    let mut request = Request::new(url.query);
    request.operation_name = url.operation_name;
    request.variables =
        parse_parameter("variables", url.variables.as_deref())?.unwrap_or_else(Variables::default);
    request.extensions = parse_parameter("extensions", url.extensions.as_deref())?.unwrap_or_default();
    Ok(request)
}

/// Reads a parameter that holds JSON. An empty one is as good as none.
fn parse_parameter<T: DeserializeOwned>(
    name: &str,
    value: Option<&str>,
) -> Result<Option<T>, TransportError> {
    let Some(text) = value.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    guard::check_json(text.as_bytes()).map_err(|error| TransportError::Document(Box::new(error)))?;
    serde_json::from_str(text)
        .map_err(|error| TransportError::BadRequest(format!("The parameter `{name}` is malformed: {error}")))
}

/// Executes what may be executed over this method.
async fn answer(
    request: &HttpRequest,
    mut graphql: Request,
    schema: &GuardedSchema,
) -> Result<HttpResponse, TransportError> {
    if graphql.query.trim().is_empty() {
        return Err(TransportError::BadRequest(
            "The request has no `query`.".to_owned(),
        ));
    }
    let operation =
        guard::chosen_operation(&mut graphql).map_err(|error| TransportError::Document(Box::new(error)))?;
    match operation.map(|operation| operation.kind) {
        Some(OperationType::Mutation) if request.method() != Method::POST => {
            Err(TransportError::MethodNotAllowed {
                allow: "POST",
                message: "A mutation must be sent by POST.",
            })
        }
        Some(OperationType::Subscription) => Err(TransportError::BadRequest(
            "A subscription needs a WebSocket on this path, with the subprotocol graphql-transport-ws."
                .to_owned(),
        )),
        // Which operation is meant may be unclear; then the schema says so.
        Some(OperationType::Query | OperationType::Mutation) | None => {
            let response = schema.execute(graphql).await;
            if unavailable::is_all(&response, operation) && unavailable::may_be_told(request) {
                return Err(TransportError::Unavailable(response.errors));
            }
            Ok(GraphQLResponse::from(response).respond_to(request))
        }
    }
}
