//! Tokens.

use async_graphql::{Context, ID, Object};
use understudy_domain::TokenId;

use super::payload;
use crate::error::Failed;
use crate::id;
use crate::types::payload::{CreateTokenPayload, TokenPayload};
use crate::types::token::TokenInput;
use crate::user_error::{Arguments, user_errors};
use crate::viewer::Viewer;

/// The arguments `id` and `input`.
const ARGUMENTS: Arguments = Arguments {
    noun: "token",
    subject: &["id"],
    input: &["input"],
    neighbour: &[],
    list: &[],
};

#[derive(Default)]
pub(crate) struct TokenMutations;

/// Commands on tokens. They need the role `ADMIN`.
#[Object]
impl TokenMutations {
    /// Makes a token for the viewer's workspace. Where the server was open to everybody, the first one closes it.
    async fn create_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: TokenInput,
    ) -> Result<CreateTokenPayload, Failed> {
        let viewer = Viewer::of(ctx)?;
        let answer = viewer.app.create_token(&viewer.caller, input.into()).await;
        Ok(match payload::refusals(answer)? {
            Ok(made) => CreateTokenPayload {
                made: Some(made),
                user_errors: vec![],
            },
            Err(refused) => CreateTokenPayload {
                made: None,
                user_errors: user_errors(&refused, &ARGUMENTS),
            },
        })
    }

    /// Revokes a token: it lets nobody in any more, and whoever follows a subscription by it is cut off within two
    /// seconds.
    async fn revoke_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the token.")] id: ID,
    ) -> Result<TokenPayload, Failed> {
        let id: TokenId = id::parse(&id, "id")?;
        let viewer = Viewer::of(ctx)?;
        let answer = viewer.app.revoke_token(&viewer.caller, id).await;
        let (_, end) = payload::end(answer, None, &ARGUMENTS)?;
        Ok(TokenPayload {
            shown: payload::show_token(ctx, id).await,
            end,
        })
    }
}
