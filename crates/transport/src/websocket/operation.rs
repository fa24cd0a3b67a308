//! One operation of a socket, from its request to its last result.

use actix_ws::CloseReason;
use async_graphql::{Executor, Request, parser::types::OperationType};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};

use super::message::Outgoing;
use crate::{
    Endpoint,
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
}

/// Begins an operation.
pub(super) fn begin<E: Executor>(
    endpoint: &Endpoint<E>,
    id: String,
    mut request: Request,
    shares: &[Budget],
) -> Results {
    let is_subscription = match guard::chosen_operation(&mut request, endpoint.rules()) {
        Ok(chosen) => chosen.is_some_and(|operation| operation.kind == OperationType::Subscription),
        Err(error) => {
            let response = Refused::from(error).to_response();
            return stream::iter([error_message(&id, endpoint.schema().answer_with(response))]).boxed();
        }
    };
    let endpoint = endpoint.clone();
    if is_subscription {
        let answers = endpoint.schema().follow(request, shares).enumerate();
        return driven(answers.map(move |(number, answer)| {
            if answer.is_given_up {
                return error_message(&id, answer);
            }
            tell(&id, number == 0, answer)
        }));
    }
    driven(Box::pin(stream::once(async move {
        match endpoint.execute(request).await {
            Ok(answer) => tell(&id, true, answer),
            Err(refused) => error_message(&id, endpoint.schema().answer_with(refused.to_response())),
        }
    })))
}

/// Only the first answer can say that there is nothing to carry out.
fn tell(id: &str, is_first: bool, answer: Answer) -> Told {
    if is_first && is_request_error(&answer.response) {
        return error_message(id, answer);
    }
    let text = Outgoing::next(id, &answer.response).to_text();
    written(text, false, answer.held)
}

fn error_message(id: &str, answer: Answer) -> Told {
    let payload = &answer.response.errors;
    let text = Outgoing::Error { id, payload }.to_text();
    written(text, true, answer.held)
}

fn written(text: Result<String, CloseReason>, is_error: bool, mut held: Held) -> Told {
    held.shrink_to(text.as_ref().map_or(0, String::len));
    Told { text, is_error, held }
}
