//! A schema of next to nothing, for tests and for the fuzzer.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use async_graphql::{
    Context, Error, ErrorExtensions as _, ID, InputObject, Json, Object, Request, Schema, SimpleObject,
    Subscription as GraphqlSubscription, ValidationMode,
};

use futures_util::{Stream, StreamExt as _, future, stream};

use crate::{
    AnswerSize, Introspection, Limits, TypeSystem,
    guard::{self, Guarded, Rules},
};

pub(crate) type TestSchema = Schema<Query, Mutation, Subscription>;

/// How often something was made.
#[derive(Debug, Default)]
pub(crate) struct Made(AtomicU32);

pub(crate) struct Query;

#[derive(SimpleObject)]
struct Things {
    total_count: i32,
    nodes: Vec<i32>,
}

/// An input that may contain itself.
#[derive(InputObject)]
struct Nest {
    inner: Option<Box<Nest>>,
    list: Option<Vec<Nest>>,
}

#[Object]
impl Query {
    #[expect(clippy::unused_self, reason = "a resolver is a method")]
    fn things(&self, first: Option<i32>) -> Result<Things, Error> {
        if first.is_some_and(|first| first > 100) {
            let error = Error::new("too many");
            return Err(error.extend_with(|_, extensions| extensions.set("code", "BAD_USER_INPUT")));
        }
        Ok(Things {
            total_count: 0,
            nodes: vec![],
        })
    }

    async fn thing(&self, id: ID) -> Option<i32> {
        id.parse().ok()
    }

    /// The same again, as deep as one likes.
    async fn again(&self) -> Query {
        Query
    }

    /// The same, in a list.
    async fn agains(&self) -> Vec<Query> {
        vec![Query]
    }

    /// Takes values of any depth.
    async fn take(
        &self,
        nest: Option<Nest>,
        lists: Option<Vec<Vec<Vec<i32>>>>,
        json: Option<Json<serde_json::Value>>,
    ) -> bool {
        nest.is_some_and(|nest| nest.inner.is_some() || nest.list.is_some())
            || lists.is_some()
            || json.is_some()
    }
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    async fn make(&self, ctx: &Context<'_>) -> u32 {
        ctx.data_unchecked::<Made>().0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

pub(crate) struct Subscription;

#[GraphqlSubscription]
impl Subscription {
    async fn ticks(&self) -> impl Stream<Item = i32> {
        stream::iter(0..3)
    }
}

pub(crate) fn schema() -> Guarded<TestSchema> {
    let schema = Schema::build(Query, Mutation, Subscription)
        .data(Made::default())
        .extension(AnswerSize)
        .validation_mode(ValidationMode::Fast)
        .finish();
    let rules = Rules {
        limits: Limits::default(),
        introspection: Introspection::On,
        documents: None,
        types: TypeSystem::parse(&schema.sdl()).expect("a schema"),
    };
    Guarded::new(schema, rules)
}

/// Carries out a request, by each of the ways there are. It may be anything: all that counts is that this ends.
pub(crate) fn carry_out(request: impl Fn() -> Request) {
    static SCHEMA: OnceLock<Guarded<TestSchema>> = OnceLock::new();
    let schema = SCHEMA.get_or_init(schema);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let _ = guard::chosen_operation(&mut request(), schema.rules());
        schema.execute(request()).await;
        schema
            .follow(request(), &[])
            .for_each(|_| future::ready(()))
            .await;
    });
}
