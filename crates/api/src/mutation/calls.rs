//! Calls from outside that send a campaign.

use async_graphql::{Context, ID, Object};
use understudy_domain::CampaignId;

use super::payload;
use crate::charge::Charge;
use crate::error::Failed;
use crate::id;
use crate::scalar::Json;
use crate::types::payload::TriggerPayload;
use crate::user_error::{self, Arguments, user_errors};
use crate::viewer::Viewer;

/// The arguments of a call.
const ARGUMENTS: Arguments = Arguments {
    noun: "campaign",
    subject: &["id"],
    input: &[],
    neighbour: &[],
    list: &["recipientIds"],
};

#[derive(Default)]
pub(crate) struct CallMutations;

/// Calls from outside.
#[Object]
impl CallMutations {
    /// Sends a campaign whose schedule is `API_TRIGGERED` to these recipients, as far as its segments hold them when it is
    /// sent. Calls of a campaign with one key send to each recipient once, however often they come. While the campaign is
    /// stopped, what is called waits, and is due then.
    async fn trigger_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the campaign.")] id: ID,
        #[graphql(desc = "The ids of the recipients, at most 1,000.")] recipient_ids: Vec<ID>,
        #[graphql(
            desc = "What the message's templates find in `properties`: a JSON object of at most 16 KiB; left out or null: an empty one. Of calls with one key, the first one's count."
        )]
        properties: Option<Json>,
        #[graphql(desc = "What you know the call by: 1 to 200 characters.")] idempotency_key: String,
    ) -> Result<TriggerPayload, Failed> {
        let id: CampaignId = id::parse(&id, "id")?;
        let recipients = id::parse_all(&recipient_ids, "recipientIds")?;
        Charge::check(ctx)?;
        let viewer = Viewer::of(ctx)?;
        let items = recipients.len();
        let properties = match properties {
            Some(Json(serde_json::Value::Null)) | None => serde_json::Value::Object(serde_json::Map::new()),
            Some(Json(properties)) => properties,
        };
        let answer = viewer
            .app
            .trigger_campaign(&viewer.caller, id, recipients, idempotency_key, properties)
            .await;
        Ok(match payload::refusals(answer)? {
            Ok(report) => {
                Charge::for_items(ctx, items);
                TriggerPayload {
                    accepted: report.accepted,
                    duplicates: report.duplicates,
                    user_errors: user_error::of_unknown_recipients(&report.unknown),
                }
            }
            Err(refused) => TriggerPayload {
                user_errors: user_errors(&refused, &ARGUMENTS),
                ..TriggerPayload::default()
            },
        })
    }
}
