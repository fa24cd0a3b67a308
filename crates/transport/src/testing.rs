//! A schema of next to nothing, for tests.

use std::sync::atomic::{AtomicU32, Ordering};

use async_graphql::{
    Context, Error, ErrorExtensions as _, ID, Object, Schema, SimpleObject,
    Subscription as GraphqlSubscription,
};

use futures_util::{Stream, stream};

use crate::{
    Introspection, Limits, TypeSystem,
    guard::{Guarded, Rules},
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
        .finish();
    let rules = rules(&schema);
    Guarded::new(schema, rules)
}

pub(crate) fn rules(schema: &TestSchema) -> Rules {
    Rules {
        limits: Limits::default(),
        introspection: Introspection::On,
        documents: None,
        types: TypeSystem::parse(&schema.sdl()).expect("a schema"),
    }
}
