//! What a campaign and its draft answer, field by field, from a read model in memory.

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use serde_json::{Value, json};
use understudy_app::Caller;
use understudy_app::read::CampaignRead;
use understudy_domain::{ArchiveCause, Lifecycle, WorkspaceId};

use super::campaign::Campaign;
use super::content::CampaignContent;
use crate::sample::{at_second, full, segment};

struct Probe(CampaignRead);

/// One campaign.
#[Object]
impl Probe {
    /// The campaign.
    async fn campaign(&self) -> Campaign {
        self.0.clone().into()
    }
}

async fn campaign(read: CampaignRead, selection: &str) -> Value {
    let schema = Schema::build(Probe(read), EmptyMutation, EmptySubscription)
        .register_output_type::<CampaignContent>()
        .data(Caller::system(WorkspaceId::DEFAULT))
        .finish();
    let response = schema.execute(format!("{{ campaign {{ {selection} }} }}")).await;
    let mut data = response.into_result().unwrap().data.into_json().unwrap();
    data["campaign"].take()
}

const SIDE: &str = "... on CampaignContent {
    name description tags schedule { kind startAt endAt } segments { name }
    message { __typename ... on InAppMessage { title body trigger } ... on EmailMessage { subject from replyTo } }
}";

fn active() -> CampaignRead {
    full(Lifecycle::Active {
        launched_at: at_second(40),
    })
}

#[tokio::test]
async fn one_fragment_reads_both_sides_of_the_pair() {
    let schedule = json!({
        "kind": "AT_TIME", "startAt": "1970-01-01T00:16:40.000Z", "endAt": "1970-01-01T00:33:20.000Z"
    });
    assert_eq!(
        campaign(active(), &format!("{SIDE} draft {{ {SIDE} }}")).await,
        json!({
            "name": "live", "description": "What live is for", "tags": ["spring", "live"], "schedule": schedule,
            "segments": [{ "name": "Segment 1" }],
            "message": { "__typename": "InAppMessage", "title": "Hello", "body": "There", "trigger": "app_opened" },
            "draft": {
                "name": "next", "description": "What next is for", "tags": ["spring", "next"], "schedule": schedule,
                "segments": [{ "name": "Segment 2" }, { "name": "Segment 1" }],
                "message": {
                    "__typename": "EmailMessage", "subject": "Hello", "from": null, "replyTo": "a@example.com"
                },
            },
        })
    );
}

#[tokio::test]
async fn a_campaign_tells_where_it_stands() {
    assert_eq!(
        campaign(
            active(),
            "status version launchedAt createdAt updatedAt allowedActions inAppPriority { level position }
             archivedBy { __typename } draft { basedOnVersion createdAt updatedAt campaign { version } }",
        )
        .await,
        json!({
            "status": "ACTIVE", "version": 9, "launchedAt": "1970-01-01T00:00:40.000Z",
            "createdAt": "1970-01-01T00:00:10.000Z", "updatedAt": "1970-01-01T00:00:50.000Z",
            "allowedActions": [
                "SAVE_DRAFT", "LAUNCH_DRAFT", "DISCARD_DRAFT", "STOP", "ARCHIVE", "SET_IN_APP_PRIORITY", "CLONE"
            ],
            "inAppPriority": { "level": "HIGH", "position": 4 },
            "archivedBy": null,
            "draft": {
                "basedOnVersion": 7, "createdAt": "1970-01-01T00:00:20.000Z",
                "updatedAt": "1970-01-01T00:00:30.000Z", "campaign": { "version": 9 },
            },
        })
    );
}

#[tokio::test]
async fn changes_are_told_by_path() {
    let answer = campaign(active(), "draft { changes { path live draft } }").await;
    let changes = answer["draft"]["changes"].as_array().unwrap();
    let paths: Vec<&str> = changes
        .iter()
        .map(|change| change["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "name",
            "description",
            "tags",
            "message.subject",
            "message.title",
            "message.body",
            "message.replyTo",
            "message.trigger",
            "segments"
        ]
    );
    assert_eq!(
        changes[2],
        json!({ "path": "tags", "live": ["spring", "live"], "draft": ["spring", "next"] })
    );
    assert_eq!(
        changes[3],
        json!({ "path": "message.subject", "live": null, "draft": "Hello" })
    );
}

#[tokio::test]
async fn an_archived_campaign_tells_what_archived_it() {
    let archived = |cause| {
        full(Lifecycle::Archived {
            launched_at: None,
            at: at_second(50),
            cause,
        })
    };
    let selection = "status launchedAt archivedBy {
        __typename ... on DirectArchive { at } ... on SegmentArchive { at segment { name archivedAt } }
    }";
    let at = "1970-01-01T00:00:50.000Z";
    assert_eq!(
        campaign(archived(ArchiveCause::Direct), selection).await,
        json!({
            "status": "ARCHIVED", "launchedAt": null, "archivedBy": { "__typename": "DirectArchive", "at": at }
        })
    );
    assert_eq!(
        campaign(archived(ArchiveCause::Segment(segment(1, None).id)), selection).await["archivedBy"],
        json!({
            "__typename": "SegmentArchive", "at": at, "segment": { "name": "Segment 1", "archivedAt": at }
        })
    );
}
