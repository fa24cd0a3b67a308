//! Executions that nest as deep as they may, on stacks that do not.
//!
//! A field is executed within that around it, through some dozen calls of async-graphql and of whoever resolves it, which
//! take tens of kilobytes as they are compiled for debugging. A stack that is not large enough ends the process.

use std::{future::poll_fn, pin::pin};

/// How much of the stack there must be for what lies between one field and the next, in bytes.
const NEEDED: usize = 512 * 1024;

/// How large a piece of stack is that is added, in bytes.
const PIECE: usize = 4 * 1024 * 1024;

/// The same, with more of a stack where there is too little left.
pub(crate) async fn with_stack<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| stacker::maybe_grow(NEEDED, PIECE, || future.as_mut().poll(context))).await
}
