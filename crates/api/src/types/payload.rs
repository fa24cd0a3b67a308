//! What mutations answer with.

use async_graphql::{Enum, ID, Object};
use understudy_app::MadeToken;
use understudy_domain::{CampaignId, RecipientId};

use super::campaign::Campaign;
use super::canvas::Canvas;
use super::in_app::InAppSource;
use super::recipient::Recipient;
use super::segment::Segment;
use super::token::Token;
use crate::error::Failed;
use crate::user_error::UserError;

/// What a payload shows, as it is after the command; `None` also where it is not selected. That it could not be read
/// takes nothing back: the command itself is done, and the payload says so beside the error.
pub(crate) type Shown<T> = Result<Option<T>, Failed>;

/// How a command ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct End {
    pub(crate) changed: bool,
    pub(crate) user_errors: Vec<UserError>,
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $payload:ident { $(#[$field_doc:meta])* $field:ident: $shown:ty })*) => {$(
        $(#[$doc])*
        pub(crate) struct $payload {
            pub(crate) shown: Shown<$shown>,
            pub(crate) end: End,
        }

        $(#[$doc])*
        #[Object]
        impl $payload {
            $(#[$field_doc])*
            async fn $field(&self) -> Option<Result<$shown, Failed>> {
                self.shown.clone().transpose()
            }

            /// Whether the command changed anything. False where it was already so, which is no error: no event, no
            /// new version. False too where the command was refused.
            async fn changed(&self) -> bool {
                self.end.changed
            }

            /// Why the command was refused; empty if it was not.
            async fn user_errors(&self) -> &[UserError] {
                &self.end.user_errors
            }
        }
    )*};
}

payloads! {
    /// What became of a command on a campaign.
    CampaignPayload {
        /// The campaign as it is now, also after a refusal; null if there is none: an unknown id, or a creation or
        /// cloning that was refused.
        campaign: Campaign
    }

    /// What became of a command on a segment.
    SegmentPayload {
        /// The segment as it is now, also after a refusal; null if there is none: an unknown id, or a creation that was
        /// refused.
        segment: Segment
    }

    /// What became of a command on a Canvas.
    CanvasPayload {
        /// The Canvas as it is now; null if there is none: an unknown id, or a creation that was refused.
        canvas: Canvas
    }

    /// What became of revoking a token.
    TokenPayload {
        /// The token as it is now; null if there is none with the id.
        token: Token
    }

    /// What became of moving a campaign or a Canvas in the in-app order.
    InAppPriorityPayload {
        /// The campaign or Canvas as it is now, also after a refusal; null if there is none with the id.
        source: InAppSource
    }
}

/// What became of making a token.
pub(crate) struct CreateTokenPayload {
    pub(crate) made: Option<MadeToken>,
    pub(crate) user_errors: Vec<UserError>,
}

/// What became of making a token.
#[Object]
impl CreateTokenPayload {
    /// The token; null if it was refused.
    async fn token(&self) -> Option<Token> {
        self.made.as_ref().map(|made| Token(made.token.clone()))
    }

    /// The secret by which its bearer is known, `Authorization: Bearer understudy_…`. It is told once and kept by nobody:
    /// whoever loses it makes another token. Null if it was refused.
    async fn secret(&self) -> Option<&str> {
        self.made.as_ref().map(|made| made.secret.reveal())
    }

    /// Why the command was refused; empty if it was not.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// What became of making and changing recipients.
pub(crate) struct RecipientsPayload {
    pub(crate) recipients: Result<Vec<Recipient>, Failed>,
    pub(crate) user_errors: Vec<UserError>,
}

/// What became of making and changing recipients.
#[Object]
impl RecipientsPayload {
    /// The recipients as they are now, in the order in which they were given; empty if the command was refused.
    fn recipients(&self) -> Result<Vec<Recipient>, Failed> {
        self.recipients.clone()
    }

    /// Why the command was refused; empty if it was not.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// What became of erasing a recipient.
pub(crate) struct DeleteRecipientPayload {
    pub(crate) deleted: Option<RecipientId>,
    pub(crate) user_errors: Vec<UserError>,
}

/// What became of erasing a recipient.
#[Object]
impl DeleteRecipientPayload {
    /// The id of the recipient who was erased; null if there was none with it.
    async fn deleted_id(&self) -> Option<ID> {
        self.deleted.map(ID::from)
    }

    /// Why the command was refused; empty if it was not.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// What became of sending a test.
pub(crate) struct TestMessagePayload {
    pub(crate) sent: usize,
    pub(crate) user_errors: Vec<UserError>,
}

/// What became of sending a test.
#[Object]
impl TestMessagePayload {
    /// To how many addresses the message was delivered.
    async fn sent(&self) -> usize {
        self.sent
    }

    /// Why nothing was sent, or why it was not delivered to some of the addresses.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// What became of a call that sends a campaign.
#[derive(Default)]
pub(crate) struct TriggerPayload {
    pub(crate) accepted: usize,
    pub(crate) duplicates: usize,
    pub(crate) user_errors: Vec<UserError>,
}

/// What became of a call that sends a campaign.
#[Object]
impl TriggerPayload {
    /// To how many recipients it is sent by this call.
    async fn accepted(&self) -> usize {
        self.accepted
    }

    /// How many of those that were named are to get it already, by a call with the same key, or as they stand in the list
    /// before.
    async fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// Why the call was refused, or which recipients are not there.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// What became of recording engagements.
#[derive(Default)]
pub(crate) struct EngagementsPayload {
    pub(crate) recorded: usize,
    pub(crate) duplicates: usize,
    pub(crate) user_errors: Vec<UserError>,
}

/// What became of recording engagements.
#[Object]
impl EngagementsPayload {
    /// How many were recorded.
    async fn recorded(&self) -> usize {
        self.recorded
    }

    /// How many had been recorded before, under the same ids, and were left as they are.
    async fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// Why the others were not recorded, each by its place in the list.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// What became of archiving a segment.
pub(crate) struct ArchiveSegmentPayload {
    pub(crate) shown: Shown<Segment>,
    pub(crate) end: End,
    pub(crate) archived_campaigns: Result<Vec<Campaign>, Failed>,
}

/// What became of archiving a segment, or in a dry run would become of it.
#[Object]
impl ArchiveSegmentPayload {
    /// The segment as it is now: in a dry run, as it was. Null if there is none with the id.
    async fn segment(&self) -> Option<Result<Segment, Failed>> {
        self.shown.clone().transpose()
    }

    /// Whether the command changed anything; in a dry run, whether it would. False where the segment was archived
    /// already, which is no error.
    async fn changed(&self) -> bool {
        self.end.changed
    }

    /// The campaigns that were archived with the segment, as they are now; in a dry run, those that would be.
    fn archived_campaigns(&self) -> Result<Vec<Campaign>, Failed> {
        self.archived_campaigns.clone()
    }

    /// Why the command was refused; empty if it was not.
    async fn user_errors(&self) -> &[UserError] {
        &self.end.user_errors
    }
}

/// What became of a command on many campaigns.
pub(crate) struct BulkPayload {
    pub(crate) results: Vec<BulkResult>,
    pub(crate) user_errors: Vec<UserError>,
}

impl BulkPayload {
    fn count(&self, outcome: BulkOutcome) -> usize {
        let results = self.results.iter();
        results.filter(|result| result.outcome == outcome).count()
    }
}

/// What became of a command on many campaigns, which is one transaction. In a dry run: what would become of it.
#[Object]
impl BulkPayload {
    /// What became of each campaign, in the order of `ids`, or of the filter's list (the newest first). Empty if the
    /// command was refused as a whole.
    async fn results(&self) -> &[BulkResult] {
        &self.results
    }

    /// How many campaigns changed.
    async fn changed_count(&self) -> usize {
        self.count(BulkOutcome::Changed)
    }

    /// How many campaigns were left as they were without being refused.
    async fn unchanged_count(&self) -> usize {
        self.count(BulkOutcome::Unchanged)
    }

    /// How many campaigns were refused.
    async fn refused_count(&self) -> usize {
        self.count(BulkOutcome::Refused)
    }

    /// Why the command was refused as a whole; empty if it was not. Why a single campaign was refused is told in its
    /// result.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// What became of one campaign of a bulk command.
pub(crate) struct BulkResult {
    pub(crate) id: CampaignId,
    pub(crate) outcome: BulkOutcome,
    pub(crate) shown: Shown<Campaign>,
    pub(crate) error: Option<UserError>,
}

/// What became of one campaign of a bulk command.
#[Object]
impl BulkResult {
    /// The campaign's id, as it was given or found.
    async fn id(&self) -> ID {
        self.id.into()
    }

    /// What became of it.
    async fn outcome(&self) -> BulkOutcome {
        self.outcome
    }

    /// The campaign as it is now; null if there is none with the id.
    async fn campaign(&self) -> Option<Result<Campaign, Failed>> {
        self.shown.clone().transpose()
    }

    /// Why it was refused; null if it was not.
    async fn error(&self) -> Option<UserError> {
        self.error.clone()
    }
}

/// What became of one campaign of a bulk command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum BulkOutcome {
    /// It changed; in a dry run: it would.
    Changed,
    /// It was already so; or it was left as it was because another campaign was refused and the policy is
    /// `ALL_OR_NOTHING`.
    Unchanged,
    /// It was refused.
    Refused,
}
