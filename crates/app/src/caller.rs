//! Who asks, and the one way from a caller to a write.

use std::sync::Arc;

use futures_util::{FutureExt as _, future::BoxFuture};
use understudy_domain::{Action, Role, Timestamp, TokenId, WorkspaceId};
use understudy_persistence::{StoreError, WriteError, WriteTx};

use crate::App;

/// Who asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The workspace that they are in: all that there is for them.
    pub workspace: WorkspaceId,
    /// What they are in it.
    pub role: Role,
    /// What the log is to call them; none for those without a name, as the system itself.
    pub name: Option<Arc<str>>,
    /// By what they are let in.
    pub by: LetInBy,
}

/// By what somebody is let in. It may end between that and a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetInBy {
    /// By themselves, as the system is, and whoever runs its commands.
    Themselves,
    /// By the server's being open to everybody, as long as there is no token.
    OpenServer,
    /// By a token.
    Token(TokenId),
    /// By what another one says of them, until this moment.
    Identity(Timestamp),
}

impl Caller {
    /// The system itself, which may do everything in a workspace.
    #[must_use]
    pub const fn system(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            role: Role::Admin,
            name: None,
            by: LetInBy::Themselves,
        }
    }

    /// Whoever comes to a server that is open: they may do everything in a workspace.
    #[must_use]
    pub fn anybody(workspace: WorkspaceId) -> Self {
        Self {
            by: LetInBy::OpenServer,
            ..Self::system(workspace)
        }
    }

    /// Checks that the role allows an action.
    ///
    /// # Errors
    /// If it does not.
    pub fn check(&self, action: Action) -> Result<(), Forbidden> {
        let role = self.role;
        if role.may(action) {
            Ok(())
        } else {
            Err(Forbidden { action, role })
        }
    }
}

/// That a caller's role does not allow something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{action:?} needs another role than {role:?}")]
pub struct Forbidden {
    /// What they have asked for.
    pub action: Action,
    /// What they are.
    pub role: Role,
}

/// That what a caller was let in by has ended since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what they were let in by is no longer valid")]
pub struct Ended;

impl LetInBy {
    /// Whether it still lets in, as the transaction sees it.
    async fn is_valid(self, tx: &WriteTx, now: Timestamp) -> Result<bool, StoreError> {
        Ok(match self {
            Self::Themselves => true,
            Self::OpenServer => !tx.has_tokens().await?,
            Self::Token(id) => tx.token(id).await?.is_some_and(|token| token.is_valid(now)),
            Self::Identity(end) => now < end,
        })
    }
}

impl App {
    /// Runs `work` in a transaction of the caller's workspace, if their role allows the action, and they are still let in:
    /// whoever has revoked a token finds nothing in the log that was done by it afterwards. Every command goes this way,
    /// so that none is carried out without an action, and none without an author in the log.
    pub(crate) async fn write<T, E, F>(&self, caller: &Caller, action: Action, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError + From<Forbidden> + From<Ended>,
        F: for<'t> Fn(&'t mut WriteTx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        caller.check(action)?;
        let (name, by, clock, work) = (caller.name.clone(), caller.by, self.clock, Arc::new(work));
        let checked = self.store.write(caller.workspace, name, move |tx| {
            let work = Arc::clone(&work);
            async move {
                if !by.is_valid(tx, clock.now()).await? {
                    return Err(Ended.into());
                }
                work(tx).await
            }
            .boxed()
        });
        checked.await
    }
}
