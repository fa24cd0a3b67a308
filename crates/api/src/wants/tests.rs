//! Each field alone must be answered as it is within a full selection: what look-ahead forgets would be empty.

use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Schema};
use serde_json::Value;
use understudy_app::Caller;
use understudy_app::read::{CampaignRead, ContentRead, DraftRead};
use understudy_domain::{ArchiveCause, Lifecycle, Progress, Schedule, ScheduleKind, WorkspaceId};

use super::*;
use crate::sample::{at_second, full, segment};
use crate::types::campaign::Campaign;
use crate::types::node::Node;

/// The campaign as a read gives it: what is not wanted is empty.
fn as_wanted(mut read: CampaignRead, wants: Wants) -> CampaignRead {
    read.live = content_as_wanted(read.live, wants);
    read.draft = read.draft.filter(|_| wants.draft).map(|draft| DraftRead {
        content: content_as_wanted(draft.content, wants),
        ..draft
    });
    if !wants.priority {
        (read.level, read.place, read.position) = (None, None, None);
    }
    read.archive_segment = read.archive_segment.filter(|_| wants.archive_segment);
    let is_wanted = |day| wants.results.is_some_and(|days| days.contain(day));
    if !wants.progress {
        read.progress = Progress::default();
    }
    read.results.retain(|(day, _)| is_wanted(*day));
    read
}

fn content_as_wanted(content: ContentRead, wants: Wants) -> ContentRead {
    let wanted = |part: bool| wants.content && part;
    ContentRead {
        name: if wants.content {
            content.name
        } else {
            String::new()
        },
        description: if wants.content {
            content.description
        } else {
            String::new()
        },
        tags: if wanted(wants.tags) { content.tags } else { vec![] },
        channel: content.channel.filter(|_| wants.content),
        message: content.message.filter(|_| wanted(wants.message)),
        segments: if wanted(wants.segments) {
            content.segments
        } else {
            vec![]
        },
        schedule: if wants.content {
            content.schedule
        } else {
            Schedule {
                kind: ScheduleKind::OnLaunch,
                start_at: None,
                end_at: None,
            }
        },
    }
}

struct Probe {
    read: CampaignRead,
    /// Whether everything is read, whatever look-ahead says.
    everything: bool,
}

impl Probe {
    fn campaign_with(&self, wants: Wants) -> Campaign {
        let wants = if self.everything { Wants::ALL } else { wants };
        as_wanted(self.read.clone(), wants).into()
    }
}

/// Answers as the real queries do, from one campaign in memory.
#[Object]
impl Probe {
    /// By look-ahead at the field itself.
    async fn campaign(&self, ctx: &Context<'_>) -> Campaign {
        self.campaign_with(of(ctx.field()))
    }

    /// By look-ahead through an interface.
    async fn node(&self, ctx: &Context<'_>) -> Node {
        self.campaign_with(of(ctx.field())).into()
    }

    /// By look-ahead at a path, as payloads and pages have one.
    async fn payload(&self, ctx: &Context<'_>) -> Payload {
        let campaign = at(ctx.field(), &["campaign"]);
        let nodes = of_rows(ctx.field(), &[]);
        Payload {
            campaign: campaign.map(|wants| self.campaign_with(wants)),
            nodes: nodes.map(|wants| self.campaign_with(wants)),
        }
    }
}

struct Payload {
    campaign: Option<Campaign>,
    nodes: Option<Campaign>,
}

/// What stands between a field and the campaigns below it.
#[Object]
impl Payload {
    /// A payload's.
    async fn campaign(&self) -> Option<Campaign> {
        self.campaign.clone()
    }

    /// A page's.
    async fn nodes(&self) -> Option<Campaign> {
        self.nodes.clone()
    }

    /// A page's, with cursors.
    async fn edges(&self) -> Edge {
        Edge(self.nodes.clone())
    }
}

struct Edge(Option<Campaign>);

/// A row.
#[Object]
impl Edge {
    /// The campaign.
    async fn node(&self) -> Option<Campaign> {
        self.0.clone()
    }
}

type ProbeSchema = Schema<Probe, EmptyMutation, EmptySubscription>;

async fn answer(schema: &ProbeSchema, operation: &str) -> Value {
    let response = schema.execute(operation).await;
    let data = response
        .into_result()
        .unwrap_or_else(|errors| panic!("{operation}: {errors:?}"));
    data.data.into_json().unwrap()
}

/// The fields of a type, each with all that can be selected below it, but for those that are reads of their own or
/// lead to the other side of the pair. A field of a type that is not known here fails, so that no new one is forgotten.
async fn fields(schema: &ProbeSchema, name: &str) -> Vec<(String, String)> {
    let operation = format!(
        "{{ __type(name: \"{name}\") {{ fields {{ name type {{ name kind ofType {{ name kind ofType {{ name kind ofType {{ name }} }} }} }} }} }} }}"
    );
    let mut data = answer(schema, &operation).await;
    let Value::Array(fields) = data["__type"]["fields"].take() else {
        panic!("{name} has no fields");
    };
    let selection = |field: Value| {
        let mut innermost = &field["type"];
        while innermost["name"].is_null() {
            innermost = &innermost["ofType"];
        }
        let below = match innermost["name"].as_str().unwrap() {
            "Campaign" | "CampaignDraft" | "CampaignEventConnection" | "DeliveryFailureConnection" => {
                return None;
            }
            "ID" | "String" | "Int" | "DateTime" | "CampaignStatus" | "CampaignAction" => "",
            "Segment" => "{ id name archivedAt }",
            "Schedule" => "{ kind startAt endAt }",
            "InAppPriority" => "{ level position }",
            "ContentChange" => "{ path live draft }",
            "Message" => {
                "{ ... on EmailMessage { subject body replyTo } ... on InAppMessage { title body trigger } }"
            }
            "ArchiveCause" => {
                "{ ... on DirectArchive { at } ... on SegmentArchive { at segment { id archivedAt } } }"
            }
            "CampaignDelivery" => "{ planned pending inFlight sent failed canceled }",
            "CampaignAnalytics" => "{ sent uniqueRecipients lastSentAt daily { date clicks } }",
            other => panic!("{name} has a field of the new type {other}"),
        };
        let field = field["name"].as_str().unwrap().to_owned();
        Some((field.clone(), format!("{field} {below}")))
    };
    fields.into_iter().filter_map(selection).collect()
}

/// Asks for each field alone, and compares with a selection of all for which everything was read. The `frame` says
/// where campaigns stand in an operation, `{}` being the selection; the `pointer` says where they stand in the answer.
async fn each_field_alone_answers_as_in_full(read: &CampaignRead, frame: &str, pointer: &str, kind: &str) {
    let everything = schema_over(read, true);
    let looking_ahead = schema_over(read, false);
    let fields = fields(&everything, kind).await;
    let all: Vec<&str> = fields.iter().map(|(_, selection)| selection.as_str()).collect();
    let full = answer(&everything, &frame.replace("{}", &all.join(" "))).await;
    let full = full.pointer(pointer).unwrap();
    for (name, selection) in &fields {
        let operation = frame.replace("{}", selection);
        let alone = answer(&looking_ahead, &operation).await;
        assert_eq!(
            alone.pointer(pointer).unwrap().get(name),
            full.get(name),
            "{operation}"
        );
    }
}

fn schema_over(read: &CampaignRead, everything: bool) -> ProbeSchema {
    let read = read.clone();
    Schema::build(Probe { read, everything }, EmptyMutation, EmptySubscription)
        .data(Caller::system(WorkspaceId::DEFAULT))
        .finish()
}

fn campaigns() -> [CampaignRead; 4] {
    let cause = ArchiveCause::Segment(segment(1, None).id);
    [
        full(Lifecycle::Unlaunched),
        full(Lifecycle::Active {
            launched_at: at_second(40),
        }),
        full(Lifecycle::Archived {
            launched_at: None,
            at: at_second(50),
            cause: ArchiveCause::Direct,
        }),
        full(Lifecycle::Archived {
            launched_at: Some(at_second(40)),
            at: at_second(50),
            cause,
        }),
    ]
}

#[tokio::test]
async fn each_field_of_a_campaign_alone() {
    for read in &campaigns() {
        for (frame, pointer) in [
            ("{ campaign { {} } }", "/campaign"),
            ("{ campaign { ...f } } fragment f on Campaign { {} }", "/campaign"),
            (
                "{ campaign { draft { campaign { {} } } } }",
                "/campaign/draft/campaign",
            ),
            ("{ node { ... on Campaign { {} } } }", "/node"),
            ("{ payload { campaign { {} } } }", "/payload/campaign"),
            ("{ payload { nodes { {} } } }", "/payload/nodes"),
            ("{ payload { edges { node { {} } } } }", "/payload/edges/node"),
        ] {
            each_field_alone_answers_as_in_full(read, frame, pointer, "Campaign").await;
        }
    }
}

#[tokio::test]
async fn each_field_of_a_draft_alone() {
    for read in &campaigns() {
        for (frame, pointer) in [
            ("{ campaign { draft { {} } } }", "/campaign/draft"),
            (
                "{ campaign { draft { campaign { draft { {} } } } } }",
                "/campaign/draft/campaign/draft",
            ),
            (
                "{ node { ... on Campaign { draft { ... on Node { ... on CampaignDraft { {} } } } } } }",
                "/node/draft",
            ),
            (
                "{ payload { campaign { draft { {} } } } }",
                "/payload/campaign/draft",
            ),
        ] {
            each_field_alone_answers_as_in_full(read, frame, pointer, "CampaignDraft").await;
        }
    }
}

#[tokio::test]
async fn days_are_read_that_any_selection_wants() {
    let [_, read, ..] = campaigns();
    let day = |day: u32, of: &str| format!("\"1970-01-0{day}T{of}Z\"");
    let days =
        |from: &str, to: &str| format!("analytics(from: {from}, to: {to}) {{ sent daily {{ date }} }}");
    let (second, third) = (day(2, "00:00:00"), day(3, "12:00:00"));
    for selection in [
        days(&second, &third),
        days("null", &third),
        days(&second, "null"),
        days(&third, &second),
        format!(
            "{} fourth: {}",
            days(&second, &third),
            days(&day(4, "23:00:00"), "null")
        ),
        format!("analytics {{ clicks }} second: {}", days(&second, &third)),
    ] {
        let operation = format!("{{ campaign {{ {selection} }} }}");
        let full = answer(&schema_over(&read, true), &operation).await;
        assert_eq!(
            answer(&schema_over(&read, false), &operation).await,
            full,
            "{operation}"
        );
    }
}

struct Watch;

/// Says what look-ahead says.
#[Object]
impl Watch {
    /// What is wanted of the campaigns below.
    async fn campaign(&self, ctx: &Context<'_>) -> Wanted {
        Wanted(format!("{:?}", of(ctx.field())))
    }
}

struct Wanted(String);

/// Fields with the names that look-ahead knows.
#[Object]
impl Wanted {
    /// The answer of this probe.
    async fn id(&self) -> &str {
        &self.0
    }

    /// As a campaign's.
    async fn history(&self) -> Option<Wanted> {
        None
    }

    /// As a campaign's.
    async fn segments(&self) -> Option<Wanted> {
        None
    }

    /// As a campaign's.
    async fn name(&self) -> &str {
        ""
    }

    /// As a campaign's.
    async fn message(&self) -> Option<Wanted> {
        None
    }
}

#[tokio::test]
async fn nothing_is_read_that_is_not_selected() {
    let schema = Schema::new(Watch, EmptyMutation, EmptySubscription);
    for (selection, wants) in [
        ("id", NOTHING),
        ("id __typename history { name message { id } }", NOTHING),
        (
            "id segments { message { id } }",
            Wants {
                segments: true,
                ..CONTENT
            },
        ),
        ("id name @skip(if: true)", NOTHING),
        ("id name", CONTENT),
    ] {
        let response = schema.execute(format!("{{ campaign {{ {selection} }} }}")).await;
        let data = response.into_result().unwrap().data.into_json().unwrap();
        assert_eq!(data["campaign"]["id"], format!("{wants:?}"), "{selection}");
    }
}
