//! Each field alone must be answered as it is within a full selection: what look-ahead forgets would be empty.

use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Schema};
use chrono::DateTime;
use serde_json::Value;
use understudy_app::read::{CampaignRead, ContentRead, DraftRead};
use understudy_domain::{
    ArchiveCause, CampaignId, DraftId, EmailMessage, InAppLevel, InAppMessage, Lifecycle, Message, Place,
    Rank, Schedule, ScheduleKind, Segment, SegmentId, Timestamp, Version,
};
use uuid::Uuid;

use super::*;
use crate::types::campaign::Campaign;
use crate::types::node::Node;

fn at_second(second: i64) -> Timestamp {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn version(number: i32) -> Version {
    Version::from_number(number).unwrap()
}

fn segment(number: u128, archived_at: Option<Timestamp>) -> Segment {
    Segment {
        id: SegmentId::from_uuid(Uuid::from_u128(number)),
        version: version(2),
        name: format!("Segment {number}"),
        description: "Who they are".to_owned(),
        archived_at,
    }
}

fn content(name: &str, message: Message, segments: Vec<Segment>) -> ContentRead {
    ContentRead {
        name: name.to_owned(),
        description: format!("What {name} is for"),
        tags: vec!["spring".to_owned(), name.to_owned()],
        channel: Some(message.channel()),
        message: Some(message),
        segments,
        schedule: Schedule {
            kind: ScheduleKind::AtTime,
            start_at: Some(at_second(1_000)),
            end_at: Some(at_second(2_000)),
        },
    }
}

/// A campaign with all that one can have, in this lifecycle.
fn full(lifecycle: Lifecycle) -> CampaignRead {
    let in_app = Message::InApp(InAppMessage {
        title: "Hello".to_owned(),
        body: "There".to_owned(),
        trigger: "app_opened".to_owned(),
    });
    let email = Message::Email(EmailMessage {
        subject: "Hello".to_owned(),
        body: "Where".to_owned(),
        from: None,
        reply_to: Some("a@example.com".to_owned()),
    });
    CampaignRead {
        id: CampaignId::from_uuid(Uuid::from_u128(1)),
        version: version(9),
        lifecycle,
        live: content("live", in_app, vec![segment(1, None)]),
        draft: Some(DraftRead {
            id: DraftId::from_uuid(Uuid::from_u128(2)),
            content: content("next", email, vec![segment(2, None), segment(1, None)]),
            based_on_version: version(7),
            created_at: at_second(20),
            updated_at: at_second(30),
        }),
        level: Some(InAppLevel::High),
        place: Some(Place {
            level: InAppLevel::High,
            rank: Rank::first(),
        }),
        position: Some(4),
        archive_segment: Some(segment(1, Some(at_second(50)))),
        created_at: at_second(10),
        updated_at: at_second(50),
    }
}

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

struct Probe(CampaignRead);

/// Answers as the real queries do, from one campaign in memory.
#[Object]
impl Probe {
    /// By look-ahead at the field itself.
    async fn campaign(&self, ctx: &Context<'_>) -> Campaign {
        as_wanted(self.0.clone(), of(ctx.field())).into()
    }

    /// By look-ahead through an interface.
    async fn node(&self, ctx: &Context<'_>) -> Node {
        Campaign::from(as_wanted(self.0.clone(), of(ctx.field()))).into()
    }

    /// By look-ahead at a path, as payloads and pages have one.
    async fn payload(&self, ctx: &Context<'_>) -> Payload {
        let wants = at(ctx.field(), &["campaign"]);
        let rows = of_rows(ctx.field(), &[]);
        let read = |wants: Option<Wants>| wants.map(|wants| as_wanted(self.0.clone(), wants).into());
        Payload {
            campaign: read(wants),
            nodes: read(rows),
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
            "Campaign" | "CampaignDraft" | "CampaignEventConnection" => return None,
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
            other => panic!("{name} has a field of the new type {other}"),
        };
        let field = field["name"].as_str().unwrap().to_owned();
        Some((field.clone(), format!("{field} {below}")))
    };
    fields.into_iter().filter_map(selection).collect()
}

/// Asks for each field alone, and compares with the full selection. The `frame` says where campaigns stand in an
/// operation, `{}` being the selection; the `pointer` says where they stand in the answer.
async fn each_field_alone_answers_as_in_full(schema: &ProbeSchema, frame: &str, pointer: &str, kind: &str) {
    let fields = fields(schema, kind).await;
    let all: Vec<&str> = fields.iter().map(|(_, selection)| selection.as_str()).collect();
    let full = answer(schema, &frame.replace("{}", &all.join(" "))).await;
    let full = full.pointer(pointer).unwrap();
    for (name, selection) in &fields {
        let operation = frame.replace("{}", selection);
        let alone = answer(schema, &operation).await;
        assert_eq!(
            alone.pointer(pointer).unwrap().get(name),
            full.get(name),
            "{operation}"
        );
    }
    assert!(full.get("name").is_some_and(|name| name != ""), "{full}");
}

fn schema_over(read: CampaignRead) -> ProbeSchema {
    Schema::new(Probe(read), EmptyMutation, EmptySubscription)
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
    for schema in campaigns().map(schema_over) {
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
            each_field_alone_answers_as_in_full(&schema, frame, pointer, "Campaign").await;
        }
    }
}

#[tokio::test]
async fn each_field_of_a_draft_alone() {
    for schema in campaigns().map(schema_over) {
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
            each_field_alone_answers_as_in_full(&schema, frame, pointer, "CampaignDraft").await;
        }
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
