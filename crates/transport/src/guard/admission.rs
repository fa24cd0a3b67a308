//! The document of a request: found, parsed and checked once, however often it is asked for.

use std::any::TypeId;

use async_graphql::{
    Positioned, Request, ServerError,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection},
};

use super::{Refusal, Rules, parsing::parse, text::MAX_NAME, trusted};
use crate::observe::Operation;

/// How much memory each token takes in a document that is parsed, in bytes.
const TOKEN_BYTES: usize = 256;

/// The kind of the operation that `request` chooses; none if it does not choose one of its document's operations.
///
/// # Errors
/// If the guard refuses the request, or its document does not parse.
pub(crate) fn chosen_operation(request: &mut Request, rules: &Rules) -> Result<Option<Chosen>, ServerError> {
    let name = request.operation_name.clone();
    let operation = choose(admit(request, rules)?, name.as_deref());
    Ok(operation.map(|(name, operation)| Chosen {
        operation: Operation::new(name, operation.ty),
        kind: operation.ty,
        has_one_field: matches!(
            operation.selection_set.node.items.as_slice(),
            [Positioned {
                node: Selection::Field(_),
                ..
            }]
        ),
    }))
}

/// What there is to know of an operation before it is executed.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    /// What is told of it.
    pub(crate) operation: Operation,
    /// Whether it reads, writes or follows.
    pub(crate) kind: OperationType,
    /// Whether a single field is all that it selects at its root, and not by a fragment.
    pub(crate) has_one_field: bool,
}

/// The operation with this name, or the only one, with the name that it has; none where that does not say which.
pub(super) fn choose<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<(Option<&'a str>, &'a OperationDefinition)> {
    let (name, operation) = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => (None, operation),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            let (name, operation) = operations.get_key_value(name)?;
            (Some(name.as_str()), operation)
        }
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            let (name, operation) = operations.iter().next()?;
            (Some(name.as_str()), operation)
        }
        (DocumentOperations::Single(_), Some(_)) | (DocumentOperations::Multiple(_), None) => return None,
    };
    Some((name, &operation.node))
}

/// Finds the request's document, checks its text, parses it, and checks what it is. The document stays in the request,
/// so that all this is done once.
pub(super) fn admit<'r>(
    request: &'r mut Request,
    rules: &Rules,
) -> Result<&'r ExecutableDocument, ServerError> {
    if !request.data.contains_key(&TypeId::of::<Admitted>()) {
        trusted::resolve(request, rules.documents.as_ref())?;
        let name = request.operation_name.as_ref();
        if name.is_some_and(|name| name.len() > MAX_NAME) {
            return Err(Refusal::OperationName(MAX_NAME).into());
        }
        let (document, tokens) = parse(&request.query, &rules.limits, rules.introspection)?;
        request.set_parsed_query(document);
        request.data.insert(Admitted { tokens });
    }
    request.parsed_query()
}

/// That a request's document has been checked, and is in the request.
struct Admitted {
    tokens: usize,
}

/// What the document of a request holds that has been admitted, in bytes.
pub(super) fn document_bytes(request: &Request) -> usize {
    let admitted = request.data.get(&TypeId::of::<Admitted>());
    let tokens = admitted
        .and_then(|admitted| admitted.downcast_ref::<Admitted>())
        .map_or(0, |admitted| admitted.tokens);
    tokens * TOKEN_BYTES
}
