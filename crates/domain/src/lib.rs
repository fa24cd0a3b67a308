//! What a campaign may do.
//!
//! This crate is pure: it refuses to know of time (it comes in as a parameter), of ids being made (they come in
//! too), of databases, of GraphQL and of anything asynchronous. The law, which command is allowed when, stands in
//! [`rules`] and nowhere else; who may give it, in [`access`].

pub mod access;
mod address;
pub mod breach;
pub mod call;
pub mod campaign;
pub mod content;
pub mod delivery;
pub mod engagement;
pub mod event;
pub mod filter;
pub mod id;
pub mod in_app;
pub mod problem;
pub mod recipient;
pub mod refusal;
pub mod replay;
pub mod results;
pub mod rules;
pub mod source;
pub mod template;
pub mod text;
pub mod token;

pub use access::{Action, Role};
pub use breach::Breach;
pub use campaign::{
    ArchiveCause, Campaign, Draft, Lifecycle, LifecycleCommand, MissedPolicy, Status, Transition, Version,
};
pub use content::{
    Channel, CompiledMessage, Content, EmailMessage, Header, InAppMessage, Message, RenderedMessage,
    Schedule, ScheduleKind, Unrendered, WebhookMessage,
};
pub use delivery::{DeliveryState, PlanChange, Progress, plan_changes};
pub use engagement::{Engagement, EngagementKind};
pub use event::{CampaignEvent, EventKind};
pub use filter::{Filter, FilterError};
pub use id::{
    CampaignId, CanvasId, ContentId, DraftId, NodeId, RecipientId, SegmentId, SourceId, TokenId, WorkspaceId,
};
pub use in_app::{InAppLevel, InAppVerdict, InAppWish, Place, Rank};
pub use problem::{Flaw, Problem, ProblemKind};
pub use recipient::{Recipient, RecipientPatch};
pub use refusal::{Reason, Refusal};
pub use replay::Replay;
pub use results::{Date, Days, Results};
pub use rules::{Command, Readiness, Standing, Verdict};
pub use source::{Canvas, Segment};
pub use template::{Escaping, RenderError, Stage, Template, TemplateError};
pub use token::{NewToken, Token};

/// A moment, in UTC. Everything stored is truncated to milliseconds, which both databases keep.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
