//! What several stories need: moments, ids, places, patches and short names for outcomes.

use chrono::TimeDelta;
use understudy_domain::campaign::Circumstances;
use understudy_domain::content::{
    ContentPatch, EmailPatch, InAppPatch, MessagePatch, SegmentStates, WebhookPatch,
};
use understudy_domain::text::Patched;
use understudy_domain::{
    Campaign, CampaignId, Content, DraftId, InAppLevel, Lifecycle, Message, Place, Problem, ProblemKind,
    Rank, Reason, SegmentId, Status, Timestamp, Transition, Version,
};
use uuid::Uuid;

/// A moment so many seconds after the first one.
pub(crate) fn moment(seconds: u32) -> Timestamp {
    let first = Timestamp::from_timestamp(1_700_000_000, 0).expect("this is a moment");
    first + TimeDelta::seconds(i64::from(seconds))
}

pub(crate) fn campaign_id(number: u32) -> CampaignId {
    CampaignId::from_uuid(Uuid::from_u128(u128::from(number)))
}

pub(crate) fn draft_id(number: u32) -> DraftId {
    DraftId::from_uuid(Uuid::from_u128(u128::from(number)))
}

pub(crate) fn segment_id(number: usize) -> SegmentId {
    SegmentId::from_uuid(Uuid::from_u128(0x5e9 << 64 | number as u128))
}

/// As many segments as flags, each archived where its flag says so.
pub(crate) fn segment_states(archived: &[bool]) -> SegmentStates {
    let pairs = archived
        .iter()
        .enumerate()
        .map(|(number, archived)| (segment_id(number), *archived));
    pairs.collect()
}

/// The place of what enters a level as the so-manieth: each stands above all before it.
pub(crate) fn place(level: InAppLevel, number: u32) -> Place {
    let whole = (1_u64 << 63) - u64::from(number);
    Place {
        level,
        rank: Rank::from_bytes(whole.to_be_bytes().to_vec()).expect("eight bytes are a rank"),
    }
}

/// A campaign that was created at the first moment and has done nothing since.
pub(crate) fn campaign(lifecycle: Lifecycle, live: Content) -> Campaign {
    Campaign {
        id: campaign_id(1),
        version: Version::FIRST,
        lifecycle,
        place: live.is_in_app().then(|| place(InAppLevel::Medium, 1)),
        live,
        draft: None,
        created_at: moment(0),
        updated_at: moment(0),
    }
}

/// Runs something with all that a decision needs, where nothing but the segments matters.
pub(crate) fn with_circumstances<T>(
    at: u32,
    segments: &SegmentStates,
    run: impl FnOnce(Circumstances<'_>) -> T,
) -> T {
    let entry = place(InAppLevel::Medium, at);
    run(Circumstances {
        at: moment(at),
        segments,
        entry: &entry,
    })
}

/// The campaign after a transition that must be a change.
pub(crate) fn changed(transition: Transition) -> Campaign {
    match transition {
        Transition::Changed { campaign, .. } => *campaign,
        Transition::Unchanged(campaign) => panic!("nothing changed of {campaign:?}"),
    }
}

/// The status as the rules table writes it.
pub(crate) const fn status_name(status: Status) -> &'static str {
    match status {
        Status::Unlaunched => "UNLAUNCHED",
        Status::Active => "ACTIVE",
        Status::Stopped => "STOPPED",
        Status::Archived => "ARCHIVED",
    }
}

/// The reason as the rules table writes it.
pub(crate) const fn reason_name(reason: &Reason) -> &'static str {
    match reason {
        Reason::DraftExists => "DRAFT_EXISTS",
        Reason::NoDraft => "NO_DRAFT",
        Reason::NotLaunched => "NOT_LAUNCHED",
        Reason::AlreadyLaunched => "ALREADY_LAUNCHED",
        Reason::CampaignArchived => "CAMPAIGN_ARCHIVED",
        Reason::SegmentArchived => "SEGMENT_ARCHIVED",
        Reason::Incomplete { .. } => "INCOMPLETE",
        Reason::NotInApp => "NOT_IN_APP",
        Reason::VersionConflict { .. } => "VERSION_CONFLICT",
        Reason::Invalid(_) => "INVALID",
    }
}

/// A patch of the name alone.
pub(crate) fn rename(name: impl Into<String>) -> ContentPatch {
    ContentPatch {
        name: Patched::Set(name.into()),
        ..ContentPatch::default()
    }
}

/// A patch of the message alone.
pub(crate) fn say(message: MessagePatch) -> ContentPatch {
    ContentPatch {
        message: Patched::Set(message),
        ..ContentPatch::default()
    }
}

/// An email with nothing wrong.
pub(crate) fn email() -> EmailPatch {
    EmailPatch {
        subject: "Hello".to_owned(),
        body: "Come and see.".to_owned(),
        from: None,
        reply_to: None,
    }
}

/// An in-app message with nothing wrong.
pub(crate) fn in_app() -> InAppPatch {
    InAppPatch {
        title: "Hello".to_owned(),
        body: "Come and see.".to_owned(),
        trigger: "app_opened".to_owned(),
    }
}

/// A webhook with nothing wrong.
pub(crate) fn webhook() -> WebhookPatch {
    WebhookPatch {
        url: "https://hooks.example.com/understudy".to_owned(),
        body: "{}".to_owned(),
        headers: vec![],
    }
}

/// A content that has nothing but a name: what every patch that is tried singly goes onto.
pub(crate) fn plain() -> Content {
    Content {
        name: "Plain".to_owned(),
        ..Content::empty()
    }
}

/// A path as a client writes it, and what is wrong there.
pub(crate) type Told = (String, ProblemKind);

/// What becomes of a patch on the plain content, with problems told by dotted paths.
pub(crate) fn try_patch(patch: ContentPatch) -> Result<Content, Vec<Told>> {
    try_patch_on(&plain(), patch, &SegmentStates::default())
}

pub(crate) fn try_patch_on(
    base: &Content,
    patch: ContentPatch,
    segments: &SegmentStates,
) -> Result<Content, Vec<Told>> {
    patch.apply(base, segments).map_err(told)
}

pub(crate) fn told(problems: Vec<Problem>) -> Vec<Told> {
    problems
        .into_iter()
        .map(|problem| (problem.path.join("."), problem.kind))
        .collect()
}

/// The message that an accepted patch becomes.
pub(crate) fn message_of(patch: MessagePatch) -> Message {
    let content = try_patch(say(patch)).expect("there is nothing wrong with it");
    content.message.expect("it was set")
}
