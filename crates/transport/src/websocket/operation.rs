//! One operation of a socket, from its request to its last result.

use actix_ws::{CloseCode, CloseReason};
use async_graphql::{Executor, Request, Response, parser::types::OperationType};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};

use super::message::{Outgoing, Said, reason, understand};
use super::places::{Place, Places};
use crate::{
    Endpoint, Limits, Pass,
    answer_size::Answer,
    budget::{Budget, Held},
    driven::driven,
    error::Refused,
    guard,
    request_error::is_request_error,
};

/// What comes of an operation, until there is no more.
pub(super) type Results = BoxStream<'static, Told>;

/// One of the things that come of an operation. It is written at once, since what is written holds less memory.
#[derive(Debug)]
pub(super) struct Told {
    /// The message; a reason to close if it cannot be written.
    pub(super) text: Result<String, CloseReason>,
    /// Whether it says why the operation cannot be carried out, or no further. Then nothing else comes of it, not even its
    /// end.
    pub(super) is_error: bool,
    /// What it holds until it is sent.
    pub(super) held: Held,
    /// Where it waits until then, if it is the one answer of its operation.
    pub(super) place: Option<Place>,
}

/// What a client asks to be carried out.
pub(super) struct Asked<'a> {
    pub(super) id: String,
    pub(super) request: Request,
    /// The message that the request came in.
    pub(super) text: &'a [u8],
    /// By which its client was let in.
    pub(super) pass: Pass,
}

/// Begins an operation. A query or a mutation begins when there is a place for its answer.
///
/// # Errors
/// If it would have to wait for that, and there is no room for it meanwhile.
pub(super) fn begin<E: Executor>(
    endpoint: &Endpoint<E>,
    Asked {
        id,
        request,
        text,
        pass,
    }: Asked<'_>,
    shares: &[Budget],
    places: &Places,
) -> Result<Results, CloseReason> {
    if let Err(wait) = pass.begin() {
        let told = refuse(endpoint, &id, &wait.into());
        return Ok(stream::iter([told]).boxed());
    }
    let mut request = pass.put(request);
    let is_subscription = match guard::chosen_operation(&mut request, endpoint.rules()) {
        Ok(chosen) => chosen.is_some_and(|operation| operation.kind == OperationType::Subscription),
        Err(error) => {
            let told = refuse(endpoint, &id, &error.into());
            return Ok(stream::iter([told]).boxed());
        }
    };
    if is_subscription {
        return Ok(follow(endpoint, id, request, shares));
    }
    let endpoint = endpoint.clone();
    if let Some(place) = places.take() {
        let answer = async move { execute(&endpoint, &id, request, place).await };
        return Ok(driven(Box::pin(stream::once(answer))));
    }
    // What it has been understood as takes many times as much as its text.
    drop(request);
    let mut held = endpoint.receiving().hold(0);
    held.grow(text.len())
        .map_err(|error| reason(CloseCode::Again, &error))?;
    let (text, place) = (text.to_vec(), places.wait());
    let answer = async move {
        let place = place.await;
        let request = understand_again(&text, endpoint.limits());
        drop((text, held));
        match request {
            Ok(request) => execute(&endpoint, &id, pass.put(request), place).await,
            Err(reason) => Told {
                text: Err(reason),
                is_error: true,
                held: endpoint.schema().budget().hold(0),
                place: None,
            },
        }
    };
    Ok(driven(Box::pin(stream::once(answer))))
}

/// The request in a message that has been understood before.
fn understand_again(text: &[u8], limits: &Limits) -> Result<Request, CloseReason> {
    if let Said::Subscribe(_, Ok(request)) = understand(text, limits)? {
        return Ok(*request);
    }
    tracing::error!("a message has another meaning than before");
    Err(reason(CloseCode::Error, "Internal error"))
}

/// The answer of a query or a mutation.
async fn execute<E: Executor>(endpoint: &Endpoint<E>, id: &str, request: Request, mut place: Place) -> Told {
    let mut told = match endpoint.execute(request).await {
        Ok(answer) => tell(id, true, answer),
        Err(refused) => refuse(endpoint, id, &refused),
    };
    place.fit(told.text.as_ref().map_or(0, String::len));
    told.place = Some(place);
    told
}

/// The results of a subscription.
fn follow<E: Executor>(endpoint: &Endpoint<E>, id: String, request: Request, shares: &[Budget]) -> Results {
    let answers = endpoint.schema().follow(request, shares).enumerate();
    let budget = endpoint.schema().budget().clone();
    driven(answers.map(move |(number, answer)| {
        if answer.is_given_up {
            return error_message(&id, answer);
        }
        if number == 0 && is_request_error(&answer.response) {
            return mistakes(&id, answer.response, &budget);
        }
        tell(&id, false, answer)
    }))
}

/// What is wrong with a subscription, or the first of it: a document may have a hundred mistakes, for which there may be
/// no room.
fn mistakes(id: &str, mut response: Response, budget: &Budget) -> Told {
    let mut held = budget.hold(0);
    let text = errors_text(id, &response);
    if held.grow(text.as_ref().map_or(0, String::len)).is_ok() {
        return written(text, true, held);
    }
    response.errors.truncate(1);
    written(errors_text(id, &response), true, held)
}

/// Only the first answer can say that there is nothing to carry out.
fn tell(id: &str, is_first: bool, answer: Answer) -> Told {
    if is_first && is_request_error(&answer.response) {
        return error_message(id, answer);
    }
    let text = Outgoing::next(id, &answer.response).to_text();
    written(text, false, answer.held)
}

fn refuse<E: Executor>(endpoint: &Endpoint<E>, id: &str, refused: &Refused) -> Told {
    error_message(id, endpoint.schema().answer_with(refused.to_response()))
}

fn error_message(id: &str, answer: Answer) -> Told {
    written(errors_text(id, &answer.response), true, answer.held)
}

fn errors_text(id: &str, response: &Response) -> Result<String, CloseReason> {
    let payload = &response.errors;
    Outgoing::Error { id, payload }.to_text()
}

fn written(text: Result<String, CloseReason>, is_error: bool, mut held: Held) -> Told {
    held.shrink_to_written(text.as_ref().map_or(0, String::len));
    Told {
        text,
        is_error,
        held,
        place: None,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
    use futures_util::FutureExt as _;

    use super::*;
    use crate::{AnswerSize, Options, TypeSystem, channel};

    struct Query;

    #[Object]
    impl Query {
        async fn one(&self) -> i32 {
            1
        }
    }

    const MESSAGE: &[u8] = br#"{ "type": "subscribe", "id": "a", "payload": { "query": "{ one }" } }"#;

    type TestEndpoint = Endpoint<Schema<Query, EmptyMutation, EmptySubscription>>;

    /// Where nobody has room for an answer, and one message may wait.
    fn endpoint() -> TestEndpoint {
        let schema = Schema::build(Query, EmptyMutation, EmptySubscription)
            .extension(AnswerSize)
            .finish();
        let limits = Limits {
            held_bytes: 0,
            receiving: MESSAGE.len(),
            ..Limits::default()
        };
        let options = Options {
            limits,
            ..Options::default()
        };
        let types = TypeSystem::parse(&schema.sdl()).unwrap();
        Endpoint::new(schema, types, options, channel().1)
    }

    fn begin_again(endpoint: &TestEndpoint, places: &Places) -> Result<Results, CloseReason> {
        let Ok(Said::Subscribe(id, Ok(request))) = understand(MESSAGE, endpoint.limits()) else {
            panic!("it is not understood")
        };
        let asked = Asked {
            id,
            request: *request,
            text: MESSAGE,
            pass: Pass::new(|request| request),
        };
        begin(endpoint, asked, &[], places)
    }

    #[tokio::test]
    async fn a_query_waits_for_its_place_as_text_and_has_it_until_its_answer_is_sent() {
        let endpoint = endpoint();
        let places = Places::new(endpoint.schema().budget().clone());
        let mut first = begin_again(&endpoint, &places).unwrap();
        let mut second = begin_again(&endpoint, &places).unwrap();
        // As long as that one waits, there is no room for another to do so.
        let refused = begin_again(&endpoint, &places).err().unwrap();
        assert_eq!(refused.code, CloseCode::Again);
        let expected = r#"{"type":"next","id":"a","payload":{"data":{"one":1}}}"#;
        let told = first.next().await.unwrap();
        assert_eq!(told.text.as_deref(), Ok(expected));
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        assert!(second.next().now_or_never().is_none(), "it does not wait");
        drop(told);
        let told = second.next().await.unwrap();
        assert_eq!(told.text.as_deref(), Ok(expected));
        assert!(second.next().await.is_none());
        // Who waits no more makes room.
        let third = begin_again(&endpoint, &places).unwrap();
        assert!(begin_again(&endpoint, &places).is_err());
        drop(third);
        while endpoint.receiving().hold(0).grow(MESSAGE.len()).is_err() {
            tokio::task::yield_now().await;
        }
        drop(told);
        assert!(places.take().is_some());
    }
}
