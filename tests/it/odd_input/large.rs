//! Lists, texts and documents far larger than any use. The database takes 32,766 values in a statement and a condition
//! a thousand levels deep; no client is to notice.

use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::{check_errors, check_log, stage};
use crate::harness::{World, codes};

/// The argument that an answer calls wrong; `None` if there is nothing wrong.
async fn wrong_argument(world: &World, query: &str, variables: Value) -> Option<String> {
    let response = if query.starts_with("subscription") {
        Box::pin(world.subscribe(query, variables)).next().await.unwrap()
    } else {
        world.execute(query, variables).await
    };
    check_errors(&response, &|| query.to_owned());
    let error = response.get("errors")?.get(0)?;
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{error}");
    Some(error["extensions"]["argument"].as_str().unwrap().to_owned())
}

fn repeated(items: &[&str], count: usize) -> Value {
    items.iter().cycle().take(count).copied().collect()
}

const LIST: &str =
    "query ($filter: CampaignFilter) { campaigns(filter: $filter) { totalCount nodes { id } } }";
const FEED: &str = "subscription ($filter: CampaignEventFilter) {
    campaignEvents(after: 0, filter: $filter) { sequence } }";

#[tokio::test]
async fn an_enum_may_be_repeated_however_often() {
    let (world, _) = stage().await;
    let statuses = repeated(&["UNLAUNCHED", "ACTIVE", "STOPPED", "ARCHIVED"], 40_000);
    let channels = repeated(&["EMAIL", "IN_APP", "WEBHOOK"], 40_000);
    let filter = json!({ "status": statuses, "channel": channels });
    let data = world.ask(LIST, json!({ "filter": filter })).await;
    assert_eq!(data["campaigns"]["totalCount"], 6);
    let kinds = repeated(&["DRAFT_SAVED", "LAUNCHED", "CREATED"], 40_000);
    let filter = json!({ "filter": { "kinds": kinds } });
    let first = Box::pin(world.subscribe(FEED, filter)).next().await.unwrap();
    assert_eq!(first["data"]["campaignEvents"]["sequence"], 1);
}

#[tokio::test]
async fn lists_and_texts_of_filters_have_limits_that_are_named() {
    let (world, ids) = stage().await;
    let campaign = ids[2].as_str();
    for (query, filter, argument) in [
        (
            LIST,
            json!({ "tags": repeated(&["a", "b"], 1_000) }),
            "filter.tags",
        ),
        (LIST, json!({ "tags": repeated(&["a"], 40_000) }), "filter.tags"),
        (LIST, json!({ "search": "word ".repeat(20_000) }), "filter.search"),
        (LIST, json!({ "search": "w".repeat(100_000) }), "filter.search"),
        (LIST, json!({ "search": "\"".repeat(100_000) }), "filter.search"),
        (
            FEED,
            json!({ "campaignIds": repeated(&[campaign], 10_000) }),
            "filter.campaignIds",
        ),
    ] {
        let wrong = wrong_argument(&world, query, json!({ "filter": filter })).await;
        assert_eq!(wrong.as_deref(), Some(argument));
    }
    let at_the_limit = json!({ "filter": { "campaignIds": repeated(&[campaign], 1_000) } });
    assert_eq!(wrong_argument(&world, FEED, at_the_limit).await, None);
    let tag = json!({ "filter": { "tags": ["t".repeat(100_000)] } });
    assert_eq!(wrong_argument(&world, LIST, tag).await, None);
    let nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(
        wrong_argument(&world, nodes, json!({ "ids": repeated(&[campaign], 100) })).await,
        None
    );
    for count in [101, 40_000] {
        let wrong = wrong_argument(&world, nodes, json!({ "ids": repeated(&[campaign], count) })).await;
        assert_eq!(wrong.as_deref(), Some("ids"));
    }
}

#[tokio::test]
async fn lists_of_contents_and_commands_have_limits_that_are_refusals() {
    let (world, ids) = stage().await;
    let (segment, campaign) = (ids[1].as_str(), ids[2].as_str());
    let headers: Vec<Value> = (0..40_000)
        .map(|_| json!({ "name": "X", "value": "y" }))
        .collect();
    for (content, field) in [
        (
            json!({ "tags": repeated(&["a"], 40_000) }),
            json!(["content", "tags"]),
        ),
        (
            json!({ "segmentIds": repeated(&[segment], 40_000) }),
            json!(["content", "segmentIds"]),
        ),
        (
            json!({ "message": { "webhook": { "url": "https://example.com", "body": "", "headers": headers } } }),
            json!(["content", "message", "webhook", "headers"]),
        ),
    ] {
        let payload = world.update(&ids[12], content).await;
        assert_eq!(payload.codes(), ["INVALID"]);
        assert_eq!(payload.0["userErrors"][0]["field"], field);
    }
    let query = "mutation ($ids: [ID!]!) { payload: archiveCampaigns(selection: { ids: $ids }) {
        results { id } userErrors { code } } }";
    for (count, code) in [
        (2, "DUPLICATE"),
        (10_000, "DUPLICATE"),
        (10_001, "TOO_MANY"),
        (40_000, "TOO_MANY"),
    ] {
        let data = world
            .ask(query, json!({ "ids": repeated(&[campaign], count) }))
            .await;
        assert_eq!(codes(&data["payload"]), [code]);
        assert_eq!(data["payload"]["results"], json!([]));
    }
    let unknown: Vec<String> = (0..10_000).map(|index| format!("cmp_01jd{index:022}")).collect();
    let data = world.ask(query, json!({ "ids": unknown })).await;
    assert_eq!(data["payload"]["results"].as_array().unwrap().len(), 10_000);
    check_log(&world).await;
}

#[tokio::test]
async fn one_operation_may_ask_a_hundred_times() {
    let (world, ids) = stage().await;
    let whole = "id name tags segments { campaigns(first: 2) { nodes { id } } } draft { changes { path } }
        inAppPriority { position } history(last: 1) { nodes { causedBySegment { id } } }";
    let fields: Vec<String> = (0..100)
        .map(|index| format!("a{index}: campaigns(first: 3) {{ totalCount nodes {{ {whole} }} }}"))
        .collect();
    let data = world.ask(&format!("{{ {} }}", fields.join(" ")), json!({})).await;
    assert!(data.as_object().unwrap().values().all(|list| *list == data["a0"]));
    assert_eq!(data["a0"]["nodes"].as_array().unwrap().len(), 3);
    let end = world.log_end().await;
    let create = |index| {
        format!("a{index}: createCampaign(content: {{ name: \"{index}\" }}) {{ campaign {{ name }} }}")
    };
    let fields: Vec<String> = (0..100).map(create).collect();
    let data = world
        .ask(&format!("mutation {{ {} }}", fields.join(" ")), json!({}))
        .await;
    assert_eq!(data["a99"]["campaign"]["name"], "99");
    assert_eq!(world.log_end().await, end + 100);
    let deep = (0..12).fold("id".to_owned(), |inner, _| {
        format!("draft {{ campaign {{ {inner} }} }}")
    });
    let data = world
        .ask(
            &format!("{{ campaign(id: \"{}\") {{ {deep} }} }}", ids[8]),
            json!({}),
        )
        .await;
    assert!(data.to_string().contains(&ids[8]));
    check_log(&world).await;
}
