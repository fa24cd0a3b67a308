//! What is told of operations to whoever watches the process: to the log their names and kinds, to the figures how many
//! there are, how long they take and how they end. Their texts and variables are told to nobody.

mod names;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::task::ready;
use std::time::Instant;

use async_graphql::{Response, Value, parser::types::OperationType};
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use metrics::{SharedString, counter, gauge, histogram};
use tracing::{Instrument as _, Span};

use self::names::Names;
use crate::request_error::is_request_error;

/// The longest part of a name that is logged, in bytes. Names are made of ASCII letters, but as long as a client likes.
const LONGEST_NAME: usize = 100;

/// The operation that a request chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    /// As its document has it; shortened.
    name: Option<String>,
    kind: OperationType,
}

/// How an operation has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Without an error. A refusal that is data is none.
    Success,
    /// It was executed, and a field has failed.
    Error,
    /// It was not executed: it is not valid, or goes beyond a limit.
    Refused,
    /// Nobody waited for its end: the time was up, or the client gone.
    Cancelled,
}

/// Watches what an endpoint executes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Observer(Arc<Names>);

impl Operation {
    pub(crate) fn new(name: Option<&str>, kind: OperationType) -> Self {
        let shortened = |name: &str| name[..name.floor_char_boundary(LONGEST_NAME)].to_owned();
        Self {
            name: name.map(shortened),
            kind,
        }
    }

    /// Whether its root fields are commands.
    pub(crate) fn is_mutation(&self) -> bool {
        self.kind == OperationType::Mutation
    }

    /// Tells its name to the span of the request that has this one operation, where that has a field for it.
    pub(crate) fn name_request(&self) {
        if let Some(name) = &self.name {
            Span::current().record("operation", name);
        }
    }

    /// The span of its execution. It is at the highest level, so that whatever is logged at all is logged with it.
    fn span(&self) -> Span {
        tracing::error_span!(
            "operation",
            operation = self.name,
            kind = kind_label(Some(self.kind))
        )
    }
}

impl Observer {
    /// Watches the execution of a query or a mutation; of none where it is not clear which one is meant.
    pub(crate) async fn execute<T: AsRef<Response>>(
        &self,
        operation: Option<Operation>,
        execution: impl Future<Output = T>,
    ) -> T {
        let span = operation.as_ref().map_or_else(Span::none, Operation::span);
        let mut running = Running::begin(self.clone(), operation);
        let answer = execution.instrument(span).await;
        running.see(answer.as_ref());
        answer
    }

    /// Takes notice of an operation that is not executed; of none where it is not clear which one is meant.
    pub(crate) fn refuse(&self, operation: Option<Operation>, response: &Response) {
        Running::begin(self.clone(), operation).see(response);
    }

    /// Watches a subscription.
    pub(crate) fn follow<T: AsRef<Response> + 'static>(
        &self,
        operation: Option<Operation>,
        mut results: BoxStream<'static, T>,
    ) -> BoxStream<'static, T> {
        let span = operation.as_ref().map_or_else(Span::none, Operation::span);
        let mut running = Running::begin(self.clone(), operation);
        stream::poll_fn(move |context| {
            let _entered = span.enter();
            let result = ready!(results.poll_next_unpin(context));
            if let Some(answer) = &result {
                running.see(answer.as_ref());
                counter!("understudy_graphql_subscription_results_total").increment(1);
            }
            result.into()
        })
        .boxed()
    }
}

/// An operation that runs until this is dropped.
struct Running {
    observer: Observer,
    operation: Option<Operation>,
    begun: Instant,
    outcome: Option<Outcome>,
}

impl Running {
    fn begin(observer: Observer, operation: Option<Operation>) -> Self {
        let running = Self {
            observer,
            operation,
            begun: Instant::now(),
            outcome: None,
        };
        running.gauge().increment(1);
        running
    }

    fn kind(&self) -> Option<OperationType> {
        self.operation.as_ref().map(|operation| operation.kind)
    }

    fn gauge(&self) -> metrics::Gauge {
        gauge!("understudy_graphql_operations_running", "type" => kind_label(self.kind()))
    }

    /// Takes notice of a result.
    fn see(&mut self, response: &Response) {
        count_errors(response);
        self.outcome = Some(if is_request_error(response) {
            Outcome::Refused
        } else if response.errors.is_empty() {
            Outcome::Success
        } else {
            Outcome::Error
        });
    }

    /// The name under which it is counted. Only what was valid gets a place among the names.
    fn label(&self, outcome: Outcome) -> SharedString {
        match &self.operation {
            None => names::OTHER.into(),
            Some(Operation { name: None, .. }) => names::ANONYMOUS.into(),
            Some(Operation { name: Some(name), .. }) if outcome.is_executed() => self.observer.0.place(name),
            Some(Operation { name: Some(name), .. }) => self.observer.0.find(name),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.gauge().decrement(1);
        let is_subscription = self.kind() == Some(OperationType::Subscription);
        let outcome = self.outcome.unwrap_or(if is_subscription {
            // A client that has heard enough of it leaves it.
            Outcome::Success
        } else {
            Outcome::Cancelled
        });
        let (name, kind) = (self.label(outcome), kind_label(self.kind()));
        counter!("understudy_graphql_requests_total",
            "operation" => name.clone(), "type" => kind, "outcome" => outcome.label())
        .increment(1);
        // How long somebody has followed says nothing of the server.
        if !is_subscription && outcome != Outcome::Refused {
            histogram!("understudy_graphql_request_duration_seconds", "operation" => name, "type" => kind)
                .record(self.begun.elapsed());
        }
    }
}

impl Outcome {
    /// Whether the operation was certainly a valid one. What is cancelled had begun to be executed.
    const fn is_executed(self) -> bool {
        matches!(self, Self::Success | Self::Error | Self::Cancelled)
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }
}

const fn kind_label(kind: Option<OperationType>) -> &'static str {
    match kind {
        Some(OperationType::Query) => "query",
        Some(OperationType::Mutation) => "mutation",
        Some(OperationType::Subscription) => "subscription",
        None => "unknown",
    }
}

/// Counts a request that never came to be an operation, and the errors that it is answered with.
pub(crate) fn count_refused(response: &Response) {
    count_errors(response);
    counter!("understudy_graphql_requests_total",
        "operation" => names::OTHER, "type" => kind_label(None), "outcome" => Outcome::Refused.label())
    .increment(1);
}

/// Counts an answer once for each code that its errors have.
pub(crate) fn count_errors(response: &Response) {
    let codes: BTreeSet<&str> = response
        .errors
        .iter()
        .filter_map(|error| match error.extensions.as_ref()?.get("code")? {
            Value::String(code) => Some(code.as_str()),
            _ => None,
        })
        .collect();
    for code in codes {
        counter!("understudy_graphql_errors_total", "code" => code.to_owned()).increment(1);
    }
}

/// One open socket or event stream among the figures, until this is dropped.
#[derive(Debug)]
pub(crate) struct Open(&'static str);

impl Open {
    /// A WebSocket.
    pub(crate) fn websocket() -> Self {
        Self::count("websocket")
    }

    /// An event stream.
    pub(crate) fn event_stream() -> Self {
        Self::count("sse")
    }

    fn count(transport: &'static str) -> Self {
        gauge!("understudy_sockets_open", "transport" => transport).increment(1);
        Self(transport)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        gauge!("understudy_sockets_open", "transport" => self.0).decrement(1);
    }
}

/// Says in words what the figures of this crate are, to whoever collects them in this process.
pub fn describe_metrics() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!(
        "understudy_graphql_requests_total",
        "GraphQL operations that have ended, and requests that never became one."
    );
    describe_histogram!(
        "understudy_graphql_request_duration_seconds",
        Unit::Seconds,
        "Time to execute a query or a mutation."
    );
    describe_counter!(
        "understudy_graphql_errors_total",
        "Answers with an error of this code."
    );
    describe_gauge!(
        "understudy_graphql_operations_running",
        "Operations that are being executed, subscriptions among them."
    );
    describe_counter!(
        "understudy_graphql_subscription_results_total",
        "Results of subscriptions that were handed to their connections."
    );
    describe_gauge!(
        "understudy_sockets_open",
        "WebSockets and event streams that are open."
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_not_told_to_its_end() {
        let named = |length| Operation::new(Some(&"n".repeat(length)), OperationType::Query).name;
        assert_eq!(named(100), Some("n".repeat(100)));
        assert_eq!(named(101), Some("n".repeat(100)));
    }
}
