//! Changes of contents.

use async_graphql::{ID, InputObject, MaybeUndefined};
use understudy_domain::content::{ContentPatch, MessagePatch, SchedulePatch};

use super::message::MessageInput;
use super::{patched, try_patched};
use crate::error::Failed;
use crate::id;
use crate::scalar::DateTime;
use crate::types::schedule::ScheduleKind;

/// A patch on a content: what is left out stays as it is. `null` clears `message` and is `INVALID` elsewhere.
#[derive(Debug, InputObject)]
pub(crate) struct CampaignContentInput {
    /// The name: 1 to 200 characters after the white space around it is taken off. `createCampaign` requires it.
    name: MaybeUndefined<String>,
    /// What the campaign is for, up to 10,000 characters.
    description: MaybeUndefined<String>,
    /// All the tags: at most 50 of 1 to 100 characters after the white space around them is taken off, each once.
    tags: MaybeUndefined<Vec<String>>,
    /// The whole message; `null` clears it.
    message: MaybeUndefined<MessageInput>,
    /// All the segments: at most 100 that exist, each once. One that is archived can stay, but cannot be added.
    segment_ids: MaybeUndefined<Vec<ID>>,
    /// The whole schedule.
    schedule: MaybeUndefined<ScheduleInput>,
}

/// When a campaign is to send.
#[derive(Debug, InputObject)]
pub(crate) struct ScheduleInput {
    /// What starts the sending.
    kind: ScheduleKind,
    /// Nothing is sent before. `AT_TIME` requires it; elsewhere, left out or `null`: as soon as it is launched.
    start_at: Option<DateTime>,
    /// Nothing is sent from then on. It is after `startAt`. Left out or `null`: no end.
    end_at: Option<DateTime>,
}

impl CampaignContentInput {
    /// The patch, in the argument `argument`. Its contents are unchecked, but ids are ids.
    pub(crate) fn into_patch(self, argument: &str) -> Result<ContentPatch, Failed> {
        let parse = |ids: Vec<ID>| id::parse_all(&ids, &format!("{argument}.segmentIds"));
        let infallible = |message: MessageInput| Ok::<_, Failed>(MessagePatch::from(message));
        Ok(ContentPatch {
            name: patched(self.name),
            description: patched(self.description),
            tags: patched(self.tags),
            message: try_patched(self.message, infallible)?,
            segments: try_patched(self.segment_ids, parse)?,
            schedule: try_patched(self.schedule, |schedule| Ok::<_, Failed>(schedule.into()))?,
        })
    }
}

impl From<ScheduleInput> for SchedulePatch {
    fn from(input: ScheduleInput) -> Self {
        Self {
            kind: input.kind.into(),
            start_at: input.start_at.map(|at| at.0),
            end_at: input.end_at.map(|at| at.0),
        }
    }
}
