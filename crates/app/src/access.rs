//! Workspaces, tokens, and whom a token lets in.

use std::sync::Arc;

use understudy_domain::problem::Problem;
use understudy_domain::{Action, NewToken, ProblemKind, Timestamp, Token, TokenId, WorkspaceId};
use understudy_persistence::{SecretHash, read::WorkspaceRead};
use uuid::Uuid;

use crate::error::{CommandError, Refused, Target};
use crate::{App, Applied, Caller, Failure, LetInBy, Secret};

/// Somebody who was let in by a token.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// What they are here.
    pub caller: Caller,
    /// By which token.
    pub token: TokenId,
    /// From when on it lets nobody in.
    pub expires_at: Option<Timestamp>,
}

/// A token that was just made, with its secret, which nobody will see again.
#[derive(Debug, Clone)]
pub struct MadeToken {
    /// The token.
    pub token: Token,
    /// Its secret.
    pub secret: Secret,
}

impl App {
    /// Whoever has the secret with this hash; none if it is no token's, or of one that lets nobody in any more.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn bearer(&self, secret: &SecretHash) -> Result<Option<Bearer>, Failure> {
        let found = self.store.token_of(secret).await?;
        Ok(found
            .filter(|(_, token)| token.is_valid(self.clock.now()))
            .map(|(workspace, token)| Bearer {
                caller: Caller {
                    workspace,
                    role: token.role,
                    name: Some(Arc::from(token.name)),
                    by: LetInBy::Token(token.id),
                },
                token: token.id,
                expires_at: token.expires_at,
            }))
    }

    /// The workspace with this name or this id, if there is one.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn workspace_named(&self, named: &str) -> Result<Option<WorkspaceId>, Failure> {
        Ok(self.store.workspace_named(named).await?)
    }

    /// Whether a token was ever made. Until then a server may be open to everybody.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn has_tokens(&self) -> Result<bool, Failure> {
        Ok(self.store.has_tokens().await?)
    }

    /// Those of these tokens that are revoked.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn revoked(&self, tokens: &[TokenId]) -> Result<Vec<TokenId>, Failure> {
        Ok(self.store.revoked(tokens).await?)
    }

    /// Makes a token for the caller's workspace.
    ///
    /// # Errors
    /// A role that does not allow it, a wrong input, no randomness, or a failure of the database.
    pub async fn create_token(&self, caller: &Caller, new: NewToken) -> Result<MadeToken, CommandError> {
        let secret = Secret::generate().map_err(Failure::from)?;
        let (id, hash, clock) = (TokenId::from_uuid(Uuid::now_v7()), secret.hash(), self.clock);
        let (new, by) = (Arc::new(new), caller.name.clone());
        let token = self
            .write(caller, Action::CreateToken, move |tx| {
                let (new, by) = (Arc::clone(&new), by.as_deref().map(str::to_owned));
                Box::pin(async move {
                    let token =
                        Token::create(id, (*new).clone(), by, clock.now()).map_err(Refused::Invalid)?;
                    if tx.is_token_name(&token.name).await? {
                        return Err(taken().into());
                    }
                    tx.insert_token(&token, &hash).await?;
                    Ok::<_, CommandError>(token)
                })
            })
            .await?;
        Ok(MadeToken { token, secret })
    }

    /// Revokes a token of the caller's workspace: it lets nobody in from now on, and whoever is in by it is out within
    /// seconds.
    ///
    /// # Errors
    /// A role that does not allow it, an unknown token, or a failure of the database.
    pub async fn revoke_token(&self, caller: &Caller, id: TokenId) -> Result<Applied<TokenId>, CommandError> {
        let clock = self.clock;
        self.write(caller, Action::RevokeToken, move |tx| {
            Box::pin(async move {
                let token = tx.token(id).await?.ok_or(Refused::NotFound(Target::Subject))?;
                let changed = token.revoked_at.is_none();
                if changed {
                    tx.revoke_token(id, clock.now()).await?;
                }
                Ok::<_, CommandError>(Applied { id, changed })
            })
        })
        .await
    }

    /// All workspaces, by name.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceRead>, Failure> {
        Ok(self.store.workspaces().await?)
    }

    /// Makes a workspace.
    ///
    /// # Errors
    /// A wrong name, or a failure of the database.
    pub async fn create_workspace(&self, name: &str) -> Result<WorkspaceRead, CommandError> {
        let id = WorkspaceId::from_uuid(Uuid::now_v7());
        let name = understudy_domain::token::workspace_name(name).map_err(Refused::Invalid)?;
        let kept: Arc<str> = Arc::from(name.as_str());
        self.store
            .write(id, None, move |tx| {
                let name = Arc::clone(&kept);
                Box::pin(async move {
                    if tx.is_workspace_name(&name).await? {
                        return Err(CommandError::from(taken()));
                    }
                    Ok(tx.insert_workspace(&name).await?)
                })
            })
            .await?;
        Ok(WorkspaceRead { id, name })
    }
}

/// That the name is another one's.
fn taken() -> Refused {
    Refused::Invalid(vec![Problem {
        path: vec!["name".to_owned()],
        kind: ProblemKind::Taken,
    }])
}
