//! Tokens, as those see them who make them.

use async_graphql::{ID, InputObject, Object};
use understudy_domain::{self as domain, NewToken};

use super::viewer::Role;
use crate::connection;
use crate::scalar::DateTime;

/// A token.
#[derive(Clone)]
pub(crate) struct Token(pub(crate) domain::Token);

impl connection::Node for Token {
    const CONNECTION: &'static str = "TokenConnection";
    const EDGE: &'static str = "TokenEdge";
}

/// What lets somebody into the workspace, in a role.
#[Object]
impl Token {
    /// The token's id, with the prefix `tok`.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The name: 1 to 200 characters. Events have it as their `actor`, so no other token of the workspace
    /// has it, be it revoked. What an identity provider calls somebody may be the same.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What its bearer may do.
    async fn role(&self) -> Role {
        self.0.role.into()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Who made it, as events have it in `actor`; null if it was made on the command line, or by anybody at a server that
    /// was open.
    async fn created_by(&self) -> Option<&str> {
        self.0.created_by.as_deref()
    }

    /// From when on it lets nobody in; null if it always does.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// When it was revoked; null while it was not.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }
}

/// A token that is to be made.
#[derive(InputObject)]
pub(crate) struct TokenInput {
    /// 1 to 200 characters without control characters and line breaks, which no other token of the workspace has as its
    /// name.
    name: String,
    /// What its bearer may do.
    role: Role,
    /// From when on it lets nobody in; left out or null if it always does.
    expires_at: Option<DateTime>,
}

impl From<TokenInput> for NewToken {
    fn from(input: TokenInput) -> Self {
        Self {
            name: input.name,
            role: input.role.into(),
            expires_at: input.expires_at.map(|DateTime(at)| at),
        }
    }
}
