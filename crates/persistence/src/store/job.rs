//! A write of any type, from the queue to its answer.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;
use understudy_domain::WorkspaceId;

use super::WriteError;
use crate::{StoreError, WriteTx};

/// A write of any type.
pub(super) trait Job: Send {
    fn workspace(&self) -> WorkspaceId;

    /// Who did it, for the log.
    fn actor(&self) -> Option<Arc<str>>;

    /// Whether the caller still waits for it, as far as is known.
    fn is_wanted(&self) -> bool;

    /// Says that its turn has come, unless the caller has given it up by now.
    fn take_turn(&self) -> bool;

    /// Runs it and keeps what it answers.
    fn run<'t>(&'t mut self, tx: &'t mut WriteTx) -> BoxFuture<'t, Ran>;

    /// Tells the caller what it answered, or that it was not committed.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// What becomes of the changes of a write that has run.
pub(super) enum Ran {
    Keep,
    TakeBack,
    Broken(StoreError),
}

/// Whose a write is: the caller's, who may give it up, until its turn has come.
#[derive(Debug, Clone, Default)]
pub(super) struct Turn(Arc<AtomicU8>);

impl Turn {
    const WAITING: u8 = 0;
    const TAKEN: u8 = 1;
    const GIVEN_UP: u8 = 2;

    /// Gives the write up, unless its turn has come.
    pub(super) fn give_up(&self) -> bool {
        self.settle(Self::GIVEN_UP)
    }

    fn is_given_up(&self) -> bool {
        self.0.load(Ordering::Acquire) == Self::GIVEN_UP
    }

    /// Settles once for all what becomes of the write; says whether it is this.
    fn settle(&self, as_this: u8) -> bool {
        let settled = self
            .0
            .compare_exchange(Self::WAITING, as_this, Ordering::AcqRel, Ordering::Acquire);
        settled.is_ok() || settled == Err(as_this)
    }
}

/// Gives a write up when this is dropped, unless its turn has come: whoever waited for it has gone.
pub(super) struct GivenUp(pub(super) Turn);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

pub(super) struct Work<F, T, E> {
    workspace: WorkspaceId,
    actor: Option<Arc<str>>,
    turn: Turn,
    run: F,
    outcome: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

/// A write, and where its answer comes.
pub(super) type Queued<F, T, E> = (Work<F, T, E>, oneshot::Receiver<Result<T, E>>);

impl<F, T, E> Work<F, T, E> {
    pub(super) fn new(workspace: WorkspaceId, actor: Option<Arc<str>>, run: F) -> Queued<F, T, E> {
        let (answer, receiver) = oneshot::channel();
        let work = Self {
            workspace,
            actor,
            turn: Turn::default(),
            run,
            outcome: None,
            answer,
        };
        (work, receiver)
    }

    pub(super) fn turn(&self) -> Turn {
        self.turn.clone()
    }
}

impl<F, T, E> Job for Work<F, T, E>
where
    T: Send + 'static,
    E: WriteError,
    F: for<'t> Fn(&'t mut WriteTx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
{
    fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    fn actor(&self) -> Option<Arc<str>> {
        self.actor.clone()
    }

    fn is_wanted(&self) -> bool {
        !self.turn.is_given_up()
    }

    fn take_turn(&self) -> bool {
        self.turn.settle(Turn::TAKEN)
    }

    fn run<'t>(&'t mut self, tx: &'t mut WriteTx) -> BoxFuture<'t, Ran> {
        Box::pin(async move {
            // A panic takes back this write like an error would, and leaves the others alone.
            let outcome = AssertUnwindSafe((self.run)(tx)).catch_unwind().await;
            let outcome = outcome.unwrap_or_else(|_| Err(StoreError::Panicked.into()));
            let ran = match &outcome {
                Ok(_) => Ran::Keep,
                Err(error) => match error.store_error() {
                    None => Ran::TakeBack,
                    Some(error) => Ran::Broken(error.of_transaction()),
                },
            };
            self.outcome = Some(outcome);
            ran
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let outcome = match (self.outcome, committed) {
            // What takes back this write alone stands, unless the transaction that it was decided in was no good.
            (Some(Err(error)), Err(_)) if error.store_error().is_some() => Err(error),
            (Some(outcome), Ok(())) => outcome,
            (None, Ok(())) => Err(StoreError::Closed.into()),
            (_, Err(error)) => Err(error.into()),
        };
        // The caller may be gone; what is committed is committed.
        let _ = self.answer.send(outcome);
    }
}
