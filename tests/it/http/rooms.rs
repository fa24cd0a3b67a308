//! How many requests are answered at once, and for how long: over a schema that answers when it is told to.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Schema};
use reqwest::Response;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use understudy_transport::Limits;

use super::served::Served;
use super::{GRAPHQL, refused};
use crate::harness::SET_TIME;

/// How many may leave, and how many have come.
struct Gate {
    leave: Semaphore,
    come: Semaphore,
}

struct Query;

#[Object]
impl Query {
    /// Waits until it may leave.
    async fn wait(&self, ctx: &Context<'_>) -> bool {
        let gate = ctx.data_unchecked::<Arc<Gate>>();
        gate.come.add_permits(1);
        gate.leave.acquire().await.unwrap().forget();
        true
    }
}

struct Stage {
    gate: Arc<Gate>,
    served: Served,
}

impl Stage {
    fn new(limits: Limits) -> Self {
        let gate = Arc::new(Gate {
            leave: Semaphore::new(0),
            come: Semaphore::new(0),
        });
        let schema = Schema::build(Query, EmptyMutation, EmptySubscription).data(Arc::clone(&gate));
        Self {
            gate,
            served: Served::new(schema.finish(), limits),
        }
    }

    async fn ask(&self, query: &str) -> Response {
        self.served.ask(GRAPHQL, query).await
    }
}

#[actix_web::test]
async fn so_many_requests_are_answered_at_once_and_no_more() {
    let stage = Stage::new(Limits {
        requests: 2,
        ..Limits::default()
    });
    let both = async { tokio::join!(stage.ask("{ wait }"), stage.ask("{ wait }")) };
    let third = async {
        stage.gate.come.acquire_many(2).await.unwrap().forget();
        let response = stage.ask("{ __typename }").await;
        assert_eq!(response.headers()[RETRY_AFTER], "1");
        assert_eq!(refused(response, 503).await, "OVERLOADED");
        stage.gate.leave.add_permits(2);
    };
    let ((one, other), ()) = timeout(SET_TIME, async { tokio::join!(both, third) })
        .await
        .unwrap();
    for response in [one, other] {
        let body: Value = response.json().await.unwrap();
        assert_eq!(body, json!({ "data": { "wait": true } }));
    }
    // Those who have left have made room.
    assert_eq!(stage.ask("{ __typename }").await.status(), 200);
}

#[actix_web::test]
async fn who_is_not_answered_in_time_is_told_so_and_makes_room() {
    let stage = Stage::new(Limits {
        requests: 1,
        request_time: Duration::from_millis(300),
        ..Limits::default()
    });
    let response = timeout(SET_TIME, stage.ask("{ wait }")).await.unwrap();
    assert_eq!(refused(response, 503).await, "TIMEOUT");
    assert_eq!(stage.ask("{ __typename }").await.status(), 200);
}
