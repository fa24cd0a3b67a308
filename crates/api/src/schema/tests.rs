use async_graphql::Response;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::*;

const DESCRIPTIONS: &str = "{ __schema { types {
    name description
    fields(includeDeprecated: true) { name description args { name description } }
    enumValues(includeDeprecated: true) { name description }
    inputFields { name description }
} } }";

/// What every GraphQL schema has, and none describes.
const BUILT_IN: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

fn items<'v>(parent: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    parent[name].as_array().into_iter().flatten()
}

/// Notes `item` by its path unless it has a description that is a sentence.
fn check(item: &Value, above: &str, lacking: &mut Vec<String>) -> String {
    let path = format!("{above}.{}", item["name"].as_str().unwrap_or_default());
    let description = item["description"].as_str().unwrap_or_default();
    if !description.trim_end().ends_with('.') {
        lacking.push(format!("{path}: {description:?}"));
    }
    path
}

#[tokio::test]
async fn everything_has_a_description() {
    let response = builder().finish().execute(DESCRIPTIONS).await;
    let data = response.into_result().unwrap().data.into_json().unwrap();
    let mut lacking = vec![];
    let mut seen = 0;
    for item in items(&data["__schema"], "types") {
        let name = item["name"].as_str().unwrap();
        if name.starts_with("__") || BUILT_IN.contains(&name) {
            continue;
        }
        let path = check(item, "", &mut lacking);
        for field in items(item, "fields") {
            let path = check(field, &path, &mut lacking);
            for argument in items(field, "args") {
                check(argument, &path, &mut lacking);
                seen += 1;
            }
        }
        for item in items(item, "enumValues").chain(items(item, "inputFields")) {
            check(item, &path, &mut lacking);
            seen += 1;
        }
    }
    assert!(lacking.is_empty(), "without a description: {lacking:#?}");
    assert!(seen > 100, "only {seen} things were looked at");
}

#[test]
fn the_file_at_the_root_is_this_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema.graphql");
    let file = std::fs::read_to_string(path).unwrap();
    assert!(
        file == sdl(),
        "schema.graphql is not what the code says; write it anew with `understudy schema > schema.graphql`"
    );
}

#[test]
fn enum_values_keep_the_order_of_the_lifecycle() {
    let sdl = sdl();
    let (_, statuses) = sdl.split_once("enum CampaignStatus {").unwrap();
    let place = |value: &str| statuses.find(&format!("\n  {value}\n")).unwrap();
    assert!(place("UNLAUNCHED") < place("ACTIVE"));
    assert!(place("ACTIVE") < place("STOPPED"));
    assert!(sdl.contains("scalar DateTime @specifiedBy"));
}

#[tokio::test]
async fn a_schema_without_an_application_fails_without_telling_why() {
    let response = builder().finish().execute("{ campaigns { totalCount } }").await;
    let [error] = response.errors.as_slice() else {
        panic!("not one error: {:?}", response.errors);
    };
    assert_eq!(error.message, "internal error");
    let code = error.extensions.as_ref().and_then(|values| values.get("code"));
    assert_eq!(code, Some(&"INTERNAL_SERVER_ERROR".into()));
}

/// The first answer; for queries and mutations the only one.
async fn first_response(schema: &Schema, operation: &str) -> Response {
    let mut responses = schema.execute_stream(operation);
    responses.next().await.unwrap()
}

/// Wrong inputs are told before anything is read, so they need no application.
#[tokio::test]
async fn wrong_inputs_are_errors_that_name_their_argument() {
    let schema = builder().finish();
    let many = vec!["\"x\""; 101].join(",");
    for (operation, argument) in [
        (r#"{ campaign(id: "x") { id } }"#.to_owned(), Some("id")),
        (r#"{ node(id: "") { id } }"#.to_owned(), Some("id")),
        (r#"{ nodes(ids: ["x"]) { id } }"#.to_owned(), Some("ids.0")),
        (format!("{{ nodes(ids: [{many}]) {{ id }} }}"), Some("ids")),
        (
            "{ campaigns(first: 101) { totalCount } }".to_owned(),
            Some("first"),
        ),
        ("{ campaigns(last: -1) { totalCount } }".to_owned(), Some("last")),
        ("{ campaigns(first: 1, last: 1) { totalCount } }".to_owned(), None),
        (
            r#"{ segments(after: "x") { totalCount } }"#.to_owned(),
            Some("after"),
        ),
        (
            r#"{ inAppOrder(before: "aGlzdG9yeToy") { totalCount } }"#.to_owned(),
            Some("before"),
        ),
        (
            r#"{ campaigns(filter: { search: "a\u0000" }) { totalCount } }"#.to_owned(),
            Some("filter.search"),
        ),
        (
            r#"mutation { createCampaign(content: { segmentIds: ["x"] }) { changed } }"#.to_owned(),
            Some("content.segmentIds.0"),
        ),
        (
            r#"mutation { stopCampaigns(selection: { ids: ["x"] }) { changedCount } }"#.to_owned(),
            Some("selection.ids.0"),
        ),
        (
            r#"mutation { setInAppPriority(sourceId: "x", place: { level: HIGH }) { changed } }"#.to_owned(),
            Some("sourceId"),
        ),
        (
            "subscription { campaignEvents(after: -1) { sequence } }".to_owned(),
            Some("after"),
        ),
        (
            r#"subscription { campaignEvents(filter: { campaignIds: ["x"] }) { sequence } }"#.to_owned(),
            Some("filter.campaignIds.0"),
        ),
        (
            r#"subscription { campaignStatusChanged(campaignId: "x") { sequence } }"#.to_owned(),
            Some("campaignId"),
        ),
    ] {
        let response = first_response(&schema, &operation).await;
        let [error] = response.errors.as_slice() else {
            panic!("{operation}: not one error: {:?}", response.errors);
        };
        let extensions = error.extensions.as_ref().unwrap();
        assert_eq!(
            extensions.get("code"),
            Some(&"BAD_USER_INPUT".into()),
            "{operation}"
        );
        let expected = argument.map(async_graphql::Value::from);
        assert_eq!(extensions.get("argument"), expected.as_ref(), "{operation}");
    }
}

#[tokio::test]
async fn whatever_is_said_to_be_slow_is_there() {
    let schema = builder().finish();
    for (of, field, _) in SLOW_FIELDS {
        let query = format!("{{ __type(name: \"{of}\") {{ fields {{ name }} }} }}");
        let response = schema.execute(query).await;
        let data = response.into_result().unwrap().data.into_json().unwrap();
        let is_there = items(&data["__type"], "fields").any(|own| own["name"] == field);
        assert!(is_there, "{of}.{field}");
    }
}
