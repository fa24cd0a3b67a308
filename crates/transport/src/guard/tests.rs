//! The guard before a schema. That these end at all is the point: unguarded, some abort the process.

use async_graphql::parser::types::OperationType;
use async_graphql::{Value, value};

use super::text::MAX_NAME;
use super::*;
use crate::testing::{TestSchema, schema};

/// Sends `query` as a request and as a stream; both must be refused with the same code, which is returned.
async fn refused(query: &str) -> String {
    let schema = schema();
    let mut answers = vec![schema.execute(Request::new(query)).await];
    answers.extend(schema.follow(Request::new(query), &[]).collect::<Vec<_>>().await);
    let codes = answers.iter().map(|Answer { response: answer, .. }| {
        assert_eq!(answer.data, Value::Null);
        let code = answer.errors[0]
            .extensions
            .as_ref()
            .and_then(|extensions| extensions.get("code"));
        let Some(Value::String(code)) = code else {
            panic!("no code: {answer:?}")
        };
        code.clone()
    });
    let codes: Vec<_> = codes.collect();
    assert_eq!(codes.len(), 2);
    assert_eq!(codes[0], codes[1]);
    codes[0].clone()
}

#[tokio::test]
async fn a_plain_query_passes() {
    let schema = schema();
    let answer = schema.execute(Request::new("{ __typename }")).await.response;
    assert_eq!(answer.data, value!({ "__typename": "Query" }));
    let answers: Vec<_> = schema.follow(Request::new("{ __typename }"), &[]).collect().await;
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].response.data, value!({ "__typename": "Query" }));
}

#[tokio::test]
async fn brackets_too_deep_are_refused() {
    // Some hundred are parsed, and overflow the stack afterwards; some ten thousand are for the parser itself.
    for times in [500, 50_000] {
        for (open, close) in [("[", "]"), ("{a:", "}")] {
            let value = format!("{}1{}", open.repeat(times), close.repeat(times));
            assert_eq!(
                refused(&format!("{{ f(x: {value}) }}")).await,
                "QUERY_TOO_COMPLEX"
            );
        }
        let selections = format!("{}a{}", "{a".repeat(times), "}".repeat(times));
        assert_eq!(refused(&selections).await, "QUERY_TOO_COMPLEX");
        let variable = format!("query($x: {}Int{}) {{ f }}", "[".repeat(times), "]".repeat(times));
        assert_eq!(refused(&variable).await, "QUERY_TOO_COMPLEX");
        assert_eq!(refused(&"(".repeat(times)).await, "QUERY_TOO_COMPLEX");
    }
}

#[tokio::test]
async fn brackets_as_deep_as_allowed_are_parsed_without_harm() {
    let depth = Limits::default().nesting - 2;
    let schema = schema();
    for (open, close) in [("[", "]"), ("{a:", "}")] {
        let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        let answer = schema
            .execute(Request::new(format!("{{ f(x: {value}) }}")))
            .await
            .response;
        // The schema has answered: it knows no such field.
        assert_eq!(codes(&answer), ["GRAPHQL_VALIDATION_FAILED"]);
    }
}

/// The codes of an answer's errors, of which each must have one.
fn codes(answer: &Response) -> Vec<String> {
    let code = |error: &ServerError| match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code.clone()),
        _ => None,
    };
    let codes = answer.errors.iter().map(|error| code(error).unwrap());
    codes.collect()
}

#[tokio::test]
async fn every_error_has_a_code() {
    let schema = schema();
    let variable = "query ($first: Int) { things(first: $first) { totalCount } }";
    for (query, variables, expected) in [
        ("{ nonsense }", serde_json::json!({}), "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ things(first: 3000000000) { totalCount } }",
            serde_json::json!({}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            variable,
            serde_json::json!({ "first": 3_000_000_000_i64 }),
            "BAD_USER_INPUT",
        ),
        (variable, serde_json::json!({ "first": "many" }), "BAD_USER_INPUT"),
        (variable, serde_json::json!({ "first": 101 }), "BAD_USER_INPUT"),
        (
            "query ($id: ID!) { thing(id: $id) }",
            serde_json::json!({}),
            "BAD_USER_INPUT",
        ),
        (
            "subscription { nonsense }",
            serde_json::json!({}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ] {
        let request =
            || Request::new(query).variables(async_graphql::Variables::from_json(variables.clone()));
        let mut answers: Vec<_> = schema.follow(request(), &[]).collect().await;
        answers.push(schema.execute(request()).await);
        for answer in answers {
            assert_eq!(codes(&answer.response), [expected], "{query}");
        }
    }
}

#[tokio::test]
async fn fragments_that_multiply_are_refused() {
    let definitions: Vec<_> = (0..24)
        .map(|level| format!("fragment f{level} on Query {{ ...f{0} ...f{0} }}", level + 1))
        .collect();
    let query = format!(
        "{{ ...f0 }} {} fragment f24 on Query {{ __typename }}",
        definitions.join(" ")
    );
    assert_eq!(refused(&query).await, "QUERY_TOO_COMPLEX");
}

#[tokio::test]
async fn a_text_that_is_no_document_is_refused() {
    for text in ["", "{", "{ a(b: \"c) }", "nonsense"] {
        assert_eq!(refused(text).await, "GRAPHQL_PARSE_FAILED", "{text}");
    }
}

#[tokio::test]
async fn the_introspection_of_tools_passes() {
    let schema = schema();
    let answer = schema
        .execute(Request::new(include_str!("introspection.graphql")))
        .await
        .response;
    assert_eq!(answer.errors, vec![]);
}

#[tokio::test]
async fn variables_as_deep_as_json_may_be_survive() {
    let depth = 120;
    let json = format!(
        "{{\"query\":\"query($x: Int) {{ __typename }}\",\"variables\":{{\"x\":{}1{}}}}}",
        "[".repeat(depth),
        "]".repeat(depth)
    );
    let request: Request = serde_json::from_str(&json).unwrap();
    let schema = schema();
    let answer = schema.execute(request).await.response;
    assert!(answer.data != Value::Null || !answer.errors.is_empty());

    let deeper = json.replace("1]", &format!("{}1{}]", "[".repeat(50_000), "]".repeat(50_000)));
    assert!(serde_json::from_str::<Request>(&deeper).is_err());
}

#[test]
fn the_operation_is_chosen_as_the_schema_chooses_it() {
    let choose = |query: &str, name: Option<&str>| {
        let mut request = Request::new(query);
        request.operation_name = name.map(str::to_owned);
        chosen_operation(&mut request, schema().rules())
            .unwrap()
            .map(|chosen| chosen.kind)
    };
    let two = "query a { x } mutation b { y }";
    assert_eq!(choose("mutation { y }", None), Some(OperationType::Mutation));
    assert_eq!(choose("mutation { y }", Some("b")), None);
    assert_eq!(choose("mutation b { y }", None), Some(OperationType::Mutation));
    assert_eq!(choose(two, Some("a")), Some(OperationType::Query));
    assert_eq!(choose(two, Some("b")), Some(OperationType::Mutation));
    assert_eq!(choose(two, Some("c")), None);
    assert_eq!(choose(two, None), None);
}

#[tokio::test]
async fn a_syntax_error_says_what_and_where_but_not_the_text_again() {
    let query = format!("{{ hello {} !", " ".repeat(100_000));
    let schema = schema();
    let answer = schema.execute(Request::new(query)).await.response;
    let error = &answer.errors[0];
    assert!(
        error.message.starts_with("Syntax error: expected "),
        "{}",
        error.message
    );
    assert!(error.message.len() < 200);
    assert_eq!(error.locations.len(), 1);
}

/// The data that `query` is answered with, given these variables as JSON.
async fn data(schema: &Guarded<TestSchema>, query: &str, variables: serde_json::Value) -> Value {
    let request = Request::new(query).variables(async_graphql::Variables::from_json(variables));
    let answer = schema.execute(request).await.response;
    assert_eq!(answer.errors, vec![], "{query}");
    answer.data
}

#[tokio::test]
async fn a_condition_knows_the_default_of_its_variable() {
    let schema = schema();
    let fields = |query: &str| format!("query ($x: Boolean = true) {{ things {{ {query} }} }}");
    let total = value!({ "things": { "totalCount": 0 } });
    let nothing = value!({ "things": {} });
    for (query, given, expected) in [
        ("totalCount @include(if: $x)", None, &total),
        ("totalCount @include(if: $x)", Some(false), &nothing),
        ("totalCount @skip(if: $x)", None, &nothing),
        ("totalCount @skip(if: $x)", Some(false), &total),
        ("... @include(if: $x) { totalCount }", None, &total),
        ("... @skip(if: $x) { totalCount }", None, &nothing),
    ] {
        let variables = given.map_or_else(|| serde_json::json!({}), |x| serde_json::json!({ "x": x }));
        assert_eq!(
            &data(&schema, &fields(query), variables).await,
            expected,
            "{query} {given:?}"
        );
    }
}

#[tokio::test]
async fn a_command_that_is_skipped_by_default_is_not_carried_out() {
    let schema = schema();
    let query = "mutation ($dry: Boolean! = true) {
        __typename
        make @skip(if: $dry)
    }";
    assert_eq!(
        data(&schema, query, serde_json::json!({})).await,
        value!({ "__typename": "Mutation" })
    );
}

#[tokio::test]
async fn a_variable_that_must_have_a_value_is_missed_wherever_it_is_used() {
    let schema = schema();
    for variables in [serde_json::json!({}), serde_json::json!({ "x": null })] {
        let query = "query ($x: Boolean!) { things { totalCount nodes @skip(if: $x) } }";
        let request = Request::new(query).variables(async_graphql::Variables::from_json(variables));
        let answer = schema.execute(request).await.response;
        assert_eq!(answer.errors.len(), 1, "{answer:?}");
        assert_eq!(answer.errors[0].message, "The variable `$x` must have a value.");
    }
}

#[test]
fn an_operation_of_one_field_is_told_from_others() {
    let has_one = |query: &str| {
        chosen_operation(&mut Request::new(query), schema().rules())
            .unwrap()
            .unwrap()
            .has_one_field
    };
    assert!(has_one("mutation { y { z w } }"));
    assert!(!has_one("mutation { a: y b: y }"));
    assert!(!has_one("mutation { ... { a: y b: y } }"));
    assert!(!has_one("mutation { ...F } fragment F on Mutation { a: y b: y }"));
}

#[tokio::test]
async fn of_many_errors_only_the_first_are_told() {
    let fields: Vec<_> = (0..1_000).map(|number| format!("x{number}")).collect();
    let query = format!("{{ {} }}", fields.join(" "));
    let answer = schema().execute(Request::new(query)).await.response;
    assert_eq!(answer.errors.len(), valid::MAX_ERRORS);
    assert!(
        answer.errors[0].message.contains("`x0`"),
        "{}",
        answer.errors[0].message
    );
}

#[tokio::test]
async fn a_command_that_stands_twice_is_carried_out_once() {
    let schema = schema();
    let query = "mutation { make ...f ... on Mutation { make } again: make } fragment f on Mutation { make }";
    for made in [1, 3] {
        assert_eq!(
            data(&schema, query, serde_json::json!({})).await,
            value!({ "make": made, "again": (made + 1) })
        );
    }
}

#[tokio::test]
async fn a_subscription_may_select_its_field_by_a_fragment_and_twice() {
    let schema = schema();
    let query = "subscription { ...f ticks } fragment f on Subscription { ticks }";
    let answers: Vec<_> = schema.follow(Request::new(query), &[]).collect().await;
    let answers: Vec<_> = answers.into_iter().map(|answer| answer.response.data).collect();
    assert_eq!(answers, [0, 1, 2].map(|tick| value!({ "ticks": tick })));
}

#[tokio::test]
async fn whole_numbers_are_carried_out_however_json_writes_them() {
    let schema = schema();
    let query = "query ($id: ID!, $first: Int) { thing(id: $id) things(first: $first) { totalCount } }";
    let expected = value!({ "thing": 7, "things": { "totalCount": 0 } });
    for variables in [
        serde_json::json!({ "id": 7.0, "first": 3.0 }),
        serde_json::json!({ "id": "7", "first": 1e1 }),
    ] {
        assert_eq!(data(&schema, query, variables).await, expected);
    }
}

#[tokio::test]
async fn names_beyond_the_limit_are_refused_wherever_they_stand() {
    let long = "x".repeat(MAX_NAME + 1);
    assert_eq!(refused(&format!("{{ {long} }}")).await, "QUERY_TOO_COMPLEX");
    let request = Request::new("query a { things { totalCount } }").operation_name(long);
    let answer = schema().execute(request).await.response;
    assert_eq!(codes(&answer), ["GRAPHQL_VALIDATION_FAILED"]);
    assert!(answer.errors[0].message.len() < 100);
}

/// What a request is taken to be made of, in bytes, by a schema with a union.
fn request_is(query: &str, variables: serde_json::Value) -> usize {
    const SDL: &str = "
        type Query { any: Any, one: One }
        union Any = One | Other
        type One { text(of: String): String }
        type Other { text: String }
    ";
    let rules = Rules {
        limits: Limits::default(),
        introspection: Introspection::On,
        documents: None,
        types: TypeSystem::parse(SDL).unwrap(),
    };
    let mut request = Request::new(query).variables(Variables::from_json(variables));
    let Ok(checked) = check(&mut request, &rules) else {
        panic!("refused: {query}")
    };
    checked.bytes
}

#[test]
fn what_is_copied_of_fragments_counts() {
    let text = "x".repeat(10_000);
    let fragment = format!("fragment f on Any {{ ... on One {{ text(of: \"{text}\") }} }}");
    let spread = |times| {
        let fields: Vec<_> = (0..times)
            .map(|index| format!("a{index}: one {{ ...f }}"))
            .collect();
        format!("{{ {} }} {fragment}", fields.join(" "))
    };
    let (once, often) = [1, 51]
        .map(|times| request_is(&spread(times), serde_json::json!({})))
        .into();
    assert!(often > once + 50 * text.len(), "{once} {often}");
}

#[test]
fn variables_that_nobody_declares_count_for_nothing() {
    let query = "query ($of: String) { one { text(of: $of) } }";
    let given = request_is(query, serde_json::json!({ "of": "x", "other": ["x", "y", "z"] }));
    assert_eq!(given, request_is(query, serde_json::json!({ "of": "x" })));
}
