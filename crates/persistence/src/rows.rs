//! Rows to domain and back. A row that no command could have written is told as corrupt, never repaired.

mod results;

use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};
use understudy_domain::{
    ArchiveCause, CampaignEvent, CampaignId, Canvas, CanvasId, Channel, EmailMessage, Header, InAppMessage,
    Lifecycle, Message, Place, Rank, Recipient, RecipientId, Schedule, Segment, SegmentId, SourceId, Status,
    Token, TokenId, Version, WebhookMessage, WorkspaceId,
};
use uuid::Uuid;

pub(crate) use results::{day_columns, progress, properties, results};

use crate::StoreError;
use crate::codes::{Code, level_from_number, level_number};
use crate::entity::{
    campaign, campaign_event, canvas, content, in_app_place, recipient, segment, token, workspace,
};
use crate::read::page::sort_name;
use crate::read::{RecordedEvent, WorkspaceRead};
use crate::store::SecretHash;

pub(crate) fn corrupt(what: &'static str, detail: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt {
        what,
        detail: format!("{detail}"),
    }
}

pub(crate) fn version(number: i32) -> Result<Version, StoreError> {
    Version::from_number(number).ok_or_else(|| corrupt("version", number))
}

pub(crate) fn lifecycle(row: &campaign::Model) -> Result<Lifecycle, StoreError> {
    let campaign::Model {
        launched_at,
        stopped_at,
        archived_at,
        archived_by_segment_id,
        ..
    } = *row;
    match (
        Status::from_code(&row.status)?,
        launched_at,
        stopped_at,
        archived_at,
    ) {
        (Status::Unlaunched, None, None, None) => Ok(Lifecycle::Unlaunched),
        (Status::Active, Some(launched_at), None, None) => Ok(Lifecycle::Active { launched_at }),
        (Status::Stopped, Some(launched_at), Some(at), None) => Ok(Lifecycle::Stopped { launched_at, at }),
        (Status::Archived, launched_at, None, Some(at)) => {
            let cause = archived_by_segment_id.map_or(ArchiveCause::Direct, |id| {
                ArchiveCause::Segment(SegmentId::from_uuid(id))
            });
            Ok(Lifecycle::Archived {
                launched_at,
                at,
                cause,
            })
        }
        _ => Err(corrupt("lifecycle", CampaignId::from_uuid(row.id))),
    }
}

/// The columns of a lifecycle, as they are written.
pub(crate) fn lifecycle_columns(lifecycle: Lifecycle) -> campaign::ActiveModel {
    let (stopped_at, archived_at, segment) = match lifecycle {
        Lifecycle::Unlaunched | Lifecycle::Active { .. } => (None, None, None),
        Lifecycle::Stopped { at, .. } => (Some(at), None, None),
        Lifecycle::Archived {
            at,
            cause: ArchiveCause::Direct,
            ..
        } => (None, Some(at), None),
        Lifecycle::Archived {
            at,
            cause: ArchiveCause::Segment(id),
            ..
        } => (None, Some(at), Some(id.uuid())),
    };
    campaign::ActiveModel {
        status: Set(lifecycle.status().code().to_owned()),
        launched_at: Set(lifecycle.launched_at()),
        stopped_at: Set(stopped_at),
        archived_at: Set(archived_at),
        archived_by_segment_id: Set(segment),
        ..Default::default()
    }
}

pub(crate) fn schedule(
    kind: &str,
    start_at: Option<understudy_domain::Timestamp>,
    end_at: Option<understudy_domain::Timestamp>,
) -> Result<Schedule, StoreError> {
    Ok(Schedule {
        kind: Code::from_code(kind)?,
        start_at,
        end_at,
    })
}

/// The message that a content's columns hold.
pub(crate) fn message(row: content::Model) -> Result<Option<Message>, StoreError> {
    let id = row.id;
    let column = |value: Option<String>| value.ok_or_else(|| corrupt("message", id));
    let Some(channel) = row.channel else {
        return Ok(None);
    };
    let message = match Channel::from_code(&channel)? {
        Channel::Email => Message::Email(EmailMessage {
            subject: column(row.subject)?,
            body: column(row.body)?,
            from: row.from_address,
            reply_to: row.reply_to,
        }),
        Channel::InApp => Message::InApp(InAppMessage {
            title: column(row.title)?,
            body: column(row.body)?,
            trigger: column(row.trigger_event)?,
        }),
        Channel::Webhook => Message::Webhook(WebhookMessage {
            url: column(row.url)?,
            body: column(row.body)?,
            headers: row
                .headers
                .as_ref()
                .and_then(headers)
                .ok_or_else(|| corrupt("headers", id))?,
        }),
    };
    Ok(Some(message))
}

fn headers(stored: &Value) -> Option<Vec<Header>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let header = |pair: &Value| {
        Some(Header {
            name: text(pair.get(0)?)?,
            value: text(pair.get(1)?)?,
        })
    };
    stored.as_array()?.iter().map(header).collect()
}

/// The columns of a campaign that repeat what its live content says, for lists.
pub(crate) fn list_columns(live: &understudy_domain::Content) -> campaign::ActiveModel {
    campaign::ActiveModel {
        sort_name: Set(sort_name(&live.name)),
        channel: Set(channel(live)),
        ..Default::default()
    }
}

fn channel(content: &understudy_domain::Content) -> Option<String> {
    let message = content.message.as_ref();
    message.map(|message| message.channel().code().to_owned())
}

/// A content's row, tags and segments aside.
pub(crate) fn content_columns(
    id: Uuid,
    workspace: WorkspaceId,
    content: &understudy_domain::Content,
) -> content::ActiveModel {
    let base = content::ActiveModel {
        id: Set(id),
        workspace_id: Set(workspace.uuid()),
        name: Set(content.name.clone()),
        sort_name: Set(sort_name(&content.name)),
        description: Set(content.description.clone()),
        schedule_kind: Set(content.schedule.kind.code().to_owned()),
        start_at: Set(content.schedule.start_at),
        end_at: Set(content.schedule.end_at),
        channel: Set(channel(content)),
        subject: Set(None),
        title: Set(None),
        trigger_event: Set(None),
        url: Set(None),
        from_address: Set(None),
        reply_to: Set(None),
        headers: Set(None),
        body: Set(None),
    };
    match &content.message {
        None => base,
        Some(Message::Email(email)) => content::ActiveModel {
            subject: Set(Some(email.subject.clone())),
            body: Set(Some(email.body.clone())),
            from_address: Set(email.from.clone()),
            reply_to: Set(email.reply_to.clone()),
            ..base
        },
        Some(Message::InApp(in_app)) => content::ActiveModel {
            title: Set(Some(in_app.title.clone())),
            body: Set(Some(in_app.body.clone())),
            trigger_event: Set(Some(in_app.trigger.clone())),
            ..base
        },
        Some(Message::Webhook(webhook)) => content::ActiveModel {
            url: Set(Some(webhook.url.clone())),
            body: Set(Some(webhook.body.clone())),
            headers: Set(Some(
                webhook
                    .headers
                    .iter()
                    .map(|header| json!([header.name, header.value]))
                    .collect(),
            )),
            ..base
        },
    }
}

pub(crate) fn segment(row: segment::Model) -> Result<Segment, StoreError> {
    Ok(Segment {
        id: SegmentId::from_uuid(row.id),
        version: version(row.version)?,
        name: row.name,
        description: row.description,
        filter: row.filter,
        archived_at: row.archived_at,
    })
}

pub(crate) fn segment_columns(workspace: WorkspaceId, segment: &Segment) -> segment::ActiveModel {
    segment::ActiveModel {
        id: Set(segment.id.uuid()),
        workspace_id: Set(workspace.uuid()),
        version: Set(segment.version.number()),
        sort_name: Set(sort_name(&segment.name)),
        name: Set(segment.name.clone()),
        description: Set(segment.description.clone()),
        filter: Set(segment.filter.clone()),
        archived_at: Set(segment.archived_at),
    }
}

pub(crate) fn canvas(row: canvas::Model, place: Option<&in_app_place::Model>) -> Result<Canvas, StoreError> {
    let place = place.ok_or_else(|| corrupt("Canvas without a place", CanvasId::from_uuid(row.id)))?;
    Ok(Canvas {
        id: CanvasId::from_uuid(row.id),
        name: row.name,
        archived_at: row.archived_at,
        place: self::place(place)?,
    })
}

pub(crate) fn canvas_columns(workspace: WorkspaceId, canvas: &Canvas) -> canvas::ActiveModel {
    canvas::ActiveModel {
        id: Set(canvas.id.uuid()),
        workspace_id: Set(workspace.uuid()),
        name: Set(canvas.name.clone()),
        sort_name: Set(sort_name(&canvas.name)),
        archived_at: Set(canvas.archived_at),
    }
}

pub(crate) fn place(row: &in_app_place::Model) -> Result<Place, StoreError> {
    Ok(Place {
        level: level_from_number(row.level)?,
        rank: rank(row.rank.clone())?,
    })
}

pub(crate) fn rank(bytes: Vec<u8>) -> Result<Rank, StoreError> {
    let detail = format!("{bytes:?}");
    Rank::from_bytes(bytes).ok_or_else(|| corrupt("rank", detail))
}

pub(crate) fn source_id(row: &in_app_place::Model) -> SourceId {
    match row.canvas_id {
        Some(id) => SourceId::Canvas(CanvasId::from_uuid(id)),
        None => SourceId::Campaign(CampaignId::from_uuid(row.source_id)),
    }
}

pub(crate) fn place_columns(
    workspace: WorkspaceId,
    source: SourceId,
    place: &Place,
) -> in_app_place::ActiveModel {
    let (campaign_id, canvas_id) = match source {
        SourceId::Campaign(id) => (Some(id.uuid()), None),
        SourceId::Canvas(id) => (None, Some(id.uuid())),
    };
    in_app_place::ActiveModel {
        source_id: Set(source.uuid()),
        workspace_id: Set(workspace.uuid()),
        campaign_id: Set(campaign_id),
        canvas_id: Set(canvas_id),
        level: Set(level_number(place.level)),
        rank: Set(place.rank.as_bytes().to_vec()),
    }
}

pub(crate) fn workspace(row: workspace::Model) -> WorkspaceRead {
    WorkspaceRead {
        id: WorkspaceId::from_uuid(row.id),
        name: row.name,
    }
}

pub(crate) fn token(row: token::Model) -> Result<Token, StoreError> {
    Ok(Token {
        id: TokenId::from_uuid(row.id),
        name: row.name,
        role: Code::from_code(&row.role)?,
        created_at: row.created_at,
        created_by: row.created_by,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
    })
}

pub(crate) fn token_columns(
    workspace: WorkspaceId,
    token: &Token,
    secret: &SecretHash,
) -> token::ActiveModel {
    token::ActiveModel {
        id: Set(token.id.uuid()),
        workspace_id: Set(workspace.uuid()),
        name: Set(token.name.clone()),
        role: Set(token.role.code().to_owned()),
        secret_hash: Set(secret.to_vec()),
        created_at: Set(token.created_at),
        created_by: Set(token.created_by.clone()),
        expires_at: Set(token.expires_at),
        revoked_at: Set(token.revoked_at),
    }
}

pub(crate) fn recipient(row: recipient::Model) -> Result<Recipient, StoreError> {
    let id = RecipientId::from_uuid(row.id);
    Ok(Recipient {
        id,
        external_id: row.external_id,
        email: row.email,
        attributes: serde_json::from_str(&row.attributes).map_err(|_| corrupt("object of attributes", id))?,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

pub(crate) fn recipient_columns(workspace: WorkspaceId, recipient: &Recipient) -> recipient::ActiveModel {
    recipient::ActiveModel {
        id: Set(recipient.id.uuid()),
        workspace_id: Set(workspace.uuid()),
        external_id: Set(recipient.external_id.clone()),
        email: Set(recipient.email.clone()),
        attributes: Set(Value::Object(recipient.attributes.clone()).to_string()),
        created_at: Set(recipient.created_at),
        updated_at: Set(recipient.updated_at),
    }
}

pub(crate) fn event(row: &campaign_event::Model) -> Result<RecordedEvent, StoreError> {
    let event = CampaignEvent {
        campaign_id: CampaignId::from_uuid(row.campaign_id),
        kind: Code::from_code(&row.kind)?,
        at: row.at,
        version: version(row.version)?,
        status_before: row.status_before.as_deref().map(Status::from_code).transpose()?,
        status_after: Status::from_code(&row.status_after)?,
        caused_by_segment: row.segment_id.map(SegmentId::from_uuid),
    };
    Ok(RecordedEvent {
        sequence: row.sequence,
        actor: row.actor.clone(),
        event,
    })
}

pub(crate) fn event_columns(
    workspace: WorkspaceId,
    sequence: i64,
    actor: Option<&str>,
    event: &CampaignEvent,
) -> campaign_event::ActiveModel {
    campaign_event::ActiveModel {
        workspace_id: Set(workspace.uuid()),
        sequence: Set(sequence),
        campaign_id: Set(event.campaign_id.uuid()),
        version: Set(event.version.number()),
        kind: Set(event.kind.code().to_owned()),
        at: Set(event.at),
        status_before: Set(event.status_before.map(|status| status.code().to_owned())),
        status_after: Set(event.status_after.code().to_owned()),
        segment_id: Set(event.caused_by_segment.map(SegmentId::uuid)),
        actor: Set(actor.map(str::to_owned)),
    }
}
