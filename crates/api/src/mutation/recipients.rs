//! Recipients.

use async_graphql::{Context, ID, Object};
use understudy_domain::RecipientId;

use super::payload;
use crate::charge::Charge;
use crate::error::Failed;
use crate::id;
use crate::input::recipient::RecipientInput;
use crate::types::payload::{DeleteRecipientPayload, RecipientsPayload};
use crate::types::recipient::Recipient;
use crate::user_error::{Arguments, user_errors};
use crate::viewer::Viewer;
use crate::wants;

/// The arguments `id` and `recipients`.
const ARGUMENTS: Arguments = Arguments {
    noun: "recipient",
    subject: &["id"],
    input: &["recipients"],
    neighbour: &[],
    list: &["recipients"],
};

#[derive(Default)]
pub(crate) struct RecipientMutations;

/// Commands on recipients.
#[Object]
impl RecipientMutations {
    /// Makes the recipients whose external ids are new, and changes those whose are known, in one transaction: all of
    /// them, or none if anything is wrong with one.
    async fn upsert_recipients(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The recipients, at most 1,000, each external id once.")] recipients: Vec<
            RecipientInput,
        >,
    ) -> Result<RecipientsPayload, Failed> {
        Charge::check(ctx)?;
        let viewer = Viewer::of(ctx)?;
        let patches = recipients.into_iter().map(Into::into).collect();
        let answer = viewer.app.upsert_recipients(&viewer.caller, patches).await;
        Ok(match payload::refusals(answer)? {
            Ok(ids) => {
                Charge::for_items(ctx, ids.len());
                RecipientsPayload {
                    recipients: show(ctx, &ids).await,
                    user_errors: vec![],
                }
            }
            Err(refused) => RecipientsPayload {
                recipients: Ok(vec![]),
                user_errors: user_errors(&refused, &ARGUMENTS),
            },
        })
    }

    /// Erases a recipient: nothing is kept of them, and no filter finds them any more. What was counted of them stays
    /// counted.
    async fn delete_recipient(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the recipient.")] id: ID,
    ) -> Result<DeleteRecipientPayload, Failed> {
        let id: RecipientId = id::parse(&id, "id")?;
        let viewer = Viewer::of(ctx)?;
        let answer = viewer.app.delete_recipient(&viewer.caller, id).await;
        Ok(match payload::refusals(answer)? {
            Ok(id) => DeleteRecipientPayload {
                deleted: Some(id),
                user_errors: vec![],
            },
            Err(refused) => DeleteRecipientPayload {
                deleted: None,
                user_errors: user_errors(&refused, &ARGUMENTS),
            },
        })
    }
}

/// The recipients in one read, if they are selected, in this order.
async fn show(ctx: &Context<'_>, ids: &[RecipientId]) -> Result<Vec<Recipient>, Failed> {
    if ids.is_empty() || !wants::selected(ctx.field(), &["recipients"]) {
        return Ok(vec![]);
    }
    let snapshot = Viewer::of(ctx)?.snapshot().await?;
    let mut found = snapshot.recipients(ids).await?;
    Ok(ids
        .iter()
        .filter_map(|id| found.remove(id))
        .map(Recipient)
        .collect())
}
