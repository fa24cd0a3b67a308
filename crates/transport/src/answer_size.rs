//! How large an answer may be. What is asked for says how many values there will be, but not how long they are; so they
//! are weighed while they are made, and what is too large is given up before it is whole.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::{
    PathSegment, QueryPathNode, QueryPathSegment, Response, ServerError, ServerResult, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo},
};
use async_trait::async_trait;
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use tokio::sync::Notify;

use crate::{
    budget::Held,
    deep::with_stack,
    error::{OVERLOADED, coded},
    error_path::{has_path, path_bytes, path_to, with_path},
};

/// What a value weighs beside its text, in bytes: about what it takes to make it, and to keep it until it is written.
const VALUE_BYTES: usize = 256;

/// How often what an answer weighs is held until it is sent: as values, and as it is written.
const HOLDS: usize = 2;

/// The extension that a schema must have, so that an [`Endpoint`](crate::Endpoint) can tell how large its answers become:
/// without it, [`Limits::answer_bytes`](crate::Limits::answer_bytes) and [`Limits::held_bytes`](crate::Limits::held_bytes)
/// do not hold for them. It does nothing for whoever executes the schema otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnswerSize;

impl ExtensionFactory for AnswerSize {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for AnswerSize {
    async fn resolve(
        &self,
        context: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let Some(scale) = context.data_opt::<Arc<Scale>>() else {
            return with_stack(next.run(context, info)).await;
        };
        let at = info.path_node;
        let is_command = scale.carries_out_commands && at.parent.is_none();
        // What is in objects and lists is weighed by itself.
        let is_leaf = info.field.selection_set.node.items.is_empty() && !info.return_type.starts_with('[');
        let key = match at.segment {
            QueryPathSegment::Name(key) => key.len(),
            QueryPathSegment::Index(_) => 0,
        };
        // Of an answer that is given up nothing is sent; but commands that stand in one operation are all carried out.
        if scale.add(VALUE_BYTES + key, at).is_err() && !is_command {
            return Ok(Some(Value::Null));
        }
        let result = with_stack(next.run(context, info)).await;
        let bytes = match &result {
            Ok(Some(value)) if is_leaf => content_bytes(value),
            Ok(_) => 0,
            // As it has been weighed where it came up.
            Err(error) if has_path(error) => 0,
            Err(error) => VALUE_BYTES + error.message.len() + path_bytes(at),
        };
        // Whoever asks next is told.
        let _ = scale.add(bytes, at);
        result.map_err(|error| with_path(error, at))
    }
}

/// What an operation's answer weighs as it is made; of a subscription, each of its results. It goes along with the
/// request.
#[derive(Debug)]
pub(crate) struct Scale {
    _request: Vec<Held>,
    limit: usize,
    /// Whether each of the operation's root fields is a command.
    carries_out_commands: bool,
    weighed: Mutex<Weighed>,
    given_up: Notify,
}

#[derive(Debug)]
struct Weighed {
    bytes: usize,
    held: Held,
    excess: Option<Excess>,
}

/// Why an answer is given up, and where it was then.
#[derive(Debug)]
struct Excess {
    kind: ExcessKind,
    path: Vec<PathSegment>,
}

#[derive(Debug, Clone, Copy)]
enum ExcessKind {
    TooLarge,
    NoRoom,
}

/// That the answer is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct GivenUp;

/// An answer with the memory that it holds until it is sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response,
    pub(crate) held: Held,
    /// Whether it was given up, and an error stands in its place.
    pub(crate) is_given_up: bool,
}

impl AsRef<Response> for Answer {
    fn as_ref(&self) -> &Response {
        &self.response
    }
}

impl Scale {
    /// A scale for answers of up to `limit` bytes, the first of which takes its memory from `held`. What the request itself
    /// holds goes back with the scale.
    pub(crate) fn new(request: Vec<Held>, held: Held, limit: usize, carries_out_commands: bool) -> Arc<Self> {
        Arc::new(Self {
            _request: request,
            limit,
            carries_out_commands,
            weighed: Mutex::new(Weighed {
                bytes: 0,
                held,
                excess: None,
            }),
            given_up: Notify::new(),
        })
    }

    fn add(&self, bytes: usize, at: &QueryPathNode<'_>) -> Result<(), GivenUp> {
        let weighed = &mut *self.weighed();
        if weighed.excess.is_some() {
            return Err(GivenUp);
        }
        weighed.bytes += bytes;
        let kind = if weighed.bytes > self.limit {
            ExcessKind::TooLarge
        } else if weighed.held.grow(bytes * HOLDS).is_err() {
            ExcessKind::NoRoom
        } else {
            return Ok(());
        };
        let path = path_to(at);
        weighed.excess = Some(Excess { kind, path });
        // At once, so that of many who ask for much some are answered.
        weighed.held = weighed.held.another();
        self.given_up.notify_one();
        Err(GivenUp)
    }

    /// The response to an execution, or an error as soon as its answer is given up. Commands are carried out to the end
    /// first.
    pub(crate) async fn execute(&self, execution: impl Future<Output = Response>) -> Answer {
        let response = tokio::select! {
            biased;
            response = execution => response,
            () = self.given_up.notified(), if !self.carries_out_commands => Response::default(),
        };
        self.answer(response)
    }

    /// The results of a subscription, up to the first that is given up. Whoever follows it can go on from the last that
    /// came.
    pub(crate) fn follow(
        self: Arc<Self>,
        results: BoxStream<'static, Response>,
    ) -> BoxStream<'static, Answer> {
        stream::unfold(Some(results), move |results| {
            let scale = Arc::clone(&self);
            async move {
                let mut results = results?;
                let response = results.next().await?;
                let answer = scale.answer(response);
                let rest = (!answer.is_given_up).then_some(results);
                Some((answer, rest))
            }
        })
        .boxed()
    }

    /// What has been weighed as an answer, after which the next one is weighed.
    fn answer(&self, response: Response) -> Answer {
        let weighed = &mut *self.weighed();
        let nothing = Weighed {
            bytes: 0,
            held: weighed.held.another(),
            excess: None,
        };
        let Weighed { held, excess, .. } = mem::replace(weighed, nothing);
        Answer {
            is_given_up: excess.is_some(),
            response: match excess {
                Some(excess) => Response::from_errors(vec![self.error(excess)]),
                None => response,
            },
            held,
        }
    }

    fn error(&self, Excess { kind, path }: Excess) -> ServerError {
        let (mut message, code) = match kind {
            ExcessKind::TooLarge => (
                format!(
                    "The answer is larger than {} bytes, of which each value counts for {VALUE_BYTES} beside its text. \
                     Ask for less at once.",
                    self.limit
                ),
                "ANSWER_TOO_LARGE",
            ),
            ExcessKind::NoRoom => (
                "Too much is being answered for an answer of this size. Try again.".to_owned(),
                OVERLOADED,
            ),
        };
        if self.carries_out_commands {
            message.push_str(" What was asked for has been done, as far as it could be.");
        }
        let mut error = coded(message, code);
        error.path = path;
        error
    }

    fn weighed(&self) -> MutexGuard<'_, Weighed> {
        self.weighed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a value weighs with its text and with all that is in it.
pub(crate) fn value_bytes(value: &Value) -> usize {
    VALUE_BYTES + content_bytes(value)
}

/// How long a text is as it is written, where some signs need two or six.
fn written_bytes(text: &str) -> usize {
    let more: usize = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
            0..0x20 => 5,
            _ => 0,
        })
        .sum();
    text.len() + more
}

/// What is in a value: its text, or other values.
fn content_bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => written_bytes(text),
        Value::Binary(bytes) => bytes.len(),
        Value::List(values) => values.iter().map(value_bytes).sum(),
        Value::Object(values) => values
            .iter()
            .map(|(key, value)| key.len() + value_bytes(value))
            .sum(),
        Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Enum(_) => 0,
    }
}

#[cfg(test)]
mod tests;
