//! Messages that are sent as tests.

use async_graphql::{Context, ID, Object};
use understudy_app::CommandError;
use understudy_domain::{ContentId, RecipientId};

use crate::charge::Charge;
use crate::error::Failed;
use crate::id;
use crate::input::test_address::TestAddress;
use crate::types::payload::TestMessagePayload;
use crate::user_error;
use crate::viewer::Viewer;

#[derive(Default)]
pub(crate) struct MessageMutations;

/// Commands on messages.
#[Object]
impl MessageMutations {
    /// Sends the message of a campaign or of a draft to these addresses and to nobody else, each once and at once. Nothing is
    /// noted of it: no status, no version, no event, and no result of the campaign.
    async fn send_test_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a campaign or of a draft, whose message it is.")] content_id: ID,
        #[graphql(desc = "Where it goes: 1 to 10 addresses of the message's channel.")] to: Vec<TestAddress>,
        #[graphql(
            desc = "The id of the recipient for whom it is filled in; left out or null: somebody of whom nothing is known."
        )]
        as_recipient: Option<ID>,
    ) -> Result<TestMessagePayload, Failed> {
        let content: ContentId = id::parse(&content_id, "contentId")?;
        let recipient = as_recipient.map(|id| id::parse::<RecipientId>(&id, "asRecipient"));
        let recipient = recipient.transpose()?;
        Charge::check(ctx)?;
        let viewer = Viewer::of(ctx)?;
        let to = to.into_iter().map(Into::into).collect();
        let answer = viewer
            .app
            .send_test_message(&viewer.caller, content, to, recipient)
            .await;
        Ok(match answer {
            Ok(Ok(report)) => TestMessagePayload {
                sent: report.sent,
                user_errors: user_error::of_undelivered(&report.undelivered),
            },
            Ok(Err(refused)) => TestMessagePayload {
                sent: 0,
                user_errors: user_error::of_untested(&refused),
            },
            Err(CommandError::Forbidden(forbidden)) => return Err(forbidden.into()),
            Err(CommandError::Ended(ended)) => return Err(ended.into()),
            Err(CommandError::Failed(failure)) => return Err(Failed::of_command(failure)),
            Err(CommandError::Refused(_)) => {
                return Err(Failed::impossible("a test message was refused as a change"));
            }
        })
    }
}
