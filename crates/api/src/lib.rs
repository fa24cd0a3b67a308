//! GraphQL (stub while the workspace is being laid out).
use async_graphql::{Object, Subscription};
use futures_util::Stream;
use understudy_app::App;

/// The stub's queries.
pub struct Query;
#[Object]
impl Query {
    async fn hello(&self) -> &'static str {
        "world"
    }
}
/// The stub's mutations.
pub struct Mutation;
#[Object]
impl Mutation {
    async fn touch(&self) -> bool {
        true
    }
}
/// The stub's subscriptions.
pub struct Subscription_;
#[Subscription(name = "Subscription")]
impl Subscription_ {
    async fn ticks(&self) -> impl Stream<Item = i32> {
        futures_util::stream::unfold(0, |n| async move {
            tokio_sleep().await;
            Some((n, n + 1))
        })
    }
}
async fn tokio_sleep() {
    futures_util::future::ready(()).await;
}
/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription_>;
/// The schema over an application.
pub fn schema(app: App) -> Schema {
    Schema::build(Query, Mutation, Subscription_).data(app).finish()
}
/// The schema's SDL.
pub fn sdl() -> String {
    Schema::build(Query, Mutation, Subscription_).finish().sdl()
}
