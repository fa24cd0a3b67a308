//! Answers at their limit and beyond it.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use async_graphql::{Context, Object, Request, Schema, Subscription as GraphqlSubscription, value};
use futures_util::Stream;
use serde_json::json;
use tokio::time::timeout;

use super::*;
use crate::{
    Introspection, Limits, TypeSystem,
    budget::Budget,
    guard::{Guarded, Rules},
};

/// How often anything was resolved.
#[derive(Default)]
struct Resolved(AtomicU32);

struct Query;

struct Item;

/// A text of so many bytes, after everybody else has had a turn.
async fn text_of(context: &Context<'_>, bytes: usize) -> String {
    let resolved = context.data_unchecked::<Arc<Resolved>>();
    resolved.0.fetch_add(1, Ordering::Relaxed);
    tokio::task::yield_now().await;
    "x".repeat(bytes)
}

#[Object]
impl Item {
    async fn inner(&self, count: usize) -> Vec<Item> {
        (0..count).map(|_| Self).collect()
    }

    #[expect(clippy::unused_self, reason = "a resolver is a method")]
    fn fail(&self) -> Result<bool, async_graphql::Error> {
        Err("no".into())
    }

    async fn text(&self, context: &Context<'_>, bytes: usize) -> String {
        text_of(context, bytes).await
    }
}

#[Object]
impl Query {
    async fn text(&self, context: &Context<'_>, bytes: usize) -> String {
        text_of(context, bytes).await
    }

    async fn texts(&self, count: usize, bytes: usize) -> Vec<String> {
        vec!["x".repeat(bytes); count]
    }

    async fn items(&self, count: usize) -> Vec<Item> {
        (0..count).map(|_| Item).collect()
    }

    async fn json(&self, count: usize, bytes: usize) -> async_graphql::Json<serde_json::Value> {
        json!({ "list": vec!["x".repeat(bytes); count] }).into()
    }

    async fn escaped(&self) -> &'static str {
        "abc\"\\\n\u{1}é"
    }

    async fn item(&self) -> Option<Item> {
        Some(Item)
    }

    async fn never(&self) -> Option<bool> {
        std::future::pending().await
    }

    #[expect(clippy::unused_self, reason = "a resolver is a method")]
    fn fail(&self, bytes: usize) -> Result<Option<bool>, async_graphql::Error> {
        Err("x".repeat(bytes).into())
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn text(&self, context: &Context<'_>, bytes: usize) -> String {
        text_of(context, bytes).await
    }
}

struct Subscription;

#[GraphqlSubscription]
impl Subscription {
    async fn texts(&self, bytes: Vec<usize>) -> impl Stream<Item = String> {
        stream::iter(bytes).map(|bytes| "x".repeat(bytes))
    }
}

/// What a request is answered with under limits; and how often anything was resolved for it.
struct Guard {
    schema: Guarded<Schema<Query, Mutation, Subscription>>,
    resolved: Arc<Resolved>,
}

impl Guard {
    fn new(answer_bytes: usize, held_bytes: usize) -> Self {
        let resolved = Arc::new(Resolved::default());
        let schema = Schema::build(Query, Mutation, Subscription)
            .data(Arc::clone(&resolved))
            .extension(AnswerSize)
            .finish();
        let rules = Rules {
            limits: Limits {
                answer_bytes,
                held_bytes,
                ..Limits::default()
            },
            introspection: Introspection::On,
            documents: None,
            types: TypeSystem::parse(&schema.sdl()).unwrap(),
        };
        Self {
            schema: Guarded::new(schema, rules),
            resolved,
        }
    }

    async fn ask(&self, query: &str) -> Answer {
        self.schema.execute(Request::new(query)).await
    }
}

/// The code of the one error that stands in the place of an answer.
fn code(answer: &Answer) -> String {
    assert!(answer.is_given_up);
    assert_eq!(answer.response.data, Value::Null);
    let [error] = answer.response.errors.as_slice() else {
        panic!("not one error: {answer:?}")
    };
    assert!(!error.path.is_empty(), "it is no error of the request");
    serde_json::to_value(error).unwrap()["extensions"]["code"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn texts_keys_and_values_weigh() {
    for (query, bytes) in [
        ("{ text(bytes: 1000) }", 256 + 4 + 1000),
        ("{ longer_: text(bytes: 1000) }", 256 + 7 + 1000),
        ("{ a: text(bytes: 10) b: text(bytes: 20) }", 2 * 257 + 30),
        ("{ texts(count: 3, bytes: 7) }", 256 + 5 + 3 * (256 + 7)),
        (
            "{ items(count: 3) { a: text(bytes: 7) } }",
            256 + 5 + 3 * (256 + 257 + 7),
        ),
        ("{ escaped }", 256 + 7 + 3 + 2 * 3 + 6 + 2),
        ("{ items(count: 3) { __typename } }", 256 + 5 + 3 * 256),
        ("{ json(count: 3, bytes: 7) }", 256 + 4 + 4 + 256 + 3 * (256 + 7)),
    ] {
        let answer = Guard::new(bytes, 0).ask(query).await;
        assert!(answer.response.errors.is_empty(), "{query}: {answer:?}");
        let answer = Guard::new(bytes - 1, 0).ask(query).await;
        assert_eq!(code(&answer), "ANSWER_TOO_LARGE", "{query}");
    }
}

#[tokio::test]
async fn errors_weigh() {
    let alias = "a".repeat(100);
    let query = &format!("{{ {alias}: fail(bytes: 1000) }}");
    // Its path is kept twice.
    let path = size_of::<PathSegment>() + alias.len();
    let bytes = 256 + alias.len() + 256 + 1000 + 2 * path;
    let answer = Guard::new(bytes, 0).ask(query).await;
    assert!(!answer.is_given_up);
    assert_eq!(answer.response.errors.len(), 1);
    assert_eq!(
        code(&Guard::new(bytes - 1, 0).ask(query).await),
        "ANSWER_TOO_LARGE"
    );
}

#[tokio::test]
async fn an_answer_that_is_given_up_says_where_it_was() {
    let query = "{ items(count: 3) { a: text(bytes: 1000) } }";
    let answer = Guard::new(2000, 0).ask(query).await;
    assert_eq!(code(&answer), "ANSWER_TOO_LARGE");
    let path = serde_json::to_value(&answer.response.errors[0].path).unwrap();
    assert_eq!(path, json!(["items", 0, "a"]));
}

#[tokio::test]
async fn an_error_says_where_it_came_up_in_lists_of_lists() {
    let query = "{ items(count: 2) { inner(count: 2) { a: fail } } }";
    let answer = Guard::new(1 << 20, 0).ask(query).await;
    let errors = &answer.response.errors;
    let paths: Vec<_> = errors
        .iter()
        .map(|error| serde_json::to_value(&error.path).unwrap())
        .collect();
    assert_eq!(paths, [json!(["items", 0, "inner", 0, "a"])]);
}

#[tokio::test]
async fn a_query_ends_where_its_answer_is_given_up() {
    let guard = Guard::new(50_000, 1 << 20);
    let answer = guard.ask("{ items(count: 1000) { text(bytes: 1000) } }").await;
    assert_eq!(code(&answer), "ANSWER_TOO_LARGE");
    // Each is begun before the first is done, until the values alone are too many.
    let resolved = guard.resolved.0.load(Ordering::Relaxed);
    assert!(resolved < 200, "{resolved}");
}

#[tokio::test(start_paused = true)]
async fn a_query_waits_for_nothing_more_when_its_answer_is_given_up() {
    let guard = Guard::new(2_000, 0);
    let answer = guard.ask("{ never item { key: text(bytes: 3000) } }");
    let answer = timeout(Duration::from_secs(1), answer).await;
    assert_eq!(code(&answer.unwrap()), "ANSWER_TOO_LARGE");
}

#[tokio::test]
async fn commands_are_carried_out_though_their_answer_is_given_up() {
    let guard = Guard::new(1_000, 0);
    let commands: Vec<_> = (0..10)
        .map(|index| format!("a{index}: text(bytes: 1000)"))
        .collect();
    let commands = commands.join(" ");
    let answer = guard.ask(&format!("mutation {{ {commands} }}")).await;
    assert_eq!(code(&answer), "ANSWER_TOO_LARGE");
    assert!(answer.response.errors[0].message.contains("has been done"));
    assert_eq!(guard.resolved.0.load(Ordering::Relaxed), 10);
}

#[tokio::test]
async fn what_is_held_for_an_answer_is_there_again_when_it_is_gone() {
    let guard = Guard::new(1 << 20, 1_000_000);
    let large = "{ text(bytes: 300000) }";
    let first = guard.ask(large).await;
    assert!(!first.is_given_up);
    // What is small is answered all the same.
    assert!(!guard.ask("{ text(bytes: 1000) }").await.is_given_up);
    assert_eq!(code(&guard.ask(large).await), OVERLOADED);
    drop(first);
    assert!(!guard.ask(large).await.is_given_up);
}

#[tokio::test]
async fn what_is_small_has_room_where_there_is_none() {
    let guard = Guard::new(1 << 20, 0);
    // With the value that it is, and its key.
    let small = 128 * 1024 - (256 + 4);
    let ask = async |bytes: usize| guard.ask(&format!("{{ text(bytes: {bytes}) }}")).await;
    assert!(!ask(small).await.is_given_up);
    assert_eq!(code(&ask(small + 1).await), OVERLOADED);
    let small = 4 * 1024 - (256 + 5);
    let query = format!(
        "subscription {{ texts(bytes: [{small}, {small}, {}, 1]) }}",
        small + 1
    );
    let answers: Vec<_> = guard.schema.follow(Request::new(query), &[]).collect().await;
    let given_up: Vec<_> = answers.iter().map(|answer| answer.is_given_up).collect();
    assert_eq!(given_up, [false, false, true]);
    assert_eq!(code(&answers[2]), OVERLOADED);
}

#[test]
fn an_answer_that_is_given_up_makes_room_at_once() {
    let budget = Budget::new(3_000);
    let scale = || Scale::new(vec![], budget.hold(0), 1 << 20, false);
    let at = QueryPathNode {
        parent: None,
        segment: QueryPathSegment::Name("a"),
    };
    // Each counts twice.
    let (one, other) = (scale(), scale());
    assert_eq!(one.add(1_000, &at), Ok(()));
    assert_eq!(other.add(400, &at), Ok(()));
    assert_eq!(one.add(400, &at), Err(GivenUp));
    assert_eq!(other.add(1_000, &at), Ok(()));
}

#[tokio::test]
async fn a_document_is_held_as_long_as_its_operation_runs() {
    let guard = Guard::new(1 << 20, 0);
    // As one of all sockets, and of those of one address.
    let shares = [Budget::new(1 << 20), Budget::new(100_000)];
    // With another operation that is not carried out.
    let follow = |aliases: usize| {
        let aliases: Vec<_> = (0..aliases)
            .map(|index| format!("a{index}: __typename"))
            .collect();
        let aliases = aliases.join(" ");
        let query = format!("subscription s {{ texts(bytes: [1]) }} query q {{ __typename {aliases} }}");
        guard
            .schema
            .follow(Request::new(query).operation_name("s"), &shares)
    };
    let answer = async |mut answers: BoxStream<'static, Answer>| answers.next().await.unwrap().response;
    // Its text, some twenty tokens, and what stands by for results.
    let mut first = follow(1);
    assert_eq!(first.next().await.unwrap().response.errors, vec![]);
    let refused = answer(follow(100)).await;
    let error = serde_json::to_value(&refused.errors).unwrap();
    assert_eq!(error[0]["extensions"]["code"], OVERLOADED, "{error}");
    drop(first);
    assert_eq!(answer(follow(100)).await.errors, vec![]);
}

#[tokio::test]
async fn each_result_of_a_subscription_is_weighed_by_itself_and_one_too_large_is_the_last() {
    let guard = Guard::new(1_000, 100_000);
    let request = Request::new("subscription { texts(bytes: [700, 700, 700, 800, 1]) }");
    let answers: Vec<_> = guard.schema.follow(request, &[]).collect().await;
    assert_eq!(answers.len(), 4);
    for answer in &answers[..3] {
        assert_eq!(answer.response.data, value!({ "texts": ("x".repeat(700)) }));
    }
    assert_eq!(code(&answers[3]), "ANSWER_TOO_LARGE");
}

#[tokio::test]
async fn a_schema_that_is_executed_by_itself_has_no_limit() {
    let schema = Schema::build(Query, Mutation, Subscription)
        .data(Arc::new(Resolved::default()))
        .extension(AnswerSize)
        .finish();
    let response = schema.execute("{ text(bytes: 1000000) }").await;
    assert_eq!(response.data, value!({ "text": ("x".repeat(1_000_000)) }));
}
