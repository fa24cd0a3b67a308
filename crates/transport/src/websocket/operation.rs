//! One operation of a socket, from its request to its last result.

use async_graphql::{Executor, Request, Response, parser::types::OperationType};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};

use crate::{
    Endpoint, answer_size::Answer, driven::driven, error::Refused, guard, http::answer::is_request_error,
};

/// What comes of an operation, until there is no more.
pub(super) type Results = BoxStream<'static, Result>;

/// One of the things that come of an operation.
#[derive(Debug)]
pub(super) enum Result {
    /// A result, of a subscription perhaps one of many.
    Next(Answer),
    /// It cannot be carried out at all, for these reasons; nothing else comes of it.
    Error(Response),
}

/// Begins an operation.
pub(super) fn begin<E: Executor>(endpoint: &Endpoint<E>, mut request: Request) -> Results {
    let chosen = match guard::chosen_operation(&mut request, endpoint.rules()) {
        Ok(chosen) => chosen,
        Err(error) => return once(Result::Error(Refused::from(error).to_response())),
    };
    if chosen.is_some_and(|operation| operation.kind == OperationType::Subscription) {
        let answers = endpoint.schema().follow(request);
        return driven(
            answers
                .enumerate()
                .map(|(number, answer)| result(number == 0, answer)),
        );
    }
    let endpoint = endpoint.clone();
    driven(Box::pin(stream::once(async move {
        match endpoint.execute(request).await {
            Ok(answer) => result(true, answer),
            Err(refused) => Result::Error(refused.to_response()),
        }
    })))
}

/// Only the first answer can say that there is nothing to carry out.
fn result(is_first: bool, answer: Answer) -> Result {
    if is_first && is_request_error(&answer.response) {
        Result::Error(answer.response)
    } else {
        Result::Next(answer)
    }
}

fn once(result: Result) -> Results {
    stream::once(async { result }).boxed()
}
