//! GraphQL over HTTP: POST and GET.

pub(crate) mod accept;
pub(crate) mod answer;
mod body;
pub(crate) mod client;
pub(crate) mod request;

use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    middleware::Next,
    web::{Data, Payload},
};
use async_graphql::{Executor, Request, parser::types::OperationType};
use tokio::time::timeout;

use self::{
    accept::{Accept, MediaType},
    body::Body,
    client::Client,
};
use crate::{Endpoint, Pass, Shown, answer_size::Answer, error::Refused, guard, sse, unavailable, websocket};

/// Answers a POST; or a GET, which has a query in its URL, unless it asks to become a WebSocket; or a HEAD, as a GET, but
/// without what it would be told.
pub(crate) async fn serve<E: Executor>(
    request: HttpRequest,
    payload: Payload,
    endpoint: Data<Endpoint<E>>,
) -> HttpResponse {
    let answered = receive(&request, payload, &endpoint).await;
    let response = answered.unwrap_or_else(|refused| answer::refuse(&refused, request.headers()));
    if request.method() == Method::HEAD {
        answer::head(response)
    } else {
        response
    }
}

/// Reads what is asked for, from where the method has it, and answers.
async fn receive<E: Executor>(
    request: &HttpRequest,
    mut payload: Payload,
    endpoint: &Endpoint<E>,
) -> Result<HttpResponse, Refused> {
    let limits = endpoint.limits();
    endpoint.origins().check(request)?;
    if request.method() == Method::GET && websocket::is_wanted(request) {
        // Who it is, it says in its first message.
        return websocket::open(request, payload, endpoint);
    }
    if request.method() == Method::POST {
        // Whoever reads such a request from the connection takes all that ever comes for its body.
        if websocket::is_wanted(request) {
            return Err(Refused::BadRequest(
                "A POST cannot become a WebSocket: send a GET, or leave out the header Upgrade.".to_owned(),
            ));
        }
        let admitted = async {
            let pass = endpoint.admit(request).await?;
            request::check_media_type(request)?;
            Ok(pass)
        };
        let (body, pass) = Body::receive(&mut payload, limits, endpoint.receiving(), admitted).await?;
        let graphql = pass.put(request::parse_body(&body, limits)?);
        // What it has become takes as much room, until there is an answer.
        let _held = body.into_held();
        let visitor = Visitor {
            pass,
            client: Client::of(request, payload),
        };
        return answer(request, graphql, endpoint, visitor).await;
    }
    let pass = endpoint.admit(request).await?;
    let graphql = pass.put(request::parse_url(request.query_string(), limits)?);
    // It may have a body, which has no meaning.
    let client = Client::of(request, payload);
    answer(request, graphql, endpoint, Visitor { pass, client }).await
}

/// Answers any other method.
pub(crate) async fn other(request: HttpRequest) -> HttpResponse {
    let refused = Refused::MethodNotAllowed {
        allow: "GET, HEAD, POST",
        message: "GraphQL is served over POST, GET and WebSocket.",
    };
    answer::refuse(&refused, request.headers())
}

/// Refuses the preflights of pages that are not let in as everything else is refused; `next` would do so in plain text.
///
/// # Errors
/// As `next`.
pub(crate) async fn preflight<E: Executor, B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let response = next.call(request).await?;
    let request = response.request();
    // What is no preflight is not allowed at all.
    if request.method() != Method::OPTIONS || response.status() != StatusCode::BAD_REQUEST {
        return Ok(response.map_into_left_body());
    }
    let checked = request
        .app_data::<Data<Endpoint<E>>>()
        .map_or(Ok(()), |endpoint| endpoint.origins().check(request));
    let refused = checked.err().unwrap_or_else(|| {
        Refused::BadRequest("No page may send the request that this preflight asks for.".to_owned())
    });
    let refusal = answer::refuse(&refused, request.headers());
    Ok(response.into_response(refusal).map_into_right_body())
}

/// Whoever has sent a request.
pub(crate) struct Visitor {
    /// By which they were let in.
    pub(crate) pass: Pass,
    /// Whether they are still there.
    pub(crate) client: Client,
}

/// Executes what may be executed over this method, and answers in what the client takes.
async fn answer<E: Executor>(
    request: &HttpRequest,
    mut graphql: Request,
    endpoint: &Endpoint<E>,
    mut visitor: Visitor,
) -> Result<HttpResponse, Refused> {
    let accept = Accept::of(request.headers());
    let plain = accept.best(&[MediaType::Json, MediaType::GraphqlResponse]);
    let as_events = accept.names(MediaType::EventStream);
    if plain.is_none() && !as_events {
        return Err(Refused::NotAcceptable(
            "The Accept header takes none of application/graphql-response+json, application/json and \
             text/event-stream.",
        ));
    }
    // Which operation is meant may be unclear; then the schema says so.
    let operation = match guard::chosen_operation(&mut graphql, endpoint.rules()) {
        Ok(operation) => operation,
        Err(error) if plain.is_none() => return Ok(sse::fail(error)),
        Err(error) => return Err(error.into()),
    };
    if let Some(chosen) = &operation {
        chosen.operation.name_request();
    }
    match (operation.as_ref().map(|operation| operation.kind), plain) {
        (Some(OperationType::Mutation), _) if request.method() != Method::POST => {
            Err(Refused::MethodNotAllowed {
                allow: "POST",
                message: "A mutation must be sent by POST.",
            })
        }
        (Some(OperationType::Subscription), _) if !as_events => Err(Refused::NotAcceptable(
            "A subscription is answered as text/event-stream, which the Accept header must name; or over a WebSocket \
             on this path, with the subprotocol graphql-transport-ws.",
        )),
        (Some(OperationType::Subscription), _) | (_, None) => {
            sse::open(request, graphql, endpoint, visitor).await
        }
        (_, Some(media_type)) => {
            let answered = tokio::select! {
                answered = endpoint.execute(graphql) => answered?,
                () = visitor.client.leaves() => return Err(Refused::Left),
            };
            let response = &answered.response;
            if media_type == MediaType::GraphqlResponse && unavailable::is_all(response, operation.as_ref()) {
                return Ok(answer::unavailable(response));
            }
            Ok(answer::answer(answered, media_type, request))
        }
    }
}

impl<E: Executor> Endpoint<E> {
    /// Lets in whoever has sent a request, and counts it.
    async fn admit(&self, request: &HttpRequest) -> Result<Pass, Refused> {
        let head = &self.head(request);
        let pass = self.gate().admit(Shown { head, payload: None }).await?;
        pass.begin()?;
        Ok(pass)
    }

    /// Executes a query or a mutation, if there is room for it, and for as long as it may take.
    pub(crate) async fn execute(&self, request: Request) -> Result<Answer, Refused> {
        let Ok(_room) = self.requests().try_acquire() else {
            return Err(Refused::Overloaded(
                "Too many requests are being answered. Try again.",
            ));
        };
        let limit = self.limits().request_time;
        let executed = timeout(limit, async {
            if let Some(pass) = Pass::of(&request) {
                pass.check().await?;
            }
            Ok(self.schema().execute(request).await)
        });
        executed.await.unwrap_or(Err(Refused::TimedOut(limit)))
    }
}
