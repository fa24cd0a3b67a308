//! Values that do not fit: nothing is carried out, not even what comes before them.

use serde_json::{Value, json};

use super::{Stage, refused};

#[tokio::test]
async fn variables_that_do_not_fit_keep_everything_from_being_carried_out() {
    let stage = Stage::new();
    let first = "mutation ($input: SegmentInput!, $first: Int, $on: Boolean!) {
        one: createSegment(input: { name: \"Everyone\" }) { changed }
        two: createSegment(input: $input) @include(if: $on) {
            segment { campaigns(first: $first) { totalCount } }
        }
    }";
    let input = json!({ "name": "Nobody" });
    for (variables, message) in [
        (
            json!({ "input": "Nobody", "on": true }),
            "The variable `$input` must be of the type `SegmentInput!`.",
        ),
        (
            json!({ "input": { "name": 7 }, "on": true }),
            "The variable `$input.name` must be of the type `String`.",
        ),
        (
            json!({ "input": { "name": "Nobody", "nmae": "" }, "on": true }),
            "The variable `$input` must not have a field `nmae`.",
        ),
        (
            json!({ "input": input, "first": 2_147_483_648_u64, "on": true }),
            "The variable `$first` must be of the type `Int`.",
        ),
        (
            json!({ "input": input, "first": 1e40, "on": true }),
            "The variable `$first` must be of the type `Int`.",
        ),
        (
            json!({ "input": input, "on": "yes" }),
            "The variable `$on` must be of the type `Boolean!`.",
        ),
        (json!({ "on": true }), "The variable `$input` must have a value."),
    ] {
        let body = json!({ "query": first, "variables": variables }).to_string();
        let response = stage.post("application/json", body).await;
        assert_eq!(response.status(), 400, "{variables}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["errors"][0]["message"], message, "{variables}");
        assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        assert!(body.get("data").is_none(), "{body}");
    }
    stage.is_unharmed().await;
}

#[tokio::test]
async fn literals_that_do_not_fit_keep_everything_from_being_carried_out() {
    let stage = Stage::new();
    for input in [
        "{ name: 7 }",
        "7",
        "{ name: \"a\", nmae: \"b\" }",
        "{ name: ONE }",
        "{ name: \"a\", name: \"b\" }",
        "{ name: 1e400 }",
    ] {
        let query = format!(
            "mutation {{ one: createSegment(input: {{ name: \"Everyone\" }}) {{ changed }}
             two: createSegment(input: {input}) {{ changed }} }}"
        );
        let body = json!({ "query": query }).to_string();
        let code = refused(stage.post("application/json", body).await, 400).await;
        assert!(
            code == "GRAPHQL_VALIDATION_FAILED" || code == "GRAPHQL_PARSE_FAILED",
            "{input}: {code}"
        );
    }
    stage.is_unharmed().await;
}

#[tokio::test]
async fn a_time_that_is_none_keeps_everything_from_being_carried_out() {
    let stage = Stage::new();
    let query = |definition: &str, time: &str| {
        format!(
            "mutation {definition} {{
                one: createSegment(input: {{ name: \"Everyone\" }}) {{ changed }}
                two: createCampaign(
                    content: {{ name: \"Spring\", schedule: {{ kind: AT_TIME, startAt: {time} }} }}
                ) {{ changed }}
            }}"
        )
    };
    for (definition, time, variables, code) in [
        (
            "",
            "\"2026-11-31T10:00:00Z\"",
            json!({}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "($at: DateTime)",
            "$at",
            json!({ "at": "tomorrow" }),
            "BAD_USER_INPUT",
        ),
    ] {
        let body = json!({ "query": query(definition, time), "variables": variables }).to_string();
        let response = stage.post("application/json", body).await;
        assert_eq!(refused(response, 400).await, code, "{time}");
    }
    stage.is_unharmed().await;
}

#[tokio::test]
async fn what_stands_beside_a_variable_that_was_left_out_must_fit_too() {
    let stage = Stage::new();
    let query = "mutation ($search: String) {
        one: createSegment(input: { name: \"Everyone\" }) { changed }
        two: archiveCampaigns(
            selection: { matching: { expectedCount: 99999999999, filter: { search: $search } } }
        ) { changedCount }
    }";
    let body = json!({ "query": query }).to_string();
    let response = stage.post("application/json", body).await;
    assert_eq!(refused(response, 400).await, "GRAPHQL_VALIDATION_FAILED");
    stage.is_unharmed().await;
}
