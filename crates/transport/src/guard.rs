//! What stands between every transport and the schema.
//!
//! async-graphql trusts the document more than a public server can. It recurses with each bracket, and its checks
//! walk through fragments as often as they are spread, so that a few hundred bytes from anyone cost the process its
//! stack, or a core for minutes. So nothing reaches the schema but through [`Guarded`], which looks at the text
//! before it is parsed, and at the document before it is carried out: whether it is valid, and what it costs.

mod admission;
mod collected;
mod descriptions;
mod document;
mod grammar;
mod input;
mod literals;
mod parsing;
mod refusal;
mod spelling;
mod text;
pub(crate) mod trusted;
mod typed;
mod valid;
mod variables;
mod weight;

use std::{cell::Cell, collections::HashSet, mem, sync::Arc};

pub(crate) use self::admission::{Chosen, chosen_operation};
use self::{
    admission::{admit, choose, document_bytes},
    collected::Asked,
    refusal::{Refusal, VALIDATION_FAILED},
    trusted::TrustedDocuments,
    weight::Weights,
};
use crate::{
    Introspection, Limits, Pass, TypeSystem,
    answer_size::{Answer, Scale, value_bytes},
    budget::{Budget, Held, NoRoom},
    error::{OVERLOADED, coded, with_code},
    observe::{Observer, Operation},
};
use async_graphql::{
    Executor, Request, Response, ServerError, Variables,
    parser::types::{ExecutableDocument, OperationDefinition},
};
use futures_util::{
    FutureExt as _, StreamExt as _, future,
    stream::{self, BoxStream},
};

/// What the guard goes by.
#[derive(Debug)]
pub(crate) struct Rules {
    /// How much anybody may ask for.
    pub(crate) limits: Limits,
    /// Whether questions about the schema are answered.
    pub(crate) introspection: Introspection,
    /// The documents that are carried out; none if all are.
    pub(crate) documents: Option<TrustedDocuments>,
    /// What the schema's fields give and take.
    pub(crate) types: TypeSystem,
}

/// What a query or a mutation may hold without taking it from the budget, in bytes: what is small, as a page of twenty
/// campaigns is, is answered whatever else is going on. How many there are at once has a limit.
const SMALL_ANSWER: usize = 256 * 1024;

/// What a subscription holds for its results from its beginning, in bytes, so that those that are no larger come whatever
/// else is going on.
const SMALL_RESULT: usize = 8 * 1024;

/// An executor that hands on only what passes the guard.
#[derive(Clone, Debug)]
pub(crate) struct Guarded<E> {
    executor: E,
    rules: Arc<Rules>,
    observer: Observer,
    budget: Budget,
}

impl<E: Executor> Guarded<E> {
    /// Puts the guard before `executor`.
    pub(crate) fn new(executor: E, rules: Rules) -> Self {
        Self {
            executor,
            budget: Budget::new(rules.limits.held_by_answers()),
            rules: Arc::new(rules),
            observer: Observer::default(),
        }
    }

    /// What the guard goes by.
    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Executes a query or a mutation.
    pub(crate) async fn execute(&self, mut request: Request) -> Answer {
        match self.prepare(&mut request, SMALL_ANSWER, |bytes| {
            let mut held = self.budget.hold(SMALL_ANSWER);
            held.grow(bytes)?;
            Ok(vec![held])
        }) {
            Ok((operation, scale)) => {
                let execution = self.executor.execute(request).map(all_coded);
                self.observer.execute(operation, scale.execute(execution)).await
            }
            Err(invalid) => self.refuse(invalid),
        }
    }

    /// Follows a subscription, which holds a part of each of `shares` as long as it goes on. What is none has one result.
    pub(crate) fn follow(&self, mut request: Request, shares: &[Budget]) -> BoxStream<'static, Answer> {
        match self.prepare(&mut request, SMALL_RESULT, |bytes| {
            let held = |share: &Budget| {
                let mut held = share.hold(0);
                held.grow(bytes + SMALL_RESULT)?;
                Ok(held)
            };
            shares.iter().map(held).collect()
        }) {
            Ok((operation, scale)) => {
                let results = self.executor.execute_stream(request, None).map(all_coded);
                self.observer.follow(operation, scale.follow(results.boxed()))
            }
            Err(invalid) => stream::once(future::ready(self.refuse(invalid))).boxed(),
        }
    }

    /// Checks the request, and has it `hold` the bytes that it is made of. Of its answers, what is `small` needs no room.
    fn prepare(
        &self,
        request: &mut Request,
        small: usize,
        hold: impl FnOnce(usize) -> Result<Vec<Held>, NoRoom>,
    ) -> Result<(Option<Operation>, Arc<Scale>), Invalid> {
        let Checked { operation, bytes } = check(request, &self.rules)?;
        let request_held = hold(bytes).map_err(|NoRoom| coded(NoRoom.to_string(), OVERLOADED))?;
        let has_commands = operation.as_ref().is_some_and(Operation::is_mutation);
        let answer = self.budget.hold(small);
        let scale = Scale::new(request_held, answer, self.rules.limits.answer_bytes, has_commands);
        request.data.insert(Arc::clone(&scale));
        Ok((operation, scale))
    }

    /// What answers take their memory from.
    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Room for so many bytes that are sent to somebody, who may always have a few.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn hold(&self, bytes: usize) -> Result<Held, NoRoom> {
        let mut held = self.budget.hold(SMALL_RESULT);
        held.grow(bytes)?;
        Ok(held)
    }

    /// The response to what is not handed on.
    fn refuse(&self, invalid: Invalid) -> Answer {
        let response = Response::from_errors(invalid.errors);
        self.observer.refuse(invalid.operation, &response);
        self.answer_with(response)
    }

    /// An answer that takes no memory to speak of.
    pub(crate) fn answer_with(&self, response: Response) -> Answer {
        Answer {
            response,
            held: self.budget.hold(0),
            is_given_up: false,
        }
    }
}

/// What is handed on.
struct Checked {
    /// The operation, where it is clear which one is meant.
    operation: Option<Operation>,
    /// What the request is made of, in bytes.
    bytes: usize,
}

/// What is not handed on.
struct Invalid {
    /// The operation that is meant, where only its document is not valid.
    operation: Option<Operation>,
    errors: Vec<ServerError>,
}

impl From<ServerError> for Invalid {
    fn from(error: ServerError) -> Self {
        Self {
            operation: None,
            errors: vec![error],
        }
    }
}

/// The response, with a code for each error that async-graphql itself has found: before anything was executed, or in
/// the arguments of a field. What the schema's resolvers tell has its code already.
fn all_coded(mut response: Response) -> Response {
    for error in &mut response.errors {
        let has_code = error
            .extensions
            .as_ref()
            .is_some_and(|extensions| extensions.get("code").is_some());
        if !has_code {
            let code = if error.path.is_empty() {
                VALIDATION_FAILED
            } else {
                variables::BAD_USER_INPUT
            };
            *error = with_code(error.clone(), code);
        }
    }
    response
}

/// Whether the JSON of a request is small enough to be read: a value costs many times the bytes it is written in.
///
/// # Errors
/// If it has too many values.
pub(crate) fn check_json(json: &[u8], limits: &Limits) -> Result<(), ServerError> {
    Ok(text::check_json(json, limits)?)
}

/// Admits the request, validates its document, and checks what it asks for with its variables, which get the values that
/// they have by default.
fn check(request: &mut Request, rules: &Rules) -> Result<Checked, Invalid> {
    let name = request.operation_name.clone();
    let mut variables = mem::take(&mut request.variables);
    let document = admit(request, rules)?;
    // Which operation is meant may be unclear; then the schema says so.
    let chosen = choose(document, name.as_deref());
    let operation = chosen.map(|(name, operation)| Operation::new(name, operation.ty));
    let has_repeats = match valid::check(document, &rules.types, &rules.limits, rules.introspection) {
        Ok(has_repeats) => has_repeats,
        Err(errors) => return Err(Invalid { operation, errors }),
    };
    let (mut collected, mut values) = (None, 0);
    if let Some((name, chosen)) = chosen {
        complete(document, chosen, &mut variables, rules)?;
        let asked = Asked {
            document,
            name,
            operation: chosen,
            variables: &variables,
        };
        collected = collected::collect(asked, &rules.types, rules.limits.selections, has_repeats)
            .map_err(ServerError::from)?;
        // What is executed is what costs.
        let executed = collected
            .as_ref()
            .map_or(document, |collected| &collected.document);
        values = check_asked(executed, name, &variables, rules)?;
    }
    if let Some(pass) = Pass::of(request) {
        pass.ask(values);
    }
    let mut bytes = document_bytes(request);
    if let Some(collected) = collected {
        // In the place of the other one.
        request.set_parsed_query(collected.document);
        bytes = collected.bytes;
    }
    request.variables = variables;
    let variables: usize = request.variables.values().map(value_bytes).sum();
    bytes += request.query.len() + variables;
    Ok(Checked { operation, bytes })
}

/// Completes the variables of an operation, and checks how much is given with them. What it does not declare is dropped.
fn complete(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &mut Variables,
    rules: &Rules,
) -> Result<(), ServerError> {
    let declared = operation.variable_definitions.iter();
    let declared: HashSet<_> = declared.map(|definition| &definition.node.name.node).collect();
    variables.retain(|name, _| declared.contains(name));
    variables::fill(variables, operation, &rules.types)?;
    Ok(weight::check(
        document,
        &Weights::of(variables),
        rules.limits.values,
    )?)
}

/// Checks what the operation with this name asks for with its variables; how many values that are.
fn check_asked(
    document: &ExecutableDocument,
    name: Option<&str>,
    variables: &Variables,
    rules: &Rules,
) -> Result<usize, ServerError> {
    let Some((_, operation)) = choose(document, name) else {
        return Ok(0);
    };
    let pass = typed::Pass {
        document,
        variables,
        weights: &Weights::of(variables),
        types: &rules.types,
        limit: rules.limits.complexity,
        given: Cell::default(),
    };
    Ok(pass.check(operation)?)
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
