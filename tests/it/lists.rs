//! Which campaigns a list has: each part of the filter alone, and all of them together.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{World, email, in_app, webhook};

/// A campaign of the stage, as the filters see it.
#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    status: &'static str,
    has_draft: bool,
    channel: Option<&'static str>,
    tags: &'static [&'static str],
    segment: Option<&'static str>,
}

const fn row(
    name: &'static str,
    status: &'static str,
    channel: Option<&'static str>,
    tags: &'static [&'static str],
    segment: Option<&'static str>,
) -> Row {
    Row {
        name,
        status,
        has_draft: false,
        channel,
        tags,
        segment,
    }
}

const fn with_draft(row: Row) -> Row {
    Row {
        has_draft: true,
        ..row
    }
}

const EMAIL: Option<&str> = Some("EMAIL");
const IN_APP: Option<&str> = Some("IN_APP");
const WEBHOOK: Option<&str> = Some("WEBHOOK");
const LOYAL: Option<&str> = Some("Loyal");
const NEW: Option<&str> = Some("New");

/// Every status with every channel, with and without a draft, tags and segments spread over them.
const STAGE: [Row; 14] = [
    row("spring idea", "UNLAUNCHED", None, &[], None),
    row("spring plan", "UNLAUNCHED", EMAIL, &["a"], LOYAL),
    row("autumn plan", "UNLAUNCHED", IN_APP, &["a", "b"], NEW),
    row("autumn hook", "UNLAUNCHED", WEBHOOK, &["b"], LOYAL),
    row("spring sale", "ACTIVE", EMAIL, &["a", "b"], LOYAL),
    with_draft(row("spring news", "ACTIVE", EMAIL, &["a"], NEW)),
    with_draft(row("autumn pop", "ACTIVE", IN_APP, &["a", "b", "c"], LOYAL)),
    row("spring hook", "ACTIVE", WEBHOOK, &[], NEW),
    row("autumn sale", "STOPPED", EMAIL, &["b"], NEW),
    with_draft(row("spring pop", "STOPPED", IN_APP, &["A"], LOYAL)),
    with_draft(row("old spring", "ARCHIVED", EMAIL, &["a", "b"], LOYAL)),
    row("old autumn", "ARCHIVED", IN_APP, &["a"], NEW),
    row("old sale", "ARCHIVED", WEBHOOK, &["b"], NEW),
    with_draft(row("older sale", "ARCHIVED", WEBHOOK, &["c"], LOYAL)),
];

/// The campaigns of the stage in a world of their own, and the ids of the segments `Loyal`, `New` and `Nobody`.
async fn stage() -> (World, [String; 3]) {
    let world = World::new().await;
    let segments = [
        world.segment("Loyal").await,
        world.segment("New").await,
        world.segment("Nobody").await,
    ];
    for row in &STAGE {
        let mut content = match row.channel {
            EMAIL => email(row.name),
            IN_APP => in_app(row.name),
            WEBHOOK => webhook(row.name),
            _ => json!({ "name": row.name }),
        };
        content["tags"] = json!(row.tags);
        let segment = segments.iter().zip(["Loyal", "New"]);
        let segment = segment.filter(|(_, name)| row.segment == Some(*name));
        content["segmentIds"] = segment.map(|(id, _)| json!(id)).collect();
        let id = world.create(content).await.id();
        let steps: &[&str] = match row.status {
            "ACTIVE" => &["launchCampaign"],
            "STOPPED" => &["launchCampaign", "stopCampaign"],
            "ARCHIVED" => &["launchCampaign", "archiveCampaign"],
            _ => &[],
        };
        for (index, step) in steps.iter().enumerate() {
            if index == 1 && row.has_draft {
                draft(&world, &id).await;
            }
            assert!(world.run(step, &id).await.changed());
        }
        if steps.len() == 1 && row.has_draft {
            draft(&world, &id).await;
        }
    }
    (world, segments)
}

/// A draft that would be found by everything, if filters were about drafts.
async fn draft(world: &World, id: &str) {
    let everywhere = world.segment("In drafts alone").await;
    let content = json!({
        "name": "spring autumn sale", "tags": ["a", "b", "c"], "segmentIds": [everywhere],
        "message": { "email": { "subject": "spring", "body": "autumn" } },
    });
    assert!(world.save_draft(id, content).await.changed());
}

/// The values of one part of the filter to try, the part left out first.
fn values(part: &str, segments: &[String; 3]) -> Vec<Value> {
    match part {
        "status" => vec![
            Value::Null,
            json!(["ACTIVE"]),
            json!(["ARCHIVED", "STOPPED"]),
            json!([]),
        ],
        "hasDraft" => vec![Value::Null, json!(true), json!(false)],
        "channel" => vec![
            Value::Null,
            json!(["EMAIL"]),
            json!(["IN_APP", "WEBHOOK", "IN_APP"]),
        ],
        "tags" => vec![Value::Null, json!(["a"]), json!(["b", "a", "a"])],
        "segmentId" => vec![Value::Null, json!(segments[0])],
        "search" => vec![Value::Null, json!("spr"), json!("SALE")],
        part => panic!("{part} is a new part of the filter: let this story know it"),
    }
}

/// Whether the filter should find the row.
fn is_found(row: &Row, filter: &Value, segments: &[String; 3]) -> bool {
    let holds = |value: &str, list: &Value| list.as_array().unwrap().iter().any(|item| item == value);
    let of = |part: &str| Some(&filter[part]).filter(|value| !value.is_null());
    let segment = row.segment.map(|name| match name {
        "Loyal" => &segments[0],
        _ => &segments[1],
    });
    let status = of("status").map_or(row.status != "ARCHIVED", |list| holds(row.status, list));
    let channel = of("channel").is_none_or(|list| row.channel.is_some_and(|one| holds(one, list)));
    let has_all = |tags: &Value| {
        tags.as_array()
            .unwrap()
            .iter()
            .all(|tag| row.tags.iter().any(|has| tag == has))
    };
    let words = |search: &Value| {
        let search = search.as_str().unwrap().to_lowercase();
        row.name.split(' ').any(|word| word.starts_with(&search))
    };
    status
        && of("hasDraft").is_none_or(|wanted| *wanted == row.has_draft)
        && channel
        && of("tags").is_none_or(has_all)
        && of("segmentId").is_none_or(|wanted| segment.is_some_and(|id| wanted == id))
        && of("search").is_none_or(words)
}

async fn check(world: &World, filter: &Value, segments: &[String; 3]) {
    let expected = STAGE.iter().filter(|row| is_found(row, filter, segments));
    let expected: BTreeSet<String> = expected.map(|row| row.name.to_owned()).collect();
    assert_eq!(world.found(filter).await, expected, "{filter}");
}

#[tokio::test]
async fn every_part_of_the_filter_narrows_the_list_alone_and_with_all_others() {
    let (world, segments) = stage().await;
    let types = crate::harness::introspection::Types::of(&world).await;
    let mut filters = vec![json!({})];
    for part in types.input_fields("CampaignFilter") {
        let part = crate::harness::introspection::name(part);
        let with = |filter: &Value| {
            let filter = filter.clone();
            let add = move |value: Value| {
                let mut filter = filter.clone();
                filter[part] = value;
                filter
            };
            values(part, &segments).into_iter().map(add)
        };
        filters = filters.iter().flat_map(with).collect();
    }
    assert_eq!(filters.len(), 4 * 3 * 3 * 3 * 2 * 3);
    for filter in &filters {
        check(&world, filter, &segments).await;
    }
}

#[tokio::test]
async fn what_is_left_out_is_as_null_and_empty_lists_find_nothing_but_tags_all() {
    let (world, segments) = stage().await;
    let usual = world.found(&Value::Null).await;
    assert_eq!(usual, world.found(&json!({})).await);
    let unarchived = STAGE.iter().filter(|row| row.status != "ARCHIVED").count();
    assert_eq!(usual.len(), unarchived);
    assert_eq!(world.found(&json!({ "tags": [] })).await, usual);
    assert_eq!(world.found(&json!({ "status": [] })).await.len(), 0);
    assert_eq!(world.found(&json!({ "channel": [] })).await.len(), 0);
    let all = json!({ "status": ["UNLAUNCHED", "ACTIVE", "STOPPED", "ARCHIVED"] });
    assert_eq!(world.found(&all).await.len(), STAGE.len());
    assert_eq!(world.found(&json!({ "segmentId": segments[2] })).await.len(), 0);
    assert_eq!(world.found(&json!({ "tags": ["nobody has it"] })).await.len(), 0);
}

#[tokio::test]
async fn a_bulk_command_finds_what_the_list_has_and_in_its_order() {
    let (world, segments) = stage().await;
    let filters = [
        json!({}),
        json!({ "status": ["ARCHIVED"] }),
        json!({ "hasDraft": true, "tags": ["a"], "search": "spring" }),
        json!({ "segmentId": segments[1], "channel": ["EMAIL", "WEBHOOK"] }),
    ];
    for filter in filters {
        let query = "mutation ($filter: CampaignFilter!) {
            stopCampaigns(selection: { matching: { filter: $filter } }, options: { dryRun: true }) {
                results { id } } }";
        let bulk = world.ask(query, json!({ "filter": filter })).await;
        let query = "query ($filter: CampaignFilter) {
            campaigns(first: 100, filter: $filter) { nodes { id } } }";
        let list = world.ask(query, json!({ "filter": filter })).await;
        assert_eq!(
            bulk["stopCampaigns"]["results"], list["campaigns"]["nodes"],
            "{filter}"
        );
    }
}

#[tokio::test]
async fn the_campaigns_of_a_segment_are_those_whose_live_content_uses_it() {
    let (world, segments) = stage().await;
    let query = "query ($id: ID!, $filter: CampaignFilter) { segment(id: $id) {
        campaigns(first: 100, filter: $filter) { totalCount nodes { name } } } }";
    for filter in [
        json!({}),
        json!({ "status": ["ARCHIVED"] }),
        json!({ "hasDraft": true }),
    ] {
        let data = world
            .ask(query, json!({ "id": segments[0], "filter": filter }))
            .await;
        let list = &data["segment"]["campaigns"];
        let names = list["nodes"].as_array().unwrap().iter();
        let names: BTreeSet<String> = names
            .map(|node| node["name"].as_str().unwrap().to_owned())
            .collect();
        let mut same = filter.clone();
        same["segmentId"] = json!(segments[0]);
        assert_eq!(names, world.found(&same).await, "{filter}");
        assert_eq!(list["totalCount"], names.len());
    }
    let same = json!({ "id": segments[0], "filter": { "segmentId": segments[0] } });
    assert_eq!(
        world.ask(query, same).await["segment"]["campaigns"]["totalCount"],
        5
    );
    let other = json!({ "id": segments[0], "filter": { "segmentId": segments[1] } });
    assert_eq!(world.error_code(query, other).await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_filter_has_limits_that_it_names() {
    let (world, _) = stage().await;
    let tags: Vec<String> = (0..51).map(|index| format!("tag {index}")).collect();
    let query = "query ($filter: CampaignFilter) { campaigns(filter: $filter) { totalCount } }";
    for (filter, argument) in [
        (json!({ "tags": tags }), "filter.tags"),
        (json!({ "tags": ["fine", "not\0fine"] }), "filter.tags.1"),
        (json!({ "search": "a".repeat(1_001) }), "filter.search"),
        (json!({ "search": "not\0fine" }), "filter.search"),
    ] {
        let response = world.execute(query, json!({ "filter": filter })).await;
        let extensions = &response["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "BAD_USER_INPUT", "{argument}: {response:#}");
        assert_eq!(extensions["argument"], argument);
    }
    let at_the_limit = json!({ "tags": tags[..50], "search": "é".repeat(1_000) });
    assert_eq!(world.found(&at_the_limit).await.len(), 0);
}
