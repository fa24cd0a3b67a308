//! Patches through GraphQL itself: what is left out, what is null and what has a value stay apart, in literals and in
//! variables.

use async_graphql::{EmptyMutation, EmptySubscription, Object, Request, Schema, Variables};
use serde_json::{Value, json};
use understudy_app::read;
use understudy_domain::content::{ContentPatch, SegmentStates};
use understudy_domain::source::SegmentPatch;
use understudy_domain::{Channel, Command, Content, Reason, Refusal, Segment, SegmentId, Status};
use uuid::Uuid;

use super::content::CampaignContentInput;
use super::filter::{CampaignEventFilter, CampaignFilter};
use super::segment::SegmentInput;
use super::*;
use crate::error::Failed;
use crate::scalar::Json;
use crate::user_error::{Arguments, user_errors};

struct Probe;

fn state<T>(field: &Patched<T>) -> &'static str {
    match field {
        Patched::Keep => "keep",
        Patched::Null => "null",
        Patched::Set(_) => "set",
        Patched::Missing => "missing",
    }
}

/// What each input has come to.
#[Object]
#[allow(clippy::unused_self)] // Resolvers have one, needed or not.
impl Probe {
    /// The states of name, description, tags, message, segments and schedule.
    fn content(&self, content: CampaignContentInput) -> Result<Vec<&'static str>, Failed> {
        let patch = content.into_patch("content")?;
        Ok(vec![
            state(&patch.name),
            state(&patch.description),
            state(&patch.tags),
            state(&patch.message),
            state(&patch.segments),
            state(&patch.schedule),
        ])
    }

    /// The user errors of the patch as a creation.
    fn problems(&self, content: CampaignContentInput) -> Result<Json, Failed> {
        let patch: ContentPatch = content.into_patch("content")?.for_creation();
        let errors = match patch.apply(&Content::empty(), &SegmentStates::default()) {
            Ok(_) => vec![],
            Err(problems) => {
                let refusal = Refusal {
                    command: Command::Update,
                    status: Some(Status::Unlaunched),
                    reason: Reason::Invalid(problems),
                };
                let arguments = Arguments {
                    input: &["content"],
                    ..Arguments::default()
                };
                user_errors(&understudy_app::Refused::Campaign(refusal), &arguments)
            }
        };
        Ok(Json(errors.into_iter().map(|error| json!(error.field)).collect()))
    }

    /// The states of a segment's name and description, and whether a segment could be made of it.
    async fn segment(&self, input: SegmentInput) -> Vec<String> {
        let patch = SegmentPatch::from(input);
        let states = [state(&patch.name), state(&patch.description)].map(str::to_owned);
        let made = Segment::create(SegmentId::from_uuid(Uuid::nil()), patch).is_ok();
        states.into_iter().chain([made.to_string()]).collect()
    }

    /// What a filter narrows by.
    fn filter(&self, filter: CampaignFilter) -> Result<String, Failed> {
        Ok(format!("{:?}", filter.into_filter("filter")?))
    }

    /// What a filter of events narrows by.
    fn events(&self, filter: CampaignEventFilter) -> Result<String, Failed> {
        Ok(format!("{:?}", filter.into_filter("filter")?))
    }
}

async fn run(operation: &str, variables: Value) -> Result<Value, Vec<async_graphql::ServerError>> {
    let schema = Schema::new(Probe, EmptyMutation, EmptySubscription);
    let request = Request::new(operation).variables(Variables::from_json(variables));
    let response = schema.execute(request).await.into_result()?;
    Ok(response.data.into_json().unwrap())
}

async fn content(literal: &str) -> Value {
    let data = run(&format!("{{ content(content: {literal}) }}"), json!({})).await;
    data.unwrap()["content"].take()
}

async fn content_variable(value: Value) -> Value {
    let operation = "query ($content: CampaignContentInput!) { content(content: $content) }";
    run(operation, json!({ "content": value })).await.unwrap()["content"].take()
}

#[tokio::test]
async fn left_out_null_and_a_value_stay_apart_in_a_literal() {
    assert_eq!(content("{}").await, json!(["keep"; 6].to_vec()));
    let nulls =
        "{ name: null, description: null, tags: null, message: null, segmentIds: null, schedule: null }";
    assert_eq!(content(nulls).await, json!(["null"; 6].to_vec()));
    let values = r#"{
        name: "n", description: "", tags: [], segmentIds: [], schedule: { kind: ON_LAUNCH }
        message: { inApp: { title: "t", body: "", trigger: "x" } }
    }"#;
    assert_eq!(content(values).await, json!(["set"; 6].to_vec()));
    assert_eq!(
        content("{ name: null, message: null, tags: [] }").await,
        json!(["null", "keep", "set", "null", "keep", "keep"])
    );
}

#[tokio::test]
async fn left_out_null_and_a_value_stay_apart_in_a_variable() {
    assert_eq!(content_variable(json!({})).await, json!(["keep"; 6].to_vec()));
    let nulls = json!({
        "name": null, "description": null, "tags": null, "message": null, "segmentIds": null, "schedule": null
    });
    assert_eq!(content_variable(nulls).await, json!(["null"; 6].to_vec()));
    let values = json!({
        "name": "n", "description": "", "tags": [], "segmentIds": [], "schedule": { "kind": "ON_LAUNCH" },
        "message": { "webhook": { "url": "https://example.com", "body": "", "headers": null } }
    });
    assert_eq!(content_variable(values).await, json!(["set"; 6].to_vec()));
}

#[tokio::test]
async fn a_variable_inside_a_literal_is_left_out_where_it_is_not_given() {
    let operation =
        "query ($name: String, $tags: [String!], $message: MessageInput, $description: String = \"d\") {
        content(content: { name: $name, tags: $tags, message: $message, description: $description })
    }";
    let state = async |variables| run(operation, variables).await.unwrap()["content"].take();
    assert_eq!(
        state(json!({})).await,
        json!(["keep", "set", "keep", "keep", "keep", "keep"])
    );
    assert_eq!(
        state(json!({ "name": null, "message": null, "description": null })).await,
        json!(["null", "null", "keep", "null", "keep", "keep"])
    );
    assert_eq!(
        state(json!({ "name": "n", "tags": ["t"] })).await,
        json!(["set", "set", "set", "keep", "keep", "keep"])
    );
}

#[tokio::test]
async fn null_clears_the_message_and_is_a_problem_elsewhere() {
    let operation = "{ problems(content: {
        name: null, description: null, tags: null, message: null, segmentIds: null, schedule: null
    }) }";
    assert_eq!(
        run(operation, json!({})).await.unwrap()["problems"],
        json!([
            ["content", "name"],
            ["content", "description"],
            ["content", "tags"],
            ["content", "segmentIds"],
            ["content", "schedule"]
        ])
    );
    let missing = run("{ problems(content: {}) }", json!({})).await.unwrap();
    assert_eq!(missing["problems"], json!([["content", "name"]]));
}

#[tokio::test]
async fn all_problems_of_an_input_are_told_with_their_paths() {
    let unknown = SegmentId::from_uuid(Uuid::from_u128(9));
    let operation = format!(
        r#"{{ problems(content: {{
            name: " "
            tags: ["a", "a", ""]
            segmentIds: ["{unknown}"]
            message: {{ email: {{ subject: "a\nb", body: "", from: "nobody" }} }}
            schedule: {{ kind: AT_TIME }}
        }}) }}"#
    );
    assert_eq!(
        run(&operation, json!({})).await.unwrap()["problems"],
        json!([
            ["content", "name"],
            ["content", "tags", "2"],
            ["content", "tags", "1"],
            ["content", "message", "email", "subject"],
            ["content", "message", "email", "from"],
            ["content", "segmentIds", "0"],
            ["content", "schedule", "startAt"]
        ])
    );
}

#[tokio::test]
async fn a_message_is_of_exactly_one_kind() {
    let email = r#"email: { subject: "s", body: "" }"#;
    let in_app = r#"inApp: { title: "t", body: "", trigger: "x" }"#;
    for message in [
        "{}".to_owned(),
        format!("{{ {email}, {in_app} }}"),
        "{ email: null }".to_owned(),
        format!("{{ {email}, inApp: null }}"),
    ] {
        let operation = format!("{{ content(content: {{ message: {message} }}) }}");
        assert!(run(&operation, json!({})).await.is_err(), "{message}");
    }
}

#[tokio::test]
async fn what_is_no_id_or_no_moment_is_a_wrong_input() {
    for literal in [
        r#"{ segmentIds: ["cmp_00000000000000000000000000"] }"#,
        r#"{ schedule: { kind: AT_TIME, startAt: "tomorrow" } }"#,
    ] {
        let operation = format!("{{ content(content: {literal}) }}");
        let errors = run(&operation, json!({})).await.unwrap_err();
        let code = errors[0]
            .extensions
            .as_ref()
            .and_then(|values| values.get("code"));
        assert_eq!(code, Some(&"BAD_USER_INPUT".into()), "{literal}: {errors:?}");
    }
}

#[tokio::test]
async fn a_segment_is_patched_as_a_content_is() {
    let segment = async |literal: &str| {
        let operation = format!("{{ segment(input: {literal}) }}");
        run(&operation, json!({})).await.unwrap()["segment"].take()
    };
    assert_eq!(segment("{}").await, json!(["keep", "keep", "false"]));
    assert_eq!(
        segment("{ name: null, description: null }").await,
        json!(["null", "null", "false"])
    );
    assert_eq!(segment(r#"{ name: "n" }"#).await, json!(["set", "keep", "true"]));
}

#[tokio::test]
async fn what_a_filter_leaves_out_does_not_narrow_but_an_empty_list_of_values_does() {
    let filter = async |literal: &str| {
        let operation = format!("{{ filter(filter: {literal}) }}");
        run(&operation, json!({})).await.unwrap()["filter"].take()
    };
    let told = |filter: &read::CampaignFilter| json!(format!("{filter:?}"));
    let nothing = told(&read::CampaignFilter::default());
    assert_eq!(filter("{}").await, nothing);
    let nulls = "{ status: null, hasDraft: null, channel: null, tags: null, segmentId: null, search: null }";
    assert_eq!(filter(nulls).await, nothing);
    assert_eq!(filter(r#"{ tags: [], search: " " }"#).await, nothing);
    let finds_nothing = read::CampaignFilter {
        status: Some(vec![]),
        channel: Some(vec![]),
        ..read::CampaignFilter::default()
    };
    assert_eq!(filter("{ status: [], channel: [] }").await, told(&finds_nothing));
    let once = read::CampaignFilter {
        status: Some(vec![Status::Active, Status::Stopped]),
        channel: Some(vec![Channel::Email]),
        ..read::CampaignFilter::default()
    };
    assert_eq!(
        filter("{ status: [ACTIVE, STOPPED, ACTIVE], channel: EMAIL }").await,
        told(&once)
    );
}

#[tokio::test]
async fn a_filter_has_limits() {
    let tags = vec!["\"t\""; 51].join(",");
    let ids = vec!["\"x\""; 1_001].join(",");
    for (operation, argument) in [
        (
            format!("{{ filter(filter: {{ tags: [{tags}] }}) }}"),
            "filter.tags",
        ),
        (
            r#"{ filter(filter: { tags: ["a", "\u0000"] }) }"#.to_owned(),
            "filter.tags.1",
        ),
        (
            format!("{{ filter(filter: {{ search: \"{}\" }}) }}", "é".repeat(1_001)),
            "filter.search",
        ),
        (
            r#"{ filter(filter: { segmentId: "x" }) }"#.to_owned(),
            "filter.segmentId",
        ),
        (
            format!("{{ events(filter: {{ campaignIds: [{ids}] }}) }}"),
            "filter.campaignIds",
        ),
        (
            r#"{ events(filter: { campaignIds: ["x"] }) }"#.to_owned(),
            "filter.campaignIds.0",
        ),
    ] {
        let errors = run(&operation, json!({})).await.unwrap_err();
        let named = errors[0]
            .extensions
            .as_ref()
            .and_then(|values| values.get("argument"));
        assert_eq!(named, Some(&argument.into()));
    }
}
