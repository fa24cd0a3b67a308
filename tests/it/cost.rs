//! What reading costs: a number of statements that the selection decides, and never the number of rows.

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{World, crowded, in_app};

/// How many statements a query runs.
async fn cost(world: &World, query: &str, variables: Value) -> u64 {
    let before = world.app.statements();
    world.ask(query, variables).await;
    world.app.statements() - before
}

/// Everything that costs something of a campaign.
const EVERYTHING: &str = "
    fragment Everything on Campaign {
        id status version createdAt updatedAt launchedAt allowedActions
        name description tags schedule { kind startAt endAt }
        message { ...Message }
        segments { id name archivedAt }
        inAppPriority { level position }
        archivedBy { ... on DirectArchive { at } ... on SegmentArchive { at segment { id name } } }
        draft {
            id basedOnVersion createdAt updatedAt changes { path live draft }
            name description tags schedule { kind startAt endAt }
            message { ...Message }
            segments { id name archivedAt }
            campaign { id name }
        }
    }
    fragment Message on Message {
        ... on EmailMessage { subject body from replyTo }
        ... on InAppMessage { title body trigger }
        ... on WebhookMessage { url body headers { name value } }
    }";

/// Campaigns that have something of everything. The first of each ten is archived by a segment.
struct Stage {
    world: World,
    ids: Vec<String>,
}

impl Stage {
    async fn of(count: usize) -> Self {
        let world = World::new().await;
        let cause = world.segment("Cause").await;
        let mut segments = vec![];
        for index in 0..5 {
            segments.push(world.segment(&format!("Segment {index}")).await);
        }
        let make = async |index: usize| {
            let mut content = in_app(&format!("Campaign {index:04}"));
            content["tags"] = json!(["all", format!("tag {index}")]);
            let used = if index.is_multiple_of(10) {
                &cause
            } else {
                &segments[index % 5]
            };
            content["segmentIds"] = json!([segments[(index + 1) % 5], used]);
            let id = world.create(content).await.id();
            world.run("launchCampaign", &id).await;
            let draft =
                json!({ "name": "Draft", "tags": ["new"], "segmentIds": [segments[2]], "message": null });
            assert!(world.save_draft(&id, draft).await.changed());
            id
        };
        let ids = join_all((0..count).map(make)).await;
        let query = "mutation ($id: ID!) { archiveSegment(id: $id) { archivedCampaigns { id } } }";
        world.ask(query, json!({ "id": cause })).await;
        Self { world, ids }
    }
}

const PAGE: &str = "query ($first: Int!) {
    campaigns(first: $first, orderBy: { field: NAME, direction: ASC },
            filter: { status: [ACTIVE, ARCHIVED], search: \"campaign\", tags: [\"all\"], hasDraft: true }) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { cursor node { ...Everything } } } }";

#[tokio::test]
async fn a_page_of_campaigns_costs_the_same_for_one_and_for_a_hundred() {
    let Stage { world, .. } = Stage::of(101).await;
    let query = format!("{PAGE} {EVERYTHING}");
    let of = async |first: usize| cost(&world, &query, json!({ "first": first })).await;
    let (one, ten, hundred) = (of(1).await, of(10).await, of(100).await);
    assert_eq!((one, ten), (hundred, hundred));
    assert!(hundred <= 12, "{hundred} statements");
    for field in ["CREATED_AT", "UPDATED_AT"] {
        for size in ["first", "last"] {
            let query = query
                .replace("NAME", field)
                .replace("first: $first", &format!("{size}: $first"));
            let hundred = cost(&world, &query, json!({ "first": 100 })).await;
            assert_eq!(hundred, one, "{field} {size}");
        }
    }
}

#[tokio::test]
async fn a_field_does_not_pay_for_the_others() {
    let Stage { world, .. } = Stage::of(10).await;
    for (fields, most) in [
        (
            "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }",
            1,
        ),
        ("totalCount", 1),
        ("nodes { id status version createdAt updatedAt launchedAt }", 1),
        ("edges { cursor node { id } }", 1),
        ("nodes { __typename }", 1),
        ("nodes { name description schedule { kind } }", 2),
        ("nodes { message { ... on InAppMessage { body } } }", 2),
        ("nodes { tags }", 3),
        ("nodes { segments { name } }", 4),
        ("nodes { draft { id createdAt basedOnVersion } }", 2),
        ("nodes { draft { name } }", 3),
        ("nodes { draft { campaign { draft { campaign { id } } } } }", 2),
        ("nodes { allowedActions }", 5),
        ("nodes { inAppPriority { level position } }", 3),
        (
            "nodes { archivedBy { ... on DirectArchive { at } ... on SegmentArchive { at } } }",
            2,
        ),
    ] {
        let query =
            format!("{{ campaigns(first: 100, filter: {{ status: [ACTIVE, ARCHIVED] }}) {{ {fields} }} }}");
        let statements = cost(&world, &query, json!({})).await;
        assert!(
            (1..=most).contains(&statements),
            "{statements} statements for {fields}"
        );
    }
    assert_eq!(cost(&world, "{ campaigns { __typename } }", json!({})).await, 0);
}

#[tokio::test]
async fn the_other_lists_cost_the_same_for_one_and_for_a_hundred() {
    let Stage { world, .. } = Stage::of(60).await;
    join_all((0..60).map(async |index| {
        world.segment(&format!("Further {index}")).await;
        world.canvas(&format!("Canvas {index}"), "MEDIUM").await;
        world.canvas(&format!("Low {index}"), "LOW").await;
    }))
    .await;
    let segment = world
        .ask("{ segments(first: 1) { nodes { id } } }", json!({}))
        .await;
    let segment = &segment["segments"]["nodes"][0]["id"];
    let page = "pageInfo { hasNextPage } totalCount edges { cursor node";
    for (list, node) in [
        (
            "segments(first: $n)",
            "{ id name description archivedAt version }",
        ),
        (
            "canvases(first: $n)",
            "{ id name archivedAt inAppPriority { level position } }",
        ),
        (
            "canvases(last: $n)",
            "{ id name archivedAt inAppPriority { level position } }",
        ),
        (
            "inAppOrder(last: $n)",
            "{ ... on Campaign { ...Everything } ... on Canvas { name inAppPriority { level position } } }",
        ),
        (
            "segment(id: $id) { campaigns(first: $n, filter: { status: [ACTIVE, ARCHIVED] })",
            "{ ...Everything }",
        ),
    ] {
        let (fragment, id, end) = (
            if node.contains("...Everything") {
                EVERYTHING
            } else {
                ""
            },
            if list.contains("$id") { ", $id: ID!" } else { "" },
            if list.contains("$id") { " }" } else { "" },
        );
        let query = format!("query ($n: Int!{id}) {{ {list} {{ {page} {node} }} }} }}{end} {fragment}");
        let of = async |n: usize| {
            let mut variables = json!({ "n": n, "id": segment });
            if id.is_empty() {
                variables["id"].take();
            }
            cost(&world, &query, variables).await
        };
        let (few, many) = (of(2).await, of(100).await);
        // A page of the order may have Canvases alone, or campaigns that nothing archived.
        assert!(few <= many && many <= 16, "{list}: {few} and {many} statements");
        assert_eq!(of(70).await, many, "{list}");
    }
}

#[tokio::test]
async fn the_campaigns_of_a_bulk_result_cost_the_same_for_ten_and_for_a_thousand() {
    let Stage { world, mut ids } = Stage::of(10).await;
    let more = crowded((10..1_000).map(async |index| {
        let content = in_app(&format!("Campaign {index:04}"));
        world.create(content).await.id()
    }));
    ids.extend(more.await);
    let bulk = |fields: &str| {
        format!(
            "mutation ($ids: [ID!]!) {{
                archiveCampaigns(selection: {{ ids: $ids }}, options: {{ dryRun: true }}) {{
                    changedCount results {{ id outcome {fields} }} }} }}"
        )
    };
    let with = format!("{} {EVERYTHING}", bulk("campaign { ...Everything }"));
    let without = bulk("");
    let of = async |count: usize| {
        let ids = json!({ "ids": ids[..count] });
        let command = cost(&world, &without, ids.clone()).await;
        (cost(&world, &with, ids).await - command, command)
    };
    let (ten, hundred, thousand) = (of(10).await, of(100).await, of(1_000).await);
    assert_eq!((ten.0, hundred.0), (thousand.0, thousand.0));
    assert!(thousand.0 <= 12, "{} statements", thousand.0);
    assert!(
        thousand.1 <= 5 * ten.1,
        "{} statements for five chunks, {} for one",
        thousand.1,
        ten.1
    );
}

#[tokio::test]
async fn nodes_cost_the_same_for_one_of_each_kind_and_for_many() {
    let Stage { world, ids } = Stage::of(40).await;
    let query = "{ campaigns(first: 40, filter: { status: [ACTIVE, ARCHIVED] }) { nodes { draft { id } } }
        segments(first: 100) { nodes { id } } }";
    let data = world.ask(query, json!({})).await;
    let drafts: Vec<&Value> = data["campaigns"]["nodes"].as_array().unwrap().iter().collect();
    let drafts = drafts.iter().map(|campaign| campaign["draft"]["id"].clone());
    let segments = data["segments"]["nodes"].as_array().unwrap().iter();
    let segments = segments.map(|segment| segment["id"].clone());
    let mut canvases = vec![];
    for index in 0..10 {
        canvases.push(json!(world.canvas(&index.to_string(), "LOW").await));
    }
    let kinds: [Vec<Value>; 4] = [
        ids.iter().map(|id| json!(id)).collect(),
        drafts.rev().collect(),
        segments.collect(),
        canvases,
    ];
    let query = format!(
        "query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ...Everything
            ... on CampaignDraft {{ name changes {{ path }} campaign {{ ...Everything }} }}
            ... on Segment {{ name }} ... on Canvas {{ name inAppPriority {{ position }} }} }} }} {EVERYTHING}"
    );
    let of = async |count: usize| {
        let ids: Vec<&Value> = kinds.iter().flat_map(|kind| kind.iter().take(count)).collect();
        cost(&world, &query, json!({ "ids": ids })).await
    };
    let (one, many) = (of(1).await, of(40).await);
    assert_eq!(one, many);
    assert!(many <= 16, "{many} statements");
}

#[tokio::test]
async fn events_cost_the_same_for_one_and_for_a_hundred_with_what_stands_beside_them() {
    let Stage { world, ids } = Stage::of(1).await;
    world.run("unarchiveCampaign", &ids[0]).await;
    for index in 0..100 {
        world
            .save_draft(&ids[0], json!({ "description": index.to_string() }))
            .await;
    }
    world.run("archiveCampaign", &ids[0]).await;
    world.run("unarchiveCampaign", &ids[0]).await;
    let query = format!(
        "query ($id: ID!, $last: Int, $first: Int) {{ campaign(id: $id) {{
            history(last: $last, first: $first) {{ totalCount nodes {{
                sequence kind causedBySegment {{ id name }} campaign {{ ...Everything }} }} }} }} }} {EVERYTHING}"
    );
    let of = async |page: Value| {
        let mut variables = page;
        variables["id"] = json!(ids[0]);
        cost(&world, &query, variables).await
    };
    let (few, hundred) = (of(json!({ "first": 4 })).await, of(json!({ "first": 100 })).await);
    assert_eq!(few, hundred);
    assert!(of(json!({ "last": 1 })).await <= few);
    assert!(hundred <= 14, "{hundred} statements");
}

#[tokio::test]
async fn a_feed_is_read_in_chunks_and_each_event_pays_for_its_own_campaign() {
    let Stage { world, .. } = Stage::of(30).await;
    let end = usize::try_from(world.log_end().await).unwrap();
    assert!(end > 90);
    let of = async |fields: &str| {
        let query = format!("subscription {{ campaignEvents(after: 0) {{ sequence {fields} }} }}");
        let before = world.app.statements();
        let events: Vec<Value> = world.subscribe(&query, json!({})).take(90).collect().await;
        assert!(events.iter().all(|event| event.get("errors").is_none()));
        world.app.statements() - before
    };
    assert!(of("kind campaignId").await <= 4);
    assert!(of("campaign { id status }").await <= 4 + 90);
    assert!(of("causedBySegment { id }").await <= 4 + 3);
}
